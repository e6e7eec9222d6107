"""From what a look measured to what it found: each finding is one thing beyond its limit that is not chance, priced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from mlcl.metrics import METRICS
from mlcl.models.bootstrap import Interval
from mlcl.monitoring import price
from mlcl.monitoring.performance import judge
from mlcl.monitoring.price import Price, Stakes
from mlcl.monitoring.shares import difference
from mlcl.problem.watching import MonitorLimits

Document = Mapping[str, Any]
Found = Iterator[dict[str, Any]]

_SAID = {
    "missing": "values are missing",
    "type_faults": "values are of a wrong type",
    "out_of_range": "values lie outside the range seen in training",
    "unseen": "values are of a category that training did not have",
}


def findings(report: Document, limits: MonitorLimits, stakes: Stakes) -> list[dict[str, Any]]:
    """{kind, column (None: of no column), severity ("warning"; from twice the limit on "critical"), value, limit,
    message, price, money_at_risk}: what all parts of a report found, the dearest first."""
    found = [
        *_quality(report["quality"], report, stakes),
        *_drift(report["drift"], limits, stakes),
        *_predictions(report, limits, stakes),
        *_multivariate(report, stakes),
        *_losses(report, limits, stakes),
    ]
    return price.ranked(found)


def judged(report: Document) -> list[str]:
    """The kinds of finding that a report had enough to tell of, one way or the other."""
    checks = {check["check"] for check in report["quality"]["checks"]} if report["quality"] else set()
    kinds = [*_SAID] if report["quality"] else []
    kinds += ["volume"] if "volume" in checks else []
    kinds += [kind for kind in ("drift", "predictions") if _enough(report[kind])]
    kinds += ["multivariate"] if (report["multivariate"] or {}).get("auc") is not None else []
    return kinds + [kind for kind in ("estimated", "performance") if (report[kind] or {}).get("against")]


def _enough(drift: Document | None) -> bool:
    """Whether both sides had rows enough: a small test split may not say how predictions were distributed."""
    return drift is not None and min(drift["rows"], drift["reference_rows"]) >= drift["limits"]["minimum_rows"]


def against(
    metric: str, got: float, ends: Interval | None, promised: float, promised_ends: Interval | None, limit: float
) -> dict[str, Any]:
    """A figure beside the promised one: {metric, got, promised, low, high (of got - promised), loss (relative to what
    was promised; below 0: a gain), limit, outcome (see performance.judge)}. A figure without an interval is exact."""
    better = METRICS[metric].greater_is_better
    between = difference(got, ends or Interval(got, got), promised, promised_ends or Interval(promised, promised))
    drop = (promised - got) if better else (got - promised)
    return {
        "metric": metric,
        "got": got,
        "promised": promised,
        "low": between[0],
        "high": between[1],
        "loss": drop / (abs(promised) or 1.0),
        "limit": limit,
        "outcome": judge(got - promised, Interval(*between), limit * abs(promised), better),
    }


def _finding(
    place: tuple[str, str | None], figures: tuple[float, float], message: str, worth: Price, *, worse: bool
) -> dict[str, Any]:
    """figures: value and limit; worse: beyond twice the limit."""
    return {
        "kind": place[0],
        "column": place[1],
        "severity": "critical" if worse else "warning",
        "value": figures[0],
        "limit": figures[1],
        "message": message,
        "price": worth,
    }


def _hours(report: Document) -> float:
    start, end = (datetime.fromisoformat(report[key]) for key in ("since", "until"))
    return (end - start).total_seconds() / 3600


def _quality(quality: Document | None, report: Document, stakes: Stakes) -> Found:
    for check in quality["checks"] if quality else ():
        if not check["broken"]:
            continue
        value, before, kind, column = check["value"], check["reference"], check["check"], check["column"]
        if kind == "volume":
            message = f"{value:,.0f} predictions per hour; {before:,.0f} are usual"
            worse = max(value / before, before / max(value, 1e-9)) >= 2 * check["limit"]
            usual = before * _hours(report)
            yield _finding((kind, None), (value, before), message, price.of_volume(stakes, usual), worse=worse)
            continue
        message = f"'{column}': {value:.1%} of the {_SAID[kind]}; {before:.1%} in training"
        risen = value - before
        worth = price.of_column(stakes, column, risen)
        limit = before + check["limit"]
        yield _finding((kind, column), (value, limit), message, worth, worse=risen >= 2 * check["limit"])


def _drift(drift: Document | None, limits: MonitorLimits, stakes: Stakes) -> Found:
    for column in drift["columns"] if drift else ():
        if column["drifted"]:
            name = column["column"]
            message = f"'{name}' is distributed otherwise than in training: {column['why']}"
            worth = price.of_column(stakes, name, price.moved(column["cells"]))
            figures = (column["psi"], limits.psi)
            yield _finding(("drift", name), figures, message, worth, worse=_far(column, limits))


def _predictions(report: Document, limits: MonitorLimits, stakes: Stakes) -> Found:
    for column in report["predictions"]["columns"] if report["predictions"] else ():
        if column["drifted"]:
            message = f"the predictions are distributed otherwise than on the test rows: {column['why']}"
            figures = (column["psi"], limits.psi)
            worth = _estimated_worth(report, stakes)
            yield _finding(("predictions", None), figures, message, worth, worse=_far(column, limits))


def _far(column: Document, limits: MonitorLimits) -> bool:
    return bool(column["psi"] >= 2 * limits.psi or column["js"] >= 2 * limits.js)


def _multivariate(report: Document, stakes: Stakes) -> Found:
    found = report["multivariate"]
    if found and found["drifted"]:
        limit = found["limits"]["auc"]
        names = ", ".join(f"'{column['column']}'" for column in found["columns"][:3])
        message = f"the rows as a whole can be told from training rows ({found['why']}), mostly by {names}"
        worse = found["auc"] - 0.5 >= 2 * (limit - 0.5)
        worth = _estimated_worth(report, stakes)
        yield _finding(("multivariate", None), (found["auc"], limit), message, worth, worse=worse)


def _losses(report: Document, limits: MonitorLimits, stakes: Stakes) -> Found:
    for kind, limit in (("estimated", limits.estimated), ("performance", limits.performance)):
        compared = (report[kind] or {}).get("against")
        if compared and compared["outcome"] == "worse":
            worth = _estimated_worth(report, stakes) if kind == "estimated" else _realised_worth(report, stakes)
            worse = compared["loss"] >= 2 * limit
            yield _finding((kind, None), (compared["loss"], limit), _lost(kind, compared), worth, worse=worse)


def _lost(kind: str, compared: Document) -> str:
    label = METRICS[compared["metric"]].label
    how = "estimated without outcomes" if kind == "estimated" else "by the outcomes"
    return (
        f"{label} is {compared['got']:.4g} {how}; {compared['promised']:.4g} was promised ({compared['loss']:.0%} lost)"
    )


def _estimated_worth(report: Document, stakes: Stakes) -> Price:
    return price.of_estimate(stakes, *_worth(report["estimated"]))


def _realised_worth(report: Document, stakes: Stakes) -> Price:
    return price.of_performance(stakes, *_worth(report["performance"]))


def _worth(found: Document | None) -> tuple[float | None, Interval | None]:
    """Value per case, with its interval, of an estimate or of the realised performance."""
    figures = (found or {}).get("metrics") or {}
    ends = ((found or {}).get("intervals") or {}).get("value_per_case")
    return figures.get("value_per_case"), Interval(ends["low"], ends["high"]) if ends else None
