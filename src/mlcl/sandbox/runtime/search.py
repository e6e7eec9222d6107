"""The strategies of a tuning job: which values come next."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping
from typing import Any, Protocol

from mlcl.sandbox.control.resources import Record
from mlcl.sandbox.wire import invalid

Values = dict[str, str]


class Strategy(Protocol):
    def ask(self) -> tuple[Any, Values] | None:
        """A token and the next values; None when there are no more."""

    def tell(self, token: Any, value: float | None) -> None:
        """The objective that a token's values reached; None when the job failed."""


class Random:
    def __init__(self, ranges: Record, seed: int) -> None:
        self._ranges, self._random = ranges, random.Random(seed)  # noqa: S311  (no secret)

    def ask(self) -> tuple[Any, Values]:
        draw, ranges = self._random, self._ranges
        values = {each["Name"]: draw.choice(each["Values"]) for each in ranges.get("CategoricalParameterRanges", ())}
        for each in ranges.get("ContinuousParameterRanges", ()):
            values[each["Name"]] = repr(_scaled(each, draw.random()))
        for each in ranges.get("IntegerParameterRanges", ()):
            values[each["Name"]] = str(_whole(each, draw.random()))
        return None, values

    def tell(self, token: Any, value: float | None) -> None:
        pass


class Grid:
    def __init__(self, ranges: Record) -> None:
        if ranges.get("IntegerParameterRanges") or ranges.get("ContinuousParameterRanges"):
            raise invalid("The strategy Grid takes CategoricalParameterRanges only.")
        names = [each["Name"] for each in ranges.get("CategoricalParameterRanges", ())]
        values = [each["Values"] for each in ranges.get("CategoricalParameterRanges", ())]
        self.size = math.prod(len(each) for each in values)
        self._left = (dict(zip(names, chosen, strict=True)) for chosen in itertools.product(*values))

    def ask(self) -> tuple[Any, Values] | None:
        values = next(self._left, None)
        return None if values is None else (None, values)

    def tell(self, token: Any, value: float | None) -> None:
        pass


class Bayesian:
    """A model of what was seen so far proposes what comes next (optuna's tree-structured Parzen estimator)."""

    def __init__(self, ranges: Record, seed: int, maximize: bool) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=5, constant_liar=True)
        self._study = optuna.create_study(sampler=sampler, direction="maximize" if maximize else "minimize")
        self._ranges, self._failed = ranges, optuna.trial.TrialState.FAIL

    def ask(self) -> tuple[Any, Values]:
        trial, values = self._study.ask(), {}
        for each in self._ranges.get("CategoricalParameterRanges", ()):
            values[each["Name"]] = trial.suggest_categorical(each["Name"], each["Values"])
        for each in self._ranges.get("ContinuousParameterRanges", ()):
            low, high = float(each["MinValue"]), float(each["MaxValue"])
            if each.get("ScalingType") == "ReverseLogarithmic":
                values[each["Name"]] = repr(1 - trial.suggest_float(each["Name"], 1 - high, 1 - low, log=True))
            else:
                values[each["Name"]] = repr(trial.suggest_float(each["Name"], low, high, log=_log(each)))
        for each in self._ranges.get("IntegerParameterRanges", ()):
            low, high = int(each["MinValue"]), int(each["MaxValue"])
            values[each["Name"]] = str(trial.suggest_int(each["Name"], low, high, log=_log(each)))
        return trial, values

    def tell(self, token: Any, value: float | None) -> None:
        if value is None:
            self._study.tell(token, state=self._failed)
        else:
            self._study.tell(token, value)


def strategy(config: Record, ranges: Record) -> Strategy:
    """The strategy of a tuning job. Raises ValidationException for one that the sandbox does not do."""
    seed, kind = config.get("RandomSeed", 0), config["Strategy"]
    if kind == "Random":
        return Random(ranges, seed)
    if kind == "Grid":
        return Grid(ranges)
    if kind == "Bayesian":
        maximize = config["HyperParameterTuningJobObjective"]["Type"] == "Maximize"
        return Bayesian(ranges, seed, maximize)
    raise invalid(f"The sandbox does not do the strategy {kind}; it does Bayesian, Random and Grid.")


def check(ranges: Record) -> None:
    """Raises ValidationException for ranges that AWS refuses."""
    for kind, read in (("IntegerParameterRanges", int), ("ContinuousParameterRanges", float)):
        for each in ranges.get(kind, ()):
            try:
                low, high = read(each["MinValue"]), read(each["MaxValue"])
            except ValueError:
                raise invalid(f"The range of {each['Name']} is not made of numbers.") from None
            if low > high:
                raise invalid(f"The range of {each['Name']} ends ({high}) before it begins ({low}).")
            if _log(each) and low <= 0:
                raise invalid(f"The logarithmic range of {each['Name']} must begin above 0.")


def _log(each: Mapping[str, str]) -> bool:
    return each.get("ScalingType") == "Logarithmic"


def _scaled(each: Mapping[str, str], part: float) -> float:
    low, high = float(each["MinValue"]), float(each["MaxValue"])
    if _log(each):
        return float(math.exp(math.log(low) + part * (math.log(high) - math.log(low))))
    if each.get("ScalingType") == "ReverseLogarithmic":  # as 1 - x on a logarithmic scale
        near, far = math.log(1 - high), math.log(1 - low)
        return float(1 - math.exp(near + part * (far - near)))
    return low + part * (high - low)


def _whole(each: Mapping[str, str], part: float) -> int:
    low, high = int(each["MinValue"]), int(each["MaxValue"])
    if _log(each):
        return min(high, max(low, round(math.exp(math.log(low) + part * (math.log(high) - math.log(low))))))
    return min(high, low + int(part * (high - low + 1)))
