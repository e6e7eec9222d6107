"""One column of a look: its distribution in training beside that in the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mlcl import registry
from mlcl.errors import MlclError, NotFound
from mlcl.features.values import EPOCH_DAY
from mlcl.models.bundle import BASELINE
from mlcl.monitoring.look import folder
from mlcl.server.context import Server
from mlcl.server.monitoring_looks import document, ids, short
from mlcl.server.monitoring_watched import settings
from mlcl.server.schemas.base import Cell
from mlcl.server.schemas.findings import Check, DriftColumn, Finding
from mlcl.server.schemas.looks import ColumnLook, ColumnPoint, Summary

EARLIER = 60  # looks that a column's history goes back
PREDICTIONS = "predictions"  # instead of a column's name: how the scores are distributed


def column(server: Server, name: str, look: str, wanted: str) -> ColumnLook:
    """NotFound: the look compared no such column."""
    report = document(server, name, look)
    drift = (report["drift"] or {}).get("columns") or []
    found = next((one for one in drift if one["column"] == wanted), None)
    if found is None:
        if not drift:
            raise NotFound(
                "This look compared no columns.",
                where=report["id"],
                found=f"{report['rows']} predictions; {report['minimum_rows']} are needed",
            )
        raise NotFound.among("column", wanted, (one["column"] for one in drift))
    checks = [one for one in (report["quality"] or {}).get("checks") or () if one["column"] == wanted]
    return ColumnLook(
        look=report["id"],
        endpoint=name,
        since=report["since"],
        until=report["until"],
        column=wanted,
        drift=DriftColumn.model_validate(found),
        reference=_reference(server, report["bundle_digest"], wanted),
        current=_current(server, name, report, wanted),
        checks=[Check.model_validate(one) for one in checks],
        findings=[Finding.model_validate(one) for one in report["findings"] if one["column"] == wanted],
        history=_history(server, name, report["id"], wanted),
        limit=settings(server, name).limits.psi,
    )


def _history(server: Server, name: str, look: str, wanted: str) -> list[ColumnPoint]:
    """Of the looks up to this one, oldest first."""
    points = []
    for one in [known for known in ids(server, name) if known <= look][-EARLIER:]:
        found = short(server, name, one)
        at = found["columns"].get(wanted) if found else None
        if found and at:
            _, psi, js, drifted = at
            points.append(ColumnPoint(look=one, until=found["brief"]["until"], psi=psi, js=js, drifted=drifted))
    return points


def _reference(server: Server, digest: str, wanted: str) -> Summary:
    """From the bundle's baseline."""

    def read() -> dict[str, Any]:
        baseline: dict[str, Any] = orjson.loads((registry.bundle_folder(server.store, digest) / BASELINE).read_bytes())
        return baseline

    try:
        statistics = server.remembered(("baseline", digest), read)["columns"][wanted]
    except (MlclError, KeyError, OSError):
        return Summary()
    kind = statistics["kind"]
    return Summary(
        rows=statistics["count"],
        missing=statistics["missing"],
        mean=statistics.get("mean"),
        std=statistics.get("std"),
        min=_told(kind, statistics.get("min")),
        max=_told(kind, statistics.get("max")),
        distinct=statistics.get("distinct"),
    )


def _current(server: Server, name: str, report: Mapping[str, Any], wanted: str) -> Summary:
    """From the look's statistics.json, where it left one."""
    try:
        found = orjson.loads(server.store.get(f"{folder(name, report['id'])}/statistics.json"))
        feature = next(one for one in found["features"] if one["name"] == wanted)
    except (MlclError, KeyError, StopIteration, orjson.JSONDecodeError):
        return Summary(rows=report["rows"])
    numbers, texts = feature.get("numerical_statistics") or {}, feature.get("string_statistics") or {}
    common = (numbers or texts).get("common") or {}
    present, missing = common.get("num_present", 0), common.get("num_missing", 0)
    return Summary(
        rows=present + missing,
        missing=missing / (present + missing) if present + missing else None,
        mean=numbers.get("mean"),
        std=numbers.get("std_dev"),
        min=numbers.get("min"),
        max=numbers.get("max"),
        distinct=texts.get("distinct_count"),
    )


def _told(kind: str, value: Any) -> Cell:
    """Numbers as they are; of days since 1970 the date."""
    import datetime as dt

    if kind in ("date", "datetime") and isinstance(value, int | float):
        return dt.date.fromordinal(int(value // 1) + EPOCH_DAY).isoformat()
    return value if isinstance(value, int | float | str) else None
