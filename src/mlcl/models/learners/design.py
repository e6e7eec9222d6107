"""What a linear model multiplies its coefficients with: [1, numbers, one-hot codes].

The matrix is never written out: products with it are sums over number columns and look-ups in the tables of the
categories, so memory stays that of the data and a category of thousands of levels costs no more than one of two.
Nothing here goes through BLAS, whose sums depend on the number of threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlcl.models.table import Floats, Matrix, Table

REACH = 10.0  # standard deviations beyond which a number counts as that many


class Place(NamedTuple):
    """Where a feature stands among the coefficients. first: its slope, or its level 0; missing: the coefficient of a
    missing value, None where none was seen in a number; center and unit: mean and standard deviation of a number."""

    first: int
    missing: int | None
    center: float = 0.0
    unit: float = 1.0


class Design(NamedTuple):
    """numbers: [numbers, n]; codes: [categories, n], counted from each category's own first coefficient; width: how
    many coefficients a class has, in the order intercept, numbers, levels."""

    numbers: Floats
    codes: NDArray[np.intp]
    width: int

    def times(self, beta: Floats) -> Floats:
        """[classes, width] -> [classes, n]."""
        first = 1 + len(self.numbers)
        z = np.einsum("kd,dn->kn", beta[:, 1:first], self.numbers) + beta[:, :1]
        for codes in self.codes:
            z += beta[:, codes]
        return np.asarray(z)

    def back(self, r: Floats) -> Floats:
        """The transpose: [classes, n] -> [classes, width]."""
        first = 1 + len(self.numbers)
        out = np.zeros((len(r), self.width))
        out[:, 0] = np.sum(r, axis=1)
        out[:, 1:first] = np.einsum("dn,kn->kd", self.numbers, r)
        for codes in self.codes:
            for line, weights in enumerate(r):
                out[line] += np.bincount(codes, weights=weights, minlength=self.width)
        return out

    def squares(self) -> Design:
        return self._replace(numbers=self.numbers**2)


def design(table: Table) -> tuple[Design, list[Place]]:
    """The design of a table, and where each feature stands in it."""
    numbers: list[Floats] = []
    places: dict[int, Place] = {}
    for feature, kind in enumerate(table.kinds):
        if kind == "number":
            column, gone = _column(table.x, feature)
            center, unit = _standard(column[~gone])
            numbers.append(np.where(gone, 0.0, np.clip((column - center) / unit, -REACH, REACH)))
            places[feature] = Place(len(numbers), len(numbers) + 1 if gone.any() else None, center, unit)
            if gone.any():
                numbers.append(gone.astype(np.float64))
    width = 1 + len(numbers)
    codes: list[NDArray[np.intp]] = []
    for feature in table.categories:
        column, gone = _column(table.x, feature)
        levels = table.cardinality[feature]
        codes.append((width + np.where(gone, levels, column)).astype(np.intp))
        places[feature] = Place(width, width + levels)
        width += levels + 1
    stacked = np.array(numbers).reshape(len(numbers), table.rows)
    coded = np.array(codes, dtype=np.intp).reshape(len(codes), table.rows)
    return Design(stacked, coded, width), [places[feature] for feature in range(len(table.kinds))]


def digits(value: float) -> float:
    """Nine significant digits: fewer than any two machines agree on."""
    return float(f"{value:.9g}")


def _column(x: Matrix, feature: int) -> tuple[Floats, NDArray[np.bool_]]:
    column = x[:, feature].astype(np.float64)
    return column, np.isnan(column)


def _standard(values: Floats) -> tuple[float, float]:
    """Mean and standard deviation, to nine digits; a constant has the deviation 1."""
    if not len(values):
        return 0.0, 1.0
    center = digits(float(np.mean(values)))
    unit = digits(float(np.sqrt(np.mean((values - center) ** 2))))
    return center, unit if unit > 1e-9 * max(1.0, abs(center)) else 1.0
