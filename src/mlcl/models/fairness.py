"""Figures group by group, and how far apart the groups are."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mlcl.data.target import label_text
from mlcl.metrics import BINARY, METRICS
from mlcl.models.metrics import Cases, Figures, Floats, Ints, Ranking, combine, divide, known

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
    if cases.task == BINARY:
        order = cases.rankings[0].order  # sorted once for all groups
        cases = cases.take(order)
        groupings = [grouping._replace(group=grouping.group[order]) for grouping in groupings]
    return [_segment(cases, grouping) for grouping in groupings]


def _segment(cases: Cases, grouping: Grouping) -> dict[str, Any]:
    rows = np.bincount(grouping.group, minlength=len(grouping.values))
    found = figures(cases, grouping.group, len(rows))
    groups = [
        {
            "value": value,
            "rows": int(rows[number]),
            "metrics": known({name: figure[number] for name, figure in found.items()}),
            "enough": bool(rows[number] >= ENOUGH),
        }
        for number, value in enumerate(grouping.values)
        if rows[number]
    ]
    return {"column": grouping.column, "groups": groups, "gaps": gaps(groups)}


def figures(cases: Cases, group: Ints, groups: int) -> Figures:
    """The metrics of each group [groups], without those of a ranking where there are several classes; and of a binary
    task the rates that fairness compares: how many are acted on, how many of the negatives are (false alarms), and how
    many are positive in truth. The true positive rate is `recall`."""
    rows = np.bincount(group, minlength=groups).astype(float)
    means = {name: divide(np.bincount(group, term, groups).astype(float), rows) for name, term in cases.terms.items()}
    if cases.decided is None:
        return combine(cases, means, np.zeros(0), [])
    right = cases.y == cases.decided
    sides = ((group[right], cases.y[right]), (group, cases.y), (group, cases.decided))
    counts = [np.bincount(of * cases.classes + code, minlength=groups * cases.classes) for of, code in sides]
    tally = np.stack([count.reshape(groups, -1) for count in counts], axis=1).astype(float)
    if cases.task != BINARY:
        return combine(cases, means, tally, [])
    (_, hits), (negatives, positives), (_, acted) = (tally[:, side].T for side in range(3))
    rates = (acted / np.maximum(rows, 1), divide(acted - hits, negatives), positives / np.maximum(rows, 1))
    return combine(cases, means, tally, [_ranks(cases, group, groups)]) | dict(zip(RATES, rates, strict=True))


def _ranks(cases: Cases, group: Ints, groups: int) -> tuple[Floats, Floats]:
    """(roc_auc, average_precision) of each group; the rows are sorted by score."""
    order = np.argsort(group.astype(np.min_scalar_type(groups)), kind="stable")
    found = np.full((2, groups), np.nan)
    for rows in np.split(order, np.cumsum(np.bincount(group))[:-1]):
        if len(rows):
            found[:, group[rows[0]]] = Ranking.of(cases.scores[rows], cases.y[rows] == 1).figures()
    return found[0], found[1]


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
