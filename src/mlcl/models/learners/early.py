"""Early stopping, the same for every learner: the loss of held-out rows, in numpy, in a fixed order of summation.

The libraries' own losses are summed by several threads, so that their last bits, and with them the round at which a fit
stops, could depend on how many there are.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from mlcl.metrics import REGRESSION
from mlcl.models.learners.base import Watch
from mlcl.models.metrics import losses
from mlcl.models.table import Floats, Table

MOST_ROUNDS = 2000
_LEAST_GAIN = 1e-5  # relative; less than this is creeping, and makes a model large for nothing
WATCHED = 50_000  # rows that the loss is taken from


def loss(table: Table, predicted: Floats, task: str) -> float:
    """Mean log loss, or the root of the mean squared error, of `predicted` on the rows of `table`, weighted."""
    if task == REGRESSION:
        return math.sqrt(np.average((predicted - table.y) ** 2, weights=table.weight))
    return float(np.average(losses(table.y, predicted)["log_loss"], weights=table.weight))


def patience(learning_rate: float) -> int:
    """Rounds without a gain after which a fit stops: small steps need more of them."""
    return min(150, max(20, round(3 / learning_rate)))


def boost(step: Callable[[], Floats], watch: Watch, task: str, rounds: int, wait: int) -> tuple[int, bool]:
    """Calls `step` (one boosting round; returns the predictions for the watched rows) until `wait` rounds in a row
    gained nothing. Returns the best number of rounds, and whether the deadline cut the fit off."""
    best, lowest = 1, math.inf
    for done in range(1, rounds + 1):
        current = loss(watch.table, step(), task)
        if current < lowest - _LEAST_GAIN * abs(lowest) or math.isinf(lowest):
            best, lowest = done, current
        if done - best >= wait:
            break
        if time.monotonic() > watch.deadline:
            return best, True
    return best, False
