"""Looks side by side: how drift, quality, performance and value went over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlcl.errors import MlclError
from mlcl.metrics import METRICS
from mlcl.monitoring.watched import Watched
from mlcl.problem.watching import Monitor
from mlcl.server.context import Server
from mlcl.server.monitoring_looks import brief, short
from mlcl.server.monitoring_watched import watched
from mlcl.server.schemas.looks import ColumnSeries, MetricSeries, Money, MonitoringSeries, SeriesPoint

VALUE = "value_per_case"
_NOTHING = SeriesPoint(value=None)


def series(server: Server, name: str, looks: Sequence[str], most_columns: int) -> MonitoringSeries:
    """looks: ids, oldest first."""
    found = [one for one in (short(server, name, look) for look in looks) if one is not None]
    seen = _watched(server, name)
    settings = seen.settings if seen else Monitor()
    promised = dict(seen.promise.metrics) if seen else {}
    metrics = [_metric(metric, found, promised) for metric in _known(found)]
    briefs = [brief(one) for one in found]
    unit = next((one.unit for one in reversed(briefs) if one.unit), "")
    return MonitoringSeries(
        endpoint=name,
        unit=unit,
        looks=briefs,
        limits=settings.limits,
        columns=_columns(found)[:most_columns],
        predictions=_column("", [one["predictions"] for one in found], [None] * len(found))
        if any(one["predictions"] for one in found)
        else None,
        auc=[SeriesPoint(**one["auc"]) for one in found],
        rows_per_hour=[one["rows_per_hour"] for one in found],
        broken=[one["broken"] for one in found],
        metrics=[one for one in metrics if one.metric != VALUE],
        main_metric=next((one.metric for one in reversed(briefs) if one.metric), None),
        value=_money(unit, found, promised),
    )


def _watched(server: Server, name: str) -> Watched | None:
    """None where the live model's bundle or run are not there any more."""
    try:
        return watched(server, name)
    except MlclError:
        return None


def _columns(found: list[dict[str, Any]]) -> list[ColumnSeries]:
    """The ones that drifted most often, and most, first."""
    names = dict.fromkeys(name for one in found for name in one["columns"])
    columns = [
        _column(name, [one["columns"].get(name) for one in found], [one["missing"].get(name) for one in found])
        for name in names
    ]
    return sorted(
        columns,
        key=lambda one: (-sum(map(bool, one.drifted)), -max((psi for psi in one.psi if psi is not None), default=0.0)),
    )


def _column(name: str, parts: list[Any], missing: Sequence[float | None]) -> ColumnSeries:
    kinds = [part[0] for part in parts if part]
    return ColumnSeries(
        column=name,
        kind=kinds[-1] if kinds else None,
        psi=[part[1] if part else None for part in parts],
        js=[part[2] if part else None for part in parts],
        drifted=[part[3] if part else None for part in parts],
        missing=list(missing),
    )


def _known(found: list[dict[str, Any]]) -> list[str]:
    named = {name for one in found for kind in ("estimated", "realised") for name in one[kind]}
    return [name for name in METRICS if name in named]


def _metric(name: str, found: list[dict[str, Any]], promised: dict[str, float | None]) -> MetricSeries:
    return MetricSeries(
        metric=name,
        label=METRICS[name].label,
        greater_is_better=METRICS[name].greater_is_better,
        promised=[one["promised"].get(name, promised.get(name)) for one in found],
        estimated=[_point(one["estimated"].get(name)) for one in found],
        realised=[_point(one["realised"].get(name)) for one in found],
    )


def _money(unit: str, found: list[dict[str, Any]], promised: dict[str, float | None]) -> Money | None:
    """None where no outcome has a value."""
    if VALUE not in promised and not any(VALUE in one["estimated"] or one["value"] for one in found):
        return None
    of = _metric(VALUE, found, promised)
    return Money(
        unit=unit,
        promised_per_case=of.promised,
        estimated_per_case=of.estimated,
        realised_per_case=of.realised,
        realised_sum=[(one["value"] or {}).get("realised") for one in found],
        money_at_risk=[one["brief"]["money_at_risk"] for one in found],
    )


def _point(found: dict[str, float | None] | None) -> SeriesPoint:
    return SeriesPoint(**found) if found else _NOTHING
