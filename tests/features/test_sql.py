"""Derived features: their meaning against SQLite, both backends against each other, and every refusal."""

from __future__ import annotations

import datetime as dt
import math
import sqlite3
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcl.errors import ProblemError
from mlcl.features.derive import formulate
from mlcl.features.ops import OPS, to_polars, to_row
from mlcl.features.sql import translate

TYPES = {"a": "number", "b": "number", "s": "text", "t": "text", "f": "boolean", "d": "date", "m": "datetime"}
COLUMNS = {**TYPES, "emp.var.rate": "number", "two words": "number"}
quick = settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))


def evaluate(sql: str, rows: list[dict[str, Any]], columns: dict[str, str] = TYPES) -> list[Any]:
    """The values of an expression, which both backends must agree on."""
    term = translate("x", sql, columns)
    dtypes = {"number": pl.Float64, "text": pl.String, "boolean": pl.Boolean, "date": pl.Date, "datetime": pl.Datetime}
    frame = pl.DataFrame(rows, schema={name: dtypes[kind] for name, kind in columns.items()})
    table = frame.select(to_polars(term.program)).to_series().to_list()
    assert table == list(map(to_row(term.program), frame.to_dicts()))
    return table


def one(sql: str, **row: Any) -> Any:
    columns = {name: kind for name, kind in COLUMNS.items() if name in row}
    return evaluate(sql, [row], columns)[0]


# Against SQLite, for what both have

number = st.sampled_from(["a", "b", "0", "1", "2.5", "-3", "NULL"])
text = st.sampled_from(["s", "t", "'a'", "'B'", "''", "NULL"])


def _numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.flatmap(lambda p: st.sampled_from("+-*").map(lambda op: f"({p[0]} {op} {p[1]})")),
        two.map(lambda p: f"({p[0]} / NULLIF({p[1]} * 1.0, 0))"),
        inner.map(lambda x: f"ABS({x})"),
        inner.map(lambda x: f"(- {x})"),
        two.map(lambda p: f"COALESCE({p[0]}, {p[1]})"),
        two.map(lambda p: f"NULLIF({p[0]}, {p[1]})"),
        st.tuples(conditions, inner, inner).map(lambda p: f"CASE WHEN {p[0]} THEN {p[1]} ELSE {p[2]} END"),
        st.tuples(conditions, inner).map(lambda p: f"CASE WHEN {p[0]} THEN {p[1]} END"),
        st.tuples(inner, inner, inner).map(lambda p: f"CASE {p[0]} WHEN {p[1]} THEN {p[2]} ELSE 7 END"),
        text.map(lambda x: f"LENGTH({x})"),
    )


def _conditions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.flatmap(lambda p: st.sampled_from(["AND", "OR"]).map(lambda op: f"({p[0]} {op} {p[1]})")),
        inner.map(lambda x: f"(NOT {x})"),
    )


comparison = st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="])
conditions = st.recursive(
    st.one_of(
        st.tuples(number, comparison, number).map(" ".join),
        st.tuples(text, comparison, text).map(" ".join),
        st.tuples(number, number, number).map(lambda p: f"{p[0]} BETWEEN {p[1]} AND {p[2]}"),
        st.tuples(number, number, number).map(lambda p: f"{p[0]} NOT BETWEEN {p[1]} AND {p[2]}"),
        number.map(lambda x: f"{x} IN (1, 2.5, -3)"),
        number.map(lambda x: f"{x} NOT IN (1, NULL)"),
        text.map(lambda x: f"{x} IN ('a', 'B')"),
        st.one_of(number, text).map(lambda x: f"{x} IS NULL"),
        st.one_of(number, text).map(lambda x: f"{x} IS NOT NULL"),
        st.tuples(text, st.sampled_from(["a%", "_", "%b", "", "%", "a_"])).map(lambda p: f"{p[0]} LIKE '{p[1]}'"),
        text.map(lambda x: f"{x} NOT LIKE 'a%'"),
    ),
    _conditions,
    max_leaves=6,
)
numbers = st.recursive(number, _numbers, max_leaves=8)
strings = st.one_of(
    text.map(lambda x: f"LOWER({x})"),
    text.map(lambda x: f"TRIM({x})"),
    st.tuples(text, text).map(" || ".join),
    text.map(lambda x: f"SUBSTRING({x}, 2, 1)"),
    st.tuples(conditions, text).map(lambda p: f"CASE WHEN {p[0]} THEN {p[1]} ELSE 'z' END"),
)
cells = {
    "a": st.none() | st.integers(-5, 5).map(float) | st.floats(-1e6, 1e6),
    "b": st.none() | st.sampled_from([0.0, 1.0, 2.5, -3.0]),
    "s": st.none() | st.text("abAB %_", max_size=3),
    "t": st.none() | st.sampled_from(["a", "B", "ab", " a "]),
}


