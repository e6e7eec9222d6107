"""How often a window's values fall into the cells of the training baseline: all that the statistics need of a window,
so that windows of any size are read in parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlcl.features.baseline import canonical
from mlcl.features.describe import in_days
from mlcl.features.parts import TYPES
from mlcl.features.values import EPOCH_DAY, number_text

Ints = NDArray[np.int64]

GROUPS = 10  # of about equal shares, into which a column of many numbers is divided for PSI and Jensen-Shannon
MISSING, OTHER = "(missing)", "(other)"


class Cells(NamedTuple):
    """The cells of one column, and how many training rows fell into each.

    Numbers, truth values, dates: [missing, below the training range, edge to edge …, above]. Texts: [missing, values …,
    others]. groups: which bar of the picture, and of PSI, each cell belongs to; labels: of the groups.
    """

    kind: str
    edges: NDArray[np.float64]
    values: tuple[str, ...]
    reference: Ints
    groups: Ints
    labels: tuple[str, ...]
    mean: float = 0.0
    std: float = 0.0
    complete: bool = True

    @property
    def is_text(self) -> bool:
        return TYPES[self.kind] == "text"

    @property
    def ordered(self) -> bool:
        """Whether cells that lie side by side are alike."""
        return TYPES[self.kind] not in ("text", "boolean")

    @classmethod
    def of(cls, column: Mapping[str, Any]) -> Self:
        """From a column of a baseline."""
        return cls._of_texts(column) if "values" in column else cls._of_numbers(column)

    @classmethod
    def _of_texts(cls, column: Mapping[str, Any]) -> Self:
        values = tuple(column["values"])
        counts = [*column["values"].values(), column["rest"]]
        reference = np.array([column["count"] - sum(counts), *counts], dtype=np.int64)
        labels = (MISSING, *values, OTHER)
        complete = not column["rest"]
        return cls(column["kind"], np.zeros(0), values, reference, np.arange(len(labels)), labels, complete=complete)

    @classmethod
    def _of_numbers(cls, column: Mapping[str, Any]) -> Self:
        fine = column.get("fine", {"edges": [], "counts": []})
        edges = np.array(fine["edges"], dtype=np.float64)
        counts = np.array(fine["counts"], dtype=np.int64)
        # Without an edge (nothing was known in training) one cell is left for all that is not missing.
        inside = [0, *counts, 0] if len(edges) else [0]
        reference = np.array([column["count"] - counts.sum(), *inside], dtype=np.int64)
        groups, labels = _grouped(edges, counts, column["kind"])
        mean, std = column.get("mean", 0.0), column.get("std", 0.0)
        return cls(column["kind"], edges, (), reference, groups, labels, mean, std)

    def grouped(self, counts: Ints) -> Ints:
        """Counts by group."""
        sums = np.bincount(self.groups, weights=counts, minlength=len(self.labels))
        return sums.astype(np.int64)


class Counted(NamedTuple):
    """One column of a window. cells: rows by cell; shift, square: sums of the differences from the training mean, and
    of their squares."""

    cells: Ints
    shift: float = 0.0
    square: float = 0.0

    def plus(self, more: Counted) -> Counted:
        return Counted(self.cells + more.cells, self.shift + more.shift, self.square + more.square)

    def moments(self, mean: float) -> tuple[float, float] | None:
        """Mean and standard deviation of what is not missing, given the training mean; None of nothing."""
        known = int(self.cells[1:].sum())
        if not known:
            return None
        shift = self.shift / known
        return mean + shift, float(np.sqrt(max(0.0, self.square / known - shift**2)))


class Tally:
    """Counts of a window, added up part by part. baseline: see mlcl.features.baseline."""

    def __init__(self, baseline: Mapping[str, Any]) -> None:
        self.reference_rows: int = baseline["rows"]
        self.cells = {name: Cells.of(column) for name, column in baseline["columns"].items()}
        self.counts = {name: Counted(np.zeros_like(cells.reference)) for name, cells in self.cells.items()}
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Counts the rows of a table. A column that it lacks is all missing; columns unknown to the baseline are left
        out."""
        self.rows += len(frame)
        for name, cells in self.cells.items():
            series = frame[name] if name in frame.columns else pl.repeat(None, len(frame), dtype=pl.Null, eager=True)
            self.counts[name] = self.counts[name].plus(count(cells, series))

    def merge(self, other: Tally) -> None:
        """Adds the counts of another tally on the same baseline."""
        self.rows += other.rows
        self.counts = {name: counted.plus(other.counts[name]) for name, counted in self.counts.items()}


def count(cells: Cells, series: pl.Series) -> Counted:
    """The rows of one column by cell."""
    series = canonical(series, cells.kind)
    missing = series.null_count()
    if cells.is_text:
        return Counted(np.array([missing, *_texts(cells, series)], dtype=np.int64))
    numbers = in_days(series).drop_nulls().sort().to_numpy()
    starts = np.searchsorted(numbers, cells.edges)
    inside = np.diff(starts, prepend=0, append=len(numbers))
    shifts = numbers - cells.mean
    return Counted(np.append(missing, inside).astype(np.int64), float(shifts.sum()), float(np.square(shifts).sum()))


def _texts(cells: Cells, series: pl.Series) -> Ints:
    """Rows by value, and last those of all other texts."""
    found = series.drop_nulls().alias("text").value_counts(name="rows")
    codes = found["text"].cast(pl.Enum(cells.values), strict=False).to_physical().fill_null(len(cells.values))
    sums = np.bincount(codes.to_numpy(), weights=found["rows"].to_numpy(), minlength=len(cells.values) + 1)
    return sums.astype(np.int64)


def _grouped(edges: NDArray[np.float64], counts: Ints, kind: str) -> tuple[Ints, tuple[str, ...]]:
    """Group of each cell [missing, below, edge to edge …, above], and the groups' labels.

    Few values have a group each, and all others one together. Many are divided into about equal shares, of which the
    first and the last reach on without end.
    """
    if not len(edges):
        return np.array([0, 1]), (MISSING, OTHER)
    filled = np.flatnonzero(counts)
    if len(filled) <= GROUPS and np.all(np.nextafter(edges[filled], np.inf) == edges[filled + 1]):
        groups = np.full(len(counts), len(filled) + 1)
        groups[filled] = np.arange(1, len(filled) + 1)
        labels = (MISSING, *(_label(edges[place], kind) for place in filled), OTHER)
        return np.concatenate([[0, len(filled) + 1], groups, [len(filled) + 1]]), labels
    before = np.where(counts > 0, np.cumsum(counts) - counts, 0) * GROUPS // counts.sum()
    # An empty cell goes with the values below it.
    shares, groups = np.unique(np.maximum.accumulate(before), return_inverse=True)
    starts = edges[np.searchsorted(groups, np.arange(1, len(shares)))]
    texts = [_label(start, kind) for start in starts]
    labels = (MISSING, *(f"{a} … {b}".strip() for a, b in zip(["", *texts], [*texts, ""], strict=True)))
    return np.concatenate([[0, 1], groups + 1, [len(shares)]]), labels


def _label(value: float, kind: str) -> str:
    if kind == "boolean":
        return "true" if value else "false"
    if kind in ("date", "datetime"):
        import datetime as dt

        return dt.date.fromordinal(int(value // 1) + EPOCH_DAY).isoformat()
    return number_text(float(f"{value:.6g}"))
