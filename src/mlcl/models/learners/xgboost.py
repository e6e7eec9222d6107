"""XGBoost: histogram trees with native categories, saved as UBJSON.

The histogram algorithm gives the same trees for any number of threads once the start value is set here: the library's
own estimate of it is a parallel sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mlcl.metrics import BINARY, REGRESSION
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
from mlcl.models.learners.dense import Dense
from mlcl.models.table import Floats, Matrix, Table

OBJECTIVES = {"binary": "binary:logistic", "multiclass": "multi:softprob", "regression": "reg:squarederror"}

PARAMETERS = {
    "n_estimators": Parameter(int, 1, 100_000, ("num_boost_round", "num_rounds", "rounds")),
    "learning_rate": Parameter(float, 1e-6, 10, ("eta",)),
    "max_depth": Parameter(int, 1, 30),
    "max_leaves": Parameter(int, 0, 1_000_000),
    "max_bin": Parameter(int, 2, 65_536),
    "min_child_weight": Parameter(float, 0, math.inf),
    "gamma": Parameter(float, 0, math.inf, ("min_split_loss",)),
    "subsample": Parameter(float, 1e-6, 1),
    "colsample_bytree": Parameter(float, 1e-6, 1),
    "colsample_bylevel": Parameter(float, 1e-6, 1),
    "colsample_bynode": Parameter(float, 1e-6, 1),
    "reg_lambda": Parameter(float, 0, math.inf, ("lambda",)),
    "reg_alpha": Parameter(float, 0, math.inf, ("alpha",)),
    "max_delta_step": Parameter(float, 0, math.inf),
    "scale_pos_weight": Parameter(float, 0, math.inf),
    "max_cat_to_onehot": Parameter(int, 1, 1_000_000),
    "max_cat_threshold": Parameter(int, 1, 1_000_000),
    "num_parallel_tree": Parameter(int, 1, 1000),
}


class Trees(Model):
    def __init__(self, sheet: dict[str, Any], booster: Any) -> None:
        super().__init__(sheet)
        self.booster = booster
        booster.set_param({"nthread": 1})
        self._dense = Dense(booster, self.classes if self.classes > 2 else 1)

    def _margin(self, x: Matrix, rounds: int) -> Floats:
        return self._dense.margin(x, rounds)

    def _contributions(self, x: Matrix) -> Floats:
        xgb = boosters.xgboost()
        types = ["c" if kind == "category" else "q" for kind in self.sheet["kinds"]]
        data = xgb.DMatrix(x, feature_types=types, enable_categorical=True, nthread=1)
        return np.asarray(self.booster.predict(data, pred_contribs=True), dtype=np.float64)

    def gain_importance(self) -> dict[str, float]:
        gains = self.booster.get_score(importance_type="total_gain")
        return shares({name: float(gains.get(f"f{place}", 0.0)) for place, name in enumerate(self.features)})

    def parts(self, stem: str) -> tuple[dict[str, Any], dict[str, bytes]]:
        name = f"{stem}.ubj"
        return {**self.sheet, "files": [name]}, {name: bytes(self.booster.save_raw("ubj"))}


def fit(table: Table, setting: Setting, parameters: Parameters, watch: Watch | None = None) -> Fitted:
    """Boosts `n_estimators` rounds; with a watch at most so many, and keeps the best of them."""
    xgb = boosters.xgboost()
    setting = setting._replace(threads=threads(table, setting))
    rounds = parameters.get("n_estimators", early.most_rounds(setting.columns))
    data = _matrix(table, parameters, setting.threads)
    booster = xgb.Booster(booster_options(table, setting, parameters), [data])
    cut = False
    if watch is None:
        for number in range(rounds):
            booster.update(data, number)
    else:
        step = _stepper(booster, data, _matrix(watch.table, parameters, setting.threads, data))
        wait = early.patience(parameters.get("learning_rate", 0.3))
        rounds, cut = early.boost(step, watch, setting.criterion, rounds, wait)
        booster = booster[:rounds]
    return Fitted(Trees(sheet("xgboost", table, setting, parameters, rounds=rounds), booster), cut)


def restore(sheet: dict[str, Any], read: Read) -> Model:
    content = bytearray(read(sheet["files"][0]))
    if content[:1] != b"{" or content[-1:] != b"}":  # the library reads on past the end of a file that was cut
        raise ValueError("the booster is not whole")
    booster = boosters.xgboost().Booster({"verbosity": 0})
    booster.load_model(content)
    if booster.num_features() != len(sheet["features"]):
        raise ValueError("the booster has another number of features")
    return Trees(sheet, booster)


def starts(task: str) -> tuple[Parameters, ...]:
    """Known to be good: slow and pruned, small, deep. gamma is in units of the loss, so values have none; and with
    several classes it would keep trees from finding the rare ones."""
    prune = {"gamma": 4.0} if task == BINARY else {}
    slow = {"learning_rate": 0.07, "max_depth": 5, "min_child_weight": 6.0, "subsample": 0.8, "colsample_bytree": 0.6}
    small = {"learning_rate": 0.06, "max_depth": 3, "min_child_weight": 5.0, "subsample": 0.8, "colsample_bytree": 0.5}
    deep = {"learning_rate": 0.07, "max_depth": 9, "min_child_weight": 2.0, "subsample": 0.8, "colsample_bytree": 0.6}
    slow |= {**prune, "reg_lambda": 1.0}
    small |= {"reg_lambda": 5.0}
    deep |= {"reg_lambda": 2.0}
    return (slow, small, deep) if task == BINARY else (slow, deep, small)


def space(task: str) -> dict[str, Range]:
    found = {
        "learning_rate": Range(0.02, 0.2, log=True),
        "max_depth": Range(2, 11),
        "min_child_weight": Range(1.0, 50.0, log=True),
        "subsample": Range(0.5, 1.0),
        "colsample_bytree": Range(0.3, 1.0),
        "reg_lambda": Range(0.3, 50.0, log=True),
        "max_cat_to_onehot": Range(choices=(4, 32)),
    }
    return found if task == REGRESSION else {**found, "gamma": Range(0.0, 6.0)}


def _matrix(table: Table, parameters: Parameters, threads: int, like: Any = None) -> Any:
    """The rows in bins. `like`: bins of the rows that are learnt from."""
    return boosters.xgboost().QuantileDMatrix(
        table.x,
        table.y,
        weight=table.weight,
        feature_types=["c" if kind == "category" else "q" for kind in table.kinds],
        enable_categorical=True,
        max_bin=parameters.get("max_bin", 256),
        nthread=threads,
        ref=like,
    )


def booster_options(table: Table, setting: Setting, parameters: Parameters) -> dict[str, Any]:
    """All that the library is told of a fit, but the rows and the number of rounds."""
    options = {name: value for name, value in parameters.items() if name != "n_estimators"}
    if parameters.get("max_leaves"):
        options["grow_policy"] = "lossguide"
    if setting.columns > 1:
        options["num_class"] = setting.classes
    return options | {
        "objective": OBJECTIVES[setting.task],
        "tree_method": "hist",
        "base_score": _base(table, setting.task),
        "seed": setting.seed,
        "nthread": setting.threads,
        "verbosity": 0,
        "disable_default_eval_metric": True,
    }


def _base(table: Table, task: str) -> float:
    """Where boosting starts: the mean of the target; for several classes the same for all."""
    if task == REGRESSION:
        return float(np.average(table.y, weights=table.weight))
    if task == BINARY:
        return float(np.clip(np.average(table.y, weights=table.weight), 1e-6, 1 - 1e-6))
    return 0.5


def _stepper(booster: Any, data: Any, watched: Any) -> Callable[[], Floats]:
    done = 0

    def step() -> Floats:
        nonlocal done
        booster.update(data, done)
        done += 1
        return np.asarray(booster.predict(watched), dtype=np.float64)

    return step


LEARNER = Learner("xgboost", PARAMETERS, ("n_estimators",), starts, fit, restore, space)
