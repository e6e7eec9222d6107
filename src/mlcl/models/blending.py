"""Which of the best trials to average, and with what weights.

Greedy selection with replacement (Caruana, Niculescu-Mizil, Crew, Ksikes, "Ensemble selection from libraries of models",
ICML 2004) on the scores of held-out rows. A blend has to earn its keep: a member comes in only for a gain that is clear.
"""

from __future__ import annotations

from collections.abc import Sequence

from mlcl.models.learners.base import link
from mlcl.models.scoring import Score
from mlcl.models.table import Floats
from mlcl.models.tuning import Trial

_DRAWS = 10
_MOST = 3  # members
_CLEAR = 1e-4  # gain that a further draw must bring, relative


def weigh(trials: Sequence[Trial], truth: Sequence[Floats], score: Score) -> list[tuple[float, Trial]]:
    """(weight, trial) of the members, weights summing to 1. trials: best first; truth: y of the held-out rows, per fold."""
    chosen = [trials[0]]
    lowest = trials[0].loss
    while len(chosen) < _DRAWS:
        members = {trial.number for trial in chosen}
        open_to = [trial for trial in trials if trial.number in members or len(members) < _MOST]
        losses = [_loss([*chosen, trial], truth, score) for trial in open_to]
        least = min(losses)
        if not least < lowest - _CLEAR * abs(lowest):
            break
        lowest = least
        chosen.append(open_to[losses.index(least)])
    return [
        (chosen.count(trial) / len(chosen), trial)
        for place, trial in enumerate(chosen)
        if trial not in chosen[:place]
    ]


def averaged(members: Sequence[tuple[float, Trial]]) -> list[Floats]:
    """The margins of the held-out rows, per fold."""
    each = [[weight * margin for margin in trial.margins] for weight, trial in members]
    return [sum(parts[1:], start=parts[0]) for parts in zip(*each, strict=True)]


def _loss(trials: Sequence[Trial], truth: Sequence[Floats], score: Score) -> float:
    margins = averaged([(1 / len(trials), trial) for trial in trials])
    losses = [score.loss(y, link(margin, score.task)) for y, margin in zip(truth, margins, strict=True)]
    return sum(losses) / len(losses)
