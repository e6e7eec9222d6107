"""Drift per column, against scipy on the raw values, and where data are odd."""

from __future__ import annotations

import datetime as dt

import numpy as np
import orjson
import polars as pl
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.features.baseline import baseline, summarise
from mlcl.features.recipe import Recipe
from mlcl.monitoring.counts import Tally
from mlcl.monitoring.drift import Limits, compare, compare_to_baseline


def only(result: dict) -> dict:
    (column,) = result["columns"]
    return column


def numbers(*values: object) -> pl.DataFrame:
    return pl.DataFrame({"x": pl.Series(values, dtype=pl.Float64)})


@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=60),
    st.lists(st.integers(-8, 8), min_size=1, max_size=60),
    st.integers(0, 3),
)
@settings(max_examples=60)
def test_ks_of_few_values_is_exact(reference: list[int], current: list[int], missing: int) -> None:
    """Also of values between and beyond those of training; missing counts as a value below all."""
    found = only(compare(numbers(*reference, *[None] * missing), numbers(*(x / 2 for x in current))))
    a, b = np.array([*reference, *[-1e300] * missing]), np.array(current) / 2
    wanted = max(abs(np.mean(a <= x) - np.mean(b <= x)) for x in [*a, *b])
    assert found["statistic"] == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.5, 20.0])
def test_ks_of_many_values_is_close(shift: float) -> None:
    rng = np.random.default_rng(0)
    a = np.where(rng.random(20_000) < 0.3, 0.0, rng.normal(size=20_000))
    b = np.where(rng.random(5000) < 0.3, shift, rng.normal(shift, size=5000))
    found, wanted = only(compare(numbers(*a), numbers(*b))), scipy.stats.ks_2samp(a, b)
    assert wanted.statistic - 0.003 < found["statistic"] <= wanted.statistic + 1e-12
    assert found["mean_difference"] == pytest.approx((b.mean() - a.mean()) / np.sqrt((a.var() + b.var()) / 2))


def test_shares_of_groups_are_numpys() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=10_000), rng.normal(0.5, size=3000)
    found = only(compare(numbers(*a), numbers(*b)))
    edges = np.quantile(a, np.linspace(0, 1, 11)[1:-1])
    p, q = (np.bincount(np.searchsorted(edges, x), minlength=10) / len(x) for x in (a, b))
    assert [cell["reference"] for cell in found["cells"]] == pytest.approx(p, abs=2e-3)
    assert [cell["current"] for cell in found["cells"]] == pytest.approx(q, abs=2e-3)
    assert found["psi"] == pytest.approx(np.sum((q - p) * np.log(q / p)), rel=0.01)


def test_categories_with_missing_and_unseen() -> None:
    a = pl.DataFrame({"x": ["a"] * 500 + ["b"] * 400 + [None] * 100})
    b = pl.DataFrame({"x": ["a"] * 200 + ["b"] * 200 + ["new"] * 50 + [None] * 50})
    found = only(compare(a, b))
    shares = {cell["label"]: (cell["reference"], cell["current"]) for cell in found["cells"]}
    assert shares == {"a": (0.5, 0.4), "b": (0.4, 0.4), "(other)": (0, 0.1), "(missing)": (0.1, 0.1)}
    table = [[500, 400, 0, 100], [200, 200, 50, 50]]
    assert found["p_value"] == pytest.approx(scipy.stats.chi2_contingency(table).pvalue, rel=1e-6)
    assert found["drifted"]


def test_the_adjusted_p_values_are_over_all_columns() -> None:
    rng = np.random.default_rng(5)
    a, b = (pl.DataFrame({f"x{i}": rng.normal(size=n) for i in range(8)}) for n in (3000, 500))
    found = compare(a, b)["columns"]
    wanted = scipy.stats.false_discovery_control([column["p_value"] for column in found])
    assert [column["p_adjusted"] for column in found] == pytest.approx(wanted)


def test_neither_many_rows_nor_few_cry_wolf() -> None:
    rng = np.random.default_rng(2)
    many = [numbers(*rng.normal(shift, size=200_000)) for shift in (0, 0.03)]
    found = only(compare(*many))
    assert found["p_value"] < 1e-6
    assert not found["drifted"]
    assert found["why"] == "the difference is small"
    few = only(compare(numbers(*rng.normal(size=5000)), numbers(*rng.normal(3, size=20))))
    assert not few["drifted"]
    assert "too few rows" in few["why"]


