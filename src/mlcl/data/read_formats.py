"""Formats that carry their own types: Parquet, Arrow, JSON Lines, Excel; and telling formats apart."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from polars.exceptions import PolarsError

from mlcl.data import read_types
from mlcl.data.read_csv import Sink
from mlcl.data.read_dialect import check_count
from mlcl.data.schema import normalised, repaired
from mlcl.errors import DataError, NotFound
from mlcl.problem.sections import Data

_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".arff": "arff"}
_PAGE = (b"<!doctype html", b"<html", b"<?xml")


def told(path: Path, label: str, declared: str | None) -> str:
    """The format: as declared when the bytes agree, else told by the bytes and the name."""
    with path.open("rb") as file:
        head = file.read(1024)
    binary = _binary(head, path)
    if binary == "zip":
        raise DataError("This is a zip archive, not a table.", where=label, fix="Unpack it and name the file inside.")
    if declared and binary != (declared if declared in ("parquet", "arrow", "excel") else None):
        raise DataError(
            f"The file is not in the format '{declared}'.",
            where=label,
            found=f"a file in the format '{binary}'" if binary else f"it begins with {head[:16]!r}",
            fix="Leave data.format out, or correct it.",
        )
    if declared or binary:
        return str(declared or binary)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_PAGE):
        raise DataError(
            "This is a web page or XML, not a table.", where=label, fix="Name the address of the file itself."
        )
    by_name = _SUFFIXES.get(path.suffix.lower())
    if not by_name and path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        by_name = "jsonl" if start.startswith(b'{"') else "arff" if start.startswith((b"@relation", b"%")) else None
    return by_name or "csv"


def read_parquet(path: Path, label: str, options: Data, scratch: Path, sink: Sink) -> list[str]:
    del label, scratch
    table, notes = normalised(named(pl.scan_parquet(path, glob=False), options), options.missing)
    sink(table)
    return notes


def read_arrow(path: Path, label: str, options: Data, scratch: Path, sink: Sink) -> list[str]:
    """Arrow IPC, as a file (Feather version 2) or as a stream."""
    del label, scratch
    with path.open("rb") as file:
        is_file = file.read(6) == b"ARROW1"
    frame = pl.scan_ipc(path, glob=False) if is_file else pl.read_ipc_stream(path).lazy()
    table, notes = normalised(named(frame, options), options.missing)
    sink(table)
    return notes


def read_jsonl(path: Path, label: str, options: Data, scratch: Path, sink: Sink) -> list[str]:
    """One JSON object a line; one array of objects is read too."""
    del scratch
    try:
        return _read_texts(named(pl.scan_ndjson(path, infer_schema_length=None), options), options, sink)
    except PolarsError:
        return _read_texts(named(_objects(path, label).lazy(), options), options, sink)


def read_excel(path: Path, label: str, options: Data, scratch: Path, sink: Sink) -> list[str]:
    import fastexcel

    del scratch
    try:
        reader = fastexcel.read_excel(path)
        sheet = options.sheet or reader.sheet_names[0]
        if sheet not in reader.sheet_names:
            raise NotFound.among("sheet", sheet, reader.sheet_names)
        header = reader.load_sheet(sheet, header_row=None, n_rows=1, dtypes="string").to_polars()
        if header.is_empty():
            raise DataError("The sheet is empty.", where=f"{label}, sheet '{sheet}'")
        skip = 1 if options.header else None
        frame = reader.load_sheet(sheet, header_row=None, skip_rows=skip, schema_sample_rows=None).to_polars()
    except fastexcel.FastExcelError as error:
        raise DataError("The Excel file cannot be read.", where=label, found=str(error).splitlines()[0]) from error
    names, notes = repaired([cell or "" for cell in header.row(0)] if options.header else [""] * frame.width)
    frame.columns = names
    frame = frame.with_columns(_plainer(column) for column in frame)
    return [*(notes if options.header else []), *_read_texts(named(frame.lazy(), options), options, sink)]


def named(frame: pl.LazyFrame, options: Data) -> pl.LazyFrame:
    """The table with the names that the problem file gives, or its own ones mended."""
    own = frame.collect_schema().names()
    if options.columns is not None:
        check_count(options.columns, len(own))
    new = options.columns or repaired(own)[0]
    return frame.rename(dict(zip(own, new, strict=True)))


def _binary(head: bytes, path: Path) -> str | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "excel"
    if head.startswith(b"PK\x03\x04"):
        return "excel" if _is_workbook(path) else "zip"
    return None


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return bool({"[Content_Types].xml", "content.xml"} & set(archive.namelist()))
    except zipfile.BadZipFile:
        return path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods")


def _read_texts(frame: pl.LazyFrame, options: Data, sink: Sink) -> list[str]:
    """A table whose text columns may hold numbers and dates."""
    table, notes = normalised(frame, options.missing)
    names = [name for name, dtype in table.collect_schema().items() if dtype == pl.String]
    plans = read_types.plans(read_types.distinct_in(table, names, options.missing), options.decimal)
    sink(table.with_columns(read_types.expression(name, plan, options.missing) for name, plan in plans.items()))
    return [*notes, *read_types.notes(table, plans, options.missing)]


def _plainer(column: pl.Series) -> pl.Series:
    """Excel knows one type of number, and no date without a time: the values tell whole numbers and whole days."""
    if column.dtype == pl.Float64 and column.is_finite().all() and (column == column.round()).all():
        return column.cast(pl.Int64, strict=False)
    if isinstance(column.dtype, pl.Datetime) and (column == column.dt.truncate("1d")).all():
        return column.cast(pl.Date)
    return column


def _objects(path: Path, label: str) -> pl.DataFrame:
    """For files that polars refuses: columns of mixed types become texts."""
    columns: dict[str, dict[int, Any]] = {}
    count = 0
    for number, row in _parsed(path, label):
        if not isinstance(row, dict):
            raise DataError("This is no JSON object.", where=f"{label}, line {number}", found=repr(row)[:80])
        for name, value in row.items():
            columns.setdefault(name, {})[count] = value
        count += 1
    return pl.DataFrame([_series(name, [found.get(row) for row in range(count)]) for name, found in columns.items()])


def _parsed(path: Path, label: str) -> Iterator[tuple[int, Any]]:
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    number = 1
    try:
        if content.lstrip().startswith(b"["):
            yield from ((1, row) for row in orjson.loads(content))
            return
        for number, line in enumerate(content.split(b"\n"), 1):
            if line.strip():
                yield number, orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise DataError("This is not valid JSON.", where=f"{label}, line {number}", found=str(error)) from error


def _series(name: str, values: list[Any]) -> pl.Series:
    types = {type(value) for value in values if value is not None}
    if len(types) <= 1 or types == {int, float}:
        return pl.Series(name, values, strict=False)
    texts = [value if value is None or isinstance(value, str) else orjson.dumps(value).decode() for value in values]
    return pl.Series(name, texts, dtype=pl.String)
