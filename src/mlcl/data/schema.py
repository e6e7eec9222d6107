"""One set of column kinds for every format: names repaired, dtypes normalised, columns described."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from mlcl.data.read_types import clean
from mlcl.problem.base import is_pattern
from mlcl.records import Column, Kind

FEW = 50  # a column of at most this many texts has them listed as its categories
_HEAD = 100_000  # rows that tell whether a column has many texts
_COUNTED = 10_000  # ... more than this in them, which are not counted
_LONG = 64  # texts of more bytes than this on average are prose

_KINDS: Mapping[pl.DataType | type[pl.DataType], Kind] = {
    pl.Int64: "integer",
    pl.Float64: "number",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime("us"): "datetime",
}


def repaired(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Usable, unique names: stripped, 'column_N' for an empty one or a pattern, '_2' and so on for one that is taken;
    with notes."""
    stripped = [" ".join(name.split()) for name in names]
    known, taken, notes = set(stripped), dict[str, None](), list[str]()
    for number, name in enumerate(stripped, 1):
        wanted = name if name and not is_pattern(name) else f"column_{number}"
        free, suffix = wanted, 2
        while free in taken or (free != name and free in known):
            free, suffix = f"{wanted}_{suffix}", suffix + 1
        taken[free] = None
        if name and wanted != name:
            notes.append(f"Column {number} is named like a pattern, '{name}'; it is called '{free}'.")
        elif not name:
            notes.append(f"Column {number} has no name; it is called '{free}'.")
        elif free != name:
            notes.append(f"Column {number} repeats the name '{name}'; it is called '{free}'.")
    return list(taken), notes


def normalised(frame: pl.LazyFrame, markers: Collection[str]) -> tuple[pl.LazyFrame, list[str]]:
    """A typed table with the dtypes of the contract: Int64, Float64, Boolean, String, Date, Datetime('us').

    NaN and the markers become missing; times with a zone become UTC; nested values become JSON texts.
    """
    schema = frame.collect_schema()
    lost = _beyond_64_bits(frame, [name for name, dtype in schema.items() if dtype in _WIDE])
    pairs = {name: _normal(name, pl.String() if name in lost else dtype, markers) for name, dtype in schema.items()}
    notes = [f"'{name}' {note}" for name, (_, note) in pairs.items() if note]
    notes += [f"'{name}' has whole numbers beyond 64 bits; it becomes text." for name in lost]
    return frame.select(expression.alias(name) for name, (expression, _) in pairs.items()), notes


_WIDE = (pl.UInt64, pl.Int128, pl.UInt128)


def _beyond_64_bits(frame: pl.LazyFrame, names: list[str]) -> list[str]:
    if not names:
        return []
    lost = frame.select(
        (pl.col(name).cast(pl.Int64, strict=False).is_null() & pl.col(name).is_not_null()).any() for name in names
    )
    return [name for name, any_lost in lost.collect().row(0, named=True).items() if any_lost]


def _normal(name: str, dtype: pl.DataType, markers: Collection[str]) -> tuple[pl.Expr, str]:
    column = pl.col(name)
    if dtype.is_integer():
        return column.cast(pl.Int64, strict=False), ""
    if dtype.is_float() or dtype.is_decimal():
        return column.cast(pl.Float64).fill_nan(None), ""
    if isinstance(dtype, pl.Datetime):
        local = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if dtype.time_zone else column
        return local.cast(pl.Datetime("us")), ""
    if dtype in (pl.Boolean, pl.Date):
        return column, ""
    if isinstance(dtype, pl.Duration | pl.Binary) or dtype.is_nested():
        return _unusual(column, dtype)
    return clean(column.cast(pl.String), markers, tidy=True), ""


def _unusual(column: pl.Expr, dtype: pl.DataType) -> tuple[pl.Expr, str]:
    if isinstance(dtype, pl.Duration):
        return column.dt.total_microseconds() / 1e6, "is a duration; it is given in seconds."
    if isinstance(dtype, pl.Binary):
        return column.bin.encode("hex"), "holds bytes; they are given as hexadecimal text."
    text = pl.struct(column).struct.json_encode()
    return pl.when(column.is_not_null()).then(text), "holds nested values; they are given as JSON text."


def describe(parquet: Path) -> tuple[int, list[Column]]:
    """Rows and columns of a snapshot. A column of many texts is judged by its first rows, and not counted."""
    frame = pl.scan_parquet(parquet)
    schema = frame.collect_schema()
    names = [name for name, dtype in schema.items() if dtype == pl.String]
    head = frame.select(names).head(_HEAD).collect()
    few = [column.name for column in head if column.n_unique() <= _COUNTED]
    facts, *tables = pl.collect_all(
        [frame.select(pl.len(), *_facts(schema)), *(frame.select(pl.col(name).unique()) for name in few)],
        engine="streaming",
    )
    seen = facts.row(0, named=True) | _infinite(frame, facts)
    texts = {table.columns[0]: table.to_series().drop_nulls() for table in tables}
    return seen["len"], [
        _texts(head[name], seen, texts.get(name)) if name in names else _values(name, schema[name], seen)
        for name in schema
    ]


def _facts(schema: pl.Schema) -> list[pl.Expr]:
    facts = [pl.col(name).null_count().alias(f"{name}:missing") for name in schema]
    ranged = [pl.col(name) for name, dtype in schema.items() if dtype not in (pl.String, pl.Boolean)]
    return facts + [
        end for column in ranged for end in (column.min().name.suffix(":min"), column.max().name.suffix(":max"))
    ]


def _infinite(frame: pl.LazyFrame, facts: pl.DataFrame) -> dict[str, Any]:
    """The finite ends of columns that have infinite ones."""
    found = [
        (fact.name, *fact.name.rsplit(":", 1))
        for fact in facts
        if fact.dtype == pl.Float64 and fact.is_infinite().any()
    ]
    finite = [getattr(pl.col(name).filter(pl.col(name).is_finite()), end)().alias(fact) for fact, name, end in found]
    return frame.select(finite).collect(engine="streaming").row(0, named=True) if finite else {}


def _values(name: str, dtype: pl.DataType, seen: Mapping[str, Any]) -> Column:
    low, high = (_bound(seen.get(f"{name}:{end}")) for end in ("min", "max"))
    return Column(name=name, kind=_KINDS[dtype], missing=seen[f"{name}:missing"], min=low, max=high)


def _texts(head: pl.Series, seen: Mapping[str, Any], texts: pl.Series | None) -> Column:
    distinct, missing = (len(texts) if texts is not None else None), seen[f"{head.name}:missing"]
    mostly_different = (
        head.n_unique() > head.count() / 2 if distinct is None else distinct > max(FEW, (seen["len"] - missing) / 2)
    )
    length = head.str.len_bytes().mean()
    prose = mostly_different or (isinstance(length, float) and length > _LONG)
    few = tuple(texts.sort()) if texts is not None and len(texts) <= FEW else None
    return Column(
        name=head.name, kind="text" if prose else "category", missing=missing, distinct=distinct, categories=few
    )


def _bound(value: Any) -> float | str | None:
    return value.isoformat() if isinstance(value, date) else value
