"""Whether the rows of a window are whole: their number, missing values, types, ranges and categories, against the
training baseline. A check is broken where its share has risen by more than its limit, and that is not chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from mlcl.monitoring.counts import Cells, Tally
from mlcl.monitoring.hypotheses import adjusted, homogeneity


class QualityLimits(NamedTuple):
    """missing, type_faults, out_of_range, unseen: rise of the share of rows; volume: how many times more or fewer rows
    than expected; alpha: false discovery rate over all checks; minimum_rows: of the window."""

    missing: float = 0.05
    type_faults: float = 0.01
    out_of_range: float = 0.01
    unseen: float = 0.01
    volume: float = 2.0
    alpha: float = 0.01
    minimum_rows: int = 100


DEFAULT = QualityLimits()


class _Check(NamedTuple):
    """bad: rows that fail, of the training rows and of the window."""

    check: str
    column: str
    bad: tuple[int, int]


def quality(
    tally: Tally,
    limits: QualityLimits = DEFAULT,
    *,
    faults: Mapping[str, int] | None = None,
    hours: float | None = None,
    expected_per_hour: float | None = None,
) -> dict[str, Any]:
    """Checks of a window.

    faults: column -> values of a wrong type (counted as missing too). hours: length of the window; expected_per_hour:
    its usual number of rows. {rows, rows_per_hour, limits, broken: [{check, column}], checks: [{check, column, value,
    reference, rows, p_value, p_adjusted, limit, broken}]}: value and reference are shares of rows, of volume the rows
    per hour and those expected.
    """
    checks = [
        _measured(check, tally, limits)
        for name, cells in tally.cells.items()
        for check in _checks(name, cells, tally.counts[name].cells, (faults or {}).get(name, 0))
    ]
    for check, p_value in zip(checks, adjusted([check["p_value"] for check in checks]).tolist(), strict=True):
        check["p_adjusted"] = p_value
        large = check["value"] - check["reference"] >= check["limit"]
        enough = min(tally.rows, tally.reference_rows) >= limits.minimum_rows
        check["broken"] = bool(large and enough and p_value < limits.alpha)
    per_hour = tally.rows / hours if hours else None
    if per_hour is not None and expected_per_hour:
        checks.append(_volume(tally.rows, per_hour, expected_per_hour, limits))
    return {
        "rows": tally.rows,
        "rows_per_hour": per_hour,
        "limits": limits._asdict(),
        "broken": [{key: check[key] for key in ("check", "column")} for check in checks if check["broken"]],
        "checks": checks,
    }


def _checks(name: str, cells: Cells, current: Any, faults: int) -> Iterator[_Check]:
    reference = cells.reference
    yield _Check("missing", name, (int(reference[0]), int(current[0])))
    yield _Check("type_faults", name, (0, faults))
    if cells.ordered and len(cells.edges):
        yield _Check("out_of_range", name, (0, int(current[1] + current[-1])))
    if cells.is_text and cells.complete:
        yield _Check("unseen", name, (0, int(current[-1])))


def _measured(check: _Check, tally: Tally, limits: QualityLimits) -> dict[str, Any]:
    rows = (tally.reference_rows, tally.rows)
    before, now = (np.array([bad, of - bad]) for bad, of in zip(check.bad, rows, strict=True))
    reference, value = (bad / max(1, of) for bad, of in zip(check.bad, rows, strict=True))
    return {
        "check": check.check,
        "column": check.column,
        "value": value,
        "reference": reference,
        "rows": check.bad[1],
        "p_value": homogeneity(before, now).p_value,
        "limit": limits._asdict()[check.check],
    }


def _volume(rows: int, per_hour: float, expected: float, limits: QualityLimits) -> dict[str, Any]:
    """No p-value: traffic swings more than chance would let it."""
    return {
        "check": "volume",
        "column": None,
        "value": per_hour,
        "reference": expected,
        "rows": rows,
        "p_value": None,
        "p_adjusted": None,
        "limit": limits.volume,
        "broken": not expected / limits.volume <= per_hour <= expected * limits.volume,
    }
