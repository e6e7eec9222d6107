"""What every learner has in common: its parameters, the call that fits it, and the fitted model."""

from __future__ import annotations

import json
import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mlcl.errors import ProblemError, did_you_mean, listing
from mlcl.metrics import BINARY, REGRESSION
from mlcl.models import loss
from mlcl.models.table import Floats, Matrix, Table

Scalar = bool | int | float | str
Parameters = dict[str, Any]
Read = Callable[[str], bytes]

SHEET = "learner.json"
_PART = 32_768  # rows that one thread scores at a time
_SMALL = 400_000  # cells up to which one thread fits a booster fastest


class Setting(NamedTuple):
    """What the learner works on. classes: 0 for regression; absolute: values are watched by their absolute error, not
    by the squared one. The result does not depend on threads."""

    task: str
    classes: int
    seed: int
    threads: int
    absolute: bool = False

    @property
    def criterion(self) -> str:
        """The loss that fits are stopped and compared by (see models.loss)."""
        return loss.criterion(self.task, self.absolute)

    @property
    def columns(self) -> int:
        """Scores per row: one, or one per class when there are several."""
        return self.classes if self.classes > 2 else 1


class Watch(NamedTuple):
    """Held-out rows that end a fit when their loss gets no better; the time (time.monotonic) that cuts it off."""

    table: Table
    deadline: float = math.inf


class Fitted(NamedTuple):
    model: Model
    cut: bool = False


class Parameter(NamedTuple):
    """A parameter that a learner takes: type, range (ends included) and other names of it."""

    type: type
    low: float
    high: float
    aliases: tuple[str, ...] = ()


class Range(NamedTuple):
    """Where tuning looks for a parameter: from low to high (whole numbers when both are), or among choices."""

    low: float = 0.0
    high: float = 0.0
    log: bool = False
    choices: tuple[Scalar, ...] = ()


class Learner(NamedTuple):
    """One learning algorithm.

    ends: the parameters that say how long to fit, so that nothing is left to stop; starts: parameters known to be good
    for a task, the first being the defaults; fit: (table, setting, parameters, watch); restore: a saved model from its
    description and a reader of its files; space: what tuning varies for a task, empty when there is nothing to tune.
    """

    name: str
    parameters: Mapping[str, Parameter]
    ends: tuple[str, ...]
    starts: Callable[[str], tuple[Parameters, ...]]
    fit: Callable[[Table, Setting, Parameters, Watch | None], Fitted]
    restore: Callable[[dict[str, Any], Read], Model]
    space: Callable[[str], dict[str, Range]]

    def check(self, given: Mapping[str, Scalar]) -> Parameters:
        """The parameters under the learner's own names; ProblemError for one that is unknown or out of range."""
        canonical = {alias: name for name, one in self.parameters.items() for alias in (name, *one.aliases)}
        checked: Parameters = {}
        for key, value in given.items():
            where = f"train.parameters.{key}"
            if key not in canonical:
                hint = did_you_mean(key, canonical) or f"Known: {listing(sorted(self.parameters), 40)}"
                raise ProblemError(f"The learner {self.name} has no parameter '{key}'.", where=where, fix=hint)
            name = canonical[key]
            if name in checked:
                raise ProblemError(f"The parameter {name} is given twice.", where=where, fix="Keep one of its names.")
            checked[name] = _checked(self.parameters[name], value, where)
        return checked


def _checked(parameter: Parameter, value: Scalar, where: str) -> Scalar:
    kind, low, high, _ = parameter
    fits = isinstance(value, bool) if kind is bool else isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is int and isinstance(value, float):
        fits = value.is_integer()
    if not fits or not low <= float(value) <= high:
        noun = {bool: "true or false", int: "a whole number", float: "a number"}[kind]
        span = "" if kind is bool else f" of at least {low:g}" if math.isinf(high) else f" from {low:g} to {high:g}"
        fix = f"Give {noun}{span}."
        raise ProblemError("A parameter of the learner is wrong.", where=where, found=repr(value), fix=fix)
    return int(value) if kind is int else float(value) if kind is float else value


