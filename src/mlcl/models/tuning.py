"""The search for good parameters: known-good starts first, then optuna's TPE, each trial on the same folds.

Everything follows from the seed and the rows; the clock only cuts off.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import Any

import numpy as np

from mlcl import progress
from mlcl.models.folds import Folds, Holdout
from mlcl.models.learners import Learner, Model, Setting, Watch, early, learner
from mlcl.models.learners.base import Parameters, Range, link
from mlcl.models.scoring import Score
from mlcl.models.table import Floats, Table

_KEPT = 2  # trials per learner whose models are kept
_JURY = 4  # complete trials that it takes to call another one hopeless


@dataclass(eq=False)
class Trial:
    """One set of parameters on every fold. losses: one per fold; models and margins of the held-out rows: one per fold,
    dropped when better trials of the learner are known. state: complete, pruned, cut or undefined."""

    number: int
    learner: str
    parameters: Parameters
    losses: list[float] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    margins: list[Floats] = field(default_factory=list)
    state: str = "complete"
    cut: bool = False
    rounds: int = 0

    estimate: float | None = None

    @property
    def loss(self) -> float:
        """Mean over the folds on which the metric is defined."""
        if self.estimate is not None:
            return self.estimate
        defined = [loss for loss in self.losses if math.isfinite(loss)]
        return math.fsum(defined) / len(defined) if defined else math.inf


class Search:
    """Runs trials and keeps them. fixed: parameters that every trial takes; deadline: time.monotonic()."""

    def __init__(self, setting: Setting, folds: Folds, score: Score, fixed: Parameters, deadline: float) -> None:
        self.setting, self.folds, self.score, self.fixed, self.deadline = setting, folds, score, fixed, deadline
        self.trials: list[Trial] = []
        self.cut_off = False
        self.slowest: dict[str, float] = {}

    def run(self, learners: list[Learner], limit: int, starts: int | None = None) -> None:
        """At most `limit` trials; `starts` known-good ones of each learner (None: all) come before anything suggested."""
        asked = self._asked(learners, starts)
        for number, (learner, parameters) in zip(range(limit), asked, strict=False):
            expected = self.slowest.get(learner.name, 0.0)
            if self.trials and time.monotonic() + expected > self.deadline:
                self.cut_off = True
                return
            progress.report(number, limit, self._text())
            self._try(learner, parameters)
        progress.report(limit, limit, self._text())

    @property
    def complete(self) -> list[Trial]:
        """Best first."""
        return sorted((trial for trial in self.trials if trial.state == "complete"), key=lambda trial: trial.loss)

    def best_of_each(self, most: int = _KEPT) -> list[Trial]:
        """The best trials, at most so many of each learner; best first."""
        seen: dict[str, int] = {}
        kept = []
        for trial in self.complete:
            seen[trial.learner] = seen.get(trial.learner, 0) + 1
            if seen[trial.learner] <= most:
                kept.append(trial)
        return kept

    def again(self, members: Sequence[tuple[float, Trial]], whole: Holdout) -> list[tuple[float, Trial]]:
        """The members once more, on all rows instead of a sample."""
        refitted = []
        for number, (weight, trial) in enumerate(members):
            progress.report(number, len(members), f"{trial.learner} on all rows")
            trial = replace(trial, losses=[], models=[], margins=[])
            self._fit(trial, *whole.pair(0))
            trial.rounds = trial.models[0].rounds
            refitted.append((weight, trial))
        return refitted

    def _asked(self, learners: list[Learner], first: int | None) -> Iterator[tuple[Learner, Parameters]]:
        starts = [learner.starts(self.setting.task)[:first] for learner in learners]
        for place in range(max(map(len, starts))):
            for learner, known in zip(learners, starts, strict=True):
                if place < len(known):
                    yield learner, {**known[place], **self.fixed}
        tuned = [learner for learner in learners if learner.space(self.setting.task)]
        for learner in cycle(tuned):
            known = [trial for trial in self.trials if trial.learner == learner.name and math.isfinite(trial.loss)]
            tried = [(trial.parameters, trial.loss) for trial in known]
            found = suggest(learner.space(self.setting.task), tried, self.setting.seed + len(self.trials))
            yield learner, {**learner.starts(self.setting.task)[0], **found, **self.fixed}

    def _try(self, learner: Learner, parameters: Parameters) -> None:
        trial = Trial(len(self.trials), learner.name, parameters)
        begun = time.monotonic()
        for number in range(self.folds.count):
            self._fit(trial, *self.folds.pair(number))
            if self.trials and trial.cut:
                trial.state = "cut"
                break
            if self._hopeless(trial):
                trial.state, trial.estimate = "pruned", self._estimated(trial)
                break
        trial.rounds = round(math.fsum(model.rounds for model in trial.models) / len(trial.models))
        self.slowest[learner.name] = max(self.slowest.get(learner.name, 0.0), time.monotonic() - begun)
        self.trials.append(trial)
        self._forget()

    def _fit(self, trial: Trial, fit: Table, held: Table) -> None:
        """One fold of a trial."""
        kind = learner(trial.learner)
        watch = None if set(kind.ends) & self.fixed.keys() else Watch(held.every(early.WATCHED), self.deadline)
        fitted = kind.fit(fit, self.setting, trial.parameters, watch)
        margin = fitted.model.margin(held.x)
        trial.models.append(fitted.model)
        trial.margins.append(margin)
        trial.losses.append(self.score.loss(held.y, link(margin, self.setting.task)))
        trial.cut |= fitted.cut
        self.cut_off |= fitted.cut

    def _forget(self) -> None:
        """Drops the models of trials that cannot be chosen any more."""
        kept = {trial.number for trial in self.best_of_each()}
        for trial in self.trials:
            if trial.number not in kept:
                trial.models, trial.margins = [], []

    def _hopeless(self, trial: Trial) -> bool:
        """Worse on every fold so far, and on two at least, than the median of the complete trials there."""
        done = len(trial.losses)
        if not 2 <= done < self.folds.count or len(self.complete) < _JURY:
            return False
        median = np.median([rival.losses[:done] for rival in self.complete], axis=0)
        return bool(np.all(np.array(trial.losses) > median))

    def _estimated(self, trial: Trial) -> float:
        """What a pruned trial would have come to, going by its distance from the best one on the folds it did."""
        best, done = self.complete[0], len(trial.losses)
        return best.loss + math.fsum(trial.losses[place] - best.losses[place] for place in range(done)) / done

    def _text(self) -> str:
        if not self.complete:
            return "first trial"
        best = self.complete[0]
        return f"best {self.score.metric} {self.score.figure(best.loss):.4f} ({best.learner})"


def suggest(space: Mapping[str, Range], tried: Sequence[tuple[Parameters, float]], seed: int) -> Parameters:
    """The parameters in `space` that optuna's TPE would try next, given what was tried and the losses that gave."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=0))
    distributions = {name: _distribution(one) for name, one in space.items()}
    for parameters, loss in tried:
        within = {name: parameters[name] for name in space if name in parameters}
        ranges = {name: distributions[name] for name in within}
        study.add_trial(optuna.create_trial(params=within, distributions=ranges, value=loss))
    return dict(study.ask(distributions).params)


def _distribution(one: Range) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if one.choices:
        return CategoricalDistribution(one.choices)
    if isinstance(one.low, int) and isinstance(one.high, int):
        return IntDistribution(one.low, one.high, log=one.log)
    return FloatDistribution(one.low, one.high, log=one.log)
