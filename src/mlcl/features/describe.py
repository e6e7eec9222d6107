"""Statistics of one column, as training had it: what encoding needs, and what monitoring compares later data with.

Everything is computed by numpy in float64 from all values in order: the same numbers whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from mlcl.features.values import MICROSECONDS_PER_DAY, SPACES

BINS = 20
FINE = 200
TOP = 100

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


class Ordered(Protocol):
    """Numbers in ascending order, wherever they are held."""

    def __len__(self) -> int: ...

    def at(self, places: Whole) -> Floats:
        """The numbers at these places, counted from 0; zeros without a sign."""

    def below(self, values: Floats) -> Whole:
        """How many are less than each of these."""

    def different(self, most: int) -> Floats | None:
        """The different numbers, ascending; None: there are more than `most`."""


class Held:
    """In memory. values: ascending."""

    def __init__(self, values: Floats) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def at(self, places: Whole) -> Floats:
        # Where equal numbers land depends on how the processor sorts, and -0.0 equals 0.0.
        return self.values[places] + 0.0

    def below(self, values: Floats) -> Whole:
        return np.searchsorted(self.values, values)

    def different(self, most: int) -> Floats | None:
        places = np.flatnonzero(np.append(True, self.values[1:] != self.values[:-1])[: len(self.values)])
        return self.at(places) if len(places) <= most else None


class Numbers(NamedTuple):
    """Of a column of numbers, truth values (0, 1), dates or times (days since 1970-01-01). ordered: the values that
    are not missing."""

    rows: int
    ordered: Ordered
    mean: float
    std: float

    @property
    def known(self) -> int:
        return len(self.ordered)

    @property
    def median(self) -> float:
        low, high = self.ordered.at(np.array([(self.known - 1) // 2, self.known // 2]))
        return float(high if self.known % 2 else (low + high) / 2)

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest value of a column that has any."""
        low, high = self.ordered.at(np.array([0, self.known - 1]))
        return float(low), float(high)

    @property
    def several(self) -> bool:
        """Whether there are two different values."""
        return self.known > 0 and self.ends[0] < self.ends[1]

    @property
    def varies(self) -> bool:
        """Whether a model can learn anything from it."""
        return self.known > 0 and (self.known < self.rows or self.several)

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
            "min": self.ends[0],
            "max": self.ends[1],
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
        return Texts(len(series), counts_of(series, missing))
    values = known_of(series)
    ordered = np.sort(values)
    mean = float(values.mean()) if len(values) else 0.0
    std = float(np.sqrt(np.square(values - mean).mean())) if len(values) else 0.0
    return Numbers(len(series), Held(ordered), mean, std)


def known_of(series: pl.Series) -> Floats:
    """The values of a column that are not missing, in the order of the rows, as `in_days`."""
    return in_days(series).drop_nulls().to_numpy()


def counts_of(series: pl.Series, missing: Sequence[str]) -> dict[str, int]:
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


def looked_at(known: int, fine: int = FINE) -> Whole:
    """The places of all values that statistics of a column are made from, with or without others."""
    middle = np.array([(known - 1) // 2, known // 2])
    return np.unique(np.concatenate([middle, _spaced(known, BINS), _spaced(known, fine)]))


def _share(rows: int, count: int) -> float:
    return 1 - count / rows if rows else 0.0


def _bins(ordered: Ordered) -> tuple[list[float], list[int]]:
    """Edges of at most BINS bins of about equal counts, and the counts: [edge, next edge), the last bin closed."""
    edges = np.unique(ordered.at(_spaced(len(ordered), BINS)))
    if len(edges) == 1:
        edges = np.repeat(edges, 2)
    counts = np.diff([*ordered.below(edges[:-1]), len(ordered)])
    return edges.tolist(), counts.tolist()


def _cells(ordered: Ordered, most: int) -> tuple[list[float], list[int]]:
    """Edges of about `most` cells [edge, next) that hold all values, and the counts.

    A value that fills a cell, and every value where they are few, has a cell of its own, up to the next number there
    is: so a later value beside it is told from it.
    """
    values = alone = ordered.different(most // 2)
    if values is None or alone is None:
        values, times = np.unique(ordered.at(_spaced(len(ordered), most)), return_counts=True)
        alone = values[times > 1]
    edges = np.unique(np.concatenate([values, np.nextafter(alone, np.inf), np.nextafter(values[-1:], np.inf)]))
    return edges.tolist(), np.diff(ordered.below(edges)).tolist()


def _spaced(known: int, parts: int) -> Whole:
    """Places of the ends of so many parts of about equal counts."""
    return np.linspace(0, known - 1, parts + 1).round().astype(np.int64)
