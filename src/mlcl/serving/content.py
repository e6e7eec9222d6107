"""What callers send: JSON, CSV, JSON Lines and Parquet bodies as rows (a dict of column and value each).

Values are passed on as they came; what they mean is for the recipe to say, the same for every format.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import polars as pl

from mlcl.serving.web import CSV, JSON, LINES, PARQUET, Fault

Row = dict[str, Any]
Decode = Callable[[bytes, Sequence[str], int], list[Row]]

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
_EXPANSION = 8  # a Parquet body may unpack to so many times the limit of a body


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


def decode(content_type: str, body: bytes, columns: Sequence[str], most: int) -> list[Row]:
    """The rows of a body. columns: the schema's, in order; most: rows allowed.

    Fault 400: not the format that it says; 413: too many rows; 422: the format is right and its content is not.
    """
    rows = _DECODE[kind_of(content_type)](body, columns, most)
    if len(rows) > most:
        raise too_many(most)
    if not rows:
        raise Fault(422, "There are no rows to predict.", allowed='{"rows": [{"column": value, …}, …]}')
    return rows


def too_many(most: int) -> Fault:
    return Fault(413, f"A request may have at most {most:,} rows.", allowed=most)


def wants_header(content_type: str, body: bytes, columns: Sequence[str]) -> bool:
    """Whether a CSV answer starts with column names: unless the question was CSV without."""
    if kind_of(content_type) != CSV:
        return True
    first, _, _ = body.partition(b"\n")
    return _is_header(next(csv.reader([first.decode("utf-8-sig", "replace")]), []), columns)


def _json(body: bytes, columns: Sequence[str], most: int) -> list[Row]:
    value = _parsed(body)
    if isinstance(value, dict):
        inside = next((value[key] for key in ("rows", "instances") if isinstance(value.get(key), list)), None)
        value = [value] if inside is None else inside
    if not isinstance(value, list):
        raise Fault(422, "The body must be a row or a list of rows.", found=_noun(value), allowed='{"rows": [{…}]}')
    _check_objects(value)
    return value


def _lines(body: bytes, columns: Sequence[str], most: int) -> list[Row]:
    lines = [line for line in body.split(b"\n", most + 1) if line.strip()]
    if len(lines) > most:
        raise too_many(most)
    rows = [_parsed(line, number) for number, line in enumerate(lines)]
    _check_objects(rows)
    return rows


def _csv(body: bytes, columns: Sequence[str], most: int) -> list[Row]:
    try:
        reader = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        lines = [line for line in reader if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Fault(400, "The body is not valid CSV (UTF-8).", found=str(error)) from error
    names = [name.strip() for name in lines.pop(0)] if lines and _is_header(lines[0], columns) else list(columns)
    for row, line in enumerate(lines):
        if len(line) != len(names):
            fault = {"row": row, "column": None, "found": f"{len(line)} values", "allowed": f"{len(names)} values"}
            raise Fault(422, "A row has too many or too few values.", faults=[fault], fault_count=1, columns=names)
    return [dict(zip(names, line, strict=True)) for line in lines]


def _parquet(body: bytes, columns: Sequence[str], most: int) -> list[Row]:
    try:
        return _parquet_rows(body, columns, most)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        raise Fault(400, "The body is not a valid Parquet file.", found=str(error).splitlines()[0][:200]) from error


def _parquet_rows(body: bytes, columns: Sequence[str], most: int) -> list[Row]:
    schema = pl.read_parquet_schema(io.BytesIO(body))
    frame = pl.read_parquet(io.BytesIO(body), columns=[name for name in schema if name in columns], n_rows=most + 1)
    if len(frame) > most:
        raise too_many(most)
    texts = frame.select(pl.col(pl.String).str.len_bytes().sum()).sum_horizontal()
    if len(texts) and (texts[0] or 0) > _EXPANSION * len(body) + 2**20:
        raise Fault(413, "The texts of this file unpack to too many bytes.", found=int(texts[0]))
    return frame.to_dicts()


def _parsed(text: bytes, line: int | None = None) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        where = {} if line is None else {"row": line}
        raise Fault(400, "The body is not valid JSON.", found=str(error), **where) from error


def _check_objects(rows: list[Any]) -> None:
    faults = [
        {"row": number, "column": None, "found": _noun(row), "allowed": "an object of columns and values"}
        for number, row in enumerate(rows)
        if type(row) is not dict
    ]
    if faults:
        raise Fault(422, "Every row must be an object of columns and values.", faults=faults[:100], fault_count=len(faults))


def _is_header(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """More than half of the cells are names of columns, which no row of values is."""
    return 2 * len({cell.strip() for cell in cells} & set(columns)) > len(cells)


def _noun(value: Any) -> str:
    nouns = {list: "a list", str: "a text", bool: "true or false", type(None): "null", dict: "an object"}
    return nouns.get(type(value), "a number")


_DECODE: dict[str, Decode] = {JSON: _json, CSV: _csv, LINES: _lines, PARQUET: _parquet}
