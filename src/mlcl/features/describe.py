"""Statistics of one column, as training had it: what encoding needs, and what monitoring compares later data with.

Everything is computed by numpy in float64 from all values in order: the same numbers whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mlcl.features.values import MICROSECONDS_PER_DAY, SPACES

BINS = 20
FINE = 200
TOP = 100

Floats = npt.NDArray[np.float64]


class Numbers(NamedTuple):
    """Of a column of numbers, truth values (0, 1), dates or times (days since 1970-01-01). ordered: the values that
    are not missing, ascending."""

    rows: int
    ordered: Floats
    mean: float
    std: float

    @property
    def known(self) -> int:
        return len(self.ordered)

    @property
    def median(self) -> float:
        middle = self.known // 2
        values = self.ordered
        return float(values[middle] if self.known % 2 else (values[middle - 1] + values[middle]) / 2)

    @property
    def varies(self) -> bool:
        """Whether a model can learn anything from it."""
        return self.known > 0 and (self.known < self.rows or bool(self.ordered[0] < self.ordered[-1]))

    def as_dict(self, fine: int = FINE) -> dict[str, Any]:
        """fine: about how many cells monitoring compares later values by."""
        if not self.known:
            return {"count": self.rows, "missing": _share(self.rows, 0)}
        edges, counts = _bins(self.ordered)
        cuts, between = _cells(self.ordered, fine)
        return {
            "count": self.rows,
            "missing": _share(self.rows, self.known),
            "mean": self.mean,
            "std": self.std,
            "min": float(self.ordered[0]),
            "max": float(self.ordered[-1]),
            "edges": edges,
            "counts": counts,
            "fine": {"edges": cuts, "counts": between},
        }


class Texts(NamedTuple):
    """Of a column of texts. counts: how often each occurs, the most frequent first, of equals by name."""

    rows: int
    counts: dict[str, int]

    @property
    def known(self) -> int:
        return sum(self.counts.values())

    @property
    def varies(self) -> bool:
        return len(self.counts) + (self.known < self.rows) > 1

    def as_dict(self) -> dict[str, Any]:
        top = dict(list(self.counts.items())[:TOP])
        return {
            "count": self.rows,
            "missing": _share(self.rows, self.known),
            "distinct": len(self.counts),
            "values": top,
            "rest": self.known - sum(top.values()),
        }


Summary = Numbers | Texts


def describe(series: pl.Series, missing: Sequence[str] = ()) -> Summary:
    """Statistics of a column of canonical type; texts need not be cleaned yet. missing: texts that mean no value."""
    if series.dtype == pl.String:
        return Texts(len(series), _counts(series, missing))
    values = in_days(series).drop_nulls().to_numpy()
    ordered = np.sort(values)
    mean = float(values.mean()) if len(values) else 0.0
    std = float(np.sqrt(np.square(values - mean).mean())) if len(values) else 0.0
    return Numbers(len(series), ordered, mean, std)


def _counts(series: pl.Series, missing: Sequence[str]) -> dict[str, int]:
    """How often each text occurs. Only the different ones are cleaned."""
    text = pl.col("text").str.strip_chars(SPACES)
    counted = series.drop_nulls().alias("text").to_frame().group_by("text").len()
    counted = counted.with_columns(text).filter(~text.is_in(["", *missing]))
    counted = counted.group_by("text").agg(pl.col("len").sum()).sort(["len", "text"], descending=[True, False])
    return dict(zip(counted["text"].to_list(), counted["len"].to_list(), strict=True))


def in_days(series: pl.Series) -> pl.Series:
    """A column of numbers, truth values, dates or times as float64 (dates and times: days since 1970-01-01)."""
    if isinstance(series.dtype, pl.Datetime):
        return series.dt.epoch("us").cast(pl.Float64) / MICROSECONDS_PER_DAY
    return series.to_physical().cast(pl.Float64)


def _share(rows: int, count: int) -> float:
    return 1 - count / rows if rows else 0.0


def _bins(ordered: Floats) -> tuple[list[float], list[int]]:
    """Edges of at most BINS bins of about equal counts, and the counts: [edge, next edge), the last bin closed."""
    at = np.linspace(0, len(ordered) - 1, BINS + 1).round().astype(np.int64)
    edges = np.unique(ordered[at])
    if len(edges) == 1:
        edges = np.repeat(edges, 2)
    starts = np.searchsorted(ordered, edges[:-1], side="left")
    counts = np.diff([*starts, len(ordered)])
    return edges.tolist(), counts.tolist()


def _cells(ordered: Floats, most: int) -> tuple[list[float], list[int]]:
    """Edges of about `most` cells [edge, next) that hold all values, and the counts.

    A value that fills a cell, and every value where they are few, has a cell of its own, up to the next number there
    is: so a later value beside it is told from it.
    """
    places = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    if len(places) <= most // 2:
        values = alone = ordered[places]
    else:
        at = np.linspace(0, len(ordered) - 1, most + 1).round().astype(np.int64)
        values, times = np.unique(ordered[at], return_counts=True)
        alone = values[times > 1]
    edges = np.unique(np.concatenate([values, np.nextafter(alone, np.inf), np.nextafter(ordered[-1:], np.inf)]))
    return edges.tolist(), np.diff(np.searchsorted(ordered, edges)).tolist()
