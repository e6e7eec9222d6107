"""How texts become values: nothing may silently become a wrong number or date."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.data import read_types

MARKERS = ("", "NA", "?")


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2024-01-31T{time}")


def read(texts: list[str | None], decimal: str | None = None) -> tuple[list[Any], str]:
    """Values and note."""
    column = pl.Series("x", texts, dtype=pl.String)
    plan = read_types.plans(read_types.distinct(column.to_frame(), MARKERS), decimal)["x"]
    frame = column.to_frame().select(read_types.expression("x", plan, MARKERS))
    return frame["x"].to_list(), plan.note


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1", "+2", "-3", None], [1, 2, -3, None]),
        ([" 1", "2 ", "\t3", "NA"], [1, 2, 3, None]),
        (["1", "2.5", ".5", "5.", "1e3", "-1E-2"], [1.0, 2.5, 0.5, 5.0, 1000.0, -0.01]),
        (["1", "inf", "-Infinity", "1e999"], [1.0, float("inf"), float("-inf"), float("inf")]),
        (["1.5", "nan", "NaN"], [1.5, None, None]),
        (["1,5", "2,25", "3"], [1.5, 2.25, 3.0]),
        (["1.234,5", "12", "0,5"], [1234.5, 12.0, 0.5]),
        (["1.234.567", "12"], [1234567.0, 12.0]),
        (["1,234.5", "12"], [1234.5, 12.0]),
        (["1,234,567", "12"], [1234567.0, 12.0]),
        (["0,123", "1,456"], [0.123, 1.456]),
        (["true", "False", "TRUE", None], [True, False, True, None]),
        (["yes", "no"], ["yes", "no"]),
        (["2024-01-31", "2024-2-1"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["2024/01/31"], [date(2024, 1, 31)]),
        (["31/01/2024", "01/02/2024"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["01/31/2024", "02/01/2024"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["01.02.2024"], [date(2024, 2, 1)]),
        (["31-Jan-2024"], [date(2024, 1, 31)]),
        (
            ["2024-01-31T10:20:30", "2024-01-31T10:20:30.25"],
            [at("10:20:30"), at("10:20:30.25")],
        ),
        (["2024-01-31 10:20"], [at("10:20")]),
        (["2024-01-31T10:20:30Z", "2024-01-31T10:20:30+02:00"], [at("10:20:30"), at("08:20:30")]),
        (["31/01/2024 10:20"], [at("10:20")]),
        ([None, "", "?"], [None, None, None]),
        (["٣", "٤"], ["٣", "٤"]),
        (["1_000", "0x1F", "12px"], ["1_000", "0x1F", "12px"]),
    ],
)
def test_values(texts: list[str | None], values: list[Any]) -> None:
    assert read(texts) == (values, "")


@pytest.mark.parametrize(
    ("texts", "word"),
    [
        (["00123", "12"], "leading zeros"),
        (["-012", "12"], "leading zeros"),
        (["99999999999999999999", "1"], "64 bits"),
        (["1,234", "2,345"], "decimal"),
        (["03/04/2024", "05/06/2024"], "unclear"),
        (["31/12/2024", "12/31/2024"], "mixed"),
        (["01/02/24"], "unclear"),
        (["31/02/2024"], "unclear"),
    ],
)
def test_what_is_ambiguous_stays_text_and_says_so(texts: list[str], word: str) -> None:
    values, note = read(texts)
    assert values == texts
    assert word in note


def test_the_decimal_mark_as_given_decides() -> None:
    assert read(["1,234", "2"], ",")[0] == [1.234, 2.0]
    assert read(["1,234", "2"], ".")[0] == [1234.0, 2.0]
    assert read(["1.234", "2,5"], ",")[0] == [1234.0, 2.5]
    values, note = read(["1.5", "2.5"], ",")
    assert values == ["1.5", "2.5"]
    assert "data.decimal" in note


def test_decimal_commas_in_one_column_throw_doubt_on_dotted_thousands_in_another() -> None:
    table = pl.DataFrame(
        {"price": ["1,5", "2,5", "3"], "people": ["1.234", "12.500", "980"], "ratio": ["1.5", "0.25", "2"]}
    )
    columns = read_types.distinct(table, MARKERS)
    plans = read_types.plans(columns, None)
    assert [plans[name].sort for name in columns] == ["number", "text", "number"]
    assert "data.decimal" in plans["people"].note
    del columns["price"]
    assert read_types.plans(columns, None)["people"].sort == "number"


@pytest.mark.parametrize(
    ("sample", "later"),
    [
        (["1", "2"], "5228.1"),
        (["1", "2"], "007"),
        (["1", "2"], "?"),
        (["1.5"], "x"),
        (["1.5"], " 2.5"),
        (["1,5"], "1.5"),
        (["1,234.5"], "1,5"),
        (["true"], "yes"),
        (["2024-01-31"], "31/01/2024"),
        (["31/01/2024"], "01/31/2024"),
        (["2024-01-31 10:20"], "2024-01-31"),
        ([None], "x"),
    ],
)
def test_a_plan_made_from_a_sample_is_strict_with_the_rest(sample: list[str | None], later: str) -> None:
    plan = read_types.plans(read_types.distinct(pl.DataFrame({"x": sample}, schema={"x": pl.String}), MARKERS), None)[
        "x"
    ]
    rest = pl.DataFrame({"x": [later]})
    with pytest.raises(pl.exceptions.InvalidOperationError):
        rest.select(read_types.expression("x", plan, MARKERS))
    assert rest.select(read_types.expression("x", plan, MARKERS, strict=False))["x"].to_list() == [None]


@given(st.lists(st.floats(allow_nan=False), min_size=1), st.sampled_from(["{!r}", "{:.3f}", "{:e}", "{:+}"]))
def test_numbers_are_read_as_python_reads_them(numbers: list[float], form: str) -> None:
    texts = [form.format(number) for number in numbers]
    values, note = read(texts)
    if not note:
        assert values == [float(text) for text in texts]


@given(st.lists(st.text(max_size=8), min_size=1))
def test_any_text_is_read_as_something(texts: list[str]) -> None:
    values, _ = read(list(texts))
    assert len(values) == len(texts)
