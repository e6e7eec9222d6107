"""From tables of any size to the matrix, a batch at a time: memory is the matrix and a few batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl

from mlcl.errors import InputError
from mlcl.features.coerce import plain, typed, without
from mlcl.features.ops import to_polars
from mlcl.features.parts import Encoded, Feature, Matrix, Parts
from mlcl.features.values import MICROSECONDS_PER_DAY, SPACES

BATCH = 131_072  # rows; a float32 block of 20 columns is 10 MB
UNSEEN = -1.0
SHOWN = 100  # faults listed in an error

OnError = Literal["fail", "skip"]
Frame = pl.DataFrame | pl.LazyFrame


class Block(NamedTuple):
    """Consecutive rows of the matrix, with how many of their values were missing or unseen."""

    matrix: Matrix
    missing: int
    unseen: int
    faults: list[dict[str, Any]]


def blocks(parts: Parts, frame: Frame) -> Iterator[Block]:
    """The matrix of `frame` in row order. Rows with faults are in it, with the wrong values missing."""
    schema = frame.collect_schema()
    casts = [plain(column, schema) for column in parts.inputs]
    easy = [cast for cast in casts if cast is not None]
    if len(easy) == len(casts):
        features = _features(parts, frame.lazy().with_columns(easy))
        small = isinstance(frame, pl.DataFrame) and frame.height <= BATCH
        for batch in [features.collect()] if small else _batches(features):
            yield _block(parts, batch, [])
        return
    names = [column.name for column in parts.inputs if column.name in schema]
    start = 0
    for raw in _batches(frame.lazy().select(names)):
        inputs, faults = typed(raw, parts.inputs, parts.missing, start)
        start += raw.height
        yield _block(parts, _features(parts, inputs.lazy()).collect(), faults)


def encode(parts: Parts, frame: Frame, on_error: OnError = "fail") -> Encoded:
    """The matrix of a whole table. on_error: 'fail' raises InputError at the first wrong batch, 'skip' leaves wrong
    rows out."""
    height = frame.height if isinstance(frame, pl.DataFrame) else frame.select(pl.len()).collect().item()
    matrix = np.empty((height, len(parts.features)), dtype=np.float32)
    faults: list[dict[str, Any]] = []
    at = missing = unseen = 0
    for block in blocks(parts, frame):
        if block.faults and on_error == "fail":
            raise wrong(block.faults)
        matrix[at : at + len(block.matrix)] = block.matrix
        at, missing, unseen = at + len(block.matrix), missing + block.missing, unseen + block.unseen
        faults += block.faults
    if not faults:
        return Encoded(matrix, faults, range(height), missing, unseen)
    bad = {fault["row"] for fault in faults}
    kept = [row for row in range(height) if row not in bad]
    again = encode(parts, frame.lazy().collect()[kept])
    return Encoded(again.matrix, faults, kept, again.missing, again.unseen)


def wrong(faults: Sequence[dict[str, Any]]) -> InputError:
    """The error for rows that break the recipe's inputs."""
    first = faults[0]
    where = f"row {first['row']}" + (f", column '{first['column']}'" if first["column"] else "")
    more = f" There are {len(faults)} such values." if len(faults) > 1 else ""
    return InputError(
        f"A value does not fit its column.{more}",
        faults[:SHOWN],
        where=f"{where} (rows are counted from 0)",
        found=first["found"],
        fix=f"Give {first['allowed']}, or leave it out.",
    )


def _batches(frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    return iter(frame.collect_batches(chunk_size=BATCH, maintain_order=True))


def _features(parts: Parts, inputs: pl.LazyFrame) -> pl.LazyFrame:
    """Features as float32 columns, null = missing, UNSEEN = a text that is no category."""
    used = parts.columns_read
    inputs = inputs.with_columns(without(parts.missing, column) for column in parts.inputs if column.name in used)
    for derived in parts.derived:
        inputs = inputs.with_columns(to_polars(derived.program).alias(derived.name))
    kinds = parts.kinds
    return inputs.select(cell_of(feature, kinds[feature.source], parts.missing) for feature in parts.features)


def cell_of(feature: Feature, kind: str, missing: tuple[str, ...] = ()) -> pl.Expr:
    """A feature as a float32 expression over its source."""
    source = pl.col(feature.source)
    if feature.encode == "category":
        code = partial(_codes, pl.Enum(feature.categories or ()), ("", *missing))
        return source.map_batches(code, pl.Float32, is_elementwise=True).alias(feature.name)
    if feature.encode == "days" and kind == "datetime":
        cell = source.dt.epoch("us").cast(pl.Float64) / MICROSECONDS_PER_DAY
    elif feature.encode == "days":
        cell = source.to_physical()
    elif feature.encode in ("month", "weekday", "hour"):
        cell = getattr(source.dt, feature.encode)()
    else:
        cell = source
    # By way of float64, as rows go: an integer is rounded once to each.
    return cell.cast(pl.Float64).cast(pl.Float32).alias(feature.name)


def _codes(known: pl.Enum, missing: tuple[str, ...], texts: pl.Series) -> pl.Series:
    """Code of each category; only texts that are none are looked at more closely."""
    codes = texts.cast(known, strict=False).to_physical().cast(pl.Float32)
    if codes.null_count() == texts.null_count():
        return codes
    rest = (codes.is_null() & texts.is_not_null()).arg_true()
    others = texts.gather(rest).str.strip_chars(SPACES)
    again = others.cast(known, strict=False).to_physical().cast(pl.Float32)
    unseen = pl.when(~others.is_in(missing)).then(pl.lit(UNSEEN, pl.Float32))
    return codes.scatter(rest, pl.select(pl.coalesce(again, unseen)).to_series())


def _block(parts: Parts, batch: pl.DataFrame, faults: list[dict[str, Any]]) -> Block:
    matrix = batch.to_numpy(order="c", writable=True)
    raw = {column.name for column in parts.inputs}
    unseen = 0
    for index, feature in enumerate(parts.features):
        if feature.encode == "category" and (new := (batch[:, index] == UNSEEN).fill_null(value=False)).any():
            matrix[new.to_numpy(), index] = len(feature.categories or ()) if feature.other else np.nan
            unseen += int(new.sum()) * (feature.source in raw)
    missing = sum(batch[:, index].null_count() for index in parts.counted)
    return Block(matrix, missing, unseen, faults)
