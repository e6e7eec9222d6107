"""Bootstrap draws of every metric, of several models on the same resamples (Efron and Tibshirani 1993, chapter 13).

One resample is a weight for each row: how often the row was drawn. Two things keep it fast for any number of rows:

- Units. Above `UNITS` rows, rows are put at random into `UNITS` bundles, and bundles are resampled. The variance of a
  draw stays right on average (bundles of independent rows are independent); the width of an interval gets a relative
  noise of about 1 / sqrt(2 * UNITS) = 2 %, less than that of 1000 resamples.
- Cells. Metrics of a ranking need the counts of both classes by score. Above 4 * PICKS distinct scores they are counted
  in cells of neighbouring scores, with edges at quantiles of the positive and of the negative rows (rare positives keep
  a cell each). Draws are shifted by what the cells change in the figure of the rows themselves, so the centre is exact.

A draw of counts is then one matrix product, weights [resamples, units] by counts [units, cells], of whole numbers that
float32 or float64 hold exactly: the result does not depend on threads or on the order of sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from mlcl.metrics import BINARY
from mlcl.models.metrics import Array, Cases, Figures, Floats, Ints, Ranking, combine, measure, ranked

UNITS = 1000
PICKS = 64
CHUNK = 250  # resamples worked on at a time: keeps the working set near the processor
EXACT_IN_FLOAT32 = 2**22


class Interval(NamedTuple):
    low: float
    high: float


def draws(models: Mapping[str, Cases], resamples: int, seed: int) -> dict[str, Figures]:
    """Metrics of every model on `resamples` resamples of its rows: model -> metric -> [resamples], NaN where undefined.

    All models must be given on the same rows in the same order; resample i is the same for all, so differences of
    draws are draws of the difference.
    """
    rng = np.random.default_rng(seed)
    rows = len(next(iter(models.values())).y)
    units = min(rows, UNITS)
    unit = rng.permutation(rows) % units
    plans = {name: _Plan(cases, unit, units) for name, cases in models.items()}
    found: dict[str, list[Figures]] = {name: [] for name in models}
    with threadpool_limits(1, "blas"):  # products this small lose more to waiting for each other than they gain
        for weights in _weights(units, resamples, rng):
            for name, plan in plans.items():
                found[name].append(plan.figures(weights))
    noise = rng.random(resamples)
    return {name: _settle(models[name], plans[name], found[name], noise) for name in models}


def interval(drawn: Floats, level: float = 0.95) -> Interval | None:
    """Percentile interval of the defined draws; None when there are none."""
    defined = drawn[~np.isnan(drawn)]
    if not len(defined):
        return None
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def _weights(units: int, resamples: int, rng: np.random.Generator) -> Iterator[Floats]:
    """How often each unit is drawn, in blocks [<= CHUNK, units]."""
    for start in range(0, resamples, CHUNK):
        size = min(CHUNK, resamples - start)
        drawn = rng.integers(0, units, (size, units)) + units * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * units).reshape(size, units).astype(np.float64)


class _Table:
    """Rows by unit and column, as a matrix to multiply weights with."""

    def __init__(self, units: int, unit: Array, column: Array, width: int) -> None:
        counts = np.bincount(unit * width + column, minlength=units * width).reshape(units, width)
        self.width = width
        self.used = np.flatnonzero(counts.any(axis=0))
        self.counts = counts[:, self.used].astype(np.float32 if len(unit) < EXACT_IN_FLOAT32 else np.float64)

    def drawn(self, weights: Floats) -> Floats:
        """Rows by column in each resample: [resamples, width]."""
        filled = np.zeros((len(weights), self.width))
        filled[:, self.used] = weights.astype(self.counts.dtype) @ self.counts
        return filled


class _Plan:
    """What the figures of one model under any weights are computed from."""

    def __init__(self, cases: Cases, unit: Array, units: int) -> None:
        self.cases = cases
        self.sizes = np.bincount(unit, minlength=units).astype(float)
        self.sums = {name: np.bincount(unit, term, minlength=units) for name, term in cases.terms.items()}
        self.tally = _tally_table(cases, unit, units)
        picks = max(32, min(PICKS, 2 * PICKS // max(1, len(cases.rankings))))
        self.rankings = [_ranking_table(ranking, unit, units, picks) for ranking in cases.rankings]

    def figures(self, weights: Floats) -> Figures:
        rows = weights @ self.sizes
        # einsum, not BLAS: a sum of fractions must not depend on the number of threads
        means = {name: np.einsum("bu,u->b", weights, sums) / rows for name, sums in self.sums.items()}
        tally = self.tally.drawn(weights).reshape(len(weights), 3, -1) if self.tally else np.zeros(0)
        ranks = [
            ranked(counts[:, : len(whole)], counts[:, len(whole) :], whole)
            for counts, whole in ((table.drawn(weights), whole) for table, whole in self.rankings)
        ]
        return combine(self.cases, means, tally, ranks)


def _tally_table(cases: Cases, unit: Array, units: int) -> _Table | None:
    """Rows decided rightly, rows there are and rows decided so, by class (as Cases.tally)."""
    if cases.decided is None:
        return None
    right, classes = cases.y == cases.decided, cases.classes
    column = np.concatenate([cases.y[right], cases.y + classes, cases.decided + 2 * classes])
    return _Table(units, np.concatenate([unit[right], unit, unit]), column, 3 * classes)


def _ranking_table(ranking: Ranking, unit: Array, units: int, picks: int) -> tuple[_Table, Floats]:
    """Positives, then negatives, by cell; and for each cell 1.0 when it is one score, else 0.5."""
    group = np.repeat(np.arange(len(ranking.ends)), np.diff(ranking.ends, prepend=0))
    cell = _cells(ranking, group, picks)
    whole = np.where(np.bincount(cell) == 1, 1.0, 0.5)
    column = cell[group] + np.where(ranking.positive, 0, len(whole))
    return _Table(units, unit[ranking.order], column, 2 * len(whole)), whole


def _cells(ranking: Ranking, group: Ints, picks: int) -> Ints:
    """Cell of each group of equal scores: one each, or, of many, `picks` per class alone and those between together."""
    groups = len(ranking.ends)
    if groups <= 4 * picks:
        return np.arange(groups)
    alone = np.zeros(groups, dtype=bool)
    for side in (ranking.positive, ~ranking.positive):
        places = np.flatnonzero(side)
        alone[group[places[np.linspace(0, len(places) - 1, picks).round().astype(int)]]] = len(places) > 0
    after = np.concatenate([[False], alone[:-1]])
    return np.cumsum(alone | after)


def _settle(cases: Cases, plan: _Plan, blocks: list[Figures], noise: Floats) -> Figures:
    """Blocks of draws put together, centred on the figures of the rows themselves, and widened where all rows agree."""
    drawn = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    exact = measure(cases)
    grouped = plan.figures(np.ones((1, len(plan.sizes))))
    for name in ("roc_auc", "average_precision"):
        point = exact.get(name)
        if point is not None:
            drawn[name] = np.clip(drawn[name] + (point - grouped[name]), 0.0, 1.0)
    for name, shared in _denominators(cases).items():
        point = exact[name]
        if point in (0.0, 1.0) and shared:
            doubt = np.where(noise < 0.5, 1 - noise ** (1 / shared), 0.0)
            drawn[name] = 1 - doubt if point else doubt
    return drawn


def _denominators(cases: Cases) -> dict[str, int]:
    """Metrics that are a share, and of how many rows.

    Where a share is exactly 0 or 1, every resample repeats it, as if it were certain. Half of its draws are then
    noise^(1 / rows) away: their quantiles are the exact bounds of Clopper and Pearson (1934), as in the rule of three.
    """
    if cases.decided is None:
        return {}
    shares = {"accuracy": len(cases.y)}
    if cases.task == BINARY:
        acted, positive = int(np.sum(cases.decided == 1)), int(np.sum(cases.y == 1))
        # who acts on nobody, or on everybody, is sure of the recall
        shares |= {"precision": acted, "recall": positive if 0 < acted < len(cases.y) else 0}
    return shares
