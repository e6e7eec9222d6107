"""The parts of a monitoring look about how well the model does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlcl.report import words
from mlcl.report.markup import Markup, el
from mlcl.report.sections.parts import note, table

Document = Mapping[str, Any]


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
    return None


def ledger(report: Document) -> Markup | None:
    return None


def _against(found: Document, unit: str) -> Markup | None:
    compared = found.get("against")
    if not compared:
        return None
    name = compared["metric"]
    got, promised = (words.figure(name, compared[side], unit) for side in ("got", "promised"))
    change = "lost" if compared["loss"] > 0 else "more"
    text = f"{words.label(name)}: {got}; {promised} was promised ({words.share(abs(compared['loss']))} {change})."
    return el("p", text)
