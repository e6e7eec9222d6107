"""The learners, each in a file of its own, imported at the use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from mlcl.errors import BundleError, MlclError, ProblemError
from mlcl.models.learners.base import SHEET, Fitted, Learner, Model, Parameters, Read, Scalar, Setting, Watch

LEARNERS = ("xgboost", "lightgbm", "linear")
SCHEMA_VERSION = 1

__all__ = [
    "LEARNERS",
    "SHEET",
    "Fitted",
    "Learner",
    "Model",
    "Setting",
    "Watch",
    "checked",
    "learner",
    "load",
    "restore",
]


def learner(name: str) -> Learner:
    found: Learner = import_module(f"mlcl.models.learners.{name}").LEARNER
    return found


def checked(name: str, given: Mapping[str, Scalar]) -> Parameters:
    """The parameters under the own names of the learner `name`; ProblemError for one that it does not take. auto takes
    none."""
    if name != "auto":
        return learner(name).check(given)
    if given:
        raise ProblemError(
            "Parameters belong to one learner, but train.learner is 'auto'.",
            where="train.parameters",
            found=", ".join(given),
            fix="Name the learner, for instance train.learner = 'xgboost', or leave the parameters out.",
        )
    return {}


def load(folder: Path) -> Model:
    """The model that was saved in `folder`; BundleError when it is damaged or too new."""

    def read(name: str) -> bytes:
        return (folder / name).read_bytes()

    try:
        return restore(json.loads(read(SHEET)), read)
    except OSError as error:
        raise BundleError("A file of the model is missing.", where=str(folder), found=str(error)) from error


def restore(sheet: Mapping[str, Any], read: Read) -> Model:
    """The model that `sheet` (a learner.json) describes; read: the bytes of one of its files."""
    try:
        return _restore(dict(sheet), read)
    except (MlclError, OSError):
        raise
    except Exception as error:  # whatever a library says of damaged bytes, to the user it is one thing
        said = str(error).partition("\n")[0]
        raise BundleError("The model is damaged.", where=SHEET, found=f"{type(error).__name__}: {said}") from error


def _restore(sheet: dict[str, Any], read: Read) -> Model:
    if sheet["schema_version"] > SCHEMA_VERSION:
        found = f"version {sheet['schema_version']}"
        raise BundleError("The model was written by a newer mlcl.", where=SHEET, found=found, fix="Update mlcl.")
    kind = sheet["kind"]
    if kind == "blend":
        from mlcl.models.learners import blend

        return blend.restore(sheet, read, _restore)
    if kind not in LEARNERS:
        raise BundleError("The model is of an unknown kind.", where=SHEET, found=repr(kind), fix="Update mlcl.")
    return learner(kind).restore(sheet, read)
