"""What callers send: JSON, CSV, JSON Lines and Parquet bodies as rows, or where that is faster as whole columns.

Values are passed on as they came; what they mean is for the recipe to say, the same for every format.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import NoneType
from typing import Any, NamedTuple

import msgspec
import orjson
import polars as pl

from mlcl.features.parts import Input
from mlcl.features.values import floats
from mlcl.serving.web import CSV, JSON, LINES, PARQUET, Fault, listed

Row = dict[str, Any]

_NAMES = {
    "": JSON,
    JSON: JSON,
    CSV: CSV,
    LINES: LINES,
    "application/x-ndjson": LINES,
    "application/jsonl": LINES,
    PARQUET: PARQUET,
    "application/vnd.apache.parquet": PARQUET,
}
_FORMATS = sorted(set(_NAMES.values()))
_WRAPPERS = ("rows", "instances")
_NUMBERS = ("number", "integer")
_LONG = 4096  # bytes of JSON from which on reading it straight into columns is faster
_FEW = 64  # rows (and what is around them) that may be read with those of other requests
_EXPANSION = 8  # a Parquet body may unpack to so many times its size, and a bit
_SOME = 2**20  # the bit


class Columns(NamedTuple):
    """Rows as columns: name -> the values of all rows. rows: gives them as they came, where texts became codes."""

    height: int
    values: Mapping[str, Sequence[Any]]
    rows: Callable[[], list[Row]] | None = None


@lru_cache(256)
def kind_of(content_type: str) -> str:
    """The format that a Content-Type names; Fault 415 for one that is not spoken. None given: JSON."""
    name = content_type.partition(";")[0].strip().lower()
    if name not in _NAMES:
        raise Fault(
            415,
            "This content type is not supported.",
            found=content_type,
            allowed=_FORMATS,
            do="Send the header Content-Type: application/json",
        )
    return _NAMES[name]


def is_short(content_type: str, body: bytes, most: int) -> bool:
    """Whether a body is JSON of few rows, and of at most so many."""
    return len(body) <= _LONG and kind_of(content_type) == JSON and body.count(b"{") <= min(most, _FEW)


@lru_cache(256)
def accepted(accept: str) -> str:
    """The format of the answer that an Accept header asks for: the first one that is spoken; Fault 406 for none."""
    for choice in accept.lower().split(","):
        name = choice.partition(";")[0].strip()
        if name in _NAMES:
            return _NAMES[name]
        if name in ("*/*", "application/*"):
            return JSON
        if name == "text/*":
            return CSV
    raise Fault(406, "None of these answer formats is supported.", found=accept, allowed=_FORMATS)


def wants_header(content_type: str, body: bytes, names: Sequence[str]) -> bool:
    """Whether a CSV answer starts with column names: unless the question was CSV without."""
    if kind_of(content_type) != CSV:
        return True
    first, _, _ = body.partition(b"\n")
    return _is_header(next(csv.reader([first.decode("utf-8-sig", "replace")]), []), names)


class Decoder:
    """Reads bodies for one schema. Its order of columns is the order in a CSV file without header. types: of columns
    whose JSON texts are read as codes (see RowEncoder.json_types)."""

    def __init__(self, inputs: Sequence[Input], types: Mapping[str, Any] | None = None) -> None:
        self.names = [column.name for column in inputs]
        known = dict.fromkeys((column.name for column in inputs if column.kind in _NUMBERS), float) | dict(types or {})
        self._numbers = [name in known for name in self.names]
        self._decode: dict[str, Callable[[bytes, int], list[Row] | Columns]] = {
            JSON: self._json,
            CSV: self._csv,
            LINES: self._lines,
            PARQUET: self._parquet,
        }
        found = _row_type(self.names, known)
        self._quick = found is not None
        row: Any = found or NoneType
        rows: Any = list[row]
        self._row: Any = msgspec.json.Decoder(row)
        self._list: Any = msgspec.json.Decoder(rows)
        self._wrapped: list[tuple[bytes, Any]] = [
            (f'"{name}"'.encode(), msgspec.json.Decoder(_wrapper(name, rows))) for name in _WRAPPERS
        ]

    def decode(self, content_type: str, body: bytes, most: int) -> list[Row] | Columns:
        """The rows of a body. most: rows allowed.

        Fault 400: not the format that it says; 413: too many rows; 422: the format is right and its content is not.
        """
        found = self._decode[kind_of(content_type)](body, most)
        height = found.height if isinstance(found, Columns) else len(found)
        if height > most:
            raise _too_many(most)
        if not height:
            raise Fault(422, "There are no rows to predict.", allowed='{"rows": [{"column": value, …}, …]}')
        return found

    def _json(self, body: bytes, most: int) -> list[Row] | Columns:
        rows = partial(_json_rows, body)
        return (self._typed(partial(self._read_json, body), rows) if len(body) > _LONG else None) or rows()

    def _lines(self, body: bytes, most: int) -> list[Row] | Columns:
        lines = [line for line in body.split(b"\n", most + 1) if line.strip()]
        if len(lines) > most:
            raise _too_many(most)
        rows = partial(_line_rows, lines)
        return (self._typed(lambda: map(self._row.decode, lines), rows) if len(body) > _LONG else None) or rows()

    def together(self, bodies: Sequence[bytes]) -> tuple[list[int], Columns] | None:
        """How many rows each of some JSON bodies has, and all of the rows. None: some must be looked at one by one.

        Each body is read for itself: what a hostile one holds never mixes with another."""
        heights: list[int] = []

        def read() -> Iterator[Any]:
            for body in bodies:
                rows = self._read_json(body)
                heights.append(len(rows))
                yield from rows

        found = self._typed(read)
        return (heights, found) if found else None

    def _typed(self, read: Callable[[], Iterable[Any]], plain: Callable[[], list[Row]] | None = None) -> Columns | None:
        """Rows whose numbers are numbers, as columns; None for others, which are then looked at one by one."""
        if not self._quick:
            return None
        try:
            rows = list(map(msgspec.structs.astuple, read()))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        named = zip(self.names, self._numbers, zip(*rows, strict=True), strict=False)
        values: dict[str, Any] = {name: floats(cells) if number else cells for name, number, cells in named}
        return Columns(len(rows), values, plain)

    def _read_json(self, body: bytes) -> list[Any]:
        start = body[:100].lstrip()
        rows: list[Any]
        if start.startswith(b"["):
            rows = self._list.decode(body)
            return rows
        for name, decoder in self._wrapped:
            if start[1:].lstrip().startswith(name):
                rows = decoder.decode(body).rows
                return rows
        return [self._row.decode(body)]

    def _csv(self, body: bytes, most: int) -> Columns:
        try:
            widths, cells = _csv_cells(body.decode("utf-8-sig"))
        except (UnicodeDecodeError, csv.Error) as error:
            raise Fault(400, "The body is not valid CSV (UTF-8).", found=str(error)) from error
        names = self.names
        if widths and _is_header(cells[: widths[0]], names):
            names = [name.strip() for name in cells[: widths[0]]]
            del cells[: widths.pop(0) + 1]
        if not set(widths) <= {len(names)}:
            raise _uneven(widths, names)
        return Columns(len(widths), {name: cells[place :: len(names) + 1] for place, name in enumerate(names)})

    def _parquet(self, body: bytes, most: int) -> Columns:
        try:
            frame = self._parquet_frame(body, most)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
            raise Fault(400, "The body is not a valid Parquet file.", found=str(error).splitlines()[0][:200]) from error
        return Columns(len(frame), {column.name: column.to_list() for column in frame})

    def _parquet_frame(self, body: bytes, most: int) -> pl.DataFrame:
        known = [name for name in pl.read_parquet_schema(io.BytesIO(body)) if name in self.names]
        frame = pl.read_parquet(io.BytesIO(body), columns=known, n_rows=most + 1)
        texts = frame.select(pl.col(pl.String).str.len_bytes().sum())
        if texts.width and sum(texts.row(0)) > _EXPANSION * len(body) + _SOME:
            raise Fault(413, "The texts in this file unpack to too many bytes.", found=sum(texts.row(0)))
        return frame


def _row_type(names: Sequence[str], known: Mapping[str, Any]) -> type | None:
    """A row, with the types that are quick to check; all others are left for the recipe. A row has no wrapper of rows.
    None: the names of the columns do not allow for such a type."""
    if {*names} & {*_WRAPPERS}:
        return None
    fields = [
        (f"c{place}", known[name] | None if name in known else Any, msgspec.field(default=None, name=name))
        for place, name in enumerate(names)
    ]
    try:
        return msgspec.defstruct("Row", [*fields, *((name, None, None) for name in _WRAPPERS)], gc=False)
    except ValueError:  # a quote or control character in a name
        return None


def _wrapper(name: str, rows: Any) -> type:
    return msgspec.defstruct("Body", [("rows", rows, msgspec.field(name=name))], forbid_unknown_fields=True)


def _csv_cells(text: str) -> tuple[list[int], list[str]]:
    """How many cells each line has that is not blank, and the cells line by line, one more at the end of each."""
    plain = (text.replace("\r\n", "\n") if "\r" in text else text).strip("\n")
    if plain and '"' not in plain and "\r" not in plain:  # nothing is quoted, so commas and line ends are all there is
        cells = f"{plain}\n".replace("\n", ",\n,").split(",")[:-1]
        width = cells.index("\n")
        lines = plain.count("\n") + 1
        even = len(cells) == lines * (width + 1) and cells[width :: width + 1].count("\n") == lines
        if even and (width > 1 or "\n\n" not in plain):  # a blank line would be a cell
            return [width] * lines, cells
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    return list(map(len, rows)), [cell for row in rows for cell in (*row, "\n")]


def _json_rows(body: bytes) -> list[Row]:
    value = _parsed(body)
    if isinstance(value, dict):
        inside = next((value[key] for key in _WRAPPERS if isinstance(value.get(key), list)), None)
        value = [value] if inside is None else inside
    if not isinstance(value, list):
        raise Fault(422, "The body must be a row or a list of rows.", found=_noun(value), allowed='{"rows": [{…}]}')
    return value


def _line_rows(lines: list[bytes]) -> list[Row]:
    return [_parsed(line, number) for number, line in enumerate(lines)]


def _parsed(text: bytes, row: int | None = None) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        where = {} if row is None else {"row": row}
        raise Fault(400, "The body is not valid JSON.", found=str(error), **where) from error


def _too_many(most: int) -> Fault:
    return Fault(413, f"A request may have at most {most:,} rows.", allowed=most)


def _uneven(widths: list[int], names: list[str]) -> Fault:
    faults = [
        {"row": row, "column": None, "found": f"{width} values", "allowed": f"{len(names)} values"}
        for row, width in enumerate(widths)
        if width != len(names)
    ]
    return Fault(422, "Rows have too many or too few values.", **listed(faults), columns=names)


def _is_header(cells: Sequence[str], names: Sequence[str]) -> bool:
    """More than half of the cells are names of columns, which no row of values is."""
    return 2 * len({cell.strip() for cell in cells} & set(names)) > len(cells)


def _noun(value: Any) -> str:
    return {str: "a text", bool: "true or false", type(None): "null"}.get(type(value), "a number")
