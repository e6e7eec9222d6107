"""How good are the models: `learner = "auto"` against what a user would otherwise train, on fixed folds.

    python benchmarks/quality.py --data ../shared/data --only bank-additional,abalone --folds 0,1 --seconds 60

Everyone learns from the same rows of each fold and is measured on the same others. auto runs through the train step and
splits its own validation rows off; the others, which need none, get all rows. Peers: the libraries' defaults, the
parameters of the public bank-marketing tutorials, a small LightGBM, and scikit-learn's logistic or ridge regression.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mlcl.data.read import read
from mlcl.data.target import Target, encode, resolve
from mlcl.features.recipe import Recipe
from mlcl.metrics import REGRESSION
from mlcl.models import boosters, learners
from mlcl.models.metrics import Cases, measure
from mlcl.models.table import Table
from mlcl.problem import from_dict
from mlcl.problem.sections import Data
from mlcl.steps.train import train

FOLDS, SEED = 5, 42
SHOWN = {"binary": ("roc_auc", "average_precision", "log_loss"), "multiclass": ("roc_auc", "log_loss", "accuracy")}
SHOWN[REGRESSION] = ("r2", "rmse", "mae")


class Set(NamedTuple):
    file: str
    target: str
    drop: tuple[str, ...] = ()
    task: str | None = None
    header: bool = True


SETS = {
    "bank-additional": Set("bank-additional.csv", "y", ("duration",)),
    "bank-full": Set("bank-full.csv", "y", ("duration",)),
    "bank-additional-full": Set("bank-additional-full.csv", "y", ("duration",)),
    "attrition": Set("emp_attrition.csv", "Attrition", ("EmployeeNumber", "EmployeeCount", "Over18", "StandardHours")),
    "california": Set("california-housing.csv", "median_house_value"),
    "red-classes": Set("winequality-red.csv", "quality", task="multiclass"),
    "white-classes": Set("winequality-white.csv", "quality", task="multiclass"),
    "red": Set("winequality-red.csv", "quality", task="regression"),
    "white": Set("winequality-white.csv", "quality", task="regression"),
    "abalone": Set("abalone.csv", "column_9", task="regression", header=False),
}


class Fold(NamedTuple):
    """What to learn from, and what to be measured on."""

    target: Target
    recipe: Recipe
    fit: Table
    test: Table


Scorer = Callable[[Fold], np.ndarray[Any, Any]]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--only", default=",".join(SETS), help="data sets")
    arguments.add_argument("--folds", default="0,1,2,3,4")
    arguments.add_argument("--seconds", type=float, default=60, help="budget of auto per fold")
    arguments.add_argument("--trials", type=int, default=20)
    arguments.add_argument("--threads", type=int, default=2)
    given = arguments.parse_args()
    warnings.filterwarnings("ignore")
    contenders = {"auto": lambda fold: auto(fold, given)} | {name: peer(name, given.threads) for name in PEERS}
    for name in given.only.split(","):
        folds = [made(name, given.data, int(number)) for number in given.folds.split(",")]
        print(f"\n### {name} ({len(folds)} of {FOLDS} folds)\n")
        report(folds, contenders)


def made(name: str, data: Path, number: int) -> Fold:
    """Fold `number` of a data set: rows are dealt to the folds class by class (values: in order), shuffled before."""
    about = SETS[name]
    file = data / about.file
    frame = read(file, Data(source=str(file), header=about.header)).drop(about.drop)
    asked = {"name": "quality", "target": about.target} | ({"task": about.task} if about.task else {})
    target = resolve(frame, from_dict({"problem": asked, "data": {"source": str(file)}}, base=data).problem)
    y = encode(frame[about.target], target)
    order = np.random.default_rng(SEED).permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    out = np.sort(order[number::FOLDS])
    kept = np.setdiff1d(np.arange(len(y)), out)
    frame = frame.drop(about.target)
    recipe = Recipe.fit(frame[kept], kinds(frame))
    x = recipe.apply(frame)
    table = Table(x, y, recipe.feature_names, recipe.feature_kinds, recipe.cardinality)
    return Fold(target, recipe, table.take(np.random.default_rng(SEED).permutation(kept)), table.take(out))


def kinds(frame: pl.DataFrame) -> dict[str, Any]:
    return {
        name: "category" if dtype == pl.String else "boolean" if dtype == pl.Boolean else "number"
        for name, dtype in frame.schema.items()
    }


def report(folds: list[Fold], contenders: dict[str, Scorer]) -> None:
    task = folds[0].target.task
    print("| contender |", *(f"{metric} |" for metric in SHOWN[task]), "seconds | per fold |")
    print("|---|", *("---|" for _ in SHOWN[task]), "---|---|", flush=True)
    for name, scorer in contenders.items():
        figures, seconds = [], []
        for fold in folds:
            begun = time.perf_counter()
            predicted = scorer(fold)
            seconds.append(time.perf_counter() - begun)
            figures.append(measured(fold, np.asarray(predicted, dtype=float)))
        found = {**dict.fromkeys(SHOWN[task]), **mean(figures)}
        each = " ".join(f"{figure[SHOWN[task][0]]:.4f}" for figure in figures)
        shown = (f"{found[metric]:.5g} |" if found[metric] is not None else "- |" for metric in SHOWN[task])
        print(f"| {name} |", *shown, f"{np.mean(seconds):.1f} | {each} |", flush=True)


def measured(fold: Fold, predicted: np.ndarray[Any, Any]) -> dict[str, float | None]:
    decided = predicted.argmax(axis=1) if predicted.ndim == 2 else None
    return measure(Cases(fold.target.task, fold.test.y, predicted, decided, len(fold.target.labels or ())))


def mean(figures: list[dict[str, float | None]]) -> dict[str, float]:
    return {name: float(np.mean([figure[name] for figure in figures])) for name in figures[0]}


def auto(fold: Fold, given: argparse.Namespace) -> np.ndarray[Any, Any]:
    """The train step, on the rows split 7 to 2 as a problem file does by default."""
    asked = {"trials": given.trials, "seconds": given.seconds, "threads": given.threads}
    problem = from_dict(
        {"problem": {"name": "quality", "target": "target"}, "data": {"source": "-"}, "train": asked}, base=Path()
    )
    with TemporaryDirectory() as folder:
        prepare, output = Path(folder, "prepare"), Path(folder, "train")
        prepare.mkdir()
        output.mkdir()
        (prepare / "recipe.json").write_bytes(fold.recipe.to_json())
        fold.target.write(prepare / "target.json")
        cut = fold.fit.rows * 7 // 9
        for name, rows in (("train", slice(0, cut)), ("validation", slice(cut, None))):
            np.save(prepare / f"{name}.x.npy", fold.fit.x[rows])
            np.save(prepare / f"{name}.y.npy", fold.fit.y[rows])
        train(problem, {"prepare": prepare}, output)
        record = json.loads((output / "training.json").read_bytes())
        if record["cut_off"]:
            print(f"<!-- auto: the budget cut tuning off after {len(record['trials'])} trials -->")
        return learners.load(output / "model").predict(fold.test.x)


TUTORIAL = {"max_depth": 5, "eta": 0.2, "gamma": 4, "min_child_weight": 6, "subsample": 0.8}
SMALL = {"learning_rate": 0.03, "num_leaves": 15, "min_data_in_leaf": 20, "lambda_l2": 5}
SMALL |= {"bagging_fraction": 0.8, "bagging_freq": 1, "feature_fraction": 0.6}
PEERS: dict[str, tuple[str, dict[str, Any], int]] = {
    "xgboost, defaults": ("xgboost", {}, 100),
    "xgboost, tutorial": ("xgboost", TUTORIAL, 100),
    "lightgbm, defaults": ("lightgbm", {}, 100),
    "lightgbm, small": ("lightgbm", SMALL, 200),
    "linear": ("linear", {}, 0),
}


def peer(name: str, threads: int) -> Scorer:
    kind, parameters, rounds = PEERS[name]
    fits: dict[str, Scorer] = {
        "xgboost": lambda fold: fit_xgboost(fold, parameters, rounds, threads),
        "lightgbm": lambda fold: fit_lightgbm(fold, parameters, rounds, threads),
        "linear": fit_linear,
    }
    return fits[kind]


def fit_xgboost(fold: Fold, parameters: dict[str, Any], rounds: int, threads: int) -> np.ndarray[Any, Any]:
    xgb = boosters.xgboost()
    objective = {"binary": "binary:logistic", "multiclass": "multi:softprob", "regression": "reg:squarederror"}
    options = {**parameters, "objective": objective[fold.target.task], "nthread": threads, "seed": 1}
    if fold.target.task == "multiclass":
        options["num_class"] = len(fold.target.labels or ())
    types = ["c" if kind == "category" else "q" for kind in fold.fit.kinds]
    data = xgb.QuantileDMatrix(fold.fit.x, fold.fit.y, feature_types=types, enable_categorical=True)
    return np.asarray(xgb.train(options, data, rounds).inplace_predict(fold.test.x))


def fit_lightgbm(fold: Fold, parameters: dict[str, Any], rounds: int, threads: int) -> np.ndarray[Any, Any]:
    lgb = boosters.lightgbm()
    options = {**parameters, "objective": fold.target.task, "num_threads": threads, "seed": 1, "verbose": -1}
    if fold.target.task == "multiclass":
        options["num_class"] = len(fold.target.labels or ())
    data = lgb.Dataset(fold.fit.x, fold.fit.y, categorical_feature=fold.fit.categories)
    return np.asarray(lgb.train(options, data, rounds).predict(fold.test.x))


def fit_linear(fold: Fold) -> np.ndarray[Any, Any]:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [place for place, kind in enumerate(fold.fit.kinds) if kind == "number"]
    numeric = make_pipeline(SimpleImputer(), StandardScaler())
    parts = [("c", OneHotEncoder(handle_unknown="ignore"), fold.fit.categories), ("n", numeric, numbers)]
    values = fold.target.task == REGRESSION
    last = RidgeCV(np.logspace(-2, 3, 12)) if values else LogisticRegression(max_iter=2000, C=0.3)
    model = make_pipeline(ColumnTransformer(parts), last).fit(fold.fit.x, fold.fit.y)
    if values:
        return np.asarray(model.predict(fold.test.x))
    predicted = model.predict_proba(fold.test.x)
    return np.asarray(predicted if fold.target.task == "multiclass" else predicted[:, 1])


if __name__ == "__main__":
    main()
