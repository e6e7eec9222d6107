"""The search for good parameters: known-good starts first, then optuna's TPE, each trial on the same folds.

Everything follows from the seed and the rows; the clock only cuts off.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np

from mlcl import progress
from mlcl.models import loss
from mlcl.models.folds import Folds, Holdout
from mlcl.models.learners import Fitted, Learner, Model, Setting, Watch, early, learner
from mlcl.models.learners.base import Parameters, Range, link
from mlcl.models.table import Floats, Table

_KEPT = 2  # trials per learner whose models are kept, besides the first trial
_FIRST = 2  # folds after which a trial is looked at
_JURY = 4  # complete trials that it takes to call another one hopeless

Pair = Callable[[], tuple[Table, Table]]  # what a fold learns from, and what it holds out
Done = tuple[Fitted, Floats, Floats, float]  # its model, margins and terms of the held-out rows, and seconds


@dataclass(eq=False)
class Trial:
    """One set of parameters on every fold. terms of the loss and margins of the held-out rows, and models: one per
    fold; margins and models are dropped once better trials are known. state: complete, pruned or cut."""

    number: int
    learner: str
    parameters: Parameters
    terms: list[Floats] = field(default_factory=list)
    margins: list[Floats] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    state: str = "complete"
    cut: bool = False
    rounds: int = 0
    loss: float = math.inf

    @property
    def losses(self) -> list[float]:
        """One per fold."""
        return [float(np.mean(terms)) for terms in self.terms]


class Search:
    """Runs trials and keeps them. fixed: parameters that every trial takes; deadline: time.monotonic(); growth: how
    many times longer than a fit the one takes that comes after the search, 0 when none does."""

    def __init__(
        self, setting: Setting, folds: Folds, fixed: Parameters, deadline: float = math.inf, growth: float = 0.0
    ) -> None:
        self.setting, self.folds, self.fixed, self.deadline, self.growth = setting, folds, fixed, deadline, growth
        self.trials: list[Trial] = []
        self.cut_off = False
        self._slowest = 0.0

    def run(self, learners: Sequence[Learner], limit: int, starts: int | None = None) -> None:
        """At most `limit` trials; `starts` known-good ones of each learner (None: all) come before suggested ones."""
        for number, (chosen, parameters) in zip(range(limit), self._asked(learners, starts), strict=False):
            if self.trials and time.monotonic() > self.deadline - self.growth * self._slowest:
                self.cut_off = True
                return
            progress.report(number, limit, self._text())
            self._try(chosen, parameters)
        progress.report(limit, limit, self._text())

    @property
    def complete(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.state == "complete"]

    @property
    def kept(self) -> list[Trial]:
        """The trials that can still be chosen, in their order."""
        return [trial for trial in self.complete if trial.models]

    def again(self, trial: Trial, whole: Holdout) -> Trial:
        """The trial once more, on all rows instead of a sample."""
        progress.report(0, 0, f"{trial.learner} on all rows")
        grown = replace(trial, terms=[], margins=[], models=[])
        self._fits(grown, [partial(whole.pair, 0)])
        grown.rounds = grown.models[0].rounds
        return grown

    def terms(self, margins: Sequence[Floats]) -> Floats:
        """The terms of the loss for margins of the held-out rows, per fold, as one array."""
        held = zip(self.folds.held(), margins, strict=True)
        return np.concatenate([self._terms(y, margin, weight) for (y, weight), margin in held])

    def _terms(self, y: Any, margin: Floats, weight: Floats | None) -> Floats:
        return loss.terms(y, link(margin, self.setting.task), self.setting.criterion, weight)

    def _asked(self, learners: Sequence[Learner], first: int | None) -> Iterator[tuple[Learner, Parameters]]:
        starts = [one.starts(self.setting.task)[:first] for one in learners]
        for place in range(max(map(len, starts))):
            for one, known in zip(learners, starts, strict=True):
                if place < len(known):
                    yield one, {**known[place], **self.fixed}
        tuned = [one for one in learners if one.space(self.setting.task)]
        for one in cycle(tuned):
            tried = [(trial.parameters, trial.loss) for trial in self.trials if trial.learner == one.name]
            found = suggest(one.space(self.setting.task), tried, self.setting.seed + len(self.trials))
            yield one, {**one.starts(self.setting.task)[0], **found, **self.fixed}

    def _try(self, chosen: Learner, parameters: Parameters) -> None:
        trial = Trial(len(self.trials), chosen.name, parameters)
        for stage in (range(_FIRST), range(_FIRST, self.folds.times)):
            self._fits(trial, [partial(self.folds.pair, number) for number in stage if number < self.folds.times])
            if trial.cut and self.trials:
                trial.state = "cut"
                break
            if self._hopeless(trial):
                trial.state = "pruned"
                break
        trial.rounds = round(math.fsum(model.rounds for model in trial.models) / len(trial.models))
        trial.loss = self._comparable(trial)
        self.trials.append(trial)
        self._forget()

    def _fits(self, trial: Trial, pairs: Sequence[Pair]) -> None:
        """Fits a trial on some folds, at the same time as far as there are threads."""
        if not pairs:
            return
        workers = min(len(pairs), self.setting.threads)
        setting = self.setting._replace(threads=self.setting.threads // workers)
        for fitted, margin, terms, seconds in _at_once(partial(self._fit, trial, setting), pairs, workers):
            trial.models.append(fitted.model)
            trial.margins.append(margin)
            trial.terms.append(terms)
            trial.cut |= fitted.cut
            self._slowest = max(self._slowest, seconds)
        self.cut_off |= trial.cut

    def _fit(self, trial: Trial, setting: Setting, pair: Pair) -> Done:
        begun = time.monotonic()
        fit, held = pair()
        kind = learner(trial.learner)
        watch = None if set(kind.ends) & self.fixed.keys() else Watch(held.every(early.WATCHED), self.deadline)
        fitted = kind.fit(fit, setting, trial.parameters, watch)
        margin = fitted.model.margin(held.x)
        return fitted, margin, self._terms(held.y, margin, held.weight), time.monotonic() - begun

    def _hopeless(self, trial: Trial) -> bool:
        """Worse on each of the first folds than the median of the complete trials there."""
        done = len(trial.terms)
        if not _FIRST <= done < self.folds.times or len(self.complete) < _JURY:
            return False
        median = np.median([rival.losses[:done] for rival in self.complete], axis=0)
        return bool(np.all(np.array(trial.losses) > median))

    def _comparable(self, trial: Trial) -> float:
        """Mean loss over all held-out rows; of a trial that ended before, what it would have come to, going by its
        distance from the best one on the folds that it did."""
        if trial.state == "complete":
            return float(np.mean(np.concatenate(trial.terms)))
        best, done = min(self.complete, key=lambda rival: rival.loss), len(trial.terms)
        return best.loss + float(np.mean(np.array(trial.losses) - best.losses[:done]))

    def _forget(self) -> None:
        """Drops the models of trials that cannot be chosen any more: all but the first and the best of each learner."""
        kept = {0}
        for name in {trial.learner for trial in self.trials}:
            rivals = sorted((one for one in self.complete if one.learner == name), key=lambda one: one.loss)
            kept |= {rival.number for rival in rivals[:_KEPT]}
        for trial in self.trials:
            if trial.number not in kept:
                trial.models, trial.margins = [], []

    def _text(self) -> str:
        if not self.complete:
            return "first trial"
        best = min(self.complete, key=lambda trial: trial.loss)
        known = loss.figure(best.loss, self.setting.criterion)
        return f"best {self.setting.criterion} {known:.4f} ({best.learner})" if known is not None else best.learner


def _at_once(function: Callable[[Pair], Done], given: Sequence[Pair], workers: int) -> list[Done]:
    """A single worker is this thread, which can be interrupted."""
    if workers == 1:
        return [function(one) for one in given]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, given))


def suggest(space: Mapping[str, Range], tried: Sequence[tuple[Parameters, float]], seed: int) -> Parameters:
    """The parameters in `space` that optuna's TPE would try next, given what was tried and the losses that gave."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=0))
    distributions = {name: _distribution(one) for name, one in space.items()}
    for parameters, loss_ in tried:
        within = {name: parameters[name] for name in space if name in parameters}
        ranges = {name: distributions[name] for name in within}
        study.add_trial(optuna.create_trial(params=within, distributions=ranges, value=loss_))
    return dict(study.ask(distributions).params)


def _distribution(one: Range) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if one.choices:
        return CategoricalDistribution(one.choices)
    if isinstance(one.low, int) and isinstance(one.high, int):
        return IntDistribution(one.low, one.high, log=one.log)
    return FloatDistribution(one.low, one.high, log=one.log)
