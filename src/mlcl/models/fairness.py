"""Figures group by group, and how far apart the groups are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mlcl.data.target import label_text
from mlcl.metrics import BINARY, METRICS
from mlcl.models.metrics import Array, Cases, Ints, Known, measure

ENOUGH = 30  # rows below which a group's figures are shown but not compared
FEW = 20  # most groups of one column
RANGES = 5
OTHERS = "other values"
RATES = ("selection_rate", "false_positive_rate", "positive_rate")


class Grouping(NamedTuple):
    """Rows by the value of one column. group: number of the value [n]; values: their texts, None for a missing one."""

    column: str
    values: list[str | None]
    group: Ints


def segments(cases: Cases, groupings: list[Grouping]) -> list[dict[str, Any]]:
    """For each grouping {column, groups: [{value, rows, metrics, enough}], gaps: {metric: {gap, best, worst}}}."""
    if cases.rankings:
        order = cases.rankings[0].order  # sorted once for all groups
        cases = cases.take(order)
        groupings = [grouping._replace(group=grouping.group[order]) for grouping in groupings]
    return [_segment(cases, grouping) for grouping in groupings]


def _segment(cases: Cases, grouping: Grouping) -> dict[str, Any]:
    groups = [
        {
            "value": grouping.values[number],
            "rows": len(rows),
            "metrics": figures(cases.take(rows)),
            "enough": len(rows) >= ENOUGH,
        }
        for number, rows in _rows(grouping.group, len(grouping.values))
    ]
    return {"column": grouping.column, "groups": groups, "gaps": gaps(groups)}


def _rows(group: Array, groups: int) -> Iterator[tuple[int, Ints]]:
    """The rows of each group that has any, in order."""
    order = np.argsort(group.astype(np.min_scalar_type(groups)), kind="stable")
    ends = np.cumsum(np.bincount(group, minlength=groups))
    for number, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        if start < end:
            yield number, order[start:end]


def figures(cases: Cases) -> Known:
    """The metrics of a group, and the rates that fairness compares: how many are acted on, how many of the negatives
    are (false alarms), and how many are positive in truth. The true positive rate is `recall`."""
    found = measure(cases, ranking=cases.task == BINARY)
    if cases.task != BINARY or cases.decided is None:
        return found
    acted, negative = cases.decided == 1, cases.y != 1
    alarms = float(np.mean(acted[negative])) if negative.any() else None
    rates = (float(np.mean(acted)), alarms, float(np.mean(~negative)))
    return found | dict(zip(RATES, rates, strict=True))


def gaps(groups: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """For each metric the largest difference between groups of enough rows, and which groups stand at its ends.

    Of a rate, where neither end is better, `best` is the group with most."""
    enough = [group for group in groups if group["enough"]]
    found = {}
    for name in enough[0]["metrics"] if enough else ():
        figure = {group["value"]: group["metrics"][name] for group in enough if group["metrics"][name] is not None}
        if len(figure) > 1:
            low, high = min(figure, key=lambda value: figure[value]), max(figure, key=lambda value: figure[value])
            greater = name not in METRICS or METRICS[name].greater_is_better
            best, worst = (high, low) if greater else (low, high)
            found[name] = {"gap": figure[high] - figure[low], "best": best, "worst": worst}
    return found


def grouping(series: pl.Series) -> Grouping:
    """The rows by what stands in a column: one group per value where there are at most FEW. Of more: numbers in ranges
    of about as many rows, dates by year, the rarer texts together. Missing values are a group of their own."""
    if series.dtype.is_float():
        series = series.fill_nan(None)
    values = series.unique()
    if len(values) > FEW + 1 and series.dtype.is_temporal():
        return grouping(series.dt.year())
    if len(values) <= FEW + 1:
        return _by_value(series, values)
    return _by_range(series) if series.dtype.is_numeric() else grouping(_frequent(series))


def _by_value(series: pl.Series, values: pl.Series) -> Grouping:
    known = sorted(value for value in values.to_list() if value is not None)
    texts = pl.Enum(pl.Series(known, dtype=series.dtype).cast(pl.String))
    code = pl.col(series.name).cast(pl.String).cast(texts).to_physical().cast(pl.Int64).fill_null(len(known))
    codes = series.to_frame().select(code).to_series().to_numpy()
    return Grouping(series.name, [*map(label_text, known), None], codes)


def _by_range(series: pl.Series) -> Grouping:
    numbers = series.cast(pl.Float64).to_numpy()
    missing = np.isnan(numbers)
    edges = np.unique(np.quantile(numbers[~missing], np.linspace(0, 1, RANGES + 1)[1:-1], method="higher"))
    texts = [label_text(float(f"{edge:.6g}")) for edge in edges]
    values = [f"below {texts[0]}", *(f"{low} to below {high}" for low, high in pairwise(texts)), f"{texts[-1]} or more"]
    codes = np.where(missing, len(values), np.searchsorted(edges, numbers, side="right"))
    return Grouping(series.name, [*values, None], codes)


def _frequent(series: pl.Series) -> pl.Series:
    """The most frequent values, and OTHERS instead of the rest."""
    text = series.cast(pl.String)
    counts = text.drop_nulls().value_counts(name="rows").sort(["rows", text.name], descending=[True, False])
    frequent = counts[text.name].head(FEW - 1)
    kept = pl.col(text.name).is_in(frequent.implode()) | pl.col(text.name).is_null()
    return (
        text.to_frame()
        .select(pl.when(kept).then(pl.col(text.name)).otherwise(pl.lit(OTHERS)).alias(text.name))
        .to_series()
    )
