"""Prepare: from a table and its profile to matrices, recipe and baseline."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
import pytest

from mlcl import problem as problems
from mlcl.data.target import resolve
from mlcl.errors import DataError, ProblemError
from mlcl.features.recipe import Recipe
from mlcl.problem import Problem
from mlcl.steps import prepare as step
from mlcl.steps.prepare import prepare

KINDS = {
    pl.Int64: "integer",
    pl.Float64: "number",
    pl.Boolean: "boolean",
    pl.String: "category",
    pl.Date: "date",
    pl.Datetime("us"): "datetime",
}


def table(rows: int = 400) -> pl.DataFrame:
    random = np.random.default_rng(3)
    age = random.integers(18, 90, rows)
    day = dt.date(2020, 1, 1)
    return pl.DataFrame(
        {
            "age": pl.Series([None if value == 20 else value for value in age.tolist()], dtype=pl.Int64),
            "balance": random.normal(0, 1000, rows).round(2),
            "job": random.choice(["admin", "nurse", "pilot", ""], rows).tolist(),
            "member": (age > 50).tolist(),
            "since": [day + dt.timedelta(days=int(days)) for days in random.integers(0, 900, rows)],
            "id": np.arange(rows),
            "country": ["FI"] * rows,
            "empty": pl.Series([None] * rows, dtype=pl.String),
            "duration": random.integers(0, 100, rows),
            "y": pl.Series([None if row % 40 == 0 else "yes" if value > 60 else "no" for row, value in enumerate(age)]),
        }
    )


def ask(**sections: Any) -> Problem:
    raw = {"problem": {"name": "p", "target": "y"}, "data": {"source": "x.csv", "drop": ["duration"]}, **sections}
    return problems.from_dict(raw, base=Path())


def write(
    frame: pl.DataFrame, problem: Problem, folder: Path, warnings: dict[str, list[str]] | None = None
) -> dict[str, Path]:
    """The folders that collect and validate leave, as far as prepare reads them."""
    for name in ("collect", "validate", "prepare"):
        (folder / name).mkdir()
    frame.write_parquet(folder / "collect" / "data.parquet")
    split = problem.split.time or problem.split.group or problem.split.column
    roles = {**dict.fromkeys(problem.data.drop, "dropped"), split: "split", problem.target: "target"}
    warnings = {"id": ["identifier"], "country": ["constant"], **(warnings or {})}
    columns = [
        {
            "name": column.name,
            "kind": KINDS[column.dtype],
            "role": roles.get(column.name, "feature"),
            "missing": column.null_count(),
            "warnings": warnings.get(column.name, []),
        }
        for column in frame
    ]
    target = resolve(frame, problem.problem)
    profile = {"rows": frame.height, "target": target.model_dump(mode="json"), "columns": columns}
    (folder / "validate" / "profile.json").write_bytes(orjson.dumps(profile))
    return {"collect": folder / "collect", "validate": folder / "validate"}


def run(frame: pl.DataFrame, problem: Problem, folder: Path) -> Path:
    prepare(problem, write(frame, problem, folder), folder / "prepare")
    return folder / "prepare"


def test_what_it_writes(tmp_path: Path) -> None:
    frame = table()
    problem = ask(features={"old": "age > 60", "per_year": "balance / age"})
    output = run(frame, problem, tmp_path)
    recipe = Recipe.from_json((output / "recipe.json").read_bytes())
    assert recipe.feature_names == [
        *("age", "balance", "job", "member", "since days", "since month", "since weekday", "old", "per_year")
    ]
    assert [column.name for column in recipe.inputs] == ["age", "balance", "job", "member", "since"]
    document = orjson.loads((output / "prepare.json").read_bytes())
    assert document["rows"] == {"train": 273, "validation": 78, "test": 39}
    assert document["left_out"] == 10
    assert document["split_how"] == "stratified shuffle, seed 1729"
    why = {dropped["column"]: dropped["why"] for dropped in document["dropped"]}
    assert set(why) == {"id", "country", "empty"}
    assert "identifies rows" in why["id"]
    whole, seen = recipe.apply(frame), []
    for name, count in document["rows"].items():
        x, y, rows = (np.load(output / f"{name}.{part}.npy") for part in ("x", "y", "rows"))
        assert (x.dtype, x.shape, x.flags.c_contiguous) == (np.float32, (count, 9), True)
        assert (y.dtype, rows.dtype) == (np.int32, np.int64)
        assert np.array_equal(x, whole[rows], equal_nan=True)
        assert (y == (frame["y"].gather(rows) == "yes").to_numpy()).all()
        seen += rows.tolist()
    assert sorted(seen) == [row for row in range(400) if row % 40]
    assert orjson.loads((output / "target.json").read_bytes())["labels"] == ["no", "yes"]


def test_it_is_fitted_on_training_rows_alone(tmp_path: Path) -> None:
    frame = table().with_columns(pl.lit("train").alias("part"))
    late = pl.arange(0, 400) >= 300
    frame = frame.with_columns(
        pl.when(pl.arange(0, 400) >= 350)
        .then(pl.lit("test"))
        .when(late)
        .then(pl.lit("validation"))
        .otherwise("part")
        .alias("part"),
        pl.when(late).then(1e6).otherwise("balance").alias("balance"),
        pl.when(late).then(pl.lit("astronaut")).otherwise("job").alias("job"),
    )
    output = run(frame, ask(split={"column": "part"}), tmp_path)
    recipe = Recipe.from_json((output / "recipe.json").read_bytes())
    features = {feature.name: feature for feature in recipe.features}
    train = frame.head(300).filter(pl.col("y").is_not_null())
    assert features["job"].categories == ("admin", "nurse", "pilot")
    assert features["balance"].mean == pytest.approx(train["balance"].mean(), rel=1e-12)
    assert features["balance"].std == pytest.approx(train["balance"].std(ddof=0), rel=1e-12)
    assert features["age"].median == train["age"].median()
    baseline = orjson.loads((output / "baseline.json").read_bytes())
    assert baseline["rows"] == train.height
    assert baseline["columns"]["balance"]["max"] < 1e6
    assert "part" not in baseline["columns"]


def test_large_tables_go_through_in_batches_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = ask(features={"old": "age > 60"})
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    whole = run(table(), problem, tmp_path / "one")
    monkeypatch.setattr(step, "IN_MEMORY", 0)
    monkeypatch.setattr("mlcl.features.tables.BATCH", 64)
    assert contents(run(table(), problem, tmp_path / "two")) == contents(whole)


def test_the_bytes_do_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    problem = ask(features={"rate": "LN(age) / balance"})
    inputs = write(table(), problem, tmp_path)
    found = []
    for threads in ("1", "3"):
        output = tmp_path / threads
        output.mkdir()
        code = (
            "import sys; from pathlib import Path; from mlcl.problem import from_dict; import json\n"
            "from mlcl.steps.prepare import prepare\n"
            "raw, folder, output = json.loads(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])\n"
            "prepare(from_dict(raw, base=Path()), {n: folder / n for n in ('collect', 'validate')}, output)"
        )
        raw = problem.model_dump_json()
        environment = {**os.environ, "POLARS_MAX_THREADS": threads}
        subprocess.run(
            [sys.executable, "-c", code, raw, str(inputs["collect"].parent), str(output)], check=True, env=environment
        )
        found.append(contents(output))
    assert found[0] == found[1]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_regression_targets_are_values(tmp_path: Path) -> None:
    frame = table().with_columns(pl.when(pl.col("age") < 30).then(None).otherwise(pl.col("balance") * 2.0).alias("y"))
    output = run(frame, ask(), tmp_path)
    y = np.load(output / "test.y.npy")
    assert y.dtype == np.float64
    assert np.array_equal(y, frame["y"].gather(np.load(output / "test.rows.npy")).to_numpy())
    assert orjson.loads((output / "prepare.json").read_bytes())["left_out"] == frame["y"].null_count()


@pytest.mark.parametrize(("column", "why"), [("y", "the target"), ("duration", "data.drop"), ("since", "split by")])
def test_derived_features_must_not_read_what_is_not_known(tmp_path: Path, column: str, why: str) -> None:
    with pytest.raises(ProblemError, match=why) as error:
        run(table(), ask(features={"leak": f"{column} IS NULL"}, split={"time": "since"}), tmp_path)
    assert error.value.where == "features.leak, character 1"


def test_left_out_columns_may_be_derived_from(tmp_path: Path) -> None:
    output = run(table(), ask(features={"shard": "id % 4"}), tmp_path)
    recipe = Recipe.from_json((output / "recipe.json").read_bytes())
    assert "id" in [column.name for column in recipe.inputs]
    assert "id" not in recipe.feature_names


def test_nothing_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column to learn from"):
        run(table().select("id", "country", "duration", "y"), ask(), tmp_path)


def test_the_bank_data(tmp_path: Path, shared_data: Path) -> None:
    frame = pl.read_csv(shared_data / "bank-additional-full.csv", separator=";", infer_schema_length=None)
    features = {"no_previous_contact": "pdays = 999", "not_working": "job IN ('student', 'retired', 'unemployed')"}
    output = run(frame, ask(features=features), tmp_path)
    shapes = [np.load(output / f"{name}.x.npy", mmap_mode="r").shape for name in ("train", "validation", "test")]
    assert shapes == [(28831, 21), (8238, 21), (4119, 21)]
    recipe = Recipe.from_json((output / "recipe.json").read_bytes())
    rows = np.load(output / "test.rows.npy")
    encoded = recipe.compile().encode(frame[rows].to_dicts())
    assert np.array_equal(encoded.matrix, np.load(output / "test.x.npy"))
    assert (encoded.missing, encoded.unseen) == (0, 0)
