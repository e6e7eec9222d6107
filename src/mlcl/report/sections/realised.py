"""The parts of a monitoring look about how well the model does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlcl.report import words
from mlcl.report.markup import Markup, el
from mlcl.report.sections.parts import more, note, table, tile, tiles

Document = Mapping[str, Any]
_COHORTS = 30


def estimated(report: Document) -> Markup | None:
    found = report["estimated"]
    if not found:
        return None
    if not found["metrics"]:
        return note(found["why"])
    rows = [
        (
            words.label(name),
            words.figure(name, value, report["unit"]),
            words.interval(name, found["intervals"].get(name), report["unit"]) or words.NONE,
        )
        for name, value in found["metrics"].items()
    ]
    return el(
        "div",
        _against(found, report["unit"]),
        table("Metrics to expect", ("Metric", "Estimate", "Interval"), rows, "numbers"),
        note("It holds under these assumptions:"),
        el("ul", [el("li", text) for text in found["assumptions"]], class_="notes"),
    )


def performance(report: Document) -> Markup | None:
    """Realised beside promised, and cohort by cohort."""
    found = report["performance"]
    if not found:
        return None
    if not found["judged"]:
        return note(f"Not judged: {found['why']}.")
    unit = report["unit"]
    return el(
        "div",
        el("p", _basis(found)),
        _against(found, unit),
        _worth(found["value"]),
        _changes(found["changes"], found["intervals"], unit),
        more("Cohort by cohort", _cohorts(found, unit)),
        more("Group by group", _groups(found, unit)) if found["segments"] else None,
    )


def ledger(report: Document) -> Markup | None:
    """How many outcomes have arrived, and which cohorts may be judged."""
    found = report["ledger"]
    if not found:
        return None
    rows = [
        (
            _day(cohort["since"]),
            words.count(cohort["predictions"]),
            words.count(cohort["labels"]),
            words.share(cohort["share"]),
            el("span", "mature", class_="badge good") if cohort["mature"] else "immature",
            cohort["why"],
        )
        for cohort in reversed(found["cohorts"][-_COHORTS:])
    ]
    head = ("Cohort", "Predictions", "Outcomes", "Share", "", "Why")
    return el(
        "div",
        note(_delays(found["delay"])),
        table("Cohorts by day of prediction, the newest first", head, rows, "prose") if rows else None,
        [note(warning) for warning in found["warnings"]],
    )


def _basis(found: Document) -> str:
    span = f"from {_day(found['since'])} to {_day(found['until'])}"
    waiting = words.plural(found["immature"], "prediction")
    return (
        f"{words.plural(found['rows'], 'outcome')} of predictions {span}, the newest that may be judged; "
        f"{waiting} are not mature yet."
    )


def _worth(value: Document | None) -> Markup | None:
    if not value:
        return None
    per_case = [value["realised_per_case"], value["promised_per_case"]]
    got, promised = (words.money(None if one is None else 1000 * one, value["unit"]) for one in per_case)
    text = words.money(value["realised"], value["unit"])
    return tiles(
        [tile("Worth per 1,000 cases", got, f"{promised} promised"), tile("Worth of all with an outcome", text)]
    )


def _changes(changes: Document, intervals: Document, unit: str) -> Markup:
    rows = [
        (
            words.label(name),
            words.figure(name, change["realised"], unit),
            words.interval(name, intervals.get(name), unit) or words.NONE,
            words.figure(name, change["promised"], unit),
            change["outcome"],
        )
        for name, change in changes.items()
    ]
    return table("Realised and promised", ("Metric", "Realised", "Interval", "Promised", "Outcome"), rows, "numbers")


def _cohorts(found: Document, unit: str) -> Markup:
    names = list(found["changes"])[:4]
    rows = [
        (
            _day(cohort["since"]),
            words.count(cohort["rows"]),
            *(words.figure(name, cohort["metrics"].get(name), unit) for name in names),
        )
        for cohort in found["cohorts"]
    ]
    return table("By day of prediction", ("Cohort", "Outcomes", *map(words.label, names)), rows, "numbers")


def _groups(found: Document, unit: str) -> Markup:
    names = list(found["changes"])[:4]
    rows = [
        (
            f"{segment['column']}: {words.NONE if group['value'] is None else group['value']}",
            words.count(group["rows"]),
            *(words.figure(name, group["metrics"].get(name), unit) for name in names),
        )
        for segment in found["segments"]
        for group in segment["groups"]
        if group["enough"]
    ]
    return table("Groups with enough outcomes", ("Group", "Outcomes", *map(words.label, names)), rows, "numbers")


def _delays(delay: Document) -> str:
    if not delay["known"]:
        return f"How late outcomes are is not known yet: {delay['why']}."
    days = delay["p95"] / 86_400
    return f"95 of 100 outcomes arrive within {words.number(days)} days; a cohort is judged after that."


def _day(text: str) -> str:
    return text[:10]


def _against(found: Document, unit: str) -> Markup | None:
    compared = found.get("against")
    if not compared:
        return None
    name = compared["metric"]
    got, promised = (words.figure(name, compared[side], unit) for side in ("got", "promised"))
    change = "lost" if compared["loss"] > 0 else "more"
    text = f"{words.label(name)}: {got}; {promised} was promised ({words.share(abs(compared['loss']))} {change})."
    return el("p", text)
