"""train: prepare/ -> model/ (learner.json and the learner's files), training.json, and validation.npy: what models that
have not seen the validation rows predict for them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import orjson

from mlcl.data.target import Target
from mlcl.features.recipe import Recipe
from mlcl.metrics import REGRESSION
from mlcl.models.learners import Setting, checked
from mlcl.models.table import Table, balance
from mlcl.models.training import Request, Trained
from mlcl.models.training import train as trained
from mlcl.problem import Problem


def train(problem: Problem, inputs: Mapping[str, Path], output: Path) -> None:
    """ProblemError for a parameter that the learner does not take."""
    folder = inputs["prepare"]
    target = Target.read(folder / "target.json")
    recipe = Recipe.from_json((folder / "recipe.json").read_bytes())
    setting = setting_of(problem, target, problem.train.threads or os.cpu_count() or 1)
    request = _request(problem)
    balanced = to_balance(problem, setting)
    tables = [read_table(folder, name, recipe, balanced) for name in ("train", "validation")]
    write(trained(request, setting, *tables), output)


def setting_of(problem: Problem, target: Target, threads: int) -> Setting:
    """What is asked of a learner, whatever it learns from."""
    absolute = bool(problem.goal) and problem.goal[0].metric in ("mae", "mape")
    return Setting(target.task, len(target.labels or ()), problem.split.seed, threads, absolute)


def to_balance(problem: Problem, setting: Setting) -> int:
    """How many classes are to weigh the same; 0 = rows have no weights."""
    return setting.classes if problem.train.balance and setting.task != REGRESSION else 0


def write(result: Trained, output: Path) -> None:
    """The step's result."""
    (output / "model").mkdir()
    result.model.save(output / "model")
    np.save(output / "validation.npy", result.validation)
    (output / "training.json").write_bytes(orjson.dumps(result.record, option=orjson.OPT_INDENT_2))


def _request(problem: Problem) -> Request:
    asked = problem.train
    split = problem.split
    return Request(
        learner=asked.learner,
        trials=asked.trials,
        seconds=asked.seconds,
        parameters=checked(asked.learner, asked.parameters),
        foldable=not (split.time or split.group or split.column),
    )


def read_table(folder: Path, split: str, recipe: Recipe, classes: int = 0) -> Table:
    """One split; classes: how many to balance, 0 = no weights."""
    x = np.load(folder / f"{split}.x.npy", mmap_mode="r")
    y = np.load(folder / f"{split}.y.npy")
    weight = balance(y, classes) if classes else None
    return Table(x, y, recipe.feature_names, recipe.feature_kinds, recipe.cardinality, weight)
