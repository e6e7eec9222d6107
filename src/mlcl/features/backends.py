"""How an operation of a derived feature is made for tables and for rows."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mlcl.features.values import LIMIT, MICROSECOND, MICROSECONDS_PER_DAY, SPACES, parse_datetime

Floats = npt.NDArray[np.float64]
Row = Callable[[Any], Any]  # from a dict of canonical values to the result
Function = Callable[..., Any]


class Op(NamedTuple):
    """polars: from (value, *expressions) to an expression. row: from (value, *closures) to a closure."""

    polars: Callable[..., pl.Expr]
    row: Callable[..., Row]


def bounded(value: float) -> float | None:
    """The number, or None when float32 cannot hold it. Adding zero turns -0.0 to 0.0."""
    return value + 0.0 if -LIMIT < value < LIMIT else None


def _bounded_series(numbers: Floats) -> pl.Series:
    with np.errstate(invalid="ignore"):
        numbers = numbers + 0.0
        numbers[~(np.abs(numbers) < LIMIT)] = np.nan
    return pl.Series(numbers, nan_to_null=True)


def finite(expression: pl.Expr) -> pl.Expr:
    # A function and not when/then: that would name its operand twice, and nested operations would double each time.
    return expression.map_batches(lambda s: _bounded_series(_floats(s)), pl.Float64, is_elementwise=True)


def _floats(series: pl.Series) -> Floats:
    """As float64, NaN where null."""
    return series.cast(pl.Float64).to_numpy()


class Constant:
    """The row operation that gives one value always."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, _: Any) -> Any:
        return self.value


def vector(function: Callable[..., Any]) -> Callable[..., pl.Expr]:
    """A function of float64 arrays (value first where there is one), for columns of numbers."""

    def build(value: Any, *arguments: pl.Expr) -> pl.Expr:
        call = function if value is None else partial(function, value)

        def batch(parts: Sequence[pl.Series]) -> pl.Series:
            with np.errstate(all="ignore"):
                return _bounded_series(call(*np.broadcast_arrays(*map(_floats, parts))))

        return pl.map_batches(list(arguments), batch, pl.Float64, is_elementwise=True)

    return build


def each(function: Function, result: Any) -> Callable[..., pl.Expr]:
    """A Python function of single values (value first where there is one), called once for each different value."""

    def build(value: Any, *arguments: pl.Expr) -> pl.Expr:
        call = function if value is None else partial(function, value)
        if len(arguments) == 1:
            return arguments[0].map_batches(partial(_distinct, call, result), result, is_elementwise=True)
        return pl.map_batches(list(arguments), partial(_rowwise, call, result), result, is_elementwise=True)

    return build


def _distinct(call: Function, result: Any, series: pl.Series) -> pl.Series:
    different = series.drop_nulls().unique()
    made = pl.Series([call(value) for value in different.to_list()], dtype=result)
    if different.is_empty():
        return pl.repeat(None, len(series), dtype=result, eager=True)
    return series.replace_strict(different, made, default=None, return_dtype=result)


def _rowwise(call: Function, result: Any, parts: Sequence[pl.Series]) -> pl.Series:
    height = max(map(len, parts))
    lists = [part.to_list() * (height if len(part) == 1 else 1) for part in parts]
    return pl.Series([None if None in row else call(*row) for row in zip(*lists, strict=False)], dtype=result)


def lift(function: Function) -> Callable[..., Row]:
    """A function of plain values (value first where there is one) as a row operation: NULL in, NULL out."""

    def build(value: Any, *arguments: Row) -> Row:
        call = function if value is None else partial(function, value)
        if len(arguments) == 1:
            return _lift1(call, *arguments)
        return _lift2(call, *arguments) if len(arguments) == 2 else _lift_many(call, arguments)

    return build


def _lift1(call: Function, first: Row) -> Row:
    def closure(row: Any) -> Any:
        a = first(row)
        return None if a is None else call(a)

    return closure


def _lift2(call: Function, first: Row, second: Row) -> Row:
    if isinstance(second, Constant) and second.value is not None:
        return _lift1(lambda a, b=second.value: call(a, b), first)

    def closure(row: Any) -> Any:
        a = first(row)
        b = second(row)
        return None if a is None or b is None else call(a, b)

    return closure


