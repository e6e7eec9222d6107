"""Files of rows to score, in slices: CSV, Parquet and JSON Lines (CSV and JSON Lines also gzipped), of any size.

CSV cells are read as texts and JSON Lines row by row, so that the recipe alone says what a value means: the same as
in a request to the server.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Container, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import orjson
import polars as pl

from mlcl.errors import DataError, NotFound, UsageError, did_you_mean, listing
from mlcl.features.parts import Encoded
from mlcl.features.recipe import Recipe

FORMATS = {"csv": "csv", "tsv": "csv", "parquet": "parquet", "pq": "parquet", "jsonl": "jsonl", "ndjson": "jsonl"}
_MOST_ROWS = {"parquet": 250_000, "csv": 100_000, "jsonl": 25_000}  # of a slice; JSON takes most memory
_MOST_CELLS = 8_000_000  # of a slice's inputs: 64 MB as float64
_DELIMITERS = ",;\t|"
_BLOCK = 1 << 22

Loaded = tuple[Encoded, pl.DataFrame]


class Slice(NamedTuple):
    """Consecutive rows. number: of the slice; start: of its first row in the file; load: reads and encodes its rows,
    and gives the columns to keep of all of them. Wrong rows are left out of the matrix and named in its faults."""

    number: int
    start: int
    load: Callable[[], Loaded]


class Source(NamedTuple):
    """A file. columns: its names; total: about how many rows it has, for the progress bar (0: unknown); size: rows of
    a slice; slices: those whose numbers are not done yet; at least one in all, if only of no rows."""

    columns: list[str]
    total: int
    size: int
    slices: Callable[[Container[int]], Iterator[Slice]]


def format_of(path: Path) -> tuple[str, bool]:
    """'csv', 'parquet' or 'jsonl' by the file's name, and whether it is gzipped."""
    parts = path.name.lower().split(".")
    gzipped = parts[-1] == "gz"
    name = FORMATS.get(parts[-2] if gzipped and len(parts) > 1 else parts[-1])
    if name is None or (gzipped and name == "parquet"):
        known = [f".{ending}" for ending in FORMATS]
        raise UsageError("This file format is not known.", where=str(path), fix=f"Use {listing(known)}, or .csv.gz.")
    return name, gzipped


