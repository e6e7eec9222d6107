"""Fitting: which columns become which features, what is written down, and what a damaged recipe does."""

from __future__ import annotations

import datetime as dt

import numpy as np
import orjson
import pandas as pd
import polars as pl
import pytest

from mlcl.errors import Corrupt, DataError, InputError
from mlcl.features.baseline import baseline
from mlcl.features.fit import MOST_CATEGORIES
from mlcl.features.recipe import Recipe


def fit(columns: dict[str, list], kinds: dict[str, str], **more: object) -> Recipe:
    return Recipe.fit(pl.DataFrame(columns), kinds, **more)


def test_categories_are_sorted_and_rare_ones_share_a_code() -> None:
    recipe = fit({"job": ["b", "a", "b", "a", "rare", " b ", None, "NA"]}, {"job": "category"}, missing=("", "NA"))
    (feature,) = recipe.features
    assert (feature.categories, feature.other, feature.cardinality) == (("a", "b"), True, 3)
    assert recipe.feature_kinds == ["category"]
    assert recipe.cardinality == [3]
    matrix = recipe.apply(pl.DataFrame({"job": ["a", "b", "rare", "new", None, "NA", " a"]}))
    np.testing.assert_array_equal(matrix[:, 0], [0, 1, 2, 2, np.nan, np.nan, 0])


def test_unseen_categories_are_missing_where_no_rare_one_was_learnt() -> None:
    recipe = fit({"job": ["a", "a", "b", "b"]}, {"job": "text"})
    encoded = recipe.encode(pl.DataFrame({"job": ["b", "new", None]}))
    np.testing.assert_array_equal(encoded.matrix[:, 0], [1, np.nan, np.nan])
    assert (encoded.missing, encoded.unseen) == (1, 1)


def test_of_many_categories_the_most_frequent_are_kept() -> None:
    texts = [f"t{number:03}" for number in range(300) for _ in range(2 + (number >= 100))]
    (feature,) = fit({"t": texts}, {"t": "category"}).features
    assert feature.cardinality == MOST_CATEGORIES
    assert feature.other
    assert set(feature.categories or ()) >= {f"t{number:03}" for number in range(100, 300)}


def test_what_cannot_be_learnt_from_is_no_feature() -> None:
    columns = {"same": ["a"] * 4, "each": list("abcd"), "one": [1] * 4, "none": [None] * 4, "x": [1, 2, 3, None]}
    kinds = {"same": "category", "each": "category", "one": "integer", "none": "number", "x": "integer"}
    recipe = fit(columns, kinds)
    assert recipe.feature_names == ["x"]
    assert [column.name for column in recipe.inputs] == ["x"]
    with pytest.raises(DataError, match="no column to learn from"):
        fit({"same": ["a"] * 4}, {"same": "category"})


def test_dates_become_the_parts_that_vary() -> None:
    days = [dt.date(2024, 5, day) for day in (1, 2, 9)]
    times = [dt.datetime(2024, month, 1, 12) for month in (1, 2, 3)]  # noqa: DTZ001
    recipe = fit({"d": days, "t": times, "t month": [1, 2, 2]}, {"d": "date", "t": "datetime", "t month": "integer"})
    assert recipe.feature_names == ["d days", "d weekday", "t days", "t month", "t weekday", "t month_2"]
    matrix = recipe.apply(pl.DataFrame({"d": days, "t": times, "t month": [1, 2, 2]}))
    assert matrix[0].tolist() == [19844, 3, np.float32(19723.5), 1, 1, 1]
    assert (recipe.inputs[0].min, recipe.inputs[0].max) == ("2024-05-01", "2024-05-09")


def test_statistics_of_the_training_rows() -> None:
    values = [1.0, 5.0, 2.0, None, float("inf"), 10.0]
    recipe, facts = Recipe.fit_with_baseline(
        pl.DataFrame({"x": values, "c": ["a", "b", "a", "b", "a", None]}),
        {"x": "number", "c": "category"},
        rows=np.array([True, True, True, True, True, False]),
    )
    feature, column = recipe.features[0], recipe.inputs[0]
    known = np.array([1.0, 5.0, 2.0])
    assert (feature.median, feature.mean, feature.std) == (2, known.mean(), known.std())
    assert (column.min, column.max, column.missing_seen) == (1, 5, True)
    assert recipe.inputs[1].categories == ("a", "b")
    assert facts["rows"] == 5
    assert facts["columns"]["x"]["missing"] == pytest.approx(0.4)
    assert sum(facts["columns"]["x"]["counts"]) == 3
    assert facts["columns"]["c"]["values"] == {"a": 3, "b": 2}


def test_baseline_of_another_table_has_the_same_form() -> None:
    frame = pl.DataFrame({"x": list(range(100)), "c": ["a", "b"] * 50, "f": [True, False] * 50})
    recipe, facts = Recipe.fit_with_baseline(frame, {"x": "integer", "c": "category", "f": "boolean"})
    assert baseline(recipe, frame) == facts
    assert baseline(recipe, frame.select(pl.all().cast(pl.String))) == facts
    edges, counts = facts["columns"]["x"]["edges"], facts["columns"]["x"]["counts"]
    assert len(edges) == len(counts) + 1 == 21
    assert np.array_equal(np.histogram(np.arange(100), edges)[0], counts)