def test_a_column_that_never_varied() -> None:
    same = only(compare(numbers(*[5] * 300), numbers(*[5] * 200)))
    assert (same["psi"], same["js"], same["p_value"], same["drifted"]) == (0, 0, 1, False)
    moved = only(compare(numbers(*[5] * 300), numbers(*[5.000001] * 200)))
    assert moved["js"] == 1
    assert moved["statistic"] == 1
    assert moved["drifted"]
    assert moved["mean_difference"] is None


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([None] * 200, dtype=pl.Float64),
        pl.Series([float("nan")] * 200),
        pl.Series([float("inf")] * 200),
        pl.Series([None] * 200, dtype=pl.String),
        pl.Series([], dtype=pl.Float64),
        pl.Series(["a"] * 200),
    ],
)
def test_odd_windows_have_a_result(values: pl.Series) -> None:
    rng = np.random.default_rng(2)
    good = pl.DataFrame({"x": rng.normal(size=300)})
    odd = pl.DataFrame({"x": values})
    for pair in ((good, odd), (odd, good), (odd, odd)):
        found = only(compare(*pair))
        assert 0 <= found["p_value"] <= 1
        assert 0 <= found["js"] <= 1
        assert np.isfinite(found["psi"])
        assert found["drifted"] == (pair[0] is not pair[1] and len(values) > 0)


def test_a_missing_column_is_all_missing_and_an_extra_one_left_out() -> None:
    found = compare(pl.DataFrame({"x": range(300)}), pl.DataFrame({"y": range(300)}))
    assert found["drifted"] == ["x"]
    assert only(found)["cells"][0] == {"label": "(missing)", "reference": 0.0, "current": 1.0}


def test_truth_values_dates_and_texts() -> None:
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(300)]
    times = [dt.datetime(2026, 1, 1) + dt.timedelta(hours=n) for n in range(300)]  # noqa: DTZ001
    a = pl.DataFrame({"flag": [True, False] * 150, "day": days, "time": times, "n": range(300)})
    later = a.with_columns(pl.col("day").dt.offset_by("1y"), pl.col("time").dt.offset_by("1y"), flag=True)
    found = {column["column"]: column for column in compare(a, later)["columns"]}
    assert [name for name, column in found.items() if column["drifted"]] == ["flag", "day", "time"]
    assert found["flag"]["test"] == "chi2"
    assert found["day"]["cells"][0]["label"] == "… 2026-01-31"
    assert compare(a, a)["drifted"] == []


def test_counting_in_parts_is_counting_at_once() -> None:
    rng = np.random.default_rng(4)
    frame = pl.DataFrame(
        {"n": rng.normal(size=3000), "c": rng.choice(["a", "b", None], 3000).tolist(), "i": rng.integers(0, 5, 3000)}
    )
    document = summarise(frame.head(1000))
    whole, parts, other = Tally(document), Tally(document), Tally(document)
    whole.add(frame)
    for part in frame.head(2000).iter_slices(300):
        parts.add(part)
    other.add(frame.tail(1000))
    parts.merge(other)
    found, wanted = compare_to_baseline(parts), compare_to_baseline(whole)
    for a, b in zip(found["columns"], wanted["columns"], strict=True):
        assert a.pop("mean_difference") == pytest.approx(b.pop("mean_difference"))
        assert a == b


def test_a_recipes_baseline_through_json_gives_the_same() -> None:
    rng = np.random.default_rng(4)
    frame = pl.DataFrame({"n": rng.normal(size=3000), "c": rng.choice(["a", "b"], 3000), "k": rng.integers(0, 9, 3000)})
    recipe = Recipe.fit(frame, {"n": "number", "c": "category", "k": "integer"})
    document = orjson.loads(orjson.dumps(baseline(recipe, frame)))
    tally = Tally(document)
    tally.add(recipe.coerce(frame.cast(pl.String)))
    for column in compare_to_baseline(tally)["columns"]:
        assert (column["psi"], column["js"], column["statistic"]) == (0, 0, 0)


def test_limits_decide() -> None:
    rng = np.random.default_rng(2)
    pair = numbers(*rng.normal(size=5000)), numbers(*rng.normal(0.3, size=2000))
    assert only(compare(*pair))["drifted"]
    assert not only(compare(*pair, Limits(psi=0.5, js=0.5)))["drifted"]
    assert not only(compare(*pair, Limits(minimum_rows=3000)))["drifted"]
