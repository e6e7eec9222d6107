"""[data.expect]: what the columns must hold, checked in one pass over the table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from mlcl.data.rows import COUNTED, SHOWN, row_text, value_text
from mlcl.data.target import label_text, values_of
from mlcl.errors import ExpectationError, ProblemError, did_you_mean, listing
from mlcl.problem.sections import Expectation
from mlcl.records import Kind

Bound = float | str | dt.date | dt.datetime
_EXAMPLES = 5
_FITS: dict[str, tuple[str, ...]] = {"number": ("integer",), "text": ("category",)}  # kinds that serve as another


class Check(NamedTuple):
    """One thing that one column must hold. breaks: whether a row breaks it; allowed: share of rows that may."""

    column: str
    name: str
    wanted: str
    breaks: pl.Expr
    allowed: float = 0.0


class _Column(NamedTuple):
    name: str
    dtype: pl.DataType
    kind: Kind

    @property
    def values(self) -> pl.Expr:
        column = pl.col(self.name)
        return column.fill_nan(None) if self.dtype.is_float() else column

    def fails(self, holds: pl.Expr) -> pl.Expr:
        """Whether a row has a value for which `holds` is not true; a missing value breaks nothing."""
        return self.values.is_not_null() & ~holds.fill_null(value=False)

    def read_as(self, kind: str) -> pl.Expr:
        """The values as numbers or dates; null where they are none."""
        values, text = self.values, self.dtype == pl.String
        if kind in ("date", "datetime"):
            dtype = pl.Date() if kind == "date" else pl.Datetime("us")
            if text:
                form = "%Y-%m-%d" if kind == "date" else "%Y-%m-%d %H:%M:%S"
                spaced = values.str.replace("T", " ", literal=True)
                return (spaced.str.head(10) if kind == "date" else spaced).str.strptime(dtype, form, strict=False)
            return values.cast(dtype) if self.dtype.is_temporal() else pl.lit(None, dtype)
        if kind == "integer" and self.dtype.is_float():
            return pl.when(values.floor() == values).then(values.cast(pl.Int64, strict=False))
        return values.cast(pl.Int64 if kind == "integer" else pl.Float64, strict=False)

    def mistake(self, key: str, what: str, found: str = "", fix: str = "") -> ProblemError:
        return ProblemError(what, where=f"data.expect.{self.name}.{key}", found=found, fix=fix)


def check(frame: pl.LazyFrame, expect: Mapping[str, Expectation], kinds: Mapping[str, Kind]) -> list[dict[str, Any]]:
    """How far `frame` holds what is expected: per check {column, check, wanted, broken, allowed, rows, examples}.

    broken: how many rows break it; allowed: how many may; rows: the first ten of them, counted from 1; examples: their
    values. kinds: the kind of each column. Raises ProblemError when an expectation makes no sense for its column.
    """
    schema = frame.collect_schema()
    checks: list[Check] = []
    for name, expectation in expect.items():
        if name not in schema:
            hint = did_you_mean(name, schema) or f"Known: {listing(schema.names())}"
            raise ProblemError(f"There is no column '{name}'.", where=f"data.expect.{name}", fix=hint)
        checks += _checks(_Column(name, schema[name], kinds[name]), expectation)
    if not checks:
        return []
    counts = [each.breaks.sum().alias(str(number)) for number, each in enumerate(checks)]
    rows, *broken = frame.select(pl.len().alias("rows"), *counts).collect(engine="streaming").row(0)
    return [_result(frame, each, count, rows) for each, count in zip(checks, broken, strict=True)]


def require(results: Sequence[Mapping[str, Any]]) -> None:
    """Raises one ExpectationError that names every broken expectation."""
    broken = [result for result in results if result["broken"] > result["allowed"]]
    if not broken:
        return
    what = "The data break an expectation." if len(broken) == 1 else f"The data break {len(broken)} expectations."
    raise ExpectationError(
        "\n".join([what, *(f"  - {_sentence(result)}" for result in broken)]),
        where=f"[data.expect] ({COUNTED})",
        fix="Correct the data, or change the expectation if such values are right.",
    )


def _sentence(result: Mapping[str, Any]) -> str:
    count = result["broken"]
    rows = f"; {row_text(result['rows'], count)}" if result["rows"] else ""
    examples = f": {listing([value_text(value) for value in result['examples']])}" if result["examples"] else ""
    verb = "row breaks" if count == 1 else "rows break"
    return f"{result['column']}: {result['wanted']} wanted, {count:,} {verb} it{rows}{examples}"


def _result(frame: pl.LazyFrame, each: Check, count: int, rows: int) -> dict[str, Any]:
    allowed = int(each.allowed * rows + 1e-9)  # a share of 0.29 allows 29 of 100 rows
    numbers: list[int] = []
    examples: list[Any] = []
    if count > allowed:
        column = pl.col(each.column)
        first = (
            frame.select(pl.row_index("row"), column.alias("value"), each.breaks.alias("breaks"))
            .filter("breaks")
            .head(SHOWN)
            .collect()
        )
        numbers = [row + 1 for row in first["row"].to_list()]
        values = first["value"].unique(maintain_order=True).head(_EXAMPLES).to_list()
        examples = [_plain(value) for value in values if value is not None]
    return {
        "column": each.column,
        "check": each.name,
        "wanted": each.wanted,
        "broken": count,
        "allowed": allowed,
        "rows": numbers,
        "examples": examples,
    }


def _plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    whole = isinstance(value, bool | int | str)
    return value if whole or (isinstance(value, float) and abs(value) < float("inf")) else label_text(value)


def _checks(column: _Column, expectation: Expectation) -> Iterator[Check]:
    if expectation.kind:
        yield _kind(column, expectation.kind)
    if expectation.min is not None:
        yield _bound(column, "min", expectation.min)
    if expectation.max is not None:
        yield _bound(column, "max", expectation.max)
    if expectation.one_of is not None:
        yield _one_of(column, [label_text(value) for value in expectation.one_of])
    if expectation.missing is not None:
        wanted = f"at most {expectation.missing:.4%} missing".replace(".0000", "")
        yield Check(column.name, "missing", wanted, column.values.is_null(), expectation.missing)
    if expectation.unique:
        yield Check(column.name, "unique", "no value twice", column.fails(column.values.is_first_distinct()))
    if expectation.pattern is not None:
        yield _pattern(column, expectation.pattern)


def _kind(column: _Column, wanted: str) -> Check:
    text = f"kind {wanted} (read as {column.kind})"
    if column.kind == wanted or column.kind in _FITS.get(wanted, ()):
        return Check(column.name, "kind", text, pl.lit(value=False))
    # The values that are of no such kind; all of them when each could be.
    fails = column.fails(column.read_as(wanted).is_not_null())
    return Check(column.name, "kind", text, pl.when(fails.any()).then(fails).otherwise(column.values.is_not_null()))


def _bound(column: _Column, key: str, bound: Bound) -> Check:
    values, limit = _comparable(column, key, bound)
    holds = values >= limit if key == "min" else values <= limit
    word = "at least" if key == "min" else "at most"
    return Check(column.name, key, f"{word} {_shown(bound)}", column.fails(holds))


def _shown(bound: Bound) -> str:
    return f"{bound:.15g}" if isinstance(bound, float) else str(bound)


def _comparable(column: _Column, key: str, bound: Bound) -> tuple[pl.Expr, Any]:
    """The column's values and the bound, as two things that can be compared. Texts that are neither number nor date
    become null, and so break the expectation."""
    if isinstance(bound, float):
        if column.dtype.is_temporal():
            raise column.mistake(key, "A column of dates is compared with a date.", _shown(bound), "Write 2024-01-31.")
        return column.values if column.dtype.is_numeric() else column.read_as("number"), bound
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        raise column.mistake(key, "A column of numbers is compared with a number.", repr(bound))
    moment = _moment(column, key, bound)
    # A day includes its hours: at most 2024-01-31 allows 2024-01-31 18:00.
    return column.read_as("datetime" if isinstance(moment, dt.datetime) else "date"), moment


def _moment(column: _Column, key: str, bound: str | dt.date | dt.datetime) -> dt.date | dt.datetime:
    if isinstance(bound, str):
        try:
            bound = dt.date.fromisoformat(bound) if len(bound) == 10 else dt.datetime.fromisoformat(bound)
        except ValueError:
            raise column.mistake(
                key, "A bound is a number or a date.", repr(bound), "Write 17, 2024-01-31 or 2024-01-31T18:00:00."
            ) from None
    if isinstance(bound, dt.datetime) and bound.tzinfo:
        return bound.astimezone(dt.UTC).replace(tzinfo=None)
    return bound


def _one_of(column: _Column, texts: Sequence[str]) -> Check:
    values = [value for value in values_of(texts, column.dtype) if value is not None]
    allowed = pl.Series(values, dtype=column.dtype, strict=False).drop_nulls()
    wanted = f"one of {listing([repr(text) for text in texts])}"
    return Check(column.name, "one_of", wanted, column.fails(column.values.is_in(allowed.implode())))


def _pattern(column: _Column, pattern: str) -> Check:
    whole = f"^(?:{pattern})$"
    try:
        pl.Series([""]).str.contains(whole)
    except pl.exceptions.ComputeError as error:
        reason = next((line for line in str(error).splitlines() if line.startswith("error:")), "")
        raise column.mistake("pattern", "This is no regular expression that mlcl knows.", pattern, reason) from error
    return Check(
        column.name,
        "pattern",
        f"text matching {pattern}",
        column.fails(column.values.cast(pl.String).str.contains(whole)),
    )
