"""Generated schemas, tables and rows: every way in which a value may come."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import polars as pl
from hypothesis import strategies as st

MISSING = ("", "NA", "?")
NAMES = ["a", "b", "emp.var.rate", "Größe", "two words", "select", 'quo"te', "日付", "x'", "default", "#", "A"]
KINDS = ["integer", "number", "boolean", "category", "text", "date", "datetime"]

days = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
times = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30))  # noqa: DTZ001
words = st.sampled_from(["a", "b", "ab", "Straße", "ǅ", "ΑΣ", "日本", "1", "true", "x y", "%", "_", "null", "0.5"])
texts = words | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4)
padded = st.builds(
    "{}{}{}".format, st.sampled_from(["", " ", "\t", "\u3000"]), texts, st.sampled_from(["", " ", "\xa0"])
)
floats = st.floats() | st.sampled_from(
    [-0.0, 0.0, 1.0, 2.5, 3e38, 3.4028235e38, 3.4028236e38, 1e300, 5e-324, 1e-40, 0.1]
)
whole = (
    st.integers(-(2**63), 2**63 - 1)
    | st.integers(-3, 3)
    | st.sampled_from([2**53 + 1, -(2**53) - 1, 2**60 + 2**36 + 1])
)
number_texts = st.one_of(
    floats.map(repr),
    whole.map(str),
    st.sampled_from(
        [" 3.5 ", "+1", ".5", "5.", "1E5", "1e-400", "1e400", "-inf", "NaN", "Infinity", "", "NA", " ? ", "007"]
    ),
)
day_texts = st.one_of(
    days.map(dt.date.isoformat),
    times.map(lambda t: t.isoformat(" ")),
    st.sampled_from(
        ["2020-1-5", "2020/01/05", "2020-02-29T23:59", "2020-01-01T00:30:00+02:00", "2020-01-01 00:30Z", "", "NA"]
    ),
)
boolean_texts = st.sampled_from(["true", "false", "TRUE", "False", " true", "0", "1", "1.0", "", "?", "nan"])

CARRIERS: dict[str, list[tuple[Any, st.SearchStrategy[Any]]]] = {
    "number": [(pl.Float64, floats), (pl.Int64, whole), (pl.String, number_texts), (pl.Boolean, st.booleans())],
    "boolean": [
        (pl.Boolean, st.booleans()),
        (pl.Int64, st.integers(0, 1)),
        (pl.Float64, st.sampled_from([0.0, 1.0, -0.0, float("nan"), float("inf")])),
        (pl.String, boolean_texts),
    ],
    "text": [(pl.String, padded), (pl.Int64, whole), (pl.Float64, floats), (pl.Boolean, st.booleans())],
    "date": [(pl.Date, days), (pl.Datetime("us"), times), (pl.String, day_texts)],
    "datetime": [(pl.Datetime("us"), times), (pl.Date, days), (pl.String, day_texts)],
}
SAME = {"integer": "number", "category": "text"}

FORMULAS = {
    "number": [
        *["{0} / {1}", "ROUND({0} * 3 - {1}, 1)", "{0} % 3", "LN({0})", "EXP({0})", "POWER({0}, 2)", "SQRT(ABS({0}))"],
        *["LOG({0})", "FLOOR({0}) + CEIL({1})", "CASE WHEN {0} > {1} THEN {0} END", "{0} IS NULL", "NULLIF({0}, {1})"],
        *["LEAST({0}, {1})", "GREATEST({0}, 0)", "COALESCE({0}, {1}, -1)", "{0} IN (1, 2.5, NULL)", "CAST({0} AS INT)"],
        *["CAST({0} AS TEXT)", "{0} BETWEEN -1 AND {1}", "{0} = 1 OR NOT {1} < 2", "-{0}"],
    ],
    "text": [
        *["LOWER({0})", "UPPER({0})", "LENGTH({0})", "{0} || {1}", "{0} LIKE 'a%'", "{0} NOT ILIKE '_'", "TRIM({0})"],
        *["COALESCE({0}, 'none')", "SUBSTRING({0}, 1, 1)", "CAST({0} AS DOUBLE)", "{0} = {1}", "{0} < {1}"],
        *["{0} IN ('a', 'Straße')", "CAST({0} AS DATE)"],
    ],
    "boolean": ["NOT {0}", "{0} + 1", "{0} AND {1}", "{0} OR {1}", "CASE WHEN {0} THEN 'x' ELSE 'y' END", "{0} = {1}"],
    "date": ["EXTRACT(DOW FROM {0})", "EXTRACT(DOY FROM {0})", "{0} - '2000-01-01'", "{0} > {1}", "COALESCE({0}, {1})"],
    "datetime": ["EXTRACT(HOUR FROM {0})", "{0} - {1}", "CAST({0} AS DATE)", "{0} IS NOT NULL", "COALESCE({0}, {1})"],
}


class Case(NamedTuple):
    kinds: dict[str, str]
    derived: dict[str, str]
    train: pl.DataFrame
    later: pl.DataFrame


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@st.composite
def column(draw: st.DrawFn, kind: str, rows: int) -> pl.Series:
    dtype, values = draw(st.sampled_from(CARRIERS[SAME.get(kind, kind)]))
    pool = draw(st.lists(values, min_size=1, max_size=6))
    cells = draw(st.lists(st.none() | st.sampled_from(pool), min_size=rows, max_size=rows))
    return pl.Series(cells, dtype=dtype)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    kinds = {name: draw(st.sampled_from(KINDS)) for name in names}
    tables = []
    for rows, more in ((draw(st.integers(4, 20)), []), (draw(st.integers(1, 12)), ["extra"])):
        there = [*names, *more] if not more else [*[n for n in names if draw(st.integers(0, 9))], *more]
        tables.append(pl.DataFrame({name: draw(column(kinds.get(name, "text"), rows)) for name in there}))
    derived = {}
    for number in range(draw(st.integers(0, 3))):
        first = draw(st.sampled_from(names))
        kind = SAME.get(kinds[first], kinds[first])
        alike = [name for name in names if SAME.get(kinds[name], kinds[name]) == kind]
        formula = draw(st.sampled_from(FORMULAS[kind]))
        derived[f"derived {number}"] = formula.format(quoted(first), quoted(draw(st.sampled_from(alike))))
    return Case(kinds, derived, *tables)
