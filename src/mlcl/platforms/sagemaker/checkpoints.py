"""Fits that survive a spot interruption: each is kept in the checkpoint folder as soon as it is done.

SageMaker copies the folder to S3 while the job runs, and back before a job that was interrupted starts again. A fit
is a function of its rows, setting and parameters, so its name is a digest of those, and the job that goes on takes the
same models as if it had never stopped. What the clock has cut off is not kept.
"""

from __future__ import annotations

import hashlib
import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from mlcl.models import learners
from mlcl.models.learners import Fitted, Learner, Setting, Watch
from mlcl.models.learners.base import Parameters
from mlcl.models.table import Table


def keep(folder: Path) -> None:
    """From here on, fits are kept in `folder` and taken from it; nothing happens when it is not there."""
    if not folder.is_dir():
        return
    for name in learners.LEARNERS:
        module: Any = import_module(f"mlcl.models.learners.{name}")
        module.LEARNER = _keeping(module.LEARNER, folder)


def _keeping(learner: Learner, folder: Path) -> Learner:
    def fit(table: Table, setting: Setting, parameters: Parameters, watch: Watch | None = None) -> Fitted:
        place = folder / _name(learner.name, table, setting, parameters, watch)
        if (place / learners.SHEET).exists():
            return Fitted(learners.load(place))
        fitted = learner.fit(table, setting, parameters, watch)
        if not fitted.cut:
            _save(fitted, place)
        return fitted

    return learner._replace(fit=fit)


def _save(fitted: Fitted, place: Path) -> None:
    """The sheet last: a folder with one is whole."""
    place.mkdir(parents=True, exist_ok=True)
    sheet, files = fitted.model.parts("model")
    for name, content in files.items():
        (place / name).write_bytes(content)
    partial = place / f"{learners.SHEET}.{os.getpid()}"
    partial.write_bytes(json.dumps(sheet, ensure_ascii=False).encode())
    partial.rename(place / learners.SHEET)


def _name(learner: str, table: Table, setting: Setting, parameters: Parameters, watch: Watch | None) -> str:
    """Digest of all that a fit depends on; threads and the clock are not among it."""
    digest = hashlib.sha256()
    told: list[Any] = [learner, setting._replace(threads=0), sorted(parameters.items()), watch is not None]
    digest.update(json.dumps(told, default=str).encode())
    for one in (table, *([watch.table] if watch else [])):
        for values in (one.x, one.y, one.weight):
            if values is not None:
                digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()[:32]
