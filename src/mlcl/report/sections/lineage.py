"""Where the model comes from: steps with their times, digests, and the problem as it was asked."""

from __future__ import annotations

from mlcl.report import toml, words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import bar
from mlcl.report.sections.parts import more, note, pairs, table


def steps(facts: Facts) -> Markup:
    found = facts.run.get("steps") or []
    if not found:
        return note(facts.why_absent("Steps"))
    most = max(step.get("seconds") or 0.0 for step in found)
    rows = [
        (
            step["name"],
            step["state"],
            words.seconds(step["seconds"]) if step.get("seconds") else words.NONE,
            bar(step.get("seconds") or 0.0, most),
            step.get("note", ""),
        )
        for step in found
    ]
    total = sum(step.get("seconds") or 0.0 for step in found)
    return el(
        "div",
        table("Steps of the run", ("Step", "State", "Time", "", "Remark"), rows, "bars"),
        note(f"{words.seconds(total)} in all. A cached step had the same inputs before and was not repeated."),
    )


def lineage(facts: Facts) -> Markup:
    run = facts.run
    version = facts.model.get("version") or run.get("model_version")
    about: list[tuple[str, Content]] = [
        ("Run", el("code", run.get("id"))),
        ("Started by", run.get("trigger")),
        ("Started", run.get("started_at")),
        ("Finished", run.get("finished_at")),
        ("Platform", run.get("platform")),
        ("Registered as", f"{facts.name} version {version}" if version else "not registered as a version"),
        ("Data set digest", _code(facts.dataset.get("digest") or run.get("dataset_digest"))),
        ("Model bundle digest", _code(run.get("bundle_digest") or facts.model.get("bundle_digest"))),
        ("Problem digest", _code(run.get("problem_digest"))),
        ("Code version", _code(run.get("code_version"))),
    ]
    return el("div", pairs(about), _problem(facts))


def _code(text: str | None) -> Content:
    return el("code", text) if text else None


def _problem(facts: Facts) -> Content:
    if not facts.problem:
        return note(facts.why_absent("The problem file"))
    text = toml.dumps(facts.problem)
    return more("The problem file, with every default written out", el("pre", el("code", text), tabindex=0))
