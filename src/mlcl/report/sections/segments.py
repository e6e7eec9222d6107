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
MOST_GAPS = 8


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
    """The widest gaps over all columns; bars compare those of one metric."""
    wanted = [name for name in SHOWN.get(facts.task, ()) if name != "positive_rate"]
    gaps = [(entry, name, entry["gaps"][name]) for entry in found for name in wanted if name in entry["gaps"]]
    widest = {name: max(gap["gap"] for _, other, gap in gaps if other == name) for _, name, _ in gaps}
    gaps.sort(key=lambda one: -one[2]["gap"])
    rows = [
        (
            entry["column"],
            words.label(name),
            [bar(gap["gap"], widest[name], "champion"), el("span", words.figure(name, gap["gap"]), class_="detail")],
            *_ends(entry, name),
        )
        for entry, name, gap in gaps[:MOST_GAPS]
    ]
    head = ("Column", "Metric", "Gap", "Lowest", "Highest")
    return table("The widest gaps between groups", head, rows, "bars gaps") if rows else None


def _ends(entry: dict[str, Any], metric: str) -> list[Content]:
    """The groups with the lowest and the highest figure."""
    known = [group for group in entry["groups"] if group["enough"] and group["metrics"].get(metric) is not None]
    known.sort(key=lambda group: group["metrics"][metric])
    return [
        [_group(group["value"]), el("span", words.figure(metric, group["metrics"][metric]), class_="detail")]
        for group in (known[0], known[-1])
    ]


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
