"""How rows are held out while a model is chosen.

Small data: the train and validation rows together, in folds, because a fifth of little is too little to choose by;
every row then has a score from a model that has not seen it. Large data, and splits by time, group or column, which a
shuffle would undo: the validation rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlcl.metrics import REGRESSION
from mlcl.models.learners.base import Setting
from mlcl.models.table import Floats, Rows, Table

_FEWEST, _MOST = 20, 100_000  # rows between which there are folds
_CELLS = 5_000_000  # of a wide table, up to which there are
_LIGHT = 150_000  # cells, times scores per row, up to which there are five; three above


Held = tuple[NDArray[Any], Floats | None]  # y and weight of rows held out


class Holdout(NamedTuple):
    """The validation rows are held out once."""

    train: Table
    validation: Table
    times: int = 1

    def pair(self, number: int) -> tuple[Table, Table]:
        return self.train, self.validation

    def held(self) -> list[Held]:
        return [(self.validation.y, self.validation.weight)]

    def validated(self, margins: Sequence[Floats]) -> Floats:
        return margins[0]


class Crossing(NamedTuple):
    """Every row is held out once. out: row numbers in the pool, per fold; first: where the validation rows start."""

    pool: Table
    out: list[Rows]
    first: int

    @property
    def times(self) -> int:
        return len(self.out)

    def held(self) -> list[Held]:
        weight = self.pool.weight
        return [(self.pool.y[rows], None if weight is None else weight[rows]) for rows in self.out]

    def pair(self, number: int) -> tuple[Table, Table]:
        """What fold `number` learns from, and what it holds out."""
        kept = np.ones(self.pool.rows, dtype=bool)
        kept[self.out[number]] = False
        return self.pool.take(np.flatnonzero(kept)), self.pool.take(self.out[number])

    def validated(self, margins: Sequence[Floats]) -> Floats:
        """The margins of the validation rows, in their order, from those of each fold."""
        out = np.empty((self.pool.rows, *margins[0].shape[1:]))
        for rows, margin in zip(self.out, margins, strict=True):
            out[rows] = margin
        return out[self.first :]


Folds = Holdout | Crossing


def small(train: Table, validation: Table) -> bool:
    """Whether folds are worth their time, and can be made."""
    rows = train.rows + validation.rows
    return _FEWEST <= rows <= _MOST and rows * len(train.names) <= _CELLS


def crossing(train: Table, validation: Table, setting: Setting) -> Crossing:
    """Shuffled folds over both tables, each with its share of every class."""
    pool = train.stack(validation)
    count = 5 if pool.x.size * setting.columns <= _LIGHT else 3
    number = _numbers(pool.y, setting.task, count, np.random.default_rng(setting.seed))
    return Crossing(pool, [np.flatnonzero(number == fold) for fold in range(count)], train.rows)


def _numbers(y: NDArray[np.float64], task: str, count: int, random: np.random.Generator) -> Rows:
    """The fold of each row: dealt out class by class, so that every fold has its share of each; for values in the order
    of their size, shuffled within each deal."""
    order = random.permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    number = np.empty(len(y), dtype=np.int64)
    if task == REGRESSION:
        deals = [random.permutation(count) for _ in range(-(-len(y) // count))]
        number[order] = np.concatenate(deals)[: len(y)]
    else:
        number[order] = np.arange(len(y)) % count
    return number
