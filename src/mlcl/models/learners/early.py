"""Early stopping, the same for every learner: the loss of held-out rows, in numpy, in a fixed order of summation.

The libraries' own losses are summed by several threads, so that their last bits, and with them the round at which a fit
stops, could depend on how many there are.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from mlcl.models import loss
from mlcl.models.learners.base import Watch
from mlcl.models.table import Floats

WATCHED = 50_000  # rows that the loss is taken from
_LEAST_GAIN = 1e-5  # relative; less than this is creeping, and makes a model large for nothing


def most_rounds(columns: int) -> int:
    """Rounds that a fit may take when nothing else is said, for so many trees per round."""
    return 1500 if columns == 1 else max(200, 3000 // columns)


def patience(learning_rate: float) -> int:
    """Rounds without a gain after which a fit stops: small steps need more of them."""
    return min(150, max(20, round(3 / learning_rate)))


def boost(step: Callable[[], Floats], watch: Watch, criterion: str, rounds: int, wait: int) -> tuple[int, bool]:
    """Calls `step` (one boosting round; returns the predictions for the watched rows) until `wait` rounds in a row
    gained nothing. Returns the best number of rounds, and whether the deadline cut the fit off."""
    best, lowest = 1, math.inf
    for done in range(1, rounds + 1):
        current = loss.mean(watch.table, step(), criterion)
        if math.isinf(lowest) or current < lowest * (1 - _LEAST_GAIN):
            best, lowest = done, current
        if done - best >= wait:
            break
        if time.monotonic() > watch.deadline:
            return best, True
    return best, False