class Model(ABC):
    """A fitted model. A row's figures never depend on the other rows of the batch, down to the last bit.

    sheet: what learner.json says: kind, task, classes, features, kinds, cardinality, parameters, rounds, ….
    """

    def __init__(self, sheet: dict[str, Any]) -> None:
        self.sheet = sheet
        self.kind: str = sheet["kind"]
        self.task: str = sheet["task"]
        self.classes: int = sheet["classes"]
        self.features: list[str] = sheet["features"]

    @property
    def rounds(self) -> int:
        return int(self.sheet.get("rounds", 0))

    def margin(self, x: Matrix, rounds: int = 0) -> Floats:
        """Scores before the link: log-odds [n], values [n], or log-probabilities up to a constant [n, classes].
        rounds: of boosting that are counted; 0 = all."""
        return _spread(x, lambda part: self._margin(part, rounds))

    def contributions(self, x: Matrix) -> Floats:
        """What each feature adds to the margin, the last column being the bias: [n, features + 1], or
        [n, classes, features + 1]. Their sum is the margin."""
        return _spread(x, self._contributions)

    @abstractmethod
    def _margin(self, x: Matrix, rounds: int) -> Floats: ...

    @abstractmethod
    def _contributions(self, x: Matrix) -> Floats: ...

    @abstractmethod
    def gain_importance(self) -> dict[str, float]:
        """Share of each feature in what the model gained by looking at it; the shares sum to 1 (or all are 0)."""

    @abstractmethod
    def parts(self, stem: str) -> tuple[dict[str, Any], dict[str, bytes]]:
        """The sheet, completed, and the files that it names; `stem` starts their names."""

    def predict(self, x: Matrix) -> Floats:
        """Probability of class 1 [n], probabilities [n, classes], or values [n]."""
        return link(self.margin(x), self.task)

    def save(self, folder: Path) -> None:
        """Writes learner.json and the files it names, the same bytes for the same model."""
        sheet, files = self.parts("model")
        for name, content in files.items():
            (folder / name).write_bytes(content)
        (folder / SHEET).write_bytes(json.dumps(sheet, indent=1, ensure_ascii=False).encode())


def sheet(learner: str, table: Table, setting: Setting, parameters: Parameters, **rest: Any) -> dict[str, Any]:
    """The start of a learner.json."""
    return {
        "schema_version": 1,
        "kind": learner,
        "task": setting.task,
        "classes": setting.classes,
        "features": list(table.names),
        "kinds": list(table.kinds),
        "cardinality": list(table.cardinality),
        "parameters": parameters,
        **rest,
    }


def link(margin: Floats, task: str) -> Floats:
    """Margins as probabilities: logistic for [n], softmax for [n, classes]; values stay. Column by column, so that no
    order of summation depends on the number of rows."""
    if task == REGRESSION:
        return margin
    if task == BINARY:
        return np.asarray(1 / (1 + np.exp(np.maximum(np.minimum(-margin, 700), -700))))
    columns = [np.ascontiguousarray(column) for column in margin.T]
    highest = columns[0]
    for column in columns[1:]:
        highest = np.maximum(highest, column)
    powers = [np.exp(column - highest) for column in columns]
    total = powers[0]
    for power in powers[1:]:
        total = total + power
    return np.stack([power / total for power in powers], axis=1)


def _spread(x: Matrix, score: Callable[[Matrix], Floats]) -> Floats:
    """Scores many rows in parts, one thread each, and few in this thread: the libraries' own threads cost a small batch
    more than they save, and many times that on a busy machine."""
    if len(x) <= _PART:
        return score(x)
    parts = [x[start : start + _PART] for start in range(0, len(x), _PART)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate(list(pool.map(score, parts)))


def threads(table: Table, setting: Setting) -> int:
    """How many threads a booster gets: one for a small table, which more of them would only slow down."""
    return setting.threads if table.x.size > _SMALL else 1


def shares(gains: Mapping[str, float]) -> dict[str, float]:
    total = math.fsum(gains.values())
    return {name: gain / total if total > 0 else 0.0 for name, gain in gains.items()}
