"""The model card: what the model is for, what it was made from, how good it is and where it ends. Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.sections.segments import SHOWN
from mlcl.report.sections.summary import explanation, goal_words, headline

_MARKS = re.compile(r"([\\`*_{}\[\]#|~!])")


def markdown(documents: Mapping[str, Any]) -> str:
    """The card for a run's documents; texts from the data are escaped."""
    facts = Facts(documents)
    parts = (_title, _use, _verdict, _data, _metrics, _segments, _limits, _lineage)
    return "\n\n".join(block for part in parts for block in part(facts) if block) + "\n"


def _title(facts: Facts) -> Iterator[str]:
    version = facts.model.get("version")
    yield f"# {_safe(facts.name)}{f', version {version}' if version else ''}"
    yield _safe(facts.question.get("question") or "")


def _use(facts: Facts) -> Iterator[str]:
    yield "## Intended use"
    decision = facts.question.get("decision")
    yield f"Decision: {_safe(decision)}." if decision else "The problem file names no decision."
    at = facts.evaluation.get("threshold")
    acts = (
        f"It acts on cases with a probability of {words.share(at)} and above for '{_safe(facts.positive)}'. "
        if at
        else ""
    )
    yield f"The model predicts **{_safe(facts.target)}** ({facts.task or 'task unknown'}). {acts}".strip()


def _verdict(facts: Facts) -> Iterator[str]:
    yield "## Verdict"
    yield f"{headline(facts)[1]} {_safe(explanation(facts))}".strip()
    goals = facts.verdict.get("goals") or ()
    if goals:
        yield "\n".join(f"- **{goal['outcome']}**: {_safe(goal_words(goal))}. {_safe(goal['why'])}" for goal in goals)


def _data(facts: Facts) -> Iterator[str]:
    data = facts.dataset
    yield "## Data"
    about = {
        "Source": data.get("source"),
        "Rows": words.count(data["rows"]) if data else None,
        "Licence": data.get("licence") or "not stated by the source",
        "Citation": data.get("citation"),
        "Address": data.get("url"),
        "Digest": data.get("digest"),
        "Split": facts.prepare.get("split_how"),
    }
    yield "\n".join(f"- {name}: {_safe(text)}" for name, text in about.items() if text)


def _metrics(facts: Facts) -> Iterator[str]:
    yield "## Metrics"
    if not facts.test:
        yield facts.why_absent("Metrics")
        return
    yield f"On {words.plural(facts.evaluation['rows']['test'], 'test row')} that the model never saw."
    rows = [
        (
            words.label(name),
            words.figure(name, facts.test[name], facts.unit),
            words.interval(name, facts.intervals.get(name), facts.unit) or words.NONE,
            words.figure(name, facts.baseline.get(name), facts.unit),
        )
        for name in facts.metric_names
    ]
    yield _table(("Metric", "Test", "95% interval", "Naive baseline"), rows)


def _segments(facts: Facts) -> Iterator[str]:
    found = facts.evaluation.get("segments")
    if not found:
        return
    yield "## Segments"
    names = SHOWN.get(facts.task, ())
    for entry in found:
        rows = [
            (
                "missing" if group["value"] is None else group["value"],
                words.count(group["rows"]) + ("" if group["enough"] else " (too few to judge)"),
                *(words.figure(name, group["metrics"].get(name), facts.unit) for name in names),
            )
            for group in entry["groups"]
        ]
        yield _table((entry["column"], "Rows", *map(words.label, names)), rows)


def _limits(facts: Facts) -> Iterator[str]:
    yield "## Limits"
    said = [
        "Valid for data like those above; what has changed since they were collected is not in the model.",
        *(f"{warning['column'] or 'Table'}: {warning['message']}" for warning in facts.profile.get("warnings") or ()),
        *(f"{goal_words(goal)} is not shown." for goal in facts.verdict.get("goals") or () if goal["outcome"] != "met"),
    ]
    if facts.training.get("cut_off"):
        said.append("Tuning was cut off by its time budget; another run may end with another model.")
    yield "\n".join(f"- {_safe(text)}" for text in said)


def _lineage(facts: Facts) -> Iterator[str]:
    yield "## Lineage"
    run = facts.run
    about = {
        "Run": run.get("id"),
        "Learner": facts.training.get("learner"),
        "Model bundle": run.get("bundle_digest"),
        "Problem": run.get("problem_digest"),
        "Code": run.get("code_version"),
        "Finished": _moment(run.get("finished_at")),
    }
    yield "\n".join(f"- {name}: {_safe(text)}" for name, text in about.items() if text)


def _moment(time: str | None) -> str:
    """'2026-12-01 01:14 UTC': for people; the run's record has it exactly."""
    return f"{time[:16].replace('T', ' ')} UTC" if time else ""


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join('---' if cell == '---' else _safe(cell) for cell in line)} |" for line in lines)


def _safe(text: object) -> str:
    """Plain text as Markdown, on one line: neither its own marks nor HTML can act."""
    line = " ".join(str(text).split())
    return _MARKS.sub(r"\\\1", line).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
