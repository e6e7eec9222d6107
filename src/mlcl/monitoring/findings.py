"""From what a look measured to what it found: each finding is one thing beyond its limit that is not chance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from mlcl.metrics import METRICS
from mlcl.problem.watching import MonitorLimits

Document = Mapping[str, Any]

QUALITY = ("missing", "type_faults", "out_of_range", "unseen")
_SAID = {
    "missing": "values are missing",
    "type_faults": "values are of a wrong type",
    "out_of_range": "values lie outside the range seen in training",
    "unseen": "values are of a category that training did not have",
}


def findings(report: Document, limits: MonitorLimits) -> list[dict[str, Any]]:
    """{kind, column (None: of no column), severity ("warning", from twice the limit on "critical"), value, limit,
    message} of all parts of a report, not priced yet."""
    found = [*_quality(report["quality"]), *_drift(report["drift"], "drift", limits)]
    found += [*_drift(report["predictions"], "predictions", limits), *_multivariate(report["multivariate"])]
    return [*found, *_loss(report["estimated"], "estimated", limits.estimated)]


def finding(kind: str, column: str | None, figures: tuple[float, float], message: str, *, worse: bool) -> dict[str, Any]:
    value, limit = figures
    severity = "critical" if worse else "warning"
    return {"kind": kind, "column": column, "severity": severity, "value": value, "limit": limit, "message": message}


def loss(metric: str, got: Document, promised: Document) -> dict[str, Any]:
    """How much of a metric was lost: {metric, got: {value, low, high}, promised: {…}, loss (relative to what was
    promised, of either sign), least (the same at the lower end of its interval)}.

    The interval of the difference is made of the two intervals (MOVER: Zou and Donner 2008, Construction of confidence
    limits about effect measures); a promise without an interval counts as exact.
    """
    sign = 1 if METRICS[metric].greater_is_better else -1
    drop = sign * (promised["value"] - got["value"])
    sides = [(promised, "low" if sign > 0 else "high"), (got, "high" if sign > 0 else "low")]
    spread = math.hypot(*(_reach(figure, end) for figure, end in sides))
    size = abs(promised["value"]) or 1.0
    return {"metric": metric, "got": got, "promised": promised, "loss": drop / size, "least": (drop - spread) / size}


def _reach(figure: Document, end: str) -> float:
    return 0.0 if figure.get(end) is None else float(figure["value"] - figure[end])


def _quality(quality: Document | None) -> Iterator[dict[str, Any]]:
    for check in quality["checks"] if quality else ():
        if not check["broken"]:
            continue
        value, before, kind, column = check["value"], check["reference"], check["check"], check["column"]
        if kind == "volume":
            many = max(value / before, before / max(value, 1e-9))
            message = f"{value:,.0f} predictions per hour; {before:,.0f} were usual"
            yield finding(kind, None, (value, before), message, worse=many >= 2 * check["limit"])
        else:
            message = f"'{column}': {value:.1%} of the {_SAID[kind]}; {before:.1%} in training"
            worse = value - before >= 2 * check["limit"]
            yield finding(kind, column, (value, before + check["limit"]), message, worse=worse)


def _drift(drift: Document | None, kind: str, limits: MonitorLimits) -> Iterator[dict[str, Any]]:
    for column in drift["columns"] if drift else ():
        if column["drifted"]:
            what = "the predictions are" if kind == "predictions" else f"'{column['column']}' is"
            message = f"{what} distributed otherwise than in training: {column['why']}"
            worse = max(column["psi"] / limits.psi, column["js"] / limits.js) >= 2
            name = None if kind == "predictions" else column["column"]
            yield finding(kind, name, (column["psi"], limits.psi), message, worse=worse)


def _multivariate(found: Document | None) -> Iterator[dict[str, Any]]:
    if found and found["drifted"]:
        limit = found["limits"]["auc"]
        names = ", ".join(f"'{column['column']}'" for column in found["columns"][:3])
        message = f"the rows as a whole can be told from training rows: {found['why']}; mostly by {names}"
        yield finding("multivariate", None, (found["auc"], limit), message, worse=found["auc"] - 0.5 >= 2 * (limit - 0.5))


def _loss(found: Document | None, kind: str, limit: float) -> Iterator[dict[str, Any]]:
    compared = (found or {}).get("against")
    if compared and compared["loss"] >= limit and compared["least"] > 0:
        yield finding(kind, None, (compared["loss"], limit), lost(kind, compared), worse=compared["loss"] >= 2 * limit)


def lost(kind: str, compared: Document) -> str:
    """In words."""
    label = METRICS[compared["metric"]].label
    how = "estimated without outcomes" if kind == "estimated" else "by the outcomes"
    got, promised = compared["got"]["value"], compared["promised"]["value"]
    return f"{label} is {got:.4g} {how}; {promised:.4g} was promised ({compared['loss']:.0%} lost)"