def sqlite(sql: str, row: dict[str, Any]) -> Any:
    with sqlite3.connect(":memory:") as database:
        database.execute("PRAGMA case_sensitive_like = ON")
        database.execute("CREATE TABLE x (a REAL, b REAL, s TEXT, t TEXT)")
        database.execute("INSERT INTO x VALUES (:a, :b, :s, :t)", row)
        (value,) = database.execute(f"SELECT {sql} FROM x").fetchone()
    database.close()
    return value


@quick
@given(sql=st.one_of(numbers, conditions, strings), row=st.fixed_dictionaries(cells))
def test_it_means_what_it_means_in_sqlite(sql: str, row: dict[str, Any]) -> None:
    try:
        term = translate("x", sql, TYPES)
    except ProblemError as error:
        assert "uses no column" in str(error) or "belongs" in str(error)  # noqa: PT017
        return
    (ours,) = evaluate(sql, [{**row, "f": None, "d": None, "m": None}])
    theirs = sqlite(sql, row)
    if isinstance(theirs, int | float) and term.type != "text":
        assert ours is not None
        assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)
    else:
        assert ours == theirs


# What SQLite does not have, or has otherwise


def test_division_by_zero_and_what_float32_cannot_hold_are_null() -> None:
    assert one("a / b", a=1.0, b=0.0) is None
    assert one("a % b", a=1.0, b=0.0) is None
    assert one("a * a", a=1e30) is None
    assert one("1 / (a * a * a)", a=1e30) is None
    for sql in ("LN(a)", "LOG(a)", "SQRT(a)", "POWER(a, 0.5)"):
        assert one(sql, a=-1.0) is None
    assert one("EXP(a)", a=1e3) is None


def test_numbers() -> None:
    assert one("a % 3", a=-7.5) == -1.5
    assert [one("ROUND(a)", a=x) for x in (0.5, 1.5, -0.5, 2.4, 0.49999999999999994)] == [1, 2, -1, 2, 0]
    assert one("ROUND(a, 2)", a=1.005) == 1.0  # 1.005 is less than that
    assert one("ROUND(a, -2)", a=1250.0) == 1300
    assert (one("FLOOR(a)", a=-1.5), one("CEIL(a)", a=-1.5), one("CAST(a AS INT)", a=-1.5)) == (-2, -1, -1)
    assert math.copysign(1, one("CEIL(a)", a=-0.5)) == 1, "no negative zero"
    assert one("LOG(a)", a=1000.0) == one("LOG10(a)", a=1000.0) == 3
    assert one("LN(EXP(a))", a=1.0) == 1
    assert one("POWER(a, b)", a=2.0, b=10.0) == one("POW(a, 10)", a=2.0) == 1024
    assert one("LEAST(a, b)", a=2.0, b=1.0) == 1
    assert one("GREATEST(a, b, 5)", a=2.0, b=1.0) == 5
    assert one("LEAST(a, b)", a=2.0, b=None) is None


def test_truth_values_count_as_numbers() -> None:
    assert one("f + 1", f=True) == 2
    assert one("f = 1", f=True) is True
    assert one("CASE WHEN f THEN 1 ELSE 0 END", f=None) == 0
    assert one("f AND a > 1", f=False, a=None) is False
    assert one("f OR a > 1", f=False, a=None) is None


