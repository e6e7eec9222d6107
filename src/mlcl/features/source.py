"""The columns that a recipe is fitted on: of the training rows, in canonical types, read one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from mlcl.features.coerce import plain, typed, without
from mlcl.features.describe import Summary, describe
from mlcl.features.ops import reads, to_polars
from mlcl.features.parts import Derived, Encode, Feature, Input
from mlcl.features.tables import Frame, cell_of, wrong

Rows = npt.NDArray[np.bool_] | None


class Seen(Protocol):
    """The training rows, as far as fitting sees them, wherever they are held."""

    def describe(self, name: str, encodes: Sequence[Encode] = ()) -> Iterator[Summary]:
        """Statistics of an input or derived feature; with encodes: of each of these encodings of it instead."""

    def forget(self, name: str) -> None:
        """Nothing more is asked about a column."""


Open = Callable[[Sequence[Input], Sequence[Derived], tuple[str, ...]], Seen]  # inputs, derived, missing


class Source:
    """rows: mask of the training rows (None: all)."""

    def __init__(
        self,
        frame: Frame,
        columns: Sequence[Input],
        derived: Sequence[Derived],
        missing: tuple[str, ...],
        rows: Rows = None,
    ) -> None:
        schema = frame.collect_schema()
        if any(plain(column, schema) is None for column in columns):
            frame, faults = typed(frame.lazy().collect(), columns, missing)
            if faults:
                raise wrong(faults)
            schema = frame.collect_schema()
        self.missing = missing
        self._frame = frame.lazy()
        self._casts = {column.name: (plain(column, schema), without(missing, column)) for column in columns}
        self._derived = derived
        self._kinds = {one.name: one.kind for one in columns} | {one.name: one.kind for one in derived}
        self._rows = None if rows is None else pl.Series(rows)

    def describe(self, name: str, encodes: Sequence[Encode] = ()) -> Iterator[Summary]:
        return (describe(column, self.missing) for column in self.columns(name, encodes))

    def forget(self, name: str) -> None:
        """Nothing is kept."""

    def columns(self, name: str, encodes: Sequence[Encode] = ()) -> Iterator[pl.Series]:
        """An input (texts as they are) or a derived feature; with encodes: each of these encodings of it instead."""
        series = self._lazy(name).select(name).collect().to_series()
        series = series if self._rows is None else series.filter(self._rows)
        if not encodes:
            yield series
        for encode in encodes:
            cell = cell_of(Feature(name=name, source=name, encode=encode), self._kinds[name])
            yield series.to_frame().select(cell).to_series()

    def _lazy(self, name: str) -> pl.LazyFrame:
        if name in self._casts:
            return self._frame.with_columns(self._casts[name][0])
        used = {name for derived in self._derived for name in reads(derived.program) if name in self._casts}
        frame = self._frame
        for casts in zip(*(self._casts[name] for name in self._casts if name in used), strict=True):
            frame = frame.with_columns(casts)
        for derived in self._derived:
            frame = frame.with_columns(to_polars(derived.program).alias(derived.name))
        return frame
