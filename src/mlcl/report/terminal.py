"""What the command line shows: tables and lines for rich, sized for 80 columns.

Texts from data and problem files become rich Text objects, so nothing in them is taken for markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlcl.report import monitoring, words
from mlcl.report.facts import Facts
from mlcl.report.sections.summary import explanation, goal_words, headline

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

Document = Mapping[str, Any]
STYLES = {
    "met": "green", "not met": "red", "undecided": "yellow", "failed": "red", "none": "yellow", "unfinished": "yellow",
    "passed": "green", "not passed": "red", "running": "cyan", "interrupted": "yellow", "done": "green",
    "cached": "dim", "waiting": "dim", "approved": "green", "rejected": "red", "firing": "red",
    "acknowledged": "yellow", "resolved": "green",
}  # fmt: skip


def result(documents: Document) -> list[RenderableType]:
    """The end of `mlcl run`: verdict goal by goal, what it is worth, the registered version, the steps."""
    facts = Facts(documents)
    return [*_outcome(facts), *_lines(_took(facts))]


def run(documents: Document) -> list[RenderableType]:
    """`mlcl runs show`: as `result`, with question, error, steps and every metric."""
    facts = Facts(documents)
    found = facts.run
    about = f"Run {found['id']}, {facts.name}: {found['state']}"
    parts = _lines(about, facts.question.get("question"), _error(facts))
    parts += _outcome(facts)
    parts += [_metrics(facts)] if facts.test else []
    return [*parts, _steps(found.get("steps") or ())]


def runs(found: Sequence[Document]) -> RenderableType:
    """`mlcl runs`: one line per run."""
    rows = [
        (
            entry["id"],
            entry["problem"],
            _state(entry["state"]),
            str(entry["model_version"] or words.NONE),
            words.seconds(sum(step["seconds"] for step in entry["steps"])),
            entry["trigger"].replace("_", " "),
        )
        for entry in found
    ]
    heads = ("Run", "Problem", "State", ">Model", ">Time", "Started by")
    return _table(heads, rows) if rows else _text("No runs yet.")


def models(found: Sequence[Document]) -> RenderableType:
    """`mlcl models`: one line per registered model."""
    rows = [
        (
            entry["problem"],
            str(entry["version"] or words.NONE),
            _state(entry["stage"]),
            entry["learner"],
            _main_metric(entry),
            entry["created_at"][:10],
        )
        for entry in found
    ]
    head = ("Problem", ">Version", "Stage", "Learner", "Test", "Made")
    return _table(head, rows) if rows else _text("No models yet.")


def endpoints(states: Sequence[Document]) -> RenderableType:
    """`mlcl endpoints`: one line per variant."""
    rows = [
        (
            state["name"],
            variant["role"],
            f"version {variant['version']}" if variant["version"] else words.short(variant["bundle_digest"]),
            f"{variant['weight']:g}%",
            state["strategy"],
            "forced" if state["forced"] else "",
        )
        for state in states
        for variant in state["variants"]
    ]
    head = ("Endpoint", "Role", "Model", ">Requests", "Strategy", "")
    return _table(head, rows) if rows else _text("No endpoints yet.")


def look(report: Document) -> list[RenderableType]:
    """`mlcl monitor`: what the look found, the dearest first."""
    kind, text = monitoring.headline(report)
    about = f"{report['endpoint']}, {words.plural(report['rows'], 'prediction')} from {report['since'][:16]}"
    rows = [
        (
            monitoring.KINDS.get(finding["kind"], finding["kind"]),
            finding["column"] or words.NONE,
            words.money(finding["money_at_risk"], report["unit"]),
            finding["message"],
        )
        for finding in report["findings"]
    ]
    parts: list[RenderableType] = [_text(text, STYLES.get(kind.replace("-", " "), "")), _text(about)]
    return [*parts, _table(("Finding", "Column", ">At risk", "What"), rows)] if rows else parts


def alerts(found: Sequence[Document]) -> RenderableType:
    """`mlcl alerts`: one line per alert."""
    rows = [
        (
            alert["id"],
            _state(alert["state"]),
            words.money(alert["money_at_risk"], alert["unit"]),
            alert["fired_at"][:16].replace("T", " "),
            alert["message"],
        )
        for alert in found
    ]
    return _table(("Alert", "State", ">At risk", "Fired", "What"), rows) if rows else _text("No alerts.")


def comparison(facts: Document) -> list[RenderableType]:
    """`mlcl runs compare`, from mlcl.report.compare."""
    first, second = facts["runs"]["first"], facts["runs"]["second"]
    sides = (first["id"] or "first", second["id"] or "second")
    rows = [(name, *(_side(entry, key) for entry in (first, second))) for name, key in _SIDES]
    parts: list[RenderableType] = [_table(("", *sides), rows)]
    if facts["metrics"]:
        parts.append(_table(("Metric", *sides, "Better"), [_compared(entry) for entry in facts["metrics"]]))
    if not (facts["same"]["dataset"] and facts["same"]["split"]):
        parts.append(_text("The data or the split differ: the metrics come from other test rows.", "yellow"))
    changed = [(entry["key"], _plain(entry["first"]), _plain(entry["second"])) for entry in facts["problem"]]
    parts.append(_table(("Differs", *sides), changed) if changed else _text("The problem files are the same."))
    times = [
        (name, *(words.seconds(both[side]) for side in ("first", "second"))) for name, both in facts["seconds"].items()
    ]
    return [*parts, _table(("Step", *(f">{side}" for side in sides)), times)]


_SIDES = (
    ("State", "state"),
    ("Learner", "learner"),
    ("Model", "bundle_digest"),
    ("Data", "dataset"),
    ("Time", "seconds"),
)


def _side(entry: Document, key: str) -> str:
    value = entry[key]
    if key == "dataset":
        return f"{words.short(value['digest'])}, {words.count(value['rows'])} rows"
    if key == "bundle_digest":
        return words.short(value)
    return words.seconds(value) if key == "seconds" else str(value or words.NONE)


def _compared(entry: Document) -> tuple[str | Text, ...]:
    metric = entry["metric"]
    cells = []
    for side in ("first", "second"):
        spread = words.interval(metric, entry[f"{side}_interval"])
        cells.append(words.figure(metric, entry[side]) + (f" ({spread})" if spread else ""))
    better = f"{entry['better']}{', clearly' if entry['clear'] else ''}" if entry["better"] else words.NONE
    return words.label(metric), *cells, _text(better, "bold" if entry["clear"] else "")


def _outcome(facts: Facts) -> list[RenderableType]:
    kind, text = headline(facts)
    goals = facts.verdict.get("goals") or ()
    parts: list[RenderableType] = [_text(text, f"bold {STYLES[kind]}"), *_lines(explanation(facts))]
    parts += [_goals(facts)] if goals else []
    parts += [_text(goal["why"]) for goal in goals if goal["outcome"] != "met"]
    return [*parts, *_lines(_worth(facts), _registered(facts))]


def _goals(facts: Facts) -> Table:
    rows = [
        (
            goal_words(goal),
            words.figure(goal["metric"], goal["got"], facts.unit),
            words.interval(goal["metric"], goal, facts.unit),
            words.figure(goal["metric"], facts.baseline.get(goal["metric"]), facts.unit),
            _state(goal["outcome"]),
        )
        for goal in facts.verdict["goals"]
    ]
    return _table(("Goal", ">Got", ">Interval", ">Naive", "Outcome"), rows)


def _metrics(facts: Facts) -> Table:
    rows = [
        (
            words.label(name),
            words.figure(name, facts.test[name], facts.unit),
            words.interval(name, facts.intervals.get(name), facts.unit),
            words.figure(name, facts.baseline.get(name), facts.unit),
            words.figure(name, facts.champion.get(name), facts.unit),
        )
        for name in facts.metric_names
    ]
    return _table(("Metric", ">Test", ">95% interval", ">Naive", ">Champion"), rows)


def _steps(steps: Sequence[Document]) -> Table:
    rows = [(step["name"], _state(step["state"]), _time(step), step["note"]) for step in steps]
    return _table(("Step", "State", ">Time", ""), rows)


def _worth(facts: Facts) -> str | None:
    if not facts.has_value:
        return None
    mine, naive = facts.test["value_per_case"], facts.baseline.get("value_per_case")
    beside = f"; naive baseline {words.money(1000 * naive, facts.unit)}" if naive is not None else ""
    return f"Worth per 1,000 cases: {words.money(1000 * mine, facts.unit)}{beside}."


def _took(facts: Facts) -> str | None:
    """The steps on one line: 'collect 0.31 s, validate unchanged, …'."""
    steps = facts.run.get("steps") or ()
    return "Steps: " + ", ".join(f"{step['name']} {_time(step)}" for step in steps) + "." if steps else None


def _time(step: Document) -> str:
    said = {"cached": "unchanged", "waiting": "not reached"}
    return said.get(step["state"]) or words.seconds(step["seconds"])


def _registered(facts: Facts) -> str | None:
    version = facts.model.get("version")
    if version:
        return f"Registered as {facts.name} version {version}."
    return "Kept, but not registered as a version: it did not meet its goals." if facts.model else None


def _error(facts: Facts) -> str | None:
    error = facts.run.get("error") or {}
    said = [error.get("what"), *(f"{name}: {error[name]}" for name in ("where", "found", "fix") if error.get(name))]
    return "\n".join(text for text in said if text) or None


def _main_metric(entry: Document) -> str:
    test = (entry.get("metrics") or {}).get("test") or {}
    name = next((name for name in ("roc_auc", "r2") if test.get(name) is not None), None)
    return f"{words.label(name)} {words.figure(name, test[name])}" if name else words.NONE


def _plain(value: object) -> str:
    return words.NONE if value is None else words.clip(value, 60)


def _lines(*texts: str | None) -> list[RenderableType]:
    return [_text(text) for text in texts if text]


def _state(state: str) -> Text:
    return _text(state, STYLES.get(state, ""))


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(text, style)


def _table(head: Iterable[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A table; a head that starts with '>' aligns its column to the right."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for name in head:
        table.add_column(_text(name.removeprefix(">")), justify="right" if name[:1] == ">" else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_text(cell) if isinstance(cell, str) else cell for cell in row))
    return table
