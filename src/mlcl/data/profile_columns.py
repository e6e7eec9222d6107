"""One column of the profile: its distribution, and the bins in which its association with the target is measured."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
HISTOGRAM_BINS = 20
TOP = 10
NUMBER_BINS = (16, 64)  # at least and at most
CATEGORY_BINS = 1000
_TEXT = 200  # characters of a value that are shown
_ODD = 5  # examples of texts among numbers

Array = npt.NDArray[Any]


class Distribution(NamedTuple):
    """How the values of a column spread. top: the most frequent values that occur twice or more.

    codes: int64 [n], the bin of each row, missing values in the last of `bins`; top_share: share of the most frequent
    value among the known ones; numeric_share: share of the texts that are numbers; odd: some that are not.
    """

    quantiles: dict[str, Any] | None
    histogram: dict[str, list[Any]] | None
    top: list[dict[str, Any]]
    codes: Array
    bins: int
    top_share: float
    numeric_share: float = 0.0
    odd: tuple[str, ...] = ()


def distribution(column: pl.Series) -> Distribution:
    """column: numbers without NaN, truth values, texts, dates or times; null where missing."""
    if column.dtype.is_numeric() or column.dtype.is_temporal():
        return _of_numbers(column)
    return _of_categories(column)


def rounded(value: float | None) -> float | None:
    """Ten significant digits, so that no order of summation shows; None when not finite."""
    if value is None or not math.isfinite(value):
        return None
    short = float(f"{value:.10g}")
    return short if math.isfinite(short) else value  # the largest floats round up to infinity


def plain(value: Any) -> Any:
    """The value as JSON holds it: dates as ISO 8601, long texts cut."""
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, float):
        return rounded(value)
    if isinstance(value, str) and len(value) > _TEXT:
        return value[: _TEXT - 1] + "…"
    return value


def _of_numbers(column: pl.Series) -> Distribution:
    shown = _shower(column.dtype)
    physical = column.to_physical()
    missing = physical.is_null().to_numpy()
    values = physical.fill_null(0).to_numpy()
    known = np.sort(values[~missing]) if missing.any() else np.sort(values)
    finite = known[np.isfinite(known)] if known.dtype.kind == "f" else known
    if not len(finite):
        return Distribution(None, None, [], np.where(missing, 1, 0), 2, 0.0)
    starts = np.flatnonzero(np.concatenate(([True], finite[1:] != finite[:-1])))
    counts = np.diff(np.concatenate((starts, [len(finite)])))
    edges = _bin_edges(finite, starts)
    codes = np.searchsorted(edges, values, side="right")
    codes[missing] = len(edges) + 1
    return Distribution(
        quantiles={str(q): shown(_quantile(finite, q)) for q in QUANTILES},
        histogram=_histogram(finite, shown),
        top=_top(finite[starts], counts, shown),
        codes=codes,
        bins=len(edges) + 2,
        top_share=float(counts.max() / len(known)),
    )


def _shower(dtype: pl.DataType) -> Callable[[Any], Any]:
    """Turns a physical value (days, microseconds) into what the column shows."""
    if dtype == pl.Date:
        return lambda days: (dt.date(1970, 1, 1) + dt.timedelta(days=int(days))).isoformat()
    if dtype.is_temporal():
        unit = {"ms": 1e3, "ns": 1e-3}.get(getattr(dtype, "time_unit", "us") or "us", 1.0)
        epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
        return lambda moment: (epoch + dt.timedelta(microseconds=int(moment * unit))).isoformat()
    return lambda number: number if isinstance(number, int) else rounded(float(number))


def _bin_edges(finite: Array, starts: Array) -> Array:
    """Lower edges of all bins but the first: one bin per value when they are few, else bins of about equal count."""
    # Few rows in a bin tell little about it; few bins blur what the column tells.
    bins = int(np.clip(math.sqrt(len(finite)) / 2, *NUMBER_BINS))
    if len(starts) <= bins:
        return finite[starts[1:]]
    return np.unique(finite[np.arange(1, bins) * len(finite) // bins])


def _quantile(ordered: Array, share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    weight = place - low
    return float(ordered[low]) * (1 - weight) + float(ordered[high]) * weight


def _histogram(ordered: Array, shown: Callable[[Any], Any]) -> dict[str, list[Any]]:
    low, high = ordered[0].item(), ordered[-1].item()
    if isinstance(low, int) and high - low < HISTOGRAM_BINS:
        edges = np.arange(low, high + 2) - 0.5 if abs(low) < 2**50 else np.array([float(low), float(high)])
    elif low == high:
        edges = np.array([low, high], dtype=float)
    else:
        share = np.linspace(0, 1, HISTOGRAM_BINS + 1)
        edges = low * (1 - share) + high * share
    # Rounded before the values are counted, so that the counts are those of the edges shown.
    edges = np.array([rounded(edge) for edge in edges.tolist()])
    places = np.searchsorted(ordered, edges[1:-1], side="left")
    counts = np.diff(np.concatenate(([0], places, [len(ordered)])))
    return {"edges": [shown(edge) for edge in edges.tolist()], "counts": counts.tolist()}


def _top(values: Array, counts: Array, shown: Callable[[Any], Any]) -> list[dict[str, Any]]:
    often = np.flatnonzero(counts > 1)
    if len(often) > TOP:
        least = np.partition(counts[often], -TOP)[-TOP]
        often = often[counts[often] >= least]
    order = often[np.argsort(-counts[often], kind="stable")][:TOP]
    return [{"value": shown(values[i].item()), "count": int(counts[i])} for i in order]


def _of_categories(column: pl.Series) -> Distribution:
    counted = column.alias("value").drop_nulls().value_counts()
    counted = counted.sort(["count", "value"], descending=[True, False])
    values, counts = counted["value"], counted["count"]
    known = int(counts.sum())
    kept = values.head(CATEGORY_BINS)
    share, odd = _numbers_among(values, counts) if column.dtype == pl.String else (0.0, ())
    return Distribution(
        quantiles=None,
        histogram=None,
        top=[
            {"value": plain(value), "count": count}
            for value, count in zip(values.head(TOP).to_list(), counts.head(TOP).to_list(), strict=True)
            if count > 1
        ],
        codes=_category_codes(column, kept),
        bins=len(kept) + 2,
        top_share=counts[0] / known if known else 0.0,
        numeric_share=share,
        odd=odd,
    )


def _category_codes(column: pl.Series, kept: pl.Series) -> Array:
    """Code of each row among `kept`; other values get the next code, missing ones the one after."""
    other, missing = len(kept), len(kept) + 1
    if not other:
        return np.full(len(column), missing, dtype=np.int64)
    codes = column.replace_strict(kept, pl.Series(range(other), dtype=pl.Int64), default=other, return_dtype=pl.Int64)
    result: Array = codes.to_numpy().copy()
    result[column.is_null().to_numpy()] = missing
    return result


def _numbers_among(values: pl.Series, counts: pl.Series) -> tuple[float, tuple[str, ...]]:
    """Share of the rows whose text is a number, and the most frequent texts that are none."""
    number = values.str.strip_chars().cast(pl.Float64, strict=False).is_not_null()
    total = int(counts.sum())
    share = int(counts.filter(number).sum()) / total if total else 0.0
    return share, tuple(values.filter(~number).head(_ODD).to_list()) if share else ()
