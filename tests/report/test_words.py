"""Numbers as texts."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.report import toml, words


def plain(text: str) -> str:
    return text.replace(words.GLUE, " ")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (0.8013, "0.801"),
        (12.44, "12.4"),
        (1234.5, "1,234"),
        (-3.0, "−3"),
        (0.00012345, "0.000123"),
    ],
)
def test_number(value: float | None, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.083, "8.3%"), (0.5, "50%"), (1.0, "100%"), (0.0, "0%"), (0.0002, "<0.1%"), (None, "–")]
)
def test_share(value: float | None, text: str) -> None:
    assert words.share(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(9.714, "9.71 EUR"), (-8.0, "−8 EUR"), (1234.5, "1,234 EUR"), (216.3, "216 EUR"), (0.0, "0 EUR")],
)
def test_money(value: float, text: str) -> None:
    assert plain(words.money(value, "EUR")) == text


def test_figures_have_the_unit_of_their_metric() -> None:
    assert words.figure("roc_auc", 1.0) == "1.000"
    assert words.figure("r2", -0.0001) == "0.000"
    assert words.figure("rmse", 45_812.3) == "45,812"
    assert words.figure("selection_rate", 0.25) == "25%"
    assert plain(words.figure("value_per_case", 3.5, "EUR")) == "3.50 EUR"


def test_interval() -> None:
    bounds = {"low": 3.1, "high": 4.0}
    assert plain(words.interval("value_per_case", bounds, "EUR")) == "3.10 to 4 EUR"
    assert words.interval("roc_auc", {"low": None, "high": 1.0}) == ""
    assert words.interval("roc_auc", None) == ""


@pytest.mark.parametrize(
    ("value", "text"), [(0.314, "0.31 s"), (42.04, "42.0 s"), (125.0, "2 min 5 s"), (119.9, "2 min 0 s")]
)
def test_seconds(value: float, text: str) -> None:
    assert plain(words.seconds(value)) == text


scalars = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False), st.text(max_size=20))
keys = st.text(min_size=1, max_size=10)
tables = st.dictionaries(keys, scalars, min_size=1, max_size=4)
documents = st.dictionaries(
    keys,
    st.one_of(
        tables,
        st.lists(tables, min_size=1, max_size=3),
        st.dictionaries(
            keys, st.one_of(scalars, tables, st.lists(scalars, min_size=1, max_size=3)), min_size=1, max_size=3
        ),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(document=documents)
def test_toml_reads_back(document: dict[str, Any]) -> None:
    assert tomllib.loads(toml.dumps(document)) == document


def test_toml_leaves_out_what_is_not_there() -> None:
    assert (
        toml.dumps({"value": None, "goal": [], "data": {"source": "x", "drop": [], "rows": None}})
        == '[data]\nsource = "x"\n'
    )