def open_source(path: Path, recipe: Recipe, keep: Sequence[str]) -> Source:
    """The rows in `path`. keep: columns to hand through; '*' means all."""
    if not path.is_file():
        raise NotFound("There is no such file.", where=str(path))
    kind = format_of(path)[0]
    size = max(1, min(_MOST_ROWS[kind], _MOST_CELLS // max(1, len(recipe.inputs))))
    return {"csv": _csv, "parquet": _parquet, "jsonl": _lines}[kind](path, recipe, keep, size)


def absent(source: Source, recipe: Recipe) -> list[str]:
    """The recipe's columns that the file does not have; DataError when it has none of them."""
    wanted = [column.name for column in recipe.inputs]
    gone = [name for name in wanted if name not in source.columns]
    if wanted and len(gone) == len(wanted):
        raise DataError(
            "The file has none of the columns that the model needs.",
            found=listing(source.columns),
            fix=f"Give a file with the columns {listing(wanted)}.",
        )
    return gone


def _kept(keep: Sequence[str], columns: list[str]) -> list[str]:
    if "*" in keep:
        return columns
    for name in keep:
        if name not in columns:
            raise NotFound(f"The file has no column '{name}' to keep.", fix=did_you_mean(name, columns))
    return list(keep)


def _parquet(path: Path, recipe: Recipe, keep: Sequence[str], size: int) -> Source:
    table = pl.scan_parquet(path, glob=False)
    columns = table.collect_schema().names()
    total = table.select(pl.len()).collect().item()
    load = _table_loader(recipe, columns, _kept(keep, columns))

    def slices(done: Container[int]) -> Iterator[Slice]:
        for number, start in enumerate(range(0, max(total, 1), size)):
            if number not in done:
                yield Slice(number, start, partial(load, table.slice(start, size)))

    return Source(columns, total, size, slices)


def _csv(path: Path, recipe: Recipe, keep: Sequence[str], size: int) -> Source:
    delimiter, names, header = _layout(path, [column.name for column in recipe.inputs])
    table = pl.scan_csv(
        path,
        separator=delimiter,
        has_header=header,
        infer_schema=False,
        empty_string_is_null=False,
        with_column_names=lambda _: names,
        glob=False,
    )
    load = _table_loader(recipe, names, _kept(keep, names))
    return Source(names, _count(path) - header, size, partial(_batches, table, load, size))


def _table_loader(recipe: Recipe, columns: list[str], keep: list[str]) -> Callable[[pl.LazyFrame], Loaded]:
    """A function that reads what the recipe and `keep` need, and encodes it."""
    inputs = {column.name for column in recipe.inputs}
    needed = [name for name in columns if name in inputs or name in keep]

    def load(part: pl.LazyFrame) -> Loaded:
        frame = part.select(needed).collect()
        return recipe.encode(frame, on_error="skip"), frame.select(keep)

    return load


def _batches(
    table: pl.LazyFrame, load: Callable[[pl.LazyFrame], Loaded], size: int, done: Container[int]
) -> Iterator[Slice]:
    batches = table.collect_batches(chunk_size=size, maintain_order=True, lazy=True)
    first = next(batches, None)
    for number, frame in enumerate(chain([table.head(0).collect() if first is None else first], batches)):
        if number not in done:
            yield Slice(number, number * size, partial(load, frame.lazy()))


def _lines(path: Path, recipe: Recipe, keep: Sequence[str], size: int) -> Source:
    encoder = recipe.compile()
    with _opened(path) as file:
        first = next(_filled(file), b"{}")
    row = _row(first)
    columns = list(row) if isinstance(row, dict) else []
    kept = _kept(keep, columns)

    def load(lines: list[bytes]) -> Loaded:
        rows = list(map(_row, lines))
        return encoder.encode(rows, on_error="skip"), _texts(rows, kept)

    def slices(done: Container[int]) -> Iterator[Slice]:
        with _opened(path) as file:
            lines, number = _filled(file), 0
            while part := list(islice(lines, size)):
                if number not in done:
                    yield Slice(number, number * size, partial(load, part))
                number += 1

    return Source(columns, _count(path), size, slices)


def _row(line: bytes) -> Any:
    """The row of a line, or the line itself when it is none, which the encoder refuses by name."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return line.decode(errors="replace").strip()


def _texts(rows: list[Any], names: list[str]) -> pl.DataFrame:
    """Columns of JSON rows as texts, because JSON gives them no one type."""

    def text(row: Any, name: str) -> str | None:
        value = row.get(name) if isinstance(row, dict) else None
        return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()

    return pl.DataFrame({name: pl.Series([text(row, name) for row in rows], dtype=pl.String) for name in names})


def _layout(path: Path, wanted: list[str]) -> tuple[str, list[str], bool]:
    """Delimiter, column names, and whether the first line is a header: when it names a column of the model. A file
    without must have just the model's columns, in their order."""
    with _opened(path) as file:
        first = file.readline(_BLOCK).decode("utf-8-sig", errors="replace")
    rows = {mark: [cell.strip() for cell in next(csv.reader([first], delimiter=mark), [])] for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: len({*rows[mark]} & {*wanted}))
    if {*rows[best]} & {*wanted}:
        return best, rows[best], True
    for mark, cells in rows.items():
        if len(cells) == len(wanted):
            return mark, wanted, False
    raise DataError(
        "The first line does not name the columns that the model needs.",
        where=str(path),
        found=first.strip()[:100],
        fix=f"Give the columns {listing(wanted)}.",
    )


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if format_of(path)[1] else path.open("rb")


def _filled(file: BinaryIO) -> Iterator[bytes]:
    return (line for line in file if line.strip())


def _count(path: Path) -> int:
    """Lines of a file; 0 for a gzipped one, which would have to be unpacked for that."""
    if format_of(path)[1]:
        return 0
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(partial(file.read, _BLOCK), b""))
