"""How much one column alone says about the target, and how columns go together."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
MOST_CLASSES = 20  # rarer ones are measured together
_PRIOR = 1.0  # a bin counts as if it held one more row of the average target
_GOLDEN = 2654435769  # 2^32 / golden ratio: multiples spread evenly


class Known(NamedTuple):
    """The target of the rows that have one. y: class codes below `classes`, or ranks in [0, 1] when classes is 0."""

    rows: Array
    y: Array
    classes: int
    fold: Array

    @property
    def measure(self) -> str:
        return "gini" if self.classes else "rank_r2"


def known_target(y: Array, classes: int) -> Known:
    """y: int codes (-1: missing) of `classes` classes, or floats (NaN: missing) and classes = 0."""
    rows = np.flatnonzero(y >= 0) if classes else np.flatnonzero(np.isfinite(y))
    known = y[rows]
    fold = ((np.arange(len(rows), dtype=np.uint64) * _GOLDEN) >> 31 & 1).astype(np.int64)
    if not classes:
        return Known(rows, _ranks(known), 0, fold)
    if classes > MOST_CLASSES:
        order = np.argsort(-np.bincount(known, minlength=classes), kind="stable")
        place = np.empty(classes, dtype=np.int64)
        place[order] = np.minimum(np.arange(classes), MOST_CLASSES - 1)
        known, classes = place[known], MOST_CLASSES
    return Known(rows, known.astype(np.int64), classes, fold)


def strength(codes: Array, bins: int, known: Known) -> float:
    """How well the bins of a column alone predict the target: 0 = not at all, 1 = perfectly.

    Each half of the rows is predicted from the bins' averages in the other half, so that an identifier, whose values
    do not come again, predicts nothing. Classes: the Gini coefficient 2 * ROC AUC - 1 (Hand and Till 2001), the mean
    of one class against the rest weighted by its rows. Numbers: the share of the variance of the target's ranks that
    is explained (R²), which no outlier moves.
    """
    cells = known.fold * bins + codes[known.rows]
    value = _gini(cells, bins, known) if known.classes else _rank_r2(cells, bins, known)
    return float(min(max(value, 0.0), 1.0))


def _gini(cells: Array, bins: int, known: Known) -> float:
    k = known.classes
    counts = np.bincount(cells * k + known.y, minlength=2 * bins * k).reshape(2, bins, k).astype(float)
    used = (0,) if k == 2 else range(k)
    total = weight = 0.0
    for learn, measure in ((counts[0], counts[1]), (counts[1], counts[0])):
        of_class = learn.sum(axis=0)
        if not of_class.sum():
            continue
        rate = (learn + _PRIOR * of_class / of_class.sum()) / (learn.sum(axis=1, keepdims=True) + _PRIOR)
        for c in used:
            positive = measure[:, c]
            area = _auc(rate[:, c], positive, measure.sum(axis=1) - positive)
            if area is not None:
                total += (2 * area - 1) * positive.sum()
                weight += positive.sum()
    return total / weight if weight else 0.0


def _auc(score: Array, positive: Array, negative: Array) -> float | None:
    """Chance that a positive scores above a negative, ties counted half, for bins of equal score."""
    pairs = positive.sum() * negative.sum()
    if not pairs:
        return None
    _, place = np.unique(score, return_inverse=True)
    up, down = np.bincount(place, positive), np.bincount(place, negative)
    return float((up * (np.cumsum(down) - down / 2)).sum() / pairs)


def _rank_r2(cells: Array, bins: int, known: Known) -> float:
    count = np.bincount(cells, minlength=2 * bins).reshape(2, bins).astype(float)
    total = np.bincount(cells, known.y, minlength=2 * bins).reshape(2, bins)
    error = spread = 0.0
    for learn in (0, 1):
        measure = 1 - learn
        if not count[learn].sum() or not count[measure].sum():
            continue
        average = total[learn].sum() / count[learn].sum()
        guess = (total[learn] + _PRIOR * average) / (count[learn] + _PRIOR)
        # Sum over rows of (y - guess)² less sum of y², which is the same for both and cancels in the difference.
        error += float((count[measure] * guess**2 - 2 * guess * total[measure]).sum())
        spread += float(count[measure].sum() * average**2 - 2 * average * total[measure].sum())
    squares = float((known.y**2).sum())
    return 1 - (error + squares) / (spread + squares) if spread + squares > 1e-12 else 0.0


def _ranks(values: Array) -> Array:
    """Mean ranks scaled to [0, 1]."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    ranks: Array = (middle / max(len(values), 1))[place]
    return ranks


def correlations(matrix: Array) -> Array:
    """Pearson correlations [k, k] of the columns of `matrix` [n, k] (NaN: missing), each over the rows that have both;
    NaN where one of them does not vary."""
    with np.errstate(all="ignore"):
        present = np.isfinite(matrix)
        count = np.maximum(present.sum(axis=0), 1)
        filled = np.where(present, matrix, 0.0)
        # Centred and scaled first, so that large means do not swallow the variance.
        centred = np.where(present, filled - filled.sum(axis=0) / count, 0.0)
        scale = np.abs(centred).max(axis=0, initial=0.0)
        x = np.where(present, centred / np.where(scale > 0, scale, 1.0), 0.0)
        there = present.astype(float)
        both = there.T @ there
        sums, squares = x.T @ there, (x * x).T @ there
        cross = x.T @ x - sums * sums.T / both
        variance = squares - sums**2 / both
        variance[variance < 1e-12 * np.maximum(squares, 1e-300)] = np.nan
        result: Array = np.clip(cross / np.sqrt(variance * variance.T), -1.0, 1.0)
    return result
