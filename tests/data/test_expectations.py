"""Expectations: what breaks them, and messages that say which rows."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.data.expectations import check, require
from mlcl.errors import BAD_DATA, ExpectationError, ProblemError
from mlcl.problem.sections import Expectation

KINDS = {
    pl.Int64: "integer",
    pl.Float64: "number",
    pl.String: "category",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "datetime",
}


def results(values: object, **keys: Any) -> list[dict[str, Any]]:
    frame = pl.DataFrame({"c": values})
    kind = KINDS.get(frame["c"].dtype.base_type(), "text")
    return check(frame.lazy(), {"c": Expectation.model_validate(keys)}, {"c": kind})


def broken(values: object, **keys: Any) -> list[int]:
    (result,) = results(values, **keys)
    assert result["broken"] == len(result["rows"])
    return result["rows"]


DAYS = [dt.date(2024, 1, day) for day in (1, 15, 31)]
HOURS = [dt.datetime.fromisoformat(f"2024-01-31T{hour}:00:00") for hour in ("00", "12", "23")]
NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "keys", "rows"),
    [
        ([1, 5, None, 9], {"min": 5}, [1]),
        ([1, 5, None, 9], {"max": 5}, [4]),
        ([1.0, NAN, float("inf")], {"max": 5}, [3]),
        ([True, False], {"min": 1}, [2]),
        (["3", "x", None, "7"], {"min": 5}, [1, 2]),
        ([2**62 + 1, 3], {"min": 4}, [2]),
        (DAYS, {"min": dt.date(2024, 1, 15)}, [1]),
        (DAYS, {"max": "2024-01-15"}, [3]),
        (HOURS, {"max": dt.date(2024, 1, 31)}, []),
        (HOURS, {"max": HOURS[1]}, [3]),
        (HOURS, {"max": "2024-01-31T12:00:00"}, [3]),
        (HOURS, {"min": dt.datetime(2024, 1, 31, 13, tzinfo=dt.timezone(dt.timedelta(hours=1)))}, [1]),
        (["2024-01-01", "soon", "2024-02-01T10:00:00"], {"max": "2024-01-31"}, [2, 3]),
        (["a", "b", None, "A"], {"one_of": ["a", "b"]}, [4]),
        ([1, 2, 3], {"one_of": [1, "2"]}, [3]),
        ([1.0, 2.5], {"one_of": [1]}, [2]),
        ([True, False], {"one_of": [True]}, [2]),
        (DAYS, {"one_of": ["2024-01-01"]}, [2, 3]),
        ([1, 2], {"one_of": ["x"]}, [1, 2]),
        ([1, 1, None, None, 2, 1], {"unique": True}, [2, 6]),
        (["AB", "ABC", None, "xAB"], {"pattern": "[A-Z]{2}"}, [2, 4]),
        (["a", "b", "ab"], {"pattern": "a|b"}, [3]),
        ([12, 123], {"pattern": r"\d\d"}, [2]),
        ([1, 2], {"kind": "number"}, []),
        ([1.0, 2.5], {"kind": "integer"}, [2]),
        (["1", "x", None], {"kind": "number"}, [2]),
        (["1", "2.5"], {"kind": "integer"}, [2]),
        (["1", "2"], {"kind": "integer"}, [1, 2]),
        ([1, None], {"kind": "category"}, [1]),
        (["2024-01-01", "1.2.2024"], {"kind": "date"}, [2]),
        (["2024-01-01T10:00:00", "x"], {"kind": "datetime"}, [2]),
        ([1, 2], {"kind": "date"}, [1, 2]),
        ([1.0, None, NAN], {"missing": 0.5}, [2, 3]),
        ([1.0, 2.0, None], {"missing": 0}, [3]),
        (["a"], {"kind": "text"}, []),
    ],
)
def test_rows_that_break(values: object, keys: dict[str, Any], rows: list[int]) -> None:
    assert broken(values, **keys) == rows


def test_allowed_share_of_missing() -> None:
    assert results([None] * 29 + [1] * 71, missing=0.29)[0]["allowed"] == 29
    (result,) = results([1, None, 3, 4], missing=0.25)
    assert (result["broken"], result["allowed"], result["rows"]) == (1, 1, [])
    require([result])
    assert result["wanted"] == "at most 25% missing"


def test_one_message_names_every_broken_expectation() -> None:
    frame = pl.DataFrame({"age": [*range(10, 25), None], "job": ["cook"] * 15 + ["nurze"]})
    expect = {"age": Expectation(min=17, max=100), "job": Expectation(one_of=("cook", "nurse"), pattern="[a-m]+")}
    with pytest.raises(ExpectationError) as error:
        require(check(frame.lazy(), expect, {"age": "integer", "job": "category"}))
    assert error.value.exit_code == BAD_DATA
    text = str(error.value)
    assert "The data break 3 expectations." in text
    assert "age: at least 17 wanted, 7 rows break it; rows 1, 2, 3, 4, 5, 6, 7: 10, 11, 12, 13, 14" in text
    assert "job: one of 'cook', 'nurse' wanted, 1 row breaks it; row 16: 'nurze'" in text
    assert "rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 6 more" in text
    assert "rows count from 1, the first below the header" in text


@pytest.mark.parametrize(
    ("values", "keys", "words"),
    [
        (["a"], {"pattern": "("}, "unclosed group"),
        (["a"], {"pattern": "(?=x)"}, "look-around"),
        (DAYS, {"min": 3}, "compared with a date"),
        ([1.0], {"min": dt.date(2024, 1, 1)}, "compared with a number"),
        (["a"], {"min": "soon"}, "a number or a date"),
    ],
)
def test_expectations_without_sense(values: object, keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ProblemError, match=words) as error:
        results(values, **keys)
    assert error.value.where == f"data.expect.c.{next(iter(keys))}"


def test_unknown_column() -> None:
    with pytest.raises(ProblemError, match="Did you mean 'age'"):
        check(pl.LazyFrame({"age": [1]}), {"aeg": Expectation()}, {"age": "integer"})


def test_no_rows_break_nothing() -> None:
    require(results(pl.Series([], dtype=pl.Float64), min=1, max=2, unique=True, missing=0, one_of=[1], pattern="x"))
    require(
        results(pl.Series([None, None], dtype=pl.Null), kind="integer", min=1, unique=True, one_of=[1], pattern="x")
    )


@given(
    st.lists(st.none() | st.text(alphabet='ab1 \n"é', max_size=3), max_size=30), st.sampled_from(["a*", "[ab]+", ".*"])
)
def test_pattern_as_python(values: list[str | None], pattern: str) -> None:
    wrong = [i + 1 for i, text in enumerate(values) if text is not None and not re.fullmatch(pattern, text)]
    (result,) = results(pl.Series(values, dtype=pl.String), pattern=pattern)
    assert (result["broken"], result["rows"]) == (len(wrong), wrong[:10])


@given(st.lists(st.none() | st.integers(-50, 50), max_size=60), st.integers(-50, 50), st.integers(-50, 50))
def test_bounds_and_unique_as_python(values: list[int | None], low: int, high: int) -> None:
    column = pl.Series(values, dtype=pl.Int64)
    below, above, twice = results(column, min=low, max=high, unique=True)
    known = [(i + 1, value) for i, value in enumerate(values) if value is not None]
    assert below["broken"] == sum(value < low for _, value in known)
    assert above["rows"] == [i for i, value in known if value > high][:10]
    assert twice["broken"] == len(known) - len({value for _, value in known})
