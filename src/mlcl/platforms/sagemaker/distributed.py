"""Training on several hosts: each holds its share of the rows, and the hosts grow the trees together (Dask).

XGBoost and LightGBM add up the hosts' histograms, so the trees are those of one machine but for the order of the sums
and the sketch of the bins: docs/aws-run.md states within what tolerance the scores agree, and
tests/platforms/test_learning.py proves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mlcl.data.target import Target
from mlcl.features.recipe import Recipe
from mlcl.models import boosters
from mlcl.models.learners import Model, Setting, checked, learner, lightgbm, xgboost
from mlcl.models.learners.base import Parameters
from mlcl.models.learners.base import sheet as described
from mlcl.models.table import Table, balance
from mlcl.models.training import fitted_elsewhere
from mlcl.platforms.sagemaker.hosts import Joined
from mlcl.problem import Problem
from mlcl.steps import train as step

_ROUNDS = 100  # of boosting, where the problem file says nothing


def train(joined: Joined, problem: Problem, inputs: Mapping[str, Path], output: Path, key: str) -> None:
    """The step `train` on the hosts of this job (see work.Together): writes what the step writes."""
    del key
    folder = inputs["prepare"]
    target, recipe = Target.read(folder / "target.json"), Recipe.from_json((folder / "recipe.json").read_bytes())
    setting = step.setting_of(problem, target, 1)
    parameters = _parameters(problem, target.task)
    hosts = joined.hosts.names
    booster = fit(joined.client, hosts, problem, setting, parameters, folder, recipe)
    tables = {name: step.read_table(folder, name, recipe) for name in ("train", "validation")}
    model = _model(problem.train.learner, booster, tables["train"], setting, parameters)
    note = f"Fitted by {len(hosts)} hosts together, each on its share of the rows."
    step.write(fitted_elsewhere(model, tables["validation"], setting, note), output)


def fit(
    client: Any,
    hosts: Sequence[str],
    problem: Problem,
    setting: Setting,
    parameters: Parameters,
    folder: Path,
    recipe: Recipe,
) -> bytes:
    """The booster that all workers grow together, in the library's own format."""
    balanced = step.to_balance(problem, setting)
    task = {
        "learner": problem.train.learner,
        "options": options(
            problem.train.learner, setting, parameters, step.read_table(folder, "train", recipe, balanced)
        ),
        "rounds": int(parameters.get("n_estimators", _ROUNDS)),
        "kinds": recipe.feature_kinds,
        "classes": balanced,
        "max_bin": int(parameters.get("max_bin", 256)),
    }
    return _grow(client, hosts, task, folder)


def options(name: str, setting: Setting, parameters: Parameters, table: Table) -> dict[str, Any]:
    """As one machine would fit: the learner's own options, but for what hosts together need otherwise."""
    if name == "xgboost":
        return xgboost.booster_options(table, setting, parameters)
    own = lightgbm.booster_options(setting, parameters)
    shared = {key: value for key, value in own.items() if key not in ("metric", "force_row_wise")}
    return shared | {"tree_learner": "data", "force_col_wise": True}


def _grow(client: Any, hosts: Sequence[str], task: dict[str, Any], folder: Path) -> bytes:
    import dask.array as da
    from dask.delayed import delayed

    y = np.load(folder / "train.y.npy", mmap_mode="r")
    width = np.load(folder / "train.x.npy", mmap_mode="r").shape[1]
    edges = np.linspace(0, len(y), len(hosts) + 1).astype(int)
    parts = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))

    def gathered(name: str, columns: tuple[int, ...], dtype: Any) -> Any:
        pieces = [
            da.from_delayed(delayed(_rows)(str(folder), name, start, end), (end - start, *columns), dtype)  # type: ignore[no-untyped-call]
            for start, end in parts
        ]
        return da.concatenate(pieces)  # type: ignore[no-untyped-call]

    x, labels = gathered("x", (width,), np.float32), gathered("y", (), np.float64)
    weight = None
    if task["classes"]:
        whole = balance(np.asarray(y), task["classes"])
        weight = da.from_array(whole, chunks=(tuple(end - start for start, end in parts),))  # type: ignore[no-untyped-call]
    return _boosted(client, task, x, labels, weight)


def _boosted(client: Any, task: dict[str, Any], x: Any, labels: Any, weight: Any) -> bytes:
    if task["learner"] == "lightgbm":
        from mlcl.platforms.sagemaker.distributed_lightgbm import boosted

        return boosted(client, task, x, labels, weight)
    import xgboost.dask as grown

    types = ["c" if kind == "category" else "q" for kind in task["kinds"]]
    data = grown.DaskQuantileDMatrix(
        client, x, labels, weight=weight, feature_types=types, enable_categorical=True, max_bin=task["max_bin"]
    )
    result = grown.train(client, task["options"], data, num_boost_round=task["rounds"])
    return bytes(result["booster"].save_raw("ubj"))


def _rows(folder: str, name: str, start: int, end: int) -> Any:
    """A host's share, from its own copy of the channel."""
    values = np.load(Path(folder) / f"train.{name}.npy", mmap_mode="r")[start:end]
    return np.asarray(values, dtype=np.float32 if name == "x" else np.float64)


def _parameters(problem: Problem, task: str) -> Parameters:
    known = learner(problem.train.learner)
    given = checked(problem.train.learner, problem.train.parameters)
    return {**known.starts(task)[0], **given}


def _model(name: str, booster: bytes, table: Table, setting: Setting, parameters: Parameters) -> Model:
    rounds = _count(name, booster)
    sheet = described(name, table, setting, parameters, rounds=rounds)
    return learner(name).restore({**sheet, "files": ["booster"]}, lambda file: booster)


def _count(name: str, booster: bytes) -> int:
    if name == "lightgbm":
        return int(boosters.lightgbm().Booster(model_str=booster.decode()).current_iteration())
    found = boosters.xgboost().Booster({"verbosity": 0})
    found.load_model(bytearray(booster))
    return int(found.num_boosted_rounds())