def test_integers_beyond_what_floats_count_are_rounded_once_to_each() -> None:
    value = (1 << 60) + (1 << 36) + 1
    recipe = fit({"x": [1, 2, value]}, {"x": "integer"})
    expected = np.float32(np.float64(value))
    assert recipe.apply(pl.DataFrame({"x": [value]}))[0, 0] == expected
    assert recipe.compile().encode([{"x": value}]).matrix[0, 0] == expected
    assert np.isnan(recipe.compile().encode([{"x": 10**400}]).matrix[0, 0])


def test_pandas_tables() -> None:
    frame = pd.DataFrame({"x": [1.5, None], "c": pd.Categorical(["a", "b"]), "d": pd.to_datetime(["2024-01-01", None])})
    recipe = fit({"x": [1, 2], "c": ["a", "b"] * 1, "d": [dt.date(2024, 1, 1), None]}, {"x": "number", "d": "date"})
    matrix = recipe.apply(pl.from_pandas(frame))
    np.testing.assert_array_equal(matrix, [[1.5, 19723], [np.nan, np.nan]])


def test_coerce() -> None:
    recipe = fit(
        {"x": [1, 2], "f": [True, False], "c": ["a", "a"], "d": [dt.date(2024, 1, day) for day in (1, 2)]},
        {"x": "integer", "f": "boolean", "c": "category", "d": "date"},
    )
    frame = recipe.coerce(
        pl.DataFrame({"d": ["2024-1-2", ""], "x": [" 1e3 ", "nan"], "f": ["TRUE", "0"], "more": [1, 2]})
    )
    assert frame.schema == {"x": pl.Float64, "f": pl.Boolean, "d": pl.Date}
    assert frame.rows() == [(1000.0, True, dt.date(2024, 1, 2)), (None, False, None)]


def test_wrong_values_are_named() -> None:
    recipe = fit({"x": [1, 2], "f": [True, False]}, {"x": "integer", "f": "boolean"})
    frame = pl.DataFrame({"x": ["1", "three", "3"], "f": ["true", "yes", "no"]})
    with pytest.raises(InputError) as error:
        recipe.apply(frame)
    assert error.value.faults == [
        {"row": 1, "column": "x", "found": "'three'", "allowed": "a number"},
        {"row": 1, "column": "f", "found": "'yes'", "allowed": "true or false"},
        {"row": 2, "column": "f", "found": "'no'", "allowed": "true or false"},
    ]
    assert str(error.value) == (
        "A value does not fit its column. There are 3 such values.\n"
        "  where: row 1, column 'x' (rows are counted from 0)\n  found: 'three'\n  do: Give a number, or leave it out."
    )
    encoded = recipe.encode(frame, on_error="skip")
    assert encoded.matrix.tolist() == [[1, 1]]
    assert encoded.kept == [0]
    with pytest.raises(InputError, match="row 0"):
        recipe.compile().encode([{"x": [1]}])
    faults = recipe.compile().encode(["x", {"x": {}}, {"x": 1}], on_error="skip").faults
    assert [fault["found"] for fault in faults] == ["'x'", "an object"]


def test_rows_of_no_columns_are_all_missing() -> None:
    recipe = fit({"x": [1, 2], "c": ["a", "b"]}, {"x": "integer"})
    encoded = recipe.compile().encode([{}, {"other": 1}])
    assert np.isnan(encoded.matrix).all()
    assert encoded.missing == 2
    assert recipe.compile().encode([]).matrix.shape == (0, 1)
    assert recipe.apply(pl.DataFrame({"x": []})).shape == (0, 1)


def test_the_json_is_the_recipe() -> None:
    recipe = fit(
        {"x": [1, 2], "c": ["a", "a"]},
        {"x": "integer"},
        derived={"y": "LN(x) + 1", "z": "y > 1.5", "useless": "z IS NULL"},
    )
    raw = recipe.to_json()
    again = Recipe.from_json(raw)
    assert again == recipe
    assert again.to_json() == raw
    assert [derived.name for derived in recipe.derived] == ["y", "z"]
    assert [feature["kind"] for feature in orjson.loads(raw)["features"]] == ["number"] * 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw.update(features=[]),
        lambda raw: raw.pop("inputs"),
        lambda raw: raw["features"][0].update(source="gone"),
        lambda raw: raw["features"].reverse(),
        lambda raw: raw["derived"][0].update(program=[["system", "rm", 0]]),
        lambda raw: raw["derived"][0].update(program=[["add", None, 2]]),
        lambda raw: raw["derived"][0].update(program=[["column", "secret", 0]]),
        lambda raw: raw["derived"][0]["program"].append(["number", 1.0, 0]),
    ],
)
def test_damaged_recipes_are_refused(damage: object) -> None:
    raw = orjson.loads(fit({"x": [1, 2]}, {"x": "integer"}, derived={"y": "x + 1"}).to_json())
    damage(raw)  # type: ignore[operator]
    with pytest.raises(Corrupt, match="A recipe is damaged"):
        Recipe.from_json(orjson.dumps(raw))
    with pytest.raises(Corrupt):
        Recipe.from_json(b"{")


@pytest.mark.parametrize("threads", [1, 4])
def test_the_fit_does_not_depend_on_how_the_table_is_cut(threads: int) -> None:
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"x": random.normal(size=5000), "c": random.choice(["a", "b", "c"], 5000)})
    whole = Recipe.fit(frame, {"x": "number", "c": "category"})
    parts = pl.concat([frame.slice(start, 5000 // threads) for start in range(0, 5000, 5000 // threads)], rechunk=False)
    assert Recipe.fit(parts.lazy(), {"x": "number", "c": "category"}) == whole
