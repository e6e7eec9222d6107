"""Regression problems: predicted against actual, and how far off."""

from __future__ import annotations

from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import Line, dots, histogram
from mlcl.report.sections.curves import scores
from mlcl.report.sections.parts import figure, figures, note, table
from mlcl.report.svg import Axis, Frame, extent, padded


def residuals(facts: Facts) -> Markup | None:
    if facts.task != "regression":
        return None
    found = facts.evaluation.get("residuals")
    if not found:
        return note(facts.why_absent("Residuals"))
    drawn = [_against_actual(found), _off(found), _spread(found), scores(facts)]
    return el("div", figures(drawn), _quantiles(found))


def _against_actual(found: dict[str, Any]) -> Content:
    predicted, actual = found.get("predicted") or [], found.get("actual") or []
    if not predicted:
        return None
    low, high = padded([*predicted, *actual])
    frame = Frame(Axis("Actual", low, high), Axis("Predicted", low, high), left=56)
    guide = Line("", [low, high], [low, high], "naive")
    text = f"{len(predicted)} test rows between {words.number(low)} and {words.number(high)}."
    image = dots("Predicted against actual", text, frame, [Line("", actual, predicted)], guide=guide)
    return figure("Predicted against actual", image, f"{len(predicted)} test rows; on the line a prediction is exact.")


def _off(found: dict[str, Any]) -> Content:
    predicted, actual = found.get("predicted") or [], found.get("actual") or []
    if not predicted:
        return None
    errors = [guess - truth for guess, truth in zip(predicted, actual, strict=True)]
    frame = Frame(Axis("Predicted", *padded(predicted)), Axis("Predicted minus actual", *extent(errors, 0.0)), left=56)
    guide = Line("", list(padded(predicted)), [0, 0], "naive")
    text = f"Errors between {words.number(min(errors))} and {words.number(max(errors))}."
    image = dots("Residuals", text, frame, [Line("", predicted, errors)], guide=guide)
    return figure("Residuals", image, "Whether errors grow with the prediction, or lean to one side.")


def _spread(found: dict[str, Any]) -> Content:
    shape = found.get("histogram")
    if not shape or not shape.get("counts"):
        return None
    edges = shape["edges"]
    axis = Axis("Predicted minus actual", edges[0], edges[-1])
    text = f"{sum(shape['counts']):,} rows from {words.number(edges[0])} to {words.number(edges[-1])}."
    image = histogram("Histogram of the errors", text, axis, edges, shape["counts"])
    return figure("Spread of the errors", image, "How far off the predictions are, too low or too high.")


def _quantiles(found: dict[str, Any]) -> Content:
    known = found.get("quantiles")
    if not known:
        return None
    head = ("Share of rows below", *(words.share(float(level), 0) for level in known))
    row = ("Error (predicted minus actual)", *(words.number(value) for value in known.values()))
    return table("Quantiles of the error", head, [row], "numbers")
