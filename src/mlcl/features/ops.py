"""The operations of derived features: each one twice, for tables (polars) and for single rows (Python), side by side.

A formula is a program in postfix order: steps [operation, value, number of arguments]. It is plain JSON, so a recipe
needs no SQL parser when it is loaded, and no depth of nesting can hurt.

Both backends follow SQL: NULL in, NULL out (except where SQL says otherwise), AND and OR are three-valued, and a
number that float32 cannot hold, such as 1/0, is NULL. Operations that the two libraries compute differently are done
by one Python function in both.
"""

from __future__ import annotations

import datetime as dt
import math
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from mlcl.features import backends as b
from mlcl.features import logic
from mlcl.features.backends import Op, Row
from mlcl.features.values import MICROSECONDS_PER_DAY, bounded_number, number_text

Step = tuple[str, Any, int]
Program = tuple[Step, ...]

DTYPES: dict[str, Any] = {
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "text": pl.String,
    "date": pl.Date,
    "datetime": pl.Datetime("us"),
}


def to_polars(program: Sequence[Step]) -> pl.Expr:
    """The program as an expression over columns of canonical values."""
    expression: pl.Expr = _run(program, lambda op: op.polars)
    return expression


def to_row(program: Sequence[Step]) -> Row:
    """The program as a function of a dict of canonical values (None: missing)."""
    closure: Row = _run(program, lambda op: op.row)
    return closure


def _run(program: Sequence[Step], backend: Callable[[Op], Callable[..., Any]]) -> Any:
    stack: list[Any] = []
    for name, value, count in program:
        arguments = [stack.pop() for _ in range(count)][::-1]
        stack.append(backend(OPS[name])(value, *arguments))
    (result,) = stack
    return result


def reads(program: Sequence[Step]) -> list[str]:
    """Names of the columns that a program reads, each once."""
    return list(dict.fromkeys(value for name, value, _ in program if name == "column"))


OPS: dict[str, Op] = {
    "column": Op(pl.col, operator.itemgetter),
    "number": b.literal(pl.Float64),
    "text": b.literal(pl.String),
    "boolean": b.literal(pl.Boolean),
    "datetime": Op(
        lambda value: pl.lit(dt.datetime.fromisoformat(value), pl.Datetime("us")),
        lambda value: b.Constant(dt.datetime.fromisoformat(value)),
    ),
    "date": Op(
        lambda value: pl.lit(dt.date.fromisoformat(value), pl.Date),
        lambda value: b.Constant(dt.date.fromisoformat(value)),
    ),
    "null": Op(lambda type_: pl.lit(None, DTYPES.get(type_)), lambda _: b.Constant(None)),
    "add": b.arithmetic(operator.add),
    "subtract": b.arithmetic(operator.sub),
    "multiply": b.arithmetic(operator.mul),
    "divide": b.arithmetic(operator.truediv),
    "modulo": b.exact(np.fmod, math.fmod),
    "negate": b.exact(np.negative, operator.neg),
    "abs": b.exact(np.abs, abs),
    "floor": b.exact(np.floor, math.floor),
    "ceil": b.exact(np.ceil, math.ceil),
    "truncate": b.exact(np.trunc, math.trunc),
    "round": b.exact(b.rounded_vector, b.rounded),
    "sqrt": b.exact(np.sqrt, math.sqrt),
    # numpy's logarithm differs from the C library's in the last bit; polars and Python both call the latter.
    "ln": Op(lambda _, a: b.finite(a.log()), b.lift(b.guarded(math.log))),
    "exp": Op(lambda _, a: b.finite(a.exp()), b.lift(b.guarded(math.exp))),
    "log10": b.same(b.guarded(math.log10), pl.Float64),
    "power": b.same(b.guarded(math.pow), pl.Float64),
    "least": b.exact(lambda *x: np.minimum.reduce(x), min),
    "greatest": b.exact(lambda *x: np.maximum.reduce(x), max),
    "eq": b.compare(operator.eq),
    "ne": b.compare(operator.ne),
    "lt": b.compare(operator.lt),
    "le": b.compare(operator.le),
    "gt": b.compare(operator.gt),
    "ge": b.compare(operator.ge),
    "and": Op(lambda _, *a: pl.all_horizontal(*a), logic.all_true),
    "or": Op(lambda _, *a: pl.any_horizontal(*a), logic.any_true),
    "not": Op(lambda _, a: ~a, b.lift(operator.not_)),
    "in": Op(lambda value, a: a.is_in(value), lambda value, a: b.lift(frozenset(value).__contains__)(None, a)),
    "is_null": Op(lambda _, a: a.is_null(), logic.is_null),
    "case": Op(logic.case_polars, logic.case),
    "coalesce": Op(lambda _, *a: pl.coalesce(*a), logic.coalesce),
    "nullif": Op(logic.nullif_polars, logic.nullif),
    "like": b.like(0),
    "ilike": b.like(re.IGNORECASE),
    "length": Op(lambda _, a: a.str.len_chars().cast(pl.Float64), b.lift(lambda text: float(len(text)))),
    "lower": b.same(str.lower, pl.String),
    "upper": b.same(str.upper, pl.String),
    "trim": Op(lambda _, a: a.str.strip_chars(" "), b.lift(lambda text: text.strip(" "))),
    "substring": b.same(b.substring, pl.String),
    "concat": Op(lambda _, *a: pl.concat_str(*a, ignore_nulls=False), b.lift(lambda *texts: "".join(texts))),
    "number_of_boolean": Op(lambda _, a: a.cast(pl.Float64), b.lift(float)),
    "number_of_text": b.same(bounded_number, pl.Float64),
    "text_of_number": b.same(number_text, pl.String),
    "text_of_boolean": Op(lambda _, a: a.cast(pl.String), b.lift(lambda value: "true" if value else "false")),
    "datetime_of_text": b.same(b.datetime_of_text, pl.Datetime("us")),
    "datetime_of_date": Op(
        lambda _, a: a.cast(pl.Datetime("us")),
        b.lift(lambda day: dt.datetime(day.year, day.month, day.day)),  # noqa: DTZ001
    ),
    "date_of_datetime": Op(lambda _, a: a.dt.date(), b.lift(dt.datetime.date)),
    "days_between": Op(
        lambda _, a, b: (a - b).dt.total_microseconds().cast(pl.Float64) / MICROSECONDS_PER_DAY, b.lift(b.days_between)
    ),
    "part": Op(
        lambda name, a: b.PARTS[name][0](a).cast(pl.Float64),
        lambda name, a: b.lift(lambda moment: float(b.PARTS[name][1](moment)))(None, a),
    ),
}
