"""The statistics that compare two samples, from their counts. Formulas and sources: docs/monitoring-statistics.md.

A sample is its counts by cell: float64 or int64 [cells], the same cells for both. Every function has a result for
empty samples: no distance, p-value 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[Any]
Floats = NDArray[np.float64]

FEWEST_EXPECTED = 5.0  # rows that the chi-squared approximation wants in every cell (Cochran 1954)


class Outcome(NamedTuple):
    """statistic: D, or chi-squared; degrees: of freedom (0 where the test has none)."""

    name: str
    statistic: float
    p_value: float
    degrees: int = 0


def psi(reference: Counts, current: Counts) -> float:
    """Population stability index, sum of (q - p) ln(q / p) over the cells: 0 for equal shares, no upper bound.

    A cell that one sample lacks counts there as half a row, so a lone row in it weighs little and many weigh much.
    """
    if not _comparable(reference, current):
        return 0.0
    either = (reference > 0) | (current > 0)
    p = np.maximum(reference[either], 0.5) / reference.sum()
    q = np.maximum(current[either], 0.5) / current.sum()
    return float(np.sum((q - p) * np.log(q / p)))


def psi_noise(reference: Counts, current: Counts) -> float:
    """What the index is on average for two samples of one population: (cells - 1) (1/n + 1/m) (Yurdakul 2018)."""
    if not _comparable(reference, current):
        return 0.0
    cells = int(np.count_nonzero(reference + current))
    return (cells - 1) * float(1 / reference.sum() + 1 / current.sum())


def jensen_shannon(reference: Counts, current: Counts) -> float:
    """Jensen-Shannon distance to base 2 (Lin 1991; Endres and Schindelin 2003): 0 for equal shares, 1 for disjoint."""
    if not _comparable(reference, current):
        return 0.0
    p, q = reference / reference.sum(), current / current.sum()
    middle = (p + q) / 2
    divergence = (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2
    return float(np.sqrt(max(0.0, divergence)))


def kolmogorov_smirnov(reference: Counts, current: Counts) -> Outcome:
    """Two-sample test of cells in order. D is the greatest difference of the cumulative shares at the cells' ends; the
    p-value is Kolmogorov's limit with Stephens' correction (1970), and too large where values are tied."""
    n, m = float(reference.sum()), float(current.sum())
    if not n or not m:
        return Outcome("ks", 0.0, 1.0)
    distance = float(np.max(np.abs(np.cumsum(reference) / n - np.cumsum(current) / m)))
    from scipy.special import kolmogorov

    root = np.sqrt(n * m / (n + m))
    return Outcome("ks", distance, float(kolmogorov((root + 0.12 + 0.11 / root) * distance)))


def homogeneity(reference: Counts, current: Counts) -> Outcome:
    """Whether both samples fall into the cells with the same shares: Pearson's chi-squared.

    Cells in which either sample is expected to have fewer than 5 rows are taken together. Where even together they
    have fewer, they leave the table, and their rows are tested by the exact conditional test: given how many there
    are, those of the current sample are binomial. The p-value is then twice the less of the two (Bonferroni).
    """
    n, m = float(reference.sum()), float(current.sum())
    if not n or not m:
        return Outcome("chi2", 0.0, 1.0)
    both = np.stack([reference, current]).astype(np.float64)
    rare = both.sum(axis=0) * min(n, m) / (n + m) < FEWEST_EXPECTED
    pool = both[:, rare].sum(axis=1)
    enough = pool.sum() * min(n, m) / (n + m) >= FEWEST_EXPECTED
    table = np.column_stack([both[:, ~rare], pool]) if enough else both[:, ~rare]
    statistic, degrees = _chi_squared(table)
    p_value = _chi_squared_p(statistic, degrees)
    if pool.sum() and not enough:
        p_value = min(1.0, 2 * min(p_value, _conditional_p(pool, m / (n + m))))
    return Outcome("chi2", statistic, p_value, degrees)


def cramers_v(reference: Counts, current: Counts) -> float:
    """Cramér's V of sample by cell, from shares: as if both samples were equally large, so that it says the same of
    100 rows and of a million. 0 for equal shares, 1 for disjoint."""
    if not _comparable(reference, current):
        return 0.0
    p, q = reference / reference.sum(), current / current.sum()
    either = p + q > 0
    return float(np.sqrt(np.sum((p - q)[either] ** 2 / (p + q)[either]) / 2))


def mean_difference(reference: tuple[float, float], current: tuple[float, float]) -> float | None:
    """Standardised difference of two (mean, standard deviation): difference of the means over the root of the mean
    variance (Cohen 1988). None where nothing varies and the means differ."""
    (mean, std), (other, other_std) = reference, current
    spread = float(np.sqrt((std**2 + other_std**2) / 2))
    if not spread:
        return 0.0 if mean == other else None
    return (other - mean) / spread


def adjusted(p_values: Sequence[float]) -> Floats:
    """p-values that control the false discovery rate (Benjamini and Hochberg 1995), in the order given."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(-p, kind="stable")
    found = np.empty(len(p))
    found[order] = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    return np.minimum(found, 1.0)


def _comparable(reference: Counts, current: Counts) -> bool:
    return bool(reference.sum() and current.sum())


def _relative_entropy(p: Floats, q: Floats) -> float:
    there = p > 0
    return float(np.sum(p[there] * np.log2(p[there] / q[there])))


def _chi_squared(table: Floats) -> tuple[float, int]:
    if table.shape[1] < 2 or not np.all(table.sum(axis=1)):
        return 0.0, 0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float(np.sum((table - expected) ** 2 / expected)), table.shape[1] - 1


def _chi_squared_p(statistic: float, degrees: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(degrees, statistic)) if degrees else 1.0


def _conditional_p(pool: Floats, share: float) -> float:
    """Two-sided: twice the smaller tail of the binomial distribution. pool: rows of the reference, and current ones."""
    from scipy.special import betainc, betaincc

    total, current = float(pool.sum()), float(pool[1])
    upper = float(betainc(current, total - current + 1, share)) if current else 1.0
    lower = float(betaincc(current + 1, total - current, share)) if current < total else 1.0
    return min(1.0, 2 * min(upper, lower))
