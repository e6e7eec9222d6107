"""Skew is impossible: a row gives the same bits whether it comes from a table, a file, JSON or Python."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcl.errors import DataError, InputError
from mlcl.features.parts import TYPES, Encoded
from mlcl.features.recipe import Recipe
from mlcl.features.values import converter
from tests.features.cases import MISSING, Case, cases, column

slow = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))


def fitted(case: Case) -> Recipe | None:
    try:
        recipe = Recipe.fit(case.train, case.kinds, case.derived, missing=MISSING)
    except DataError:  # nothing varies
        return None
    assert Recipe.from_json(recipe.to_json()) == recipe
    return Recipe.from_json(recipe.to_json())


def same(one: Encoded, other: Encoded, *, faults: bool = True) -> None:
    np.testing.assert_array_equal(one.matrix, other.matrix)
    numbers = ~np.isnan(one.matrix)
    assert one.matrix[numbers].tobytes() == other.matrix[numbers].tobytes(), "the sign of a zero differs"
    assert (one.missing, one.unseen, list(one.kept)) == (other.missing, other.unseen, list(other.kept))
    assert one.faults == other.faults or not faults


def as_csv(recipe: Recipe, frame: pl.DataFrame) -> pl.DataFrame:
    """The table by way of a CSV file, in which each value has its own text."""
    kinds = {column.name: column.kind for column in recipe.inputs}

    def text(name: str, value: Any) -> str:
        if name in kinds and TYPES[kinds[name]] == "text":
            return converter("text", ())(value) or ""
        if value is None or value != value:
            return ""
        return str(int(value)) if isinstance(value, bool) else str(value)

    texts = pl.DataFrame(
        {name: pl.Series([text(name, value) for value in frame[name]], dtype=pl.String) for name in frame.columns}
    )
    file = io.BytesIO(texts.write_csv(quote_style="always").encode())
    # polars does not undo the quotes in a name.
    return pl.read_csv(file, infer_schema=False, empty_string_is_null=False, new_columns=frame.columns)


@slow
@given(case=cases())
def test_every_way_gives_the_same_bits(case: Case, tmp_path_factory: pytest.TempPathFactory) -> None:
    recipe = fitted(case)
    if recipe is None:
        return
    encoder = recipe.compile()
    frame, rows = case.later, case.later.to_dicts()
    table = recipe.encode(frame)
    assert table.matrix.dtype == np.float32
    assert table.matrix.flags.c_contiguous
    assert not np.isinf(table.matrix).any()
    same(table, recipe.encode(frame.lazy()))
    same(table, recipe.encode(recipe.coerce(frame)))
    same(table, encoder.encode(rows))
    same(table, encoder._by_row(rows))
    same(table, encoder._by_column(encoder._columns(rows), len(rows)))
    same(table, encoder.encode_columns(frame.to_dict(as_series=False), frame.height))
    same(table, encoder.encode(orjson.loads(orjson.dumps(rows))))
    same(table, recipe.encode(as_csv(recipe, frame)))
    same(table, encoder.encode(as_csv(recipe, frame).to_dicts()))
    same(table, encoder.encode_columns(as_csv(recipe, frame).to_dict(as_series=False), frame.height))
    singles = [encoder.encode([row]) for row in rows]
    np.testing.assert_array_equal(np.concatenate([single.matrix for single in singles]), table.matrix)
    assert sum(single.unseen for single in singles) == table.unseen
    file = tmp_path_factory.mktemp("skew") / "rows.parquet"
    frame.write_parquet(file)
    same(table, recipe.encode(pl.scan_parquet(file)))


@slow
@given(case=cases(), data=st.data())
def test_wrong_values_are_the_same_faults_everywhere(case: Case, data: st.DataObject) -> None:
    recipe = fitted(case)
    if recipe is None:
        return
    rows = data.draw(st.integers(1, 9))
    kinds = st.sampled_from(["number", "boolean", "text", "date"])
    frame = pl.DataFrame({part.name: data.draw(column(data.draw(kinds), rows)) for part in recipe.inputs})
    table, encoder = recipe.encode(frame, on_error="skip"), recipe.compile()
    same(table, encoder.encode(frame.to_dicts(), on_error="skip"))
    if table.faults:
        with pytest.raises(InputError) as by_table:
            recipe.apply(frame)
        with pytest.raises(InputError) as by_rows:
            encoder.encode(frame.to_dicts())
        assert by_table.value.faults == by_rows.value.faults == table.faults
        assert str(by_table.value) == str(by_rows.value)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


@slow
@given(case=cases(), data=st.data())
def test_rows_of_anything_are_encoded_or_refused(case: Case, data: st.DataObject) -> None:
    recipe = fitted(case)
    if recipe is None:
        return
    names = [part.name for part in recipe.inputs]
    row = st.dictionaries(st.sampled_from([*names, "other"]), ANY)
    rows = data.draw(st.lists(row | ANY, max_size=10))
    encoder = recipe.compile()
    encoded = encoder.encode(rows, on_error="skip")
    assert {fault["row"] for fault in encoded.faults}.isdisjoint(encoded.kept)
    assert len(encoded.matrix) == len(encoded.kept)
    assert len(encoded.kept) + len({fault["row"] for fault in encoded.faults}) == len(rows)
    kept = [rows[number] for number in encoded.kept]
    same(
        encoded._replace(kept=range(len(kept)), faults=[]),
        encoder._by_column(encoder._columns(kept), len(kept)) if kept else encoder._by_row(kept),
    )
    for number in encoded.kept:
        for part in recipe.inputs:
            converter(part.kind, recipe.missing)(rows[number].get(part.name))


@slow
@given(case=cases())
def test_the_training_table_itself(case: Case) -> None:
    recipe = fitted(case)
    if recipe is None:
        return
    train = recipe.encode(case.train)
    same(train, recipe.compile().encode(case.train.to_dicts()))
    assert train.matrix.shape == (case.train.height, recipe.width)
    for index, feature in enumerate(recipe.features):
        codes = train.matrix[:, index]
        if feature.kind == "category":
            assert set(codes[~np.isnan(codes)]) <= set(range(feature.cardinality))
