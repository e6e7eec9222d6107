"""From two tables to one model: compares, tunes, blends, and keeps the scores that nobody has to take on trust.

Small data: each set of parameters is judged on folds over the train and validation rows, and the models of its folds
together are the model (bagging: less variance than one model fitted again on all rows, and no time for that fit). A
linear model is fitted again instead, because one formula is easier to read than five. Large data, or splits by time,
group or column: one model, judged on the validation rows. Either way the validation rows' scores, which the decision
threshold is chosen by, come from models that have not seen those rows.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mlcl.models import folds as folding
from mlcl.models.blending import averaged, weigh
from mlcl.models.folds import Crossing, Folds, Holdout
from mlcl.models.learners import LEARNERS, Model, Setting, early, learner
from mlcl.models.learners.base import Parameters, link
from mlcl.models.learners.blend import Blend
from mlcl.models.scoring import Score
from mlcl.models.table import Floats, Table
from mlcl.models.tuning import Search, Trial

_SAMPLE = 50_000  # rows that the trials on large data learn from
_STAGES, _SHOWN = 40, 10_000  # points of the learning curve, and rows that each is taken from


class Request(NamedTuple):
    """What is asked for. learner: a name or auto; foldable: whether rows may be shuffled into folds."""

    learner: str
    trials: int
    seconds: float
    parameters: Parameters
    metric: str
    foldable: bool


class Trained(NamedTuple):
    """model; validation: what models that have not seen the validation rows predict for them; record: training.json."""

    model: Model
    validation: Floats
    record: dict[str, Any]


def train(request: Request, setting: Setting, train: Table, validation: Table) -> Trained:
    """The model that `request` asks for. `request.seconds` cuts tuning off, and the record then says so."""
    deadline = time.monotonic() + request.seconds
    learners = [learner(name) for name in (LEARNERS if request.learner == "auto" else (request.learner,))]
    folds = _folds(request, setting, train, validation)
    score = Score(request.metric, setting.task, setting.classes)
    search = Search(setting, folds, score, request.parameters, deadline)
    if request.trials:
        search.run(learners, request.trials)
    else:
        search.run(learners, len(learners), starts=1)
    members = weigh(search.best_of_each(), folds.truth, score)
    if isinstance(folds, Crossing):
        model = _gathered(members, setting, folds)
        honest = link(folds.validated(averaged(members)), setting.task)
    else:
        if folds.train is not train:
            folds = Holdout(train, validation)
            members = search.again(members, folds)
        model = _joined([(weight, trial.models[0]) for weight, trial in members])
        honest = model.predict(validation.x)
    return Trained(model, honest, _record(search, members, model, folds, honest, validation.y))


def _folds(request: Request, setting: Setting, train: Table, validation: Table) -> Folds:
    rows = train.rows + validation.rows
    if not request.trials:
        return Holdout(train, validation)
    if rows > folding.MOST:
        return Holdout(train.every(_SAMPLE), validation.every(_SAMPLE))
    if not request.foldable or rows < folding.FEWEST:
        return Holdout(train, validation)
    return folding.crossing(train, validation, setting.task, setting.seed)


def _gathered(members: Sequence[tuple[float, Trial]], setting: Setting, folds: Crossing) -> Model:
    """The models of the members' folds as one; what has nothing to tune is fitted again on all rows."""
    found: list[tuple[float, Model]] = []
    for weight, trial in members:
        kind = learner(trial.learner)
        if kind.space(setting.task):
            found.extend((weight / folds.count, model) for model in trial.models)
        else:
            found.append((weight, kind.fit(folds.pool, setting, _middle(trial.models), None).model))
    return _joined(found)


def _joined(members: list[tuple[float, Model]]) -> Model:
    return members[0][1] if len(members) == 1 else Blend(members)


def _middle(models: Sequence[Model]) -> Parameters:
    """The geometric mean of each parameter over the models of the folds."""
    each = [model.sheet["parameters"] for model in models]
    return {name: float(f"{math.prod(one[name] for one in each) ** (1 / len(each)):.6g}") for name in each[0]}


def _record(
    search: Search, members: Sequence[tuple[float, Trial]], model: Model, folds: Folds, honest: Floats, y: Any
) -> dict[str, Any]:
    """training.json."""
    score = search.score
    kinds = {trial.learner for _, trial in members}
    first = members[0][1]
    return {
        "schema_version": 1,
        "learner": "blend" if len(kinds) > 1 else first.learner,
        "parameters": first.parameters if len(members) == 1 else {},
        "rounds": model.rounds,
        "metric": score.metric,
        "score": _known(score.figure(score.loss(y, honest))),
        "folds": folds.count,
        "members": [
            {"learner": trial.learner, "weight": weight, "parameters": trial.parameters, "rounds": trial.rounds}
            for weight, trial in members
        ],
        "trials": [_trial(trial, score) for trial in search.trials],
        "curve": _curve(members[0][1].models[0], folds, score.task),
        "cut_off": search.cut_off,
        "notes": [],
    }


def _trial(trial: Trial, score: Score) -> dict[str, Any]:
    return {
        "number": trial.number,
        "learner": trial.learner,
        "parameters": trial.parameters,
        "score": _known(score.figure(trial.loss)),
        "rounds": trial.rounds,
        "state": trial.state,
    }


def _known(figure: float) -> float | None:
    return figure if math.isfinite(figure) else None


def _curve(model: Model, folds: Folds, task: str) -> list[dict[str, float]]:
    """Loss of the model (of a fold: the first) on rows it learnt from and on rows held out, as it grew."""
    if not model.rounds:
        return []
    fit, held = (table.every(_SHOWN) for table in folds.pair(0))
    steps = np.unique(np.linspace(1, model.rounds, min(_STAGES, model.rounds)).round().astype(int))

    def at(table: Table, rounds: int) -> float:
        return early.loss(table, link(model.margin(table.x, rounds), task), task)

    return [{"round": int(step), "train": at(fit, int(step)), "validation": at(held, int(step))} for step in steps]