def _lift_many(call: Function, arguments: Sequence[Row]) -> Row:
    def closure(row: Any) -> Any:
        values = [argument(row) for argument in arguments]
        return None if None in values else call(*values)

    return closure


def guarded(function: Callable[..., float]) -> Function:
    """A function of the math module whose faults (LN(0), overflow) are NULL."""

    def call(*values: float) -> float | None:
        try:
            return bounded(function(*values))
        except (ValueError, OverflowError, ZeroDivisionError):
            return None

    return call


def arithmetic(function: Callable[[Any, Any], Any]) -> Op:
    return Op(lambda _, a, b: finite(function(a, b)), lift(guarded(function)))


def compare(function: Callable[[Any, Any], Any]) -> Op:
    return Op(lambda _, a, b: function(a, b), lift(function))


def rounded(digits: int, x: float) -> float:
    scaled = x * 10.0**digits
    whole = float(math.trunc(scaled))
    return (whole + math.copysign(float(abs(scaled - whole) >= 0.5), scaled)) / 10.0**digits


def rounded_vector(digits: int, x: Floats) -> Any:
    scaled = x * 10.0**digits
    whole = np.trunc(scaled)
    return (whole + np.copysign((np.abs(scaled - whole) >= 0.5).astype(np.float64), scaled)) / 10.0**digits


def days_between(a: dt.datetime, b: dt.datetime) -> float:
    return float((a - b) // MICROSECOND) / MICROSECONDS_PER_DAY


# Texts


def matcher(pattern: str, flags: int = 0) -> Callable[[str], bool]:
    """The test for a LIKE pattern: % is any text, _ any one character; case counts unless `flags` says otherwise."""
    first, *rest = [re.escape(part).replace("_", ".") for part in pattern.split("%")]
    # Each part is taken where it comes first, for good: no text makes the search go back and forth.
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)
    expression = re.compile(f"{first}{middle}.*{rest[-1]}" if rest else first, re.DOTALL | flags)
    return lambda text: expression.fullmatch(text) is not None


def like(flags: int) -> Op:
    def polars(pattern: str, text: pl.Expr) -> pl.Expr:
        return each(matcher(pattern, flags), pl.Boolean)(None, text)

    return Op(polars, lambda pattern, text: lift(matcher(pattern, flags))(None, text))


def substring(bounds: tuple[int, int | None], text: str) -> str:
    start, length = bounds
    return text[start - 1 :] if length is None else text[start - 1 : start - 1 + length]


def datetime_of_text(text: str) -> dt.datetime | None:
    try:
        return parse_datetime(text.strip(SPACES))
    except ValueError:
        return None


def same(function: Function, result: Any) -> Op:
    """One Python function for tables and rows."""
    return Op(each(function, result), lift(function))


# Dates: name of the part -> (as an attribute of an expression's dt, of a date or datetime)
PARTS: dict[str, tuple[Callable[[pl.Expr], pl.Expr], Callable[[Any], int]]] = {
    "year": (lambda e: e.dt.year(), lambda d: d.year),
    "quarter": (lambda e: e.dt.quarter(), lambda d: (d.month + 2) // 3),
    "month": (lambda e: e.dt.month(), lambda d: d.month),
    "day": (lambda e: e.dt.day(), lambda d: d.day),
    "dow": (lambda e: e.dt.weekday() % 7, lambda d: d.isoweekday() % 7),
    "isodow": (lambda e: e.dt.weekday(), lambda d: d.isoweekday()),
    "doy": (lambda e: e.dt.ordinal_day(), lambda d: d.timetuple().tm_yday),
    "hour": (lambda e: e.dt.hour(), lambda d: d.hour),
    "minute": (lambda e: e.dt.minute(), lambda d: d.minute),
}


def literal(dtype: Any) -> Op:
    return Op(lambda value: pl.lit(value, dtype), Constant)


def exact(arrays: Callable[..., Any], scalar: Function) -> Op:
    """A function that IEEE 754 defines to the last bit, from numpy for tables and from Python for rows."""
    return Op(vector(arrays), lift(guarded(scalar)))
