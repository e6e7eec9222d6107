"""Skew is impossible, to the end: the training matrix, a batch, the bodies that callers send and Python give one
model's features and predictions bit by bit, for generated schemas and rows."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcl.features.recipe import Recipe
from mlcl.models import learners
from mlcl.models.bundle import Bundle
from mlcl.models.table import Matrix, Table
from mlcl.serving.answers import Answer, Meaning
from mlcl.serving.batch import predict_file
from mlcl.serving.fleet import Loaded
from tests.features.cases import Case, cases
from tests.features.test_skew import as_csv, fitted, same

JSON, CSV, LINES, PARQUET = "application/json", "text/csv", "application/jsonlines", "application/x-parquet"
MOST = 10_000


def trained(recipe: Recipe, x: Matrix) -> Bundle:
    """A model of the rows that guesses their number, so that it looks at everything."""
    table = Table(
        x, np.arange(len(x), dtype=np.float64), recipe.feature_names, recipe.feature_kinds, recipe.cardinality
    )
    setting = learners.Setting("regression", 0, 1, 1)
    parameters = {"n_estimators": 3, "min_child_weight": 0.0, "learning_rate": 1.0}
    model = learners.learner("xgboost").fit(table, setting, parameters, None).model
    return Bundle(Path(), {"task": "regression", "labels": None, "threshold": None}, "a" * 64, recipe, model)


def bodies(recipe: Recipe, frame: pl.DataFrame) -> list[tuple[str, bytes]]:
    """The rows in every format that callers may send."""
    rows, file = frame.to_dicts(), io.BytesIO()
    frame.write_parquet(file)
    return [
        (JSON, orjson.dumps(rows)),
        (JSON, orjson.dumps({"rows": rows})),
        (LINES, b"\n".join(map(orjson.dumps, rows))),
        (CSV, as_csv(recipe, frame).write_csv(quote_style="always").encode()),
        (CSV, as_csv(recipe, frame).write_csv(quote_style="necessary").encode()),
        (PARQUET, file.getvalue()),
    ]


def told(bundle: Bundle, encoded: Any) -> list[float]:
    """The values in a JSON answer, read again."""
    answer = Answer("0", Meaning(bundle, {}), bundle.score(encoded.matrix), encoded)
    return [one["value"] for one in json.loads(answer.reply(JSON).body)["predictions"]]


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(case=cases(), copies=st.sampled_from([1, 40]))
def test_every_way_gives_the_same_predictions(
    case: Case, copies: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    recipe = fitted(case)
    if recipe is None:
        return
    train = recipe.encode(case.train)
    bundle = trained(recipe, train.matrix)
    folder = tmp_path_factory.mktemp("skew")
    with ThreadPoolExecutor(1) as threads:
        loaded = Loaded(bundle, threads)
        for table in (case.train, case.later):
            known = [
                pl.col(one.name) if one.name in table.columns else pl.lit(None).alias(one.name) for one in recipe.inputs
            ]
            frame = pl.concat([table.select(known)] * copies)
            matrix = recipe.encode(frame)
            scores = bundle.score(matrix.matrix).tolist()
            for content_type, body in bodies(recipe, frame):
                encoded = loaded.encode(content_type, body, MOST, False)
                same(matrix, encoded)
                assert told(bundle, encoded) == scores
            assert bundle.predict(frame)["prediction"].to_list() == scores
            assert bundle.predict(frame.to_dicts())["prediction"].to_list() == scores
            frame.write_parquet(folder / "in.parquet")
            predict_file(bundle, folder / "in.parquet", folder / "out.parquet")
            assert pl.read_parquet(folder / "out.parquet")["prediction"].to_list() == scores
        if copies == 1:
            same(train, recipe.encode(case.train.select(one.name for one in recipe.inputs)))