def test_texts() -> None:
    assert one("UPPER(s)", s="straße") == "STRASSE"
    assert one("s ILIKE 'ä%'", s="Ärger") is True
    assert one("s LIKE '%.%'", s="a\n.b") is True
    assert one("LENGTH(s)", s="日本") == 2
    assert one("SUBSTRING(s, 2)", s="abc") == one("SUBSTR(s, 2, 9)", s="abc") == "bc"
    assert one("CONCAT(s, '-', t)", s="a", t="b") == "a-b"
    assert one("CAST(s AS DOUBLE)", s=" 2.5 ") == 2.5
    assert one("CAST(s AS DOUBLE)", s="1_0") is None
    assert one("CAST(a AS TEXT) || '!'", a=3.0) == "3!"
    assert one("s = 'it''s'", s="it's") is True


def test_dates() -> None:
    day, moment = dt.date(2020, 2, 29), dt.datetime(2020, 3, 1, 6, 30)  # noqa: DTZ001
    parts = {"YEAR": 2020, "QUARTER": 1, "MONTH": 2, "DAY": 29, "DOW": 6, "ISODOW": 6, "DOY": 60, "HOUR": 0}
    for part, value in parts.items():
        assert one(f"EXTRACT({part} FROM d)", d=day) == value
    assert one("EXTRACT(MINUTE FROM m)", m=moment) == 30
    assert one("m - d", m=moment, d=day) == 1.2708333333333333
    assert one("d - '2020-01-01'", d=day) == 59
    assert one("d >= '2020-02-29' AND d IN ('2020-02-29')", d=day) is True
    assert one("CAST(m AS DATE) = d", m=moment, d=day) is False
    assert one("CAST('2020-03-01' AS DATE) - d", d=day) == 1
    assert one("CASE WHEN f THEN d ELSE m END", f=False, d=day, m=moment) == moment


def test_names() -> None:
    assert one("emp.var.rate + 1", **{"emp.var.rate": 1.0}) == 2
    assert one('"emp.var.rate" + 1', **{"emp.var.rate": 1.0}) == 2
    assert one('"two words" * 2', **{"two words": 2.0}) == 4
    assert one("A + 1", a=1.0) == 2
    with pytest.raises(ProblemError):
        one('"A" + 1', a=1.0)


@pytest.mark.parametrize(
    ("sql", "what", "where", "fix"),
    [
        ("aa + 1", "no column 'aa'", "character 1", "Did you mean 'a'?"),
        ('s = "x"', "no column 'x'", "character 5", "single quotes: 'x'"),
        ("y = 1", "'y', which is the target", "character 1", "Leave it out"),
        ("1 + s", "s is a text where a number belongs", "character 5", "CAST"),
        ("NOT a", "a is a number where a boolean belongs", "character 5", "condition"),
        ("s = a", "number and text do not go together", "character 1", "CAST"),
        ("d = 'soon'", "date and text do not go together", "character 1", "CAST"),
        ("d - 1", "needs a datetime, not a number", "character 1", "CAST"),
        ("LOWR(s)", "LOWR is not allowed", "character 1", "Did you mean 'LOWER'?"),
        ("a + SUM(a)", "SUM is not allowed", "character 5", "functions ABS"),
        ("a > (SELECT 1)", "not allowed", "character 1", "Allowed"),
        ("CURRENT_DATE - d", "CURRENT_DATE is not allowed", "", "Allowed"),
        ("RANDOM() > a", "RAND", "", "Allowed"),
        ("a b", "not allowed", "character 1", "Allowed"),
        ("a + ", "no SQL expression", "", "double quotes"),
        ("a, b", "near ','", "", ""),
        ("", "no SQL expression", "", ""),
        ("1 + 1", "uses no column", "", "Columns: a"),
        ("FLOOR(a, 2)", "FLOOR is not allowed with decimals", "", ""),
        ("ROUND(a, b)", "written out", "", ""),
        ("LOG(2, a)", "means base 10", "", "LN(x)"),
        ("s LIKE t", "single quotes", "character 8", "LIKE 'a%'"),
        ("a IN (b)", "plain values", "", "a = b OR"),
        ("a IN (SELECT 1)", "not allowed with query", "", ""),
        ("a IS TRUE", "NULL or NOT NULL", "", ""),
        ("CAST(a AS JSON)", "CAST to JSON", "", "DOUBLE"),
        ("CAST(d AS DOUBLE)", "cannot be cast", "", ""),
        ("EXTRACT(CENTURY FROM d)", "knows no CENTURY", "", "YEAR"),
        ("TRIM(BOTH 'x' FROM s)", "not allowed with", "", ""),
        ("SUBSTRING(s, 0)", "from 1", "", ""),
        ("1e999 + a", "out of range", "character 1", ""),
        ("+".join(["a"] * 200), "nested too deeply", "", ""),
        ("(" * 4000 + "a" + ")" * 4000, "nested too deeply", "", ""),
        ("a" * 10_001, "longer than 10,000", "", ""),
    ],
)
def test_refusals(sql: str, what: str, where: str, fix: str) -> None:
    with pytest.raises(ProblemError) as caught:
        translate("ratio", sql, TYPES, forbidden={"y": "the target"})
    error = caught.value
    assert what in error.what
    assert "'ratio'" in error.what
    assert where in error.where
    assert error.where.startswith("features.ratio")
    assert fix in error.fix
    assert error.found.rstrip(".") in sql


