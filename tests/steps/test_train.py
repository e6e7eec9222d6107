"""The train step: folders in, folders out, the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlcl.data.target import Target
from mlcl.errors import ProblemError
from mlcl.features.recipe import Recipe
from mlcl.models import learners
from mlcl.problem import Problem, from_dict
from mlcl.steps.train import train

TARGETS: dict[str, Any] = {
    "binary": {"labels": ["no", "yes"], "positive": "yes"},
    "multiclass": {"labels": ["a", "b", "c"]},
    "regression": {},
}


def problem(**asked: Any) -> Problem:
    goals = asked.pop("goal", [])
    raw = {"problem": {"name": "p", "target": "y"}, "data": {"source": "x.csv"}, "goal": goals, "train": asked}
    return from_dict(raw, base=Path())


def prepared(folder: Path, task: str = "binary", rows: int = 300) -> Path:
    """What the prepare step leaves behind."""
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "a": random.normal(size=rows),
            "b": [None if value < -1 else value for value in random.normal(size=rows)],
            "c": random.choice(["x", "y", "z"], rows),
        }
    )
    score = frame["a"].to_numpy() + (frame["c"] == "x").to_numpy() + random.normal(size=rows)
    y = {"binary": score > 1, "multiclass": np.digitize(score, [0, 1]), "regression": score}[task]
    kinds: Any = {"a": "number", "b": "number", "c": "category"}
    recipe = Recipe.fit(frame[: rows * 7 // 10], kinds)
    folder.mkdir()
    (folder / "recipe.json").write_bytes(recipe.to_json())
    Target(name="y", task=task, task_why="", **TARGETS[task]).write(folder / "target.json")  # type: ignore[arg-type]
    cuts = {"train": (0, 0.7), "validation": (0.7, 0.9), "test": (0.9, 1)}
    for name, (low, high) in cuts.items():
        part = slice(round(rows * low), round(rows * high))
        np.save(folder / f"{name}.x.npy", recipe.apply(frame[part]))
        np.save(folder / f"{name}.y.npy", y[part].astype(float if task == "regression" else np.int32))
    return folder


def run(asked: Problem, prepare: Path, output: Path) -> dict[str, bytes]:
    output.mkdir()
    train(asked, {"prepare": prepare}, output)
    return {str(file.relative_to(output)): file.read_bytes() for file in output.rglob("*") if file.is_file()}


@pytest.mark.parametrize("learner", ["auto", "xgboost", "lightgbm", "linear"])
@pytest.mark.parametrize("task", TARGETS)
def test_it_writes_a_model_its_record_and_honest_predictions(task: str, learner: str, tmp_path: Path) -> None:
    folder = prepared(tmp_path / "prepare", task)
    files = run(problem(learner=learner, trials=4), folder, tmp_path / "train")
    model = learners.load(tmp_path / "train" / "model")
    record = json.loads(files["training.json"])
    assert model.task == task
    assert model.predict(np.load(folder / "test.x.npy")).shape == ((30, 3) if task == "multiclass" else (30,))
    assert np.load(tmp_path / "train" / "validation.npy").shape == ((60, 3) if task == "multiclass" else (60,))
    assert record["learner"] in {"blend", "xgboost", "lightgbm", "linear"}
    assert not record["cut_off"]


@pytest.mark.parametrize("task", TARGETS)
def test_the_same_inputs_give_the_same_bytes_with_any_threads(task: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(learners.base, "_SMALL", 0)
    folder = prepared(tmp_path / "prepare", task)
    one, two = (run(problem(trials=4, threads=n), folder, tmp_path / f"{n}") for n in (1, 2))
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_inputs_are_left_alone(tmp_path: Path) -> None:
    folder = prepared(tmp_path / "prepare")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    run(problem(trials=3), folder, tmp_path / "train")
    assert {file.name for file in folder.iterdir() if file.read_bytes() != before[file.name]} == set()


def test_balance_weighs_the_classes(tmp_path: Path) -> None:
    folder = prepared(tmp_path / "prepare")
    y = np.load(folder / "train.y.npy")
    means = []
    for balance in (False, True):
        run(problem(learner="linear", trials=0, balance=balance, parameters={"C": 1}), folder, tmp_path / str(balance))
        means.append(learners.load(tmp_path / str(balance) / "model").predict(np.load(folder / "train.x.npy")).mean())
    assert means[0] == pytest.approx(y.mean(), abs=0.02)
    assert abs(means[1] - 0.5) < abs(means[0] - 0.5) / 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"learner": "auto", "parameters": {"max_depth": 3}}, ["train.parameters", "Name the learner"]),
        (
            {"learner": "xgboost", "parameters": {"max_dept": 3}},
            ["train.parameters.max_dept", "Did you mean 'max_depth'?"],
        ),
    ],
)
def test_wrong_parameters_stop_it_before_anything_is_written(asked: Any, words: list[str], tmp_path: Path) -> None:
    folder = prepared(tmp_path / "prepare")
    with pytest.raises(ProblemError) as error:
        run(problem(**asked), folder, tmp_path / "train")
    assert all(word in str(error.value) for word in words)
    assert not list((tmp_path / "train").iterdir())


def test_a_goal_about_absolute_errors_is_tuned_for(tmp_path: Path) -> None:
    folder = prepared(tmp_path / "prepare", "regression")
    files = run(problem(trials=2, goal=[{"metric": "mae", "at_most": 1}]), folder, tmp_path / "train")
    assert json.loads(files["training.json"])["metric"] == "mae"
