"""Single rows and small batches of JSON objects to the matrix, in microseconds: for the model server.

Bit-equal with `tables`: what is done here by dictionaries and closures is done there by polars.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from mlcl.features.codes import MISSING, UNSEEN, Code, Codes
from mlcl.features.ops import to_row
from mlcl.features.parts import Encoded, Feature, Matrix, Parts
from mlcl.features.tables import OnError, wrong
from mlcl.features.values import LIMIT, Convert, FaultError, converter, days, describe, floats

Cell = Callable[[Any], float]
Columns = Mapping[str, Sequence[Any]]
Rows = Sequence[Mapping[str, Any]]
Counts = npt.NDArray[np.int64]

FEW = 6  # up to so many rows, going row by row is faster than going column by column
_PLAIN = frozenset((float, int, type(None)))
_SIGNS = b"0123456789+-.eE, "  # what texts of numbers are made of
_MINUS_ZERO = re.compile(r"-0\s*(?:,|$)")  # JSON would drop the sign


class RowEncoder:
    """Made from a recipe once; then encodes without looking at it again. Threads may share it."""

    def __init__(self, parts: Parts) -> None:
        raw = {column.name: column.kind for column in parts.inputs}
        self.names = list(raw)
        self._converters = {name: converter(kind, parts.missing) for name, kind in raw.items()}
        self._reads = {name: self._converters[name] for name in raw if name in parts.columns_read}
        self._derived = [(derived.name, to_row(derived.program)) for derived in parts.derived]
        cells = [(feature.source, _cell(feature, parts)) for feature in parts.features]
        self._direct = [pair for pair in cells if pair[0] in raw]
        self._made = cells[len(self._direct) :]
        self._is_number = [feature.encode == "number" for feature in parts.features]
        self._others = [float(len(f.categories or ())) if f.other else math.nan for f in parts.features]
        self._counted = frozenset(parts.counted)
        self._width = len(cells)
        self._words = frozenset(text for text in parts.missing if text and not _strange(text))
        self._getter = itemgetter(*self.names, self.names[0])  # one name more: always a tuple

    def json_types(self) -> dict[str, type[Code]]:
        """What msgspec reads JSON texts as, of the columns of whose texts nothing but the code is needed."""
        read = [(name, getattr(cell, "__self__", None)) for name, cell in self._direct if name not in self._reads]
        return {name: codes.json_type() for name, codes in read if isinstance(codes, Codes)}

    def encode(self, rows: Rows, on_error: OnError = "fail") -> Encoded:
        """Rows as a matrix [n, width]. on_error: 'fail' raises InputError that lists every wrong value, 'skip' leaves
        wrong rows out and returns what was wrong. A missing key is a missing value; other keys are ignored."""
        try:
            return self._by_row(rows) if len(rows) <= FEW else self._by_column(self._columns(rows), len(rows))
        except (FaultError, TypeError, AttributeError):
            faults = [fault for number, row in enumerate(rows) for fault in self._faults(number, row)]
        if on_error == "fail":
            raise wrong(faults)
        bad = {fault["row"] for fault in faults}
        kept = [number for number in range(len(rows)) if number not in bad]
        return self._by_row([rows[number] for number in kept])._replace(faults=faults, kept=kept)

    def encode_columns(
        self, columns: Columns, height: int, on_error: OnError = "fail", rows: Callable[[], Rows] | None = None
    ) -> Encoded:
        """As `encode`, for `height` rows that come as whole columns; arrays of float64 are taken as they are: numbers,
        or texts that `json_types` made codes of. rows: gives the rows as they came, if there are such texts."""
        if height > FEW:
            none = (None,) * height
            try:
                return self._by_column({name: columns.get(name, none) for name in self.names}, height)
            except (FaultError, TypeError, AttributeError):
                pass  # found again row by row, to be named
        if rows:
            return self.encode(rows(), on_error)
        names = [name for name in self.names if name in columns]
        each = zip(*(columns[name] for name in names), strict=True) if names else itertools.repeat((), height)
        return self.encode([dict(zip(names, values, strict=True)) for values in each], on_error)

    def encode_many(self, columns: Columns, heights: Sequence[int]) -> list[Encoded] | None:
        """As `encode`, for the rows of several requests, so many each, that come as whole columns (see
        `encode_columns`). None: there is a wrong value."""
        try:
            matrix, missing, unseen = self._counted_rows(columns, sum(heights))
        except (FaultError, TypeError, AttributeError):
            return None
        ends = list(itertools.accumulate(heights))
        starts = [0, *ends[:-1]]
        counts = (np.add.reduceat(counted, starts).tolist() for counted in (missing, unseen))
        return [
            Encoded(matrix[start:end], [], range(end - start), gone, new)
            for start, end, gone, new in zip(starts, ends, *counts, strict=True)
        ]

    def _by_row(self, rows: Rows) -> Encoded:
        table, missing, unseen = [], 0, 0
        for row in rows:
            get = row.get
            values = [cell(get(name)) for name, cell in self._direct]
            unseen += values.count(UNSEEN)
            if values.count(MISSING):
                missing += sum(values[index] is MISSING for index in self._counted)
            if self._derived:
                known = {name: convert(get(name)) for name, convert in self._reads.items()}
                self._derive(known)
                values += [cell(known[source]) for source, cell in self._made]
            if values.count(UNSEEN):
                values = [self._others[i] if value is UNSEEN else value for i, value in enumerate(values)]
            table.append(values)
        matrix = np.array(table, dtype=np.float32).reshape(len(rows), self._width)
        return Encoded(matrix, [], range(len(rows)), missing, unseen)

    def _derive(self, known: dict[str, Any]) -> None:
        for name, formula in self._derived:
            known[name] = formula(known)

    def _by_column(self, columns: Columns, height: int) -> Encoded:
        matrix, missing, unseen = self._counted_rows(columns, height)
        return Encoded(matrix, [], range(height), int(missing.sum()), int(unseen.sum()))

    def _counted_rows(self, columns: Columns, height: int) -> tuple[Matrix, Counts, Counts]:
        """The matrix, and how many missing and unseen values each row has."""
        block = np.empty((self._width, height))  # one row per feature, so that what all share is done once
        known = self._known(columns, height) if self._derived else []
        for index, (source, cell) in enumerate((*self._direct, *self._made)):
            column = columns[source] if index < len(self._direct) else [each[source] for each in known]
            block[index] = self._numbers(column, cell, self._is_number[index])
        missing, unseen = self._settle(block)
        return block.T.astype(np.float32, order="C"), missing, unseen

    def _settle(self, block: npt.NDArray[np.float64]) -> tuple[Counts, Counts]:
        """Marks what is no number as missing, and unseen texts as what stands for them; how many there are of each in
        each row."""
        missing, unseen = np.zeros((2, block.shape[1]), np.int64)
        out = ~(np.abs(block) < LIMIT)
        for index in np.flatnonzero(out.any(axis=1)).tolist():
            strange = (block[index] == UNSEEN) & (not self._is_number[index])
            block[index, out[index]] = math.nan
            block[index, strange] = self._others[index]
            if index < len(self._direct):
                unseen += strange
            if index in self._counted:
                missing += out[index] & ~strange
        return missing, unseen

    def _columns(self, rows: Rows) -> dict[str, tuple[Any, ...]]:
        try:
            table = [self._getter(row) for row in rows]
        except KeyError:
            table = [tuple(map(row.get, (*self.names, ""))) for row in rows]
        return dict(zip(self.names, zip(*table, strict=True), strict=False))

    def _numbers(self, column: Sequence[Any], cell: Cell, is_number: bool) -> npt.NDArray[np.float64]:
        if isinstance(column, np.ndarray):
            return column
        plain = self._plain(column) if is_number else None
        return np.fromiter(map(cell, column), np.float64, len(column)) if plain is None else _floats(plain)

    def _plain(self, column: Sequence[Any]) -> Sequence[float | None] | None:
        """The column as numbers, when it holds nothing but numbers, or texts written as JSON would write them ('': no
        number), which are then read all at once. None: each cell must be looked at."""
        if not isinstance(column[0], str):
            return column if _PLAIN.issuperset(map(type, column)) else None
        try:
            text = ",".join(column)
        except TypeError:  # not only texts
            return None
        if _strange(text) or (self._words and not self._words.isdisjoint(column)):
            return None
        if ",," in f",{text},":
            text = ",".join([cell or "null" for cell in column])
        try:
            numbers: list[float | None] = orjson.loads(f"[{text}]")
        except orjson.JSONDecodeError:
            return None
        return None if len(numbers) != len(column) or _MINUS_ZERO.search(text) else numbers

    def _known(self, columns: Mapping[str, Sequence[Any]], height: int) -> list[dict[str, Any]]:
        """What derived features read, and the derived features, of each row."""
        reads = [list(map(convert, columns[name])) for name, convert in self._reads.items()]
        known = [dict(zip(self._reads, values, strict=True)) for values in zip(*reads, strict=True)]
        for row in known:
            self._derive(row)
        return known

    def _faults(self, number: int, row: Any) -> list[dict[str, Any]]:
        if not isinstance(row, Mapping):
            return [{"row": number, "column": None, "found": describe(row), "allowed": "an object of columns"}]
        faults = []
        for name, convert in self._converters.items():
            try:
                convert(row.get(name))
            except FaultError as fault:
                faults.append({"row": number, "column": name, "found": fault.found, "allowed": fault.allowed})
        return faults


def _strange(text: str) -> bytes:
    """The signs of a text that no number has."""
    return text.encode("utf-8", "surrogatepass").translate(None, _SIGNS)


def _floats(column: Sequence[float | None]) -> npt.NDArray[np.float64]:
    try:
        return floats(column)
    except OverflowError:  # an integer of more than 308 digits
        return floats([None if value is None or abs(value) >= LIMIT else value for value in column])


def _cell(feature: Feature, parts: Parts) -> Cell:
    kind = parts.kinds[feature.source]
    convert = converter(kind, parts.missing)
    if feature.encode == "category":
        return Codes(feature.categories or (), parts.missing, convert).__getitem__
    if feature.encode == "number":
        return _number(convert)
    if feature.encode == "boolean":
        return _boolean(convert)
    parts_of: dict[str, Callable[[Any], float]] = {
        "days": days,
        "month": lambda moment: float(moment.month),
        "weekday": lambda moment: float(moment.isoweekday()),
        "hour": lambda moment: float(moment.hour),
    }
    return _part(convert, parts_of[feature.encode])


def _number(convert: Convert) -> Cell:
    def cell(value: Any) -> float:
        kind = type(value)
        if (kind is float or kind is int) and -LIMIT < value < LIMIT:
            number: float = value
            return number
        value = convert(value)
        return MISSING if value is None else value

    return cell


def _boolean(convert: Convert) -> Cell:
    def cell(value: Any) -> float:
        if value is True:
            return 1.0
        if value is False:
            return 0.0
        value = convert(value)
        return MISSING if value is None else float(value)

    return cell


def _part(convert: Convert, part: Callable[[Any], float]) -> Cell:
    def cell(value: Any) -> float:
        value = convert(value)
        return MISSING if value is None else part(value)

    return cell
