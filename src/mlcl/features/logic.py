"""AND, OR, CASE and the like, which do not simply pass NULL on: for rows, and for tables where that takes care."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from mlcl.features.backends import Row


def all_true(_: None, *arguments: Row) -> Row:
    def closure(row: Any) -> bool | None:
        result: bool | None = True
        for argument in arguments:
            value = argument(row)
            if value is None:
                result = None
            elif not value:
                return False
        return result

    return closure


def any_true(_: None, *arguments: Row) -> Row:
    def closure(row: Any) -> bool | None:
        result: bool | None = False
        for argument in arguments:
            value = argument(row)
            if value is None:
                result = None
            elif value:
                return True
        return result

    return closure


def case(_: None, *arguments: Row) -> Row:
    pairs = list(zip(arguments[:-1:2], arguments[1::2], strict=True))
    otherwise = arguments[-1]

    def closure(row: Any) -> Any:
        for condition, value in pairs:
            if condition(row):
                return value(row)
        return otherwise(row)

    return closure


def case_polars(_: None, *arguments: pl.Expr) -> pl.Expr:
    result = arguments[-1]
    for condition, value in reversed(list(zip(arguments[:-1:2], arguments[1::2], strict=True))):
        result = pl.when(condition).then(value).otherwise(result)
    return result


def coalesce(_: None, *arguments: Row) -> Row:
    def closure(row: Any) -> Any:
        return next((value for argument in arguments if (value := argument(row)) is not None), None)

    return closure


def nullif(_: None, first: Row, second: Row) -> Row:
    def closure(row: Any) -> Any:
        a = first(row)
        return None if a == second(row) else a

    return closure


def nullif_polars(_: None, first: pl.Expr, second: pl.Expr) -> pl.Expr:
    def batch(parts: Sequence[pl.Series]) -> pl.Series:
        a, b = parts
        return pl.select(
            pl.when((pl.lit(a) == pl.lit(b)).fill_null(value=False)).then(None).otherwise(pl.lit(a))
        ).to_series()

    return pl.map_batches([first, second], batch, is_elementwise=True)


def is_null(_: None, argument: Row) -> Row:
    return lambda row: argument(row) is None
