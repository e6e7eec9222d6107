"""From probabilities to decisions: the threshold, the capacity, and what decisions are worth (binary problems)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mlcl.models.metrics import Array, Floats, Ints, Ranking
from mlcl.problem.sections import Decision, Value

NOBODY = 1.01  # a threshold that no probability reaches


class Capacity(NamedTuple):
    """At most `cases` of every `out_of` can be acted on."""

    cases: int
    out_of: int

    @property
    def share(self) -> float:
        return min(1.0, self.cases / self.out_of)

    def most(self, rows: int) -> int:
        """How many of `rows` can be acted on: the same share, rounded down; at least one."""
        return min(rows, max(1, rows * self.cases // self.out_of))


class Rule(NamedTuple):
    """Act where the probability is `threshold` or more, the highest first, while capacity lasts."""

    threshold: float
    why: str
    capacity: Capacity | None = None

    def decide(self, scores: Floats) -> Ints:
        """1 to act, 0 to leave, for each row [n]. Of equal scores where capacity ends, the earlier rows come first."""
        acted = (scores >= self.threshold).astype(np.int64)
        if self.capacity and acted.sum() > (most := self.capacity.most(len(scores))):
            acted[np.argsort(-scores, kind="stable")[most:]] = 0
        return acted


def capacity(decision: Decision, rows: int) -> Capacity | None:
    """The capacity in the problem file; one round has as many cases as the split being measured (`rows`) by default."""
    return Capacity(decision.capacity, decision.out_of or rows) if decision.capacity else None


def choose(y: Array, scores: Floats, decision: Decision, value: Value | None, limit: Capacity | None) -> Rule:
    """The rule to decide by, from the validation rows: the threshold given, or that of most value, or else of most F1.

    With a capacity, the threshold acts on no greater share of the validation rows than can be acted on.
    """
    ranking = Ranking.of(scores, y == 1)
    ranked = scores[ranking.order]
    fitting = int(np.searchsorted(ranking.ends, limit.most(len(y)), side="right")) if limit else len(ranking.ends)
    if decision.threshold is not None:
        return _as_given(decision.threshold, _at(ranking, ranked, fitting), limit)
    positives, negatives = (np.concatenate([[0.0], side[:fitting]]) for side in ranking.above)
    if value is not None:
        gain = _total(positives, negatives, np.sum(y == 1), np.sum(y != 1), worth(value)) / len(y)
        even = _break_even(worth(value))
        best = _nearest(ranking, ranked, np.flatnonzero(gain == gain.max()), even)
        why = f"of most value on the {len(y):,} validation rows: {gain[best]:.4g} {value.unit} per case".replace(
            "  ", " "
        )
        return Rule(_at(ranking, ranked, best, even), why + _limited(limit), limit)
    if not np.any(y == 1):
        return Rule(0.5, "0.5, because no validation row is positive", limit)
    f1 = 2 * positives / (positives + negatives + np.sum(y == 1))
    best = int(np.argmax(f1))
    why = f"of highest F1 on the {len(y):,} validation rows: {f1[best]:.4g}"
    return Rule(_at(ranking, ranked, best), why + _limited(limit), limit)


def worth(value: Value) -> Floats:
    """The value table as [[true negative, false positive], [false negative, true positive]]."""
    return np.array([[value.true_negative, value.false_positive], [value.false_negative, value.true_positive]])


def values(ranking: Ranking, value: Value) -> Floats:
    """Value per case of acting on each group of equal scores and all above it [groups]."""
    positives, negatives = ranking.above
    return _total(positives, negatives, positives[-1], negatives[-1], worth(value)) / len(ranking.order)


def _total(hits: Floats, misses: Floats, positives: float, negatives: float, table: Floats) -> Floats:
    acted = hits * table[1, 1] + misses * table[0, 1]
    return np.asarray(acted + (positives - hits) * table[1, 0] + (negatives - misses) * table[0, 0])


def _break_even(table: Floats) -> float | None:
    """The probability from which acting is worth more than not acting; None when the table has no such point."""
    right, wrong = table[1, 1] - table[1, 0], table[0, 0] - table[0, 1]
    return float(wrong / (right + wrong)) if right > 0 and wrong > 0 else None


def _nearest(ranking: Ranking, ranked: Floats, groups: Ints, near: float | None) -> int:
    """Which of several equally good numbers of groups to act on: few validation rows leave a wide choice, and a
    threshold near the break-even point is the one that more rows would choose."""
    if near is None:
        return int(groups[0])
    away = [abs(_at(ranking, ranked, int(count), near) - near) for count in groups]
    return int(groups[int(np.argmin(away))])


def _at(ranking: Ranking, ranked: Floats, groups: int, near: float | None = None) -> float:
    """The threshold that acts on the first `groups` groups of equal scores, as near to `near` as may be."""
    if groups == 0:
        return NOBODY
    if groups == len(ranking.ends):
        return 0.0
    end = ranking.ends[groups - 1]
    return between(float(ranked[end]), float(ranked[end - 1]), near)


def between(low: float, high: float, near: float | None = None) -> float:
    """The number of fewest digits in (low, high], close to `near` or else to the middle."""
    aim = (low + high) / 2 if near is None else min(max(near, low), high)
    for digits in range(1, 17):
        rounded = round(aim, digits)
        if low < rounded <= high:
            return rounded
    return high


def _as_given(threshold: float, least: float, limit: Capacity | None) -> Rule:
    if least <= threshold:
        return Rule(threshold, "as given" + _limited(limit), limit)
    return Rule(least, f"{threshold:g} was given; raised" + _limited(limit), limit)


def _limited(limit: Capacity | None) -> str:
    return f", acting on at most {limit.cases:,} of {limit.out_of:,} cases" if limit else ""
