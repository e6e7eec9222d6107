"""The metrics of the three tasks (names: mlcl.metrics.METRICS), in numpy alone.

Each formula is written once, over counts and means that may have leading axes: the figures of one set of rows are the
case without leading axes, bootstrap draws the case [resamples]. Inside, an undefined figure is NaN; outside it is None.
Definitions and conventions are scikit-learn's (probabilities are clipped for log_loss at the machine epsilon; precision
is 0 where nobody is acted on), except that what is undefined says so instead of warning and guessing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlcl.metrics import BINARY, METRICS, REGRESSION

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Array = NDArray[Any]
EPSILON = float(np.finfo(float).eps)

Figures = dict[str, Floats]
Known = dict[str, float | None]


@dataclass(frozen=True)
class Ranking:
    """Rows by score, highest first. order: row numbers [n]; ends: the position after each group of equal scores
    [groups]; positive: whether the row is of the class in question, in that order [n]."""

    order: Ints
    ends: Ints
    positive: NDArray[np.bool_]

    @classmethod
    def of(cls, scores: Array, positive: Array) -> Ranking:
        sorted_already = np.all(scores[:-1] >= scores[1:])  # as groups of sorted rows are
        order = np.arange(len(scores)) if sorted_already else np.argsort(-scores, kind="stable")
        ranked = scores[order]
        ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]) + 1, len(order))
        return cls(order, ends, positive[order])

    @cached_property
    def above(self) -> tuple[Floats, Floats]:
        """How many positive and negative rows score at least as high as each group: two arrays [groups]."""
        positives = np.cumsum(self.positive)[self.ends - 1].astype(float)
        return positives, self.ends - positives

    def figures(self) -> tuple[Floats, Floats]:
        """(roc_auc, average_precision) of the rows as they are."""
        positives, negatives = self.above
        return ranked(np.diff(positives, prepend=0), np.diff(negatives, prepend=0))


@dataclass(frozen=True)
class Cases:
    """Rows, what a model says of them and what is decided: all that figures are computed from.

    y: class codes or values [n]; scores: probability of class 1 or predicted value [n], or probabilities [n, classes];
    decided: class codes [n], None for regression. classes: 0 for regression. worth: the value table
    [[true negative, false positive], [false negative, true positive]], or None.
    """

    task: str
    y: Array
    scores: Floats
    decided: Array | None = None
    classes: int = 2
    worth: Floats | None = None

    def take(self, rows: Array) -> Cases:
        decided = None if self.decided is None else self.decided[rows]
        return replace(self, y=self.y[rows], scores=self.scores[rows], decided=decided)

    @cached_property
    def terms(self) -> Figures:
        """What each row adds to the metrics that are means over rows: name -> [n]."""
        return errors(self.y, self.scores) if self.task == REGRESSION else losses(self.y, self.scores)

    @cached_property
    def rankings(self) -> tuple[Ranking, ...]:
        """One ranking for a binary task, one per class for several classes, none for regression."""
        if self.task == REGRESSION:
            return ()
        if self.task == BINARY:
            return (Ranking.of(self.scores, self.y == 1),)
        return tuple(Ranking.of(self.scores[:, code], self.y == code) for code in range(self.classes))

    @cached_property
    def tally(self) -> Floats:
        """Rows decided rightly, rows there are and rows decided so, by class: [3, classes]."""
        if self.decided is None:
            return np.zeros((3, 0))
        right = self.y[self.y == self.decided]
        counts = [np.bincount(part, minlength=self.classes) for part in (right, self.y, self.decided)]
        return np.stack(counts).astype(np.float64)


def measure(cases: Cases) -> Known:
    """Every metric of the task; None where it is undefined (`undefined` says why)."""
    means = {name: np.asarray(np.mean(term)) for name, term in cases.terms.items()}
    return known(combine(cases, means, cases.tally, [ranking.figures() for ranking in cases.rankings]))


def combine(cases: Cases, means: Figures, tally: Floats, ranks: Sequence[tuple[Floats, Floats]]) -> Figures:
    """The metrics from their parts, each with the same leading axes. tally: [..., 3, classes]; means: name -> [...];
    ranks: (roc_auc, average_precision) per ranking."""
    if cases.task == REGRESSION:
        return _from_errors(means)
    found = dict(means)
    if ranks:
        found["roc_auc"] = mean_defined(np.stack([auc for auc, _ in ranks], axis=-1))
        found["average_precision"] = mean_defined(np.stack([precision for _, precision in ranks], axis=-1))
    if tally.size:
        found |= _from_tally(cases, tally)
    return {name: found[name] for name in METRICS if name in found}


def known(figures: Figures) -> Known:
    """Plain numbers; None for NaN."""
    return {name: float(figure) if np.isfinite(figure) else None for name, figure in figures.items()}


def ranked(positive: Floats, negative: Floats, whole: Floats | float = 1.0) -> tuple[Floats, Floats]:
    """(roc_auc, average_precision) from counts of both classes per cell of equal scores, highest first [..., cells].

    roc_auc: the share of pairs in which the positive scores higher, ties half (Mann-Whitney). average_precision: the
    sum over cells of recall gained times precision (Davis and Goadrich 2006; as scikit-learn, without interpolation).
    whole: 1.0 where a cell is one score; 0.5 where it holds several, whose positives then count from its middle.
    """
    hits, misses = np.cumsum(positive, axis=-1), np.cumsum(negative, axis=-1)
    positives, negatives = hits[..., -1], misses[..., -1]
    lower = negatives[..., None] - misses + 0.5 * negative
    auc = divide(np.sum(positive * lower, axis=-1), positives * negatives)
    hits_here, misses_here = hits - (1 - whole) * positive, misses - (1 - whole) * negative
    precision = divide(hits_here, hits_here + misses_here, empty=0.0)
    return auc, divide(np.sum(positive * precision, axis=-1), positives)


def losses(y: Array, scores: Floats) -> Figures:
    """Log loss and Brier score of each row [n], from probabilities of class 1 [n] or of every class [n, classes]."""
    rows = np.arange(len(y))
    given = np.where(y == 1, scores, 1 - scores) if scores.ndim == 1 else scores[rows, y]
    others = 0.0 if scores.ndim == 1 else np.sum(scores**2, axis=1) - given**2
    return {"log_loss": -np.log(np.clip(given, EPSILON, 1 - EPSILON)), "brier": (1 - given) ** 2 + others}


def errors(y: Floats, scores: Floats) -> Figures:
    """What the regression metrics are means of, per row [n]. Relative errors are NaN, all of them, where a true
    value is 0: one such row would outweigh all others."""
    error = scores - y
    spread = y - np.mean(y) if len(y) and np.min(y) < np.max(y) else np.zeros(len(y))
    size = np.abs(y)
    relative = np.full(len(y), np.nan) if np.any(size < EPSILON) else np.abs(error) / size
    return {
        "squared": error**2,
        "absolute": np.abs(error),
        "relative": relative,
        "spread": spread,
        "spread_squared": spread**2,
    }


def by_class(tally: Floats) -> Figures:
    """precision, recall and f1 of each class [..., classes], NaN for a class without rows. tally: [..., 3, classes]."""
    right, there, decided = tally[..., 0, :], tally[..., 1, :], tally[..., 2, :]
    absent = there == 0
    return {
        "precision": np.where(absent, np.nan, divide(right, decided, empty=0.0)),
        "recall": divide(right, there),
        "f1": np.where(absent, np.nan, divide(2 * right, there + decided, empty=0.0)),
    }


def confusion(y: Array, decided: Array, classes: int) -> Ints:
    """Rows by true class (first axis) and decided class (second): [classes, classes]."""
    counts = np.bincount(y.astype(np.int64) * classes + decided, minlength=classes * classes)
    return counts.reshape(classes, classes)


def undefined(cases: Cases, figures: Known) -> dict[str, str]:
    """Why each metric that is None is so."""
    reasons = {
        "mape": "A true value is 0, so an error relative to it is undefined.",
        "r2": "All true values are equal, so there is no variance to explain.",
    }
    one_class = "All rows are of one class."
    return {name: reasons.get(name, one_class) for name, figure in figures.items() if figure is None}


def divide(top: Floats, bottom: Floats, empty: float = np.nan) -> Floats:
    """top / bottom, and `empty` where bottom is 0."""
    filled: Floats = np.divide(top, bottom, out=np.full(np.shape(bottom), empty), where=bottom != 0)
    return filled


def mean_defined(figures: Floats) -> Floats:
    """Mean over the last axis of what is not NaN; NaN where nothing is left."""
    there = ~np.isnan(figures)
    return divide(np.sum(np.where(there, figures, 0.0), axis=-1), np.sum(there, axis=-1) * 1.0)


def _from_tally(cases: Cases, tally: Floats) -> Figures:
    right, there = tally[..., 0, :], tally[..., 1, :]
    found = {"accuracy": divide(np.sum(right, axis=-1), np.sum(there, axis=-1))}
    for name, figure in by_class(tally).items():
        found[name] = figure[..., 1] if cases.task == BINARY else mean_defined(figure)
    if cases.task == BINARY:  # nobody acted on a class without rows: a share of nothing is 0, as elsewhere
        found["precision"] = divide(right[..., 1], tally[..., 2, 1], empty=0.0)
    if cases.worth is not None:
        found["value_per_case"] = value_per_case(tally, cases.worth)
    return found


def value_per_case(tally: Floats, worth: Floats) -> Floats:
    """Mean worth of the decisions, from a binary tally [..., 3, 2] and the value table [2, 2]."""
    right, there = tally[..., 0, :], tally[..., 1, :]
    wrong = there - right
    rightly = right[..., 0] * worth[0, 0] + right[..., 1] * worth[1, 1]
    wrongly = wrong[..., 0] * worth[0, 1] + wrong[..., 1] * worth[1, 0]
    return divide(rightly + wrongly, np.sum(there, axis=-1))


def _from_errors(means: Figures) -> Figures:
    variance = means["spread_squared"] - means["spread"] ** 2
    varied = variance > 1e-12 * means["spread_squared"]
    return {
        "rmse": np.sqrt(means["squared"]),
        "mae": means["absolute"],
        "r2": 1 - divide(means["squared"], np.where(varied, variance, 0.0)),
        "mape": means["relative"],
    }
