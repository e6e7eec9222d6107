"""`learner = "sagemaker:xgboost"`: AWS's own XGBoost image fits, and its model comes back into a bundle.

It reads CSV without a header, the label first ("nan" = missing; categories are numbers to it), takes hyperparameters as
texts, and leaves `xgboost-model`, since version 1.3-1 in the format of Booster.save_model: no pickle.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from mlcl.data.target import Target
from mlcl.errors import BundleError, ProblemError
from mlcl.features.recipe import Recipe
from mlcl.metrics import REGRESSION
from mlcl.models import boosters
from mlcl.models.learners import Setting, checked, learner
from mlcl.models.learners.base import sheet as described
from mlcl.models.learners.xgboost import OBJECTIVES
from mlcl.models.table import Table, balance
from mlcl.models.training import fitted_elsewhere
from mlcl.platforms.sagemaker.orders import Orders
from mlcl.platforms.sagemaker.work import Done, keep
from mlcl.problem import Problem
from mlcl.steps import STEPS, train
from mlcl.stores import Store

VERSION = "1.7-1"
MODEL = "xgboost-model"
# Accounts of the image, from the SageMaker SDK's image_uri_config/xgboost.json.
ACCOUNTS = {
    "us-east-1": "683313688378",
    "us-east-2": "257758044811",
    "us-west-1": "746614075791",
    "us-west-2": "246618743249",
    "eu-west-1": "141502667606",
    "eu-west-2": "764974769150",
    "eu-west-3": "659782779980",
    "eu-central-1": "492215442770",
    "eu-north-1": "662702820516",
    "ap-southeast-1": "121021644041",
    "ap-southeast-2": "783357654285",
    "ap-northeast-1": "354813040037",
}
_NAMES = {"n_estimators": "num_round", "learning_rate": "eta", "reg_lambda": "lambda", "reg_alpha": "alpha"}
_METRICS = {"binary": "logloss", "multiclass": "mlogloss", "regression": "rmse"}
_ROUNDS, _PATIENCE = 500, 20
_BLOCK = 65_536


def image(region: str) -> str:
    """The URI of AWS's image in a region; ProblemError where it is not known."""
    account = ACCOUNTS.get(region)
    if account is None:
        raise ProblemError(
            "AWS's XGBoost image is not known for this region.",
            where="train.learner",
            found=region,
            fix=f"Use train.learner = 'xgboost', or one of the regions {', '.join(ACCOUNTS)}.",
        )
    return f"{account}.dkr.ecr.{region}.amazonaws.com/sagemaker-xgboost:{VERSION}"


def hyperparameters(problem: Problem) -> dict[str, str]:
    """As the image wants them: its own names, texts. How many classes there are is known once the data are."""
    task = problem.problem.task or "binary"
    asked = checked("xgboost", problem.train.parameters)
    known = {**learner("xgboost").starts(task)[0], **asked}
    found = {_NAMES.get(name, name): value for name, value in known.items()}
    found |= {"objective": OBJECTIVES[task], "eval_metric": _METRICS[task], "tree_method": "hist"}
    found |= {"seed": problem.split.seed}
    if "n_estimators" not in asked:
        found |= {"num_round": _ROUNDS, "early_stopping_rounds": _PATIENCE}
    if problem.train.balance and task != REGRESSION:
        found["csv_weights"] = 1
    return {name: _text(value) for name, value in found.items()}


def _text(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def give(orders: Orders, store: Store, prepared: Done, folder: Path) -> dict[str, Any]:
    """Puts the splits into the store as CSV; gives what the definition reads: their folders, and how many classes."""
    target = Target.read(folder / "target.json")
    classes = len(target.labels or ())
    weights = orders.parsed().train.balance and target.task != REGRESSION
    prefix = f"tables/{prepared.key}{'-weighted' if weights else ''}"
    for name in ("train", "validation"):
        key = f"{prefix}/{name}/{name}.csv"
        if not store.exists(key):
            written = folder.parent / f"{name}.csv"
            _write(folder, name, written, classes if weights else 0)
            store.put(key, written)
    uris = {name: f"{store.address}/{prefix}/{name}/" for name in ("train", "validation")}
    return {**uris, "classes": str(classes)}


def _write(folder: Path, split: str, file: Path, classes: int) -> None:
    """Label, weight (with classes to balance), features."""
    x, y = np.load(folder / f"{split}.x.npy", mmap_mode="r"), np.load(folder / f"{split}.y.npy")
    columns = [y, balance(y, classes)] if classes else [y]
    with file.open("w", encoding="ascii") as out:
        for start in range(0, len(y), _BLOCK):
            part = slice(start, start + _BLOCK)
            block = np.column_stack([*(one[part] for one in columns), x[part].astype(np.float64)])
            np.savetxt(out, block, fmt="%.9g", delimiter=",")


def take(orders: Orders, store: Store, given: Mapping[str, Path], folder: Path) -> Path:
    """The image's model as a result of the step `train`, as if it had been done here."""
    problem, prepared = orders.parsed(), given["prepare"]
    model = given["train"] / MODEL
    setting, tables = _tables(problem, prepared)
    booster = _booster(model, len(tables["train"].names))
    found = learner("xgboost")
    sheet = _sheet(tables["train"], setting, problem, booster)
    fitted = found.restore({**sheet, "files": [MODEL]}, lambda name: bytes(booster.save_raw("ubj")))
    folder.mkdir(parents=True)
    note = f"Fitted by AWS's XGBoost image {VERSION}, which takes categories as numbers."
    train.write(fitted_elsewhere(fitted, tables["validation"], setting, note), folder)
    told = orjson.dumps(orders.given, option=orjson.OPT_SORT_KEYS).decode()
    spec = next(spec for spec in STEPS if spec.name == "train")
    key = spec.key(problem, {"prepare": Done.read(prepared / "step.json").identity, "given": told})
    keep(store, "train", key, key, folder)
    return folder


def _booster(file: Path, features: int) -> Any:
    xgb = boosters.xgboost()
    booster = xgb.Booster({"verbosity": 0})
    content = file.read_bytes()
    if content[:1] != b"{":
        raise BundleError(
            "The algorithm's model is in no format that is safe to read.",
            where=str(file),
            fix=f"Use version {VERSION} or newer of the image: before 1.3-1 models were pickles.",
        )
    booster.load_model(bytearray(content))
    if booster.num_features() != features:
        raise BundleError("The algorithm's model has another number of features.", where=str(file))
    best = booster.attr("best_iteration")
    return booster[: int(best) + 1] if best else booster


def _tables(problem: Problem, folder: Path) -> tuple[Setting, dict[str, Table]]:
    target, recipe = Target.read(folder / "target.json"), Recipe.from_json((folder / "recipe.json").read_bytes())
    # To the image every feature is a number.
    kinds, sizes = ["number"] * len(recipe.feature_names), [0] * len(recipe.feature_names)
    tables = {
        name: train.read_table(folder, name, recipe)._replace(kinds=kinds, cardinality=sizes)
        for name in ("train", "validation")
    }
    return train.setting_of(problem, target, 1), tables


def _sheet(table: Table, setting: Setting, problem: Problem, booster: Any) -> dict[str, Any]:
    parameters = checked("xgboost", problem.train.parameters)
    return described("xgboost", table, setting, parameters, rounds=booster.num_boosted_rounds())
