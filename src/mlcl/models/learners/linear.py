"""Logistic regression (one or several classes) and ridge regression, saved as JSON.

Numbers are standardised, and beyond ten standard deviations they count as ten, so that one wild value cannot outweigh
everything else; a category has one coefficient per level; a missing value is a level of its own. The penalty is that of
scikit-learn: C times the sum of losses plus half the squared coefficients; for ridge alpha = 1 / C.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np

from mlcl.errors import ProblemError
from mlcl.metrics import MULTICLASS, REGRESSION
from mlcl.models import loss
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
)
from mlcl.models.learners.design import REACH, Place, design, digits
from mlcl.models.learners.newton import Problem, minimise
from mlcl.models.table import Floats, Matrix, Table

PARAMETERS = {
    "C": Parameter(float, 1e-9, 1e9),
    "alpha": Parameter(float, 1e-9, 1e9),
}
_PATH = tuple(10.0 ** (power / 2) for power in range(7, -6, -1))  # penalties from strong to weak
_MORE = 2  # penalties that are tried after the best
_LEARNT = 200_000  # rows; some hundred coefficients get no better with more


class Term(NamedTuple):
    """One feature. columns: its coefficients, one list per class. Numbers: times (x - center) with x between low and
    high; categories: by code. missing: what a missing value adds, per class."""

    columns: list[list[float]]
    missing: list[float]
    center: float = 0.0
    low: float = 0.0
    high: float = 0.0


class Lines(Model):
    def __init__(self, sheet: dict[str, Any]) -> None:
        super().__init__(sheet)
        self.terms = [Term(**term) for term in sheet["terms"]]
        self.intercept: list[float] = sheet["intercept"]
        self.tables = [np.array(term.columns, dtype=np.float64) for term in self.terms]

    def _margin(self, x: Matrix, rounds: int) -> Floats:
        total = np.repeat(np.array(self.intercept)[:, None], len(x), axis=1)
        for place in range(len(self.terms)):
            for code, part in enumerate(self._adds(x, place)):
                total[code] += part
        return np.ascontiguousarray(total.T) if len(total) > 1 else total[0]

    def _contributions(self, x: Matrix) -> Floats:
        out = np.empty((len(x), len(self.intercept), len(self.terms) + 1))
        for place in range(len(self.terms)):
            out[:, :, place] = np.stack(self._adds(x, place), axis=1)
        out[:, :, -1] = self.intercept
        return out if len(self.intercept) > 1 else out[:, 0]

    def gain_importance(self) -> dict[str, float]:
        return shares(dict(zip(self.features, self.sheet["spread"], strict=True)))

    def parts(self, stem: str) -> tuple[dict[str, Any], dict[str, bytes]]:
        return {**self.sheet, "files": []}, {}

    def _adds(self, x: Matrix, place: int) -> list[Floats]:
        """What the feature at `place` adds to each class: [n] each."""
        term, table = self.terms[place], self.tables[place]
        column = x[:, place].astype(np.float64)
        gone = np.isnan(column)
        if self.sheet["kinds"][place] == "category":
            gone |= (column < 0) | (column >= table.shape[1])
            codes = np.where(gone, 0, column).astype(np.intp)
            parts = [row[codes] for row in table]
        else:
            moved = np.clip(column, term.low, term.high) - term.center
            parts = [row[0] * moved for row in table]
        return [np.where(gone, missing, part) for part, missing in zip(parts, term.missing, strict=True)]


def fit(table: Table, setting: Setting, parameters: Parameters, watch: Watch | None = None) -> Fitted:
    """With a watch and no penalty given, weakens the penalty step by step until the watched rows get no better."""
    if {"C", "alpha"} <= parameters.keys():
        what = "C and alpha are two names of one penalty."
        raise ProblemError(what, where="train.parameters", fix="Keep one of them.")
    learnt = table.every(_LEARNT)
    matrix, places = design(learnt)
    weight = np.ones(learnt.rows) if learnt.weight is None else learnt.weight
    penalty = parameters.get("alpha", 1 / parameters.get("C", 1.0))
    problem = Problem(matrix, _targets(learnt, setting), weight, setting.task, penalty)
    if watch is not None and not parameters:
        return _path(learnt, setting, watch, problem, places)
    beta = minimise(problem, np.zeros((len(problem.y), matrix.width)))
    return Fitted(Lines(_sheet(learnt, setting, parameters, beta, places)))


def restore(sheet: dict[str, Any], read: Read) -> Model:
    model = Lines(sheet)
    if len(model.terms) != len(model.features):
        raise ValueError("the terms are not those of the features")
    return model


def starts(task: str) -> tuple[Parameters, ...]:
    """No penalty: the fit finds it on the watched rows."""
    return ({},)


def space(task: str) -> dict[str, Range]:
    return {}


def _path(table: Table, setting: Setting, watch: Watch, problem: Problem, places: list[Place]) -> Fitted:
    beta = np.zeros((len(problem.y), problem.design.width))
    tried: list[tuple[float, Lines]] = []
    cut = False
    for penalty in _PATH:
        beta = minimise(problem._replace(penalty=penalty), beta)
        name, value = ("alpha", penalty) if setting.task == REGRESSION else ("C", 1 / penalty)
        model = Lines(_sheet(table, setting, {name: float(f"{value:.6g}")}, beta, places))
        tried.append((loss.mean(watch.table, model.predict(watch.table.x), setting.criterion), model))
        cut = time.monotonic() > watch.deadline
        if cut or (len(tried) > _MORE and min(tried[-_MORE:], key=_first)[0] >= min(tried, key=_first)[0]):
            break
    return Fitted(min(tried, key=_first)[1], cut)


def _first(tried: tuple[float, Lines]) -> float:
    return tried[0]


def _targets(table: Table, setting: Setting) -> Floats:
    """[classes, n]: one-hot for several classes."""
    if setting.task == MULTICLASS:
        return np.asarray(table.y == np.arange(setting.classes)[:, None], dtype=np.float64)
    return np.asarray(table.y[None, :], dtype=np.float64)


def _sheet(table: Table, setting: Setting, parameters: Parameters, beta: Floats, places: list[Place]) -> dict[str, Any]:
    terms = [
        _levels(beta, place, levels) if kind == "category" else _slope(beta, place)
        for kind, place, levels in zip(table.kinds, places, table.cardinality, strict=True)
    ]
    spread = [digits(_spread(table, feature, term)) for feature, term in enumerate(terms)]
    rest = {"intercept": _rounded(beta[:, 0]), "terms": [term._asdict() for term in terms], "spread": spread}
    return sheet("linear", table, setting, parameters, rounds=0, **rest)


def _levels(beta: Floats, place: Place, levels: int) -> Term:
    columns = [_rounded(row[place.first : place.first + levels]) for row in beta]
    return Term(columns, _rounded(beta[:, place.first + levels]))


def _slope(beta: Floats, place: Place) -> Term:
    missing = [0.0] * len(beta) if place.missing is None else _rounded(beta[:, place.missing])
    reach = REACH * place.unit
    slopes = [[digits(slope / place.unit)] for slope in beta[:, place.first]]
    return Term(slopes, missing, place.center, place.center - reach, place.center + reach)


def _spread(table: Table, feature: int, term: Term) -> float:
    """How much the term moves the score: its standard deviation over the rows, mean over classes."""
    values, counts = np.unique(table.x[:, feature], return_counts=True)
    gone = np.isnan(values)
    if table.kinds[feature] == "category":
        codes = np.where(gone, 0, values).astype(np.intp)
        adds = np.array(term.columns)[:, codes] if term.columns[0] else np.zeros((len(term.columns), len(values)))
    else:
        adds = np.array(term.columns) * (np.clip(values, term.low, term.high) - term.center)
    adds = np.where(gone, np.array(term.missing)[:, None], adds)
    share = counts / len(table.x)
    mean = np.sum(adds * share, axis=1, keepdims=True)
    return float(np.mean(np.sqrt(np.sum((adds - mean) ** 2 * share, axis=1))))


def _rounded(values: Floats) -> list[float]:
    return [digits(value) for value in values]


LEARNER = Learner("linear", PARAMETERS, ("C", "alpha"), starts, fit, restore, space)
