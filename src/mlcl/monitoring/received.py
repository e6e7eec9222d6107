"""What callers sent, as the recipe's inputs: the bodies of many captured requests as one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter
from types import NoneType
from typing import Any, NamedTuple

import numpy as np
import orjson
import polars as pl

from mlcl.features.coerce import coerce, dtype_of
from mlcl.features.parts import TYPES, Input
from mlcl.features.recipe import Recipe
from mlcl.features.values import FaultError, converter
from mlcl.serving.content import Columns, Decoder, Row
from mlcl.serving.web import Fault

SPREAD = 1000  # rows that are made columns together, while they are still near the processor
_MOST = 2**31  # rows of a body: it was answered, so its number was allowed
_NUMBERS = frozenset((int, float, bool, NoneType))


class Unreadable(Exception):
    """A side of an event that was not kept, or that holds no predictions."""


class Inputs(NamedTuple):
    """frame: canonical types; faults: column -> values of a wrong type, which are missing in the frame."""

    frame: pl.DataFrame
    faults: Counter[str]


class Received:
    """Gathers rows until `frame` is called."""

    def __init__(self, recipe: Recipe) -> None:
        self._inputs, self._missing = recipe.inputs, recipe.missing
        self._decoder = Decoder(recipe.inputs)
        self.names = [column.name for column in recipe.inputs]
        self.height = 0
        self._rows: list[Row] = []
        self._columns: dict[str, list[Any]] = {name: [] for name in self.names}
        # Of one name, itemgetter gives a value and not a tuple.
        self._cells = itemgetter(*self.names) if len(self.names) > 1 else lambda row: (row[self.names[0]],)

    def read(self, content_type: str, body: bytes) -> list[Row] | Columns:
        """Raises Unreadable."""
        try:
            return self._decoder.decode(content_type, body, _MOST)
        except Fault as fault:
            raise Unreadable from fault

    def read_singles(self, bodies: Sequence[bytes]) -> list[Row] | None:
        """All the bodies at once, where each is JSON and one row; None where that is not so."""
        try:
            rows = orjson.loads(b"[%b]" % b",".join(bodies))
        except orjson.JSONDecodeError:
            return None
        single = len(rows) == len(bodies) and set(map(type, rows)) <= {dict}
        return rows if single and not any("rows" in row or "instances" in row for row in rows) else None

    def keep(self, values: list[Row] | Columns, rows: Sequence[int]) -> None:
        """Takes the rows of those numbers. Raises Unreadable where there is no such row."""
        height = values.height if isinstance(values, Columns) else len(values)
        every = rows == range(height)
        if not every and rows and not 0 <= min(rows) <= max(rows) < height:
            raise Unreadable
        if isinstance(values, Columns):
            self._spread()
            for name, column in self._columns.items():
                found = values.values.get(name)
                column.extend([None] * len(rows) if found is None else found if every else [found[row] for row in rows])
        else:
            kept = values if every else [values[row] for row in rows]
            if not set(map(type, kept)) <= {dict}:
                raise Unreadable
            self._rows += kept
            if len(self._rows) >= SPREAD:
                self._spread()
        self.height += len(rows)

    def frame(self) -> Inputs:
        """All rows since the last call."""
        self._spread()
        faults: Counter[str] = Counter()
        series = [_series(column, self._columns[column.name], self._missing, faults) for column in self._inputs]
        typed = coerce(pl.DataFrame(series), self._inputs, self._missing)
        faults.update(fault["column"] for fault in typed.faults)
        self._columns = {name: [] for name in self.names}
        self.height = 0
        return Inputs(typed.frame, faults)

    def _spread(self) -> None:
        """Rows to columns."""
        rows, self._rows = self._rows, []
        if rows:
            try:
                found: Iterable[Iterable[Any]] = zip(*map(self._cells, rows), strict=True)
            except KeyError:  # a column that a row lacks
                found = ([row.get(name) for row in rows] for name in self.names)
            for column, values in zip(self._columns.values(), found, strict=True):
                column.extend(values)


def _series(column: Input, values: list[Any], missing: tuple[str, ...], faults: Counter[str]) -> pl.Series:
    """Values of one type as they are, for `coerce`; mixed ones each by itself."""
    kind = TYPES[column.kind]
    if kind == "number" and set(map(type, values)) <= _NUMBERS:
        try:
            return pl.Series(column.name, np.array(values, dtype=np.float64), nan_to_null=True)
        except OverflowError:
            pass
    for dtype in (pl.String,) if kind == "number" else (pl.String, dtype_of(column.kind)):
        try:
            return pl.Series(column.name, values, dtype=dtype)
        except (TypeError, pl.exceptions.PolarsError, OverflowError):
            continue
    convert, cells = converter(column.kind, missing), []
    for value in values:
        try:
            cells.append(convert(value))
        except FaultError:
            faults[column.name] += 1
            cells.append(None)
    return pl.Series(column.name, cells, dtype=dtype_of(column.kind))
