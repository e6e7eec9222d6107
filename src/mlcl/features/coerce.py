"""Bringing the columns of any table to what the recipe reads: float64, truth values, texts, dates.

Casts on which polars and `values` agree are done by polars; every other cell goes through `values`, once for each
different value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from mlcl.features.ops import DTYPES
from mlcl.features.parts import TYPES, Input
from mlcl.features.values import LIMIT, SPACES, Convert, FaultError, converter

_INTEGERS = frozenset((pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64))
_TEXTS = frozenset((pl.String, pl.Categorical, pl.Enum))


class Coerced(NamedTuple):
    """frame: the inputs in canonical types, all rows; faults: one per wrong cell, in order of rows."""

    frame: pl.DataFrame
    faults: list[dict[str, Any]]


def dtype_of(kind: str) -> Any:
    return DTYPES[TYPES[kind]]


def plain(column: Input, schema: Mapping[str, pl.DataType]) -> pl.Expr | None:
    """The canonical column where a cast does it, else None. Texts are not looked at: see `without`."""
    kind, wanted = TYPES[column.kind], dtype_of(column.kind)
    found = schema.get(column.name)
    if found is None or found == pl.Null:
        return pl.lit(None, wanted).alias(column.name)
    cell = pl.col(column.name)
    if kind == "number":
        return _number(cell, found)
    if kind == "text":
        return cell.cast(pl.String) if found.base_type() in _TEXTS else None
    if kind == "boolean":
        return cell if found == pl.Boolean else None
    return _moment(cell, found, wanted)


def _number(cell: pl.Expr, found: pl.DataType) -> pl.Expr | None:
    number = cell.cast(pl.Float64)
    if found in _INTEGERS or found == pl.Boolean:
        return number
    # NaN counts as greater than all numbers here, and so is left out like infinities.
    return pl.when(number.abs() < LIMIT).then(number) if found.is_float() else None


def _moment(cell: pl.Expr, found: pl.DataType, wanted: Any) -> pl.Expr | None:
    if isinstance(found, pl.Datetime):
        if found.time_zone:
            cell = cell.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return cell.dt.date() if wanted == pl.Date else cell.cast(wanted)
    return cell.cast(wanted) if found == pl.Date else None


def without(missing: tuple[str, ...], column: Input) -> pl.Expr:
    """A column of canonical type. Texts lose the spaces around them, and are null where they mean a missing value."""
    cell = pl.col(column.name)
    if TYPES[column.kind] != "text":
        return cell
    text = cell.str.strip_chars(SPACES)
    return pl.when(~text.is_in(["", *missing])).then(text).alias(column.name)


def coerce(frame: pl.DataFrame, inputs: Sequence[Input], missing: tuple[str, ...]) -> Coerced:
    """The inputs of `frame` in canonical types; wrong cells are null, and faults. missing: texts that mean a missing
    value."""
    found, faults = typed(frame, inputs, missing)
    return Coerced(found.select(without(missing, column) for column in inputs), faults)


def typed(frame: pl.DataFrame, inputs: Sequence[Input], missing: tuple[str, ...], start: int = 0) -> Coerced:
    """As `coerce`, but texts stay as they are (see `without`). start: number of the first row."""
    columns: list[pl.Expr | pl.Series] = []
    faults: list[dict[str, Any]] = []
    for column in inputs:
        cast: pl.Expr | pl.Series | None = plain(column, frame.schema)
        if cast is None:
            cast, wrong = _converted(frame[column.name], column, missing)
            faults += [{"row": start + row, "column": column.name, **fault} for row, fault in wrong]
        columns.append(cast)
    faults.sort(key=lambda fault: fault["row"])
    return Coerced(frame.with_columns(columns).select(column.name for column in inputs), faults)


def _converted(
    series: pl.Series, column: Input, missing: tuple[str, ...]
) -> tuple[pl.Series, list[tuple[int, dict[str, str]]]]:
    """A column through `values`, and its wrong cells: row, and what was found and is allowed there."""
    dtype = dtype_of(column.kind)
    result = pl.repeat(None, len(series), dtype=dtype, eager=True)
    if series.dtype == pl.String and dtype == pl.Float64:
        number = series.cast(pl.Float64, strict=False)
        result = pl.select(pl.when(number.abs() < LIMIT).then(number)).to_series()
    rest = (result.is_null() & series.is_not_null()).arg_true()
    outcomes = _outcomes(series.gather(rest), converter(column.kind, missing))
    wrong = [(row, outcome) for row, outcome in zip(rest.to_list(), outcomes, strict=True) if _is_fault(outcome)]
    if outcomes:
        good = pl.Series([None if _is_fault(outcome) else outcome for outcome in outcomes], dtype=dtype)
        result = result.scatter(rest, good)
    return result.alias(column.name), [(row, {"found": f.found, "allowed": f.allowed}) for row, f in wrong]


def _outcomes(series: pl.Series, convert: Convert) -> list[Any]:
    """Each cell converted, or the FaultError that says why not."""

    def outcome(cell: Any) -> Any:
        try:
            return convert(cell)
        except FaultError as fault:
            return fault

    cells = series.to_list()
    if series.dtype == pl.Object or series.dtype.is_nested():
        return [outcome(cell) for cell in cells]
    known = {cell: outcome(cell) for cell in set(cells)}
    return [known[cell] for cell in cells]


def _is_fault(outcome: Any) -> bool:
    return isinstance(outcome, FaultError)
