"""A matrix to learn from."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class Table(NamedTuple):
    """x: [n, features], NaN = missing, categories as codes 0, 1, …; y: class codes int32 or values float64 [n];
    names, kinds ("number" or "category") and cardinality (codes of a category, 0 for a number): one per feature;
    weight: [n] or None."""

    x: Matrix
    y: NDArray[Any]
    names: list[str]
    kinds: list[str]
    cardinality: list[int]
    weight: Floats | None = None

    @property
    def rows(self) -> int:
        return len(self.y)

    @property
    def categories(self) -> list[int]:
        """Positions of the category features."""
        return [place for place, kind in enumerate(self.kinds) if kind == "category"]

    def take(self, rows: Rows | slice) -> Table:
        """Some of the rows: a copy, or a view for a slice."""
        weight = None if self.weight is None else self.weight[rows]
        return self._replace(x=self.x[rows], y=self.y[rows], weight=weight)

    def every(self, most: int) -> Table:
        """At most `most` rows, evenly spaced."""
        return self if self.rows <= most else self.take(np.arange(most, dtype=np.int64) * self.rows // most)

    def stack(self, below: Table) -> Table:
        """This table with the rows of another below."""
        weight = None
        if self.weight is not None and below.weight is not None:
            weight = np.concatenate([self.weight, below.weight])
        return self._replace(x=np.concatenate([self.x, below.x]), y=np.concatenate([self.y, below.y]), weight=weight)


def balance(y: NDArray[Any], classes: int) -> Floats:
    """Weights that give every class the same total: n / (classes there * rows of the class) [n]."""
    counts = np.bincount(y, minlength=classes)
    share = len(y) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return np.asarray(share[y], dtype=np.float64)
