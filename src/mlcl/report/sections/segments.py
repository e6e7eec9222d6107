"""The metrics group by group, and how far apart the groups are."""

from __future__ import annotations

from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import bar
from mlcl.report.sections.parts import more, note, table

SHOWN = {
    "binary": ("positive_rate", "selection_rate", "recall", "precision", "false_positive_rate", "roc_auc"),
    "multiclass": ("accuracy", "f1", "roc_auc"),
    "regression": ("mae", "rmse", "r2"),
}
OPEN = 2


def segments(facts: Facts) -> Markup:
    found = facts.evaluation.get("segments")
    if not found:
        return note(
            facts.why_absent("Segments")
            if not facts.evaluation
            else "Segments: there is no category column of few values."
        )
    tables = [_segment(facts, entry) for entry in found]
    rest = more(f"{words.plural(len(tables) - OPEN, 'more column')}", tables[OPEN:]) if len(tables) > OPEN else None
    intro = note(
        "Each group of test rows measured by itself. A wide gap means that some people are served worse than others. "
        "Groups too small to judge are marked and left out of the gaps."
    )
    return el("div", intro, _gaps(facts, found), tables[:OPEN], rest)


def _gaps(facts: Facts, found: list[dict[str, Any]]) -> Content:
    """The widest gaps over all columns first."""
    rows = []
    for entry in found:
        for metric, gap in (entry.get("gaps") or {}).items():
            if metric in SHOWN.get(facts.task, ()) and metric != "positive_rate":
                rows.append((gap["gap"], entry["column"], metric, gap))
    rows.sort(key=lambda row: -row[0])
    most: dict[str, float] = {}
    for size, _, metric, _ in rows:
        most[metric] = max(most.get(metric, 0.0), size)
    shown = [
        (
            column,
            words.label(metric),
            [bar(size, most[metric], "champion"), el("span", words.figure(metric, size, facts.unit), class_="detail")],
            _group(gap.get("best")),
            _group(gap.get("worst")),
        )
        for size, column, metric, gap in rows[:8]
    ]
    head = ("Column", "Metric", "Gap", "Best, or most", "Worst, or least")
    return table("The widest gaps between groups", head, shown, "bars gaps") if shown else None


def _group(value: str | None) -> Content:
    return el("em", "missing") if value is None else words.clip(value)


def _segment(facts: Facts, entry: dict[str, Any]) -> Markup:
    groups = entry.get("groups") or []
    names = [name for name in SHOWN.get(facts.task, ()) if any(name in (g.get("metrics") or {}) for g in groups)]
    most = max((group["rows"] for group in groups), default=0)
    rows = [
        (
            [_group(group["value"]), None if group["enough"] else el("span", "too few to judge", class_="badge")],
            [bar(group["rows"], most, "naive"), el("span", words.count(group["rows"]), class_="detail")],
            *(words.figure(name, (group.get("metrics") or {}).get(name), facts.unit) for name in names),
        )
        for group in groups
    ]
    head = (entry["column"], "Test rows", *(words.label(name) for name in names))
    return table(f"By {entry['column']}", head, rows, "numbers bars")
