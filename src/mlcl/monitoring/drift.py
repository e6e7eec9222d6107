"""Whether the columns of a window are distributed as they were in training, one by one.

A column counts as drifted only where all three hold: the difference is large (PSI or Jensen-Shannon distance beyond
its limit, after taking off what chance alone makes of them in samples of these sizes), it is not chance (p-value,
adjusted for the number of columns), and there are rows enough. So neither millions of rows nor a handful cry wolf.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mlcl.features.baseline import summarise
from mlcl.monitoring.counts import Cells, Counted, Tally
from mlcl.monitoring.hypotheses import (
    Outcome,
    adjusted,
    cramers_v,
    homogeneity,
    jensen_shannon,
    kolmogorov_smirnov,
    mean_difference,
    psi,
    psi_noise,
)

FINE = 1000  # cells of a column of numbers when two tables are compared: D is exact to 1/1000
_JS_OF_PSI = 8 * np.log(2)  # for small differences, PSI = 8 ln 2 times the squared Jensen-Shannon distance


class Limits(NamedTuple):
    """When a column counts as drifted. psi, js: either must be reached; alpha: false discovery rate; minimum_rows: of
    the window."""

    psi: float = 0.1
    js: float = 0.1
    alpha: float = 0.01
    minimum_rows: int = 100


DEFAULT = Limits()


def compare(reference: pl.DataFrame, current: pl.DataFrame, limits: Limits = DEFAULT) -> dict[str, Any]:
    """Compares two tables, by the columns of the first. The result: see compare_to_baseline."""
    tally = Tally(summarise(reference, FINE))
    tally.add(current)
    return compare_to_baseline(tally, limits)


def compare_to_baseline(tally: Tally, limits: Limits = DEFAULT) -> dict[str, Any]:
    """Compares a window with the baseline that it was counted by.

    {rows, reference_rows, limits, drifted: [names], columns: [{column, kind, psi, psi_noise, js, test ("ks" or "chi2"),
    statistic, degrees, p_value, p_adjusted, effect_name ("ks_d" or "cramers_v"), effect, mean_difference (of numbers,
    in standard deviations), drifted, why, cells: [{label, reference, current}]}]}; cells: shares of all rows.
    """
    columns = [_measured(name, cells, tally.counts[name]) for name, cells in tally.cells.items()]
    p_values = adjusted([column["p_value"] for column in columns])
    for column, p_value in zip(columns, p_values.tolist(), strict=True):
        column["p_adjusted"] = p_value
        column["drifted"], column["why"] = judged(column, min(tally.rows, tally.reference_rows), limits)
    return {
        "rows": tally.rows,
        "reference_rows": tally.reference_rows,
        "limits": limits._asdict(),
        "drifted": [column["column"] for column in columns if column["drifted"]],
        "columns": columns,
    }


def judged(column: dict[str, Any], rows: int, limits: Limits) -> tuple[bool, str]:
    """Whether a measured column has drifted, and why or why not."""
    noise = column["psi_noise"]
    beyond = {
        "PSI": (column["psi"] - noise, limits.psi),
        "Jensen-Shannon": (np.sqrt(max(0.0, column["js"] ** 2 - noise / _JS_OF_PSI)), limits.js),
    }
    large = [
        f"{name} {value:.3f} beyond chance, limit {limit:g}"
        for name, (value, limit) in beyond.items()
        if value >= limit
    ]
    if rows < limits.minimum_rows:
        return False, f"too few rows to tell: {rows}, wanted {limits.minimum_rows}"
    if not large:
        return False, "the difference is small"
    if column["p_adjusted"] >= limits.alpha:
        return False, f"the difference may be chance: adjusted p = {column['p_adjusted']:.2g}"
    return True, "; ".join(large)


def _measured(name: str, cells: Cells, counted: Counted) -> dict[str, Any]:
    reference, current = cells.grouped(cells.reference), cells.grouped(counted.cells)
    test, effect_name, effect = _tested(cells, counted)
    return {
        "column": name,
        "kind": cells.kind,
        "psi": psi(reference, current),
        "psi_noise": psi_noise(reference, current),
        "js": jensen_shannon(reference, current),
        "test": test.name,
        "statistic": test.statistic,
        "degrees": test.degrees,
        "p_value": test.p_value,
        "effect_name": effect_name,
        "effect": effect,
        "mean_difference": _shift(cells, counted),
        "cells": _shares(cells, reference, current),
    }


def _tested(cells: Cells, counted: Counted) -> tuple[Outcome, str, float]:
    """The test, and its effect size. Missing counts as a value below all others, or as one more category."""
    if cells.ordered:
        test = kolmogorov_smirnov(cells.reference, counted.cells)
        return test, "ks_d", test.statistic
    return homogeneity(cells.reference, counted.cells), "cramers_v", cramers_v(cells.reference, counted.cells)


def _shift(cells: Cells, counted: Counted) -> float | None:
    if not cells.ordered or not cells.reference[1:].sum():
        return None
    moments = counted.moments(cells.mean)
    return None if moments is None else mean_difference((cells.mean, cells.std), moments)


def _shares(cells: Cells, *samples: Any) -> list[dict[str, Any]]:
    reference, current = (counts / max(1, counts.sum()) for counts in samples)
    rows = zip(cells.labels, reference.tolist(), current.tolist(), strict=True)
    return [{"label": label, "reference": a, "current": b} for label, a, b in rows if a or b]
