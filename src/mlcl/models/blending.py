"""Which of the trials to use, and whether to average several.

With little data the trial that looks best is mostly the luckiest. So trials stand in the order in which they were
tried, known-good parameters first, and a later one is taken only when it is clearly better: by 1.5 standard errors of
the difference on the same held-out rows. Then members are added one draw at a time (greedy selection with replacement:
Caruana, Niculescu-Mizil, Crew, Ksikes, "Ensemble selection from libraries of models", ICML 2004), each for a gain that
has to be clear as well; averaging is the safer bet, so half a standard error will do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlcl.models.table import Floats
from mlcl.models.tuning import Search, Trial

_BETTER, _JOINED = 1.5, 0.5  # standard errors
_DRAWS, _MOST = 6, 3  # draws, and members


def weigh(search: Search) -> list[tuple[float, Trial]]:
    """(weight, trial) of the members, weights summing to 1; the weightiest first."""
    trials = search.kept
    chosen = [incumbent(trials)]
    terms = np.concatenate(chosen[0].terms)
    while len(chosen) < _DRAWS:
        open_to = [trial for trial in trials if trial in chosen or len(set(chosen)) < _MOST]
        found = [search.terms(averaged(_weights([*chosen, trial]))) for trial in open_to]
        best = min(range(len(found)), key=lambda place: float(np.mean(found[place])))
        if not clearly_less(found[best], terms, _JOINED):
            break
        chosen.append(open_to[best])
        terms = found[best]
    return sorted(_weights(chosen), key=lambda member: (-member[0], member[1].number))


def incumbent(trials: Sequence[Trial]) -> Trial:
    """The first trial that the best one is not clearly better than. trials: in their order."""
    best = np.concatenate(min(trials, key=lambda trial: trial.loss).terms)
    return next(trial for trial in trials if not clearly_less(best, np.concatenate(trial.terms), _BETTER))


def clearly_less(terms: Floats, others: Floats, errors: float) -> bool:
    """Whether the mean of `terms` is less than that of `others`, row by row, by so many standard errors."""
    gain = others - terms
    return bool(np.mean(gain) > errors * np.std(gain) / np.sqrt(len(gain)))


def averaged(members: Sequence[tuple[float, Trial]]) -> list[Floats]:
    """The margins of the held-out rows, per fold."""
    each = [[weight * margin for margin in trial.margins] for weight, trial in members]
    return [sum(parts[1:], start=parts[0]) for parts in zip(*each, strict=True)]


def _weights(chosen: Sequence[Trial]) -> list[tuple[float, Trial]]:
    return [(chosen.count(trial) / len(chosen), trial) for trial in dict.fromkeys(chosen)]