def test_derived_features_of_derived_features_come_in_order() -> None:
    made = formulate({"z": "x + y", "y": "x * 2", "x": "a + 1"}, {"a": "number"}, {})
    assert [each.name for each in made] == ["x", "y", "z"]
    assert [each.kind for each in made] == ["number"] * 3


@pytest.mark.parametrize(
    ("derived", "what"),
    [
        ({"x": "y + 1", "y": "z + 1", "z": "x + 1"}, "in a circle"),
        ({"x": "x + 1"}, "in a circle"),
        ({"a": "a + 1"}, "has the name of a column"),
        ({"t": "a + 1"}, "has the name of a column"),
        ({"x": "NULLIF(NULL, a) || NULL"}, "x"),
        ({"x": "t + 1"}, "which is dropped"),
    ],
)
def test_derived_features_that_cannot_be(derived: dict[str, str], what: str) -> None:
    with pytest.raises(ProblemError, match=what):
        formulate(derived, {"a": "number"}, {"t": "dropped"})


def test_long_chains_of_conditions_are_no_depth() -> None:
    assert one(" OR ".join(f"a = {number}" for number in range(500)), a=499.0) is True


SIGNS = "+ - * / % ( ) , . ; = < > <> || :: ' \" ` [ ] { } ? : @ $ ~ ^ & | ! \\ 1 2.5 1e9 'x' NULL TRUE -- /* */ \0 é"
WORDS = "AND OR NOT IN BETWEEN IS LIKE CASE WHEN THEN ELSE END AS FROM SELECT WITH UNION OVER DISTINCT INTERVAL YEAR"
CALLS = "LOWER( CAST( ROUND( TRIM( EXTRACT( IF( COALESCE( foo( DATE'2020-01-01'"
TOKENS = [*TYPES, *SIGNS.split(), *WORDS.split(), *CALLS.split()]


@settings(deadline=None, max_examples=1000, suppress_health_check=list(HealthCheck))
@given(sql=st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join) | st.text(max_size=12))
def test_any_text_is_computed_or_refused(sql: str) -> None:
    try:
        term = translate("x", sql, TYPES)
    except ProblemError as error:
        assert str(error)  # noqa: PT017
        return
    assert {op for op, _, _ in term.program} <= set(OPS)
    rows = [
        dict.fromkeys(TYPES),
        {"a": 1.5, "b": -2.0, "s": "ab", "t": "", "f": True, "d": dt.date(2020, 1, 1), "m": None},
    ]
    evaluate(sql, rows)
