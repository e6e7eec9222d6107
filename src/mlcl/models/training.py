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
from mlcl.models import loss
from mlcl.models.blending import averaged, weigh
from mlcl.models.folds import Crossing, Folds, Holdout
from mlcl.models.learners import LEARNERS, Model, Setting, learner
from mlcl.models.learners.base import Parameters, link
from mlcl.models.learners.blend import Blend
from mlcl.models.table import Floats, Table
from mlcl.models.tuning import Search, Trial

_SAMPLE = 50_000  # rows that the trials on large data learn from
_MODELS = 6  # of folds, in a blend: as many as make averaging worth it, few enough to serve
_STAGES, _SHOWN = 12, 1000  # points of the learning curve, and rows that each is taken from


class Request(NamedTuple):
    """What is asked for. learner: a name or auto; foldable: whether rows may be shuffled into folds."""

    learner: str
    trials: int
    seconds: float
    parameters: Parameters
    foldable: bool = True


class Trained(NamedTuple):
    """model; validation: what models that have not seen the validation rows predict for them; record: training.json."""

    model: Model
    validation: Floats
    record: dict[str, Any]


def fitted_elsewhere(model: Model, validation: Table, setting: Setting, note: str) -> Trained:
    """A model that something else than `train` has fitted, as if it were its one trial. note: who did."""
    predicted = model.predict(validation.x)
    score = loss.figure(loss.mean(validation, predicted, setting.criterion), setting.criterion)
    one = {"learner": model.kind, "parameters": model.sheet["parameters"], "rounds": model.rounds}
    record = {
        "schema_version": 1,
        **one,
        "metric": setting.criterion,
        "score": score,
        "folds": 1,
        "members": [{**one, "weight": 1.0}],
        "trials": [{**one, "number": 0, "score": score, "state": "complete"}],
        "curve": [],
        "cut_off": False,
        "notes": [note],
    }
    return Trained(model, predicted, record)


def train(request: Request, setting: Setting, train: Table, validation: Table) -> Trained:
    """The model that `request` asks for. `request.seconds` cuts tuning off, and the record then says so."""
    learners = [learner(name) for name in (LEARNERS if request.learner == "auto" else (request.learner,))]
    folds, growth = _folds(request, setting, train, validation)
    search = Search(setting, folds, request.parameters, time.monotonic() + request.seconds, growth)
    if request.trials:
        search.run(learners, request.trials)
    else:
        search.run(learners, len(learners), starts=1)
    members = weigh(search)
    if isinstance(folds, Crossing):
        model = _gathered(members, setting, folds)
    else:
        if growth:
            folds = Holdout(train, validation)
            members = [(weight, search.again(trial, folds)) for weight, trial in members]
        model = _joined([(weight, trial.models[0]) for weight, trial in members])
    honest = link(folds.validated(averaged(members)), setting.task)
    score = loss.mean(validation, honest, setting.criterion)
    return Trained(model, honest, _record(search, members, model, folds, score))


def _folds(request: Request, setting: Setting, train: Table, validation: Table) -> tuple[Folds, float]:
    """How rows are held out; and how many times longer than a trial's fit that on all rows takes, when it is still to
    come."""
    if not request.trials:
        return Holdout(train, validation), 0.0
    if train.rows > 2 * _SAMPLE:
        sampled = Holdout(train.every(_SAMPLE), validation.every(_SAMPLE))
        return sampled, train.rows / _SAMPLE
    if request.foldable and folding.small(train, validation):
        return folding.crossing(train, validation, setting), 0.0
    return Holdout(train, validation), 0.0


def _gathered(members: Sequence[tuple[float, Trial]], setting: Setting, folds: Crossing) -> Model:
    """Models of the members' folds as one, some of each when there are several members, from folds in turn. What has
    nothing to tune is fitted again on all rows."""
    found: list[tuple[float, Model]] = []
    turn = 0
    for weight, trial in members:
        kind = learner(trial.learner)
        if kind.space(setting.task):
            share = folds.times if len(members) == 1 else min(folds.times, max(1, round(weight * _MODELS)))
            found += [(weight / share, trial.models[(turn + place) % folds.times]) for place in range(share)]
            turn += share
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
    search: Search, members: Sequence[tuple[float, Trial]], model: Model, folds: Folds, score: float
) -> dict[str, Any]:
    """training.json."""
    criterion = search.setting.criterion
    kinds = {trial.learner for _, trial in members}
    first = members[0][1]
    return {
        "schema_version": 1,
        "learner": "blend" if len(kinds) > 1 else first.learner,
        "parameters": first.models[0].sheet["parameters"] if len(members) == 1 else {},
        "rounds": model.rounds,
        "metric": criterion,
        "score": loss.figure(score, criterion),
        "folds": folds.times,
        "members": [
            {"learner": trial.learner, "weight": weight, "parameters": trial.parameters, "rounds": trial.rounds}
            for weight, trial in members
        ],
        "trials": [
            {
                "number": trial.number,
                "learner": trial.learner,
                "parameters": trial.parameters,
                "score": loss.figure(trial.loss, criterion),
                "rounds": trial.rounds,
                "state": trial.state,
            }
            for trial in search.trials
        ],
        "curve": _curve(first.models[0], folds, search.setting),
        "cut_off": search.cut_off,
        "notes": _notes(search, folds),
    }


def _notes(search: Search, folds: Folds) -> list[str]:
    notes = []
    if folds.times > 1:
        notes.append(f"Judged on {folds.times} folds over the train and validation rows.")
    if search.growth:
        notes.append(f"Tuned on {_SAMPLE} rows of the train split, then fitted on all of them.")
    if search.cut_off:
        notes.append("The time budget cut tuning off: another run may end with another model.")
    return notes


def _curve(model: Model, folds: Folds, setting: Setting) -> list[dict[str, float | None]]:
    """The metric of a model (of a fold: the first) on rows it learnt from and on rows held out, as it grew."""
    if not model.rounds:
        return []
    fit, held = (table.every(_SHOWN) for table in folds.pair(0))
    steps = np.unique(np.linspace(1, model.rounds, min(_STAGES, model.rounds)).round().astype(int))

    def at(table: Table, rounds: int) -> float | None:
        predicted = link(model.margin(table.x, rounds), setting.task)
        return loss.figure(loss.mean(table, predicted, setting.criterion), setting.criterion)

    return [{"round": int(step), "train": at(fit, int(step)), "validation": at(held, int(step))} for step in steps]
