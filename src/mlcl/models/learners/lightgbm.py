"""LightGBM: leaf-wise trees with native categories, saved in its text format up to the end of the trees: what follows
names the threads it was run with.

`deterministic` with one fixed way to make histograms gives the same trees for any number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mlcl.metrics import BINARY
from mlcl.models import boosters
from mlcl.models.learners import early
from mlcl.models.learners.base import (
    Fitted,
    Learner,
    Model,
    Parameter,
    Parameters,
    Range,
    Read,
    Setting,
    Watch,
    shares,
    sheet,
    threads,
)
from mlcl.models.table import Floats, Matrix, Table

OBJECTIVES = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}

PARAMETERS = {
    "n_estimators": Parameter(int, 1, 100_000, ("num_boost_round", "num_iterations", "num_rounds", "rounds")),
    "learning_rate": Parameter(float, 1e-6, 10, ("eta", "shrinkage_rate")),
    "num_leaves": Parameter(int, 2, 131_072, ("max_leaves",)),
    "max_depth": Parameter(int, -1, 1000),
    "max_bin": Parameter(int, 2, 65_536),
    "min_child_samples": Parameter(int, 0, 1_000_000_000, ("min_data_in_leaf",)),
    "min_child_weight": Parameter(float, 0, math.inf, ("min_sum_hessian_in_leaf",)),
    "min_split_gain": Parameter(float, 0, math.inf, ("min_gain_to_split", "gamma")),
    "subsample": Parameter(float, 1e-6, 1, ("bagging_fraction",)),
    "subsample_freq": Parameter(int, 0, 100_000, ("bagging_freq",)),
    "colsample_bytree": Parameter(float, 1e-6, 1, ("feature_fraction",)),
    "colsample_bynode": Parameter(float, 1e-6, 1, ("feature_fraction_bynode",)),
    "reg_lambda": Parameter(float, 0, math.inf, ("lambda_l2", "lambda")),
    "reg_alpha": Parameter(float, 0, math.inf, ("lambda_l1", "alpha")),
    "scale_pos_weight": Parameter(float, 1e-9, math.inf),
    "extra_trees": Parameter(bool, 0, 1),
    "path_smooth": Parameter(float, 0, math.inf),
    "max_cat_to_onehot": Parameter(int, 1, 1_000_000),
    "max_cat_threshold": Parameter(int, 1, 1_000_000),
    "min_data_per_group": Parameter(int, 1, 1_000_000_000),
    "cat_smooth": Parameter(float, 0, math.inf),
    "cat_l2": Parameter(float, 0, math.inf),
}


class Trees(Model):
    def __init__(self, sheet: dict[str, Any], booster: Any) -> None:
        super().__init__(sheet)
        self.booster = booster

    def _margin(self, x: Matrix, rounds: int) -> Floats:
        return self._score(x, raw_score=True, num_iteration=rounds)

    def _contributions(self, x: Matrix) -> Floats:
        flat = self._score(x, pred_contrib=True)
        return flat if self.classes <= 2 else flat.reshape(len(x), self.classes, -1)

    def gain_importance(self) -> dict[str, float]:
        gains = self.booster.feature_importance("gain")
        return shares({name: float(gain) for name, gain in zip(self.features, gains, strict=True)})

    def parts(self, stem: str) -> tuple[dict[str, Any], dict[str, bytes]]:
        name = f"{stem}.txt"
        text, end, _ = self.booster.model_to_string(num_iteration=-1).partition("\nend of trees\n")
        return {**self.sheet, "files": [name]}, {name: (text + end).encode()}

    def _score(self, x: Matrix, **what: Any) -> Floats:
        return np.asarray(self.booster.predict(x, num_threads=1, **what), dtype=np.float64)


def fit(table: Table, setting: Setting, parameters: Parameters, watch: Watch | None = None) -> Fitted:
    """Boosts `n_estimators` rounds; with a watch at most so many, and keeps the best of them."""
    lgb = boosters.lightgbm()
    setting = setting._replace(threads=threads(table, setting))
    rounds = parameters.get("n_estimators", early.most_rounds(setting.columns))
    options = booster_options(setting, parameters)
    if table.rows * options.get("subsample", 1.0) < 1:
        options["subsample"] = 1.0  # the library stops at a sample of no rows
    data = _dataset(table, options)
    booster = lgb.Booster(options, data)
    cut = False
    if watch is None:
        for _ in range(rounds):
            if booster.update():
                break
    else:
        booster.add_valid(_dataset(watch.table, options, data), "watched")
        wait = early.patience(parameters.get("learning_rate", 0.1))
        rounds, cut = early.boost(_stepper(booster), watch, setting.criterion, rounds, wait)
    text = booster.model_to_string(num_iteration=rounds)
    kept = lgb.Booster(model_str=text)
    done = sheet("lightgbm", table, setting, parameters, rounds=kept.current_iteration())
    return Fitted(Trees(done, kept), cut)


def restore(sheet: dict[str, Any], read: Read) -> Model:
    lgb = boosters.lightgbm()
    booster = lgb.Booster(model_str=read(sheet["files"][0]).decode())
    if booster.num_feature() != len(sheet["features"]):
        raise ValueError("the booster has another number of features")
    return Trees(sheet, booster)


def starts(task: str) -> tuple[Parameters, ...]:
    """Known to be good: small, smaller with random splits, large."""
    rows = {"subsample": 0.8, "subsample_freq": 1}
    small = {"learning_rate": 0.05, "num_leaves": 15, "min_child_samples": 20, "colsample_bytree": 0.6}
    smaller = {"learning_rate": 0.05, "num_leaves": 7, "min_child_samples": 30, "colsample_bytree": 0.5}
    large = {"learning_rate": 0.06, "num_leaves": 63, "min_child_samples": 5, "colsample_bytree": 0.7}
    small |= {**rows, "reg_lambda": 5.0}
    smaller |= {**rows, "reg_lambda": 10.0, "extra_trees": True}
    large |= {**rows, "reg_lambda": 2.0}
    return (small, smaller, large) if task == BINARY else (small, large, smaller)


def space(task: str) -> dict[str, Range]:
    return {
        "learning_rate": Range(0.02, 0.2, log=True),
        "num_leaves": Range(4, 127, log=True),
        "min_child_samples": Range(3, 100, log=True),
        "subsample": Range(0.5, 1.0),
        "colsample_bytree": Range(0.3, 1.0),
        "reg_lambda": Range(0.3, 50.0, log=True),
        "extra_trees": Range(choices=(False, True)),
        "max_cat_to_onehot": Range(choices=(4, 32)),
    }


def _dataset(table: Table, options: Parameters, like: Any = None) -> Any:
    """The rows in bins. `like`: bins of the rows that are learnt from. Features go by their position, because the
    library forbids some characters in names. Options are those of the fit: without a number of threads, for instance,
    this call and all that follow would go back to all cores."""
    return boosters.lightgbm().Dataset(
        table.x,
        table.y,
        weight=table.weight,
        categorical_feature=table.categories,
        reference=like,
        params=options,
    )


def booster_options(setting: Setting, parameters: Parameters) -> dict[str, Any]:
    """All that the library is told of a fit, but the rows and the number of rounds."""
    options = {name: value for name, value in parameters.items() if name != "n_estimators"}
    if setting.columns > 1:
        options["num_class"] = setting.classes
    return options | {
        "objective": OBJECTIVES[setting.task],
        "metric": "None",
        "deterministic": True,
        "force_row_wise": True,
        "seed": setting.seed,
        "num_threads": setting.threads,
        "verbose": -1,
    }


def _stepper(booster: Any) -> Callable[[], Floats]:
    seen: list[Floats] = []

    def look(predicted: Floats, _: Any) -> tuple[str, float, bool]:
        seen[:] = [predicted]
        return "seen", 0.0, True

    def step() -> Floats:
        booster.update()
        booster.eval_valid(look)
        return seen[0]

    return step


LEARNER = Learner("lightgbm", PARAMETERS, ("n_estimators",), starts, fit, restore, space)
