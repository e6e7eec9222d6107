"""Whether a window's rows as a whole can be told from training rows (classifier two-sample test, Lopez-Paz and Oquab
2017): a classifier learns which is which, and is asked about rows that it did not learn from. Where the two are alike
its ROC AUC is 0.5, whatever the columns; it finds what only several columns together show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mlcl.models.boosters import xgboost
from mlcl.models.table import Floats, Matrix

ROWS = 20_000  # of each side, at most
FEW = 10_000
ROUNDS = 40
PARAMETERS = {
    "objective": "binary:logistic",
    "base_score": 0.5,
    "tree_method": "hist",
    "max_depth": 4,
    "learning_rate": 0.2,
    "min_child_weight": 10,
    "reg_lambda": 5,
    "max_bin": 64,
    "verbosity": 0,
}


class MultivariateLimits(NamedTuple):
    """auc: from which on a window counts as drifted, if the p-value is below alpha and both sides have rows enough."""

    auc: float = 0.55
    alpha: float = 0.01
    minimum_rows: int = 200


DEFAULT = MultivariateLimits()


class Auc(NamedTuple):
    """value, and the variances of it: as estimated (DeLong et al. 1988), and if the two sides were alike."""

    value: float
    variance: float
    null: float


def classifier_test(
    reference: Matrix,
    current: Matrix,
    names: Sequence[str],
    kinds: Sequence[str],
    seed: int,
    limits: MultivariateLimits = DEFAULT,
    level: float = 0.95,
) -> dict[str, Any]:
    """Tells rows of `current` [m, columns] from rows of `reference` [n, columns]: encoded by the recipe, NaN = missing.

    kinds: "number" or "category" of each column. Samples of at most ROWS rows of each side, in two halves; each is
    judged by the classifier of the other. {auc, low, high, level, p_value (one-sided), rows: {reference, current},
    columns: [{column, share of the gain}], drifted, why}; without rows enough auc is None.
    """
    rng = np.random.default_rng(seed)
    sides = [side[np.sort(rng.permutation(len(side))[:ROWS])] for side in (reference, current)]
    rows = {"reference": len(sides[0]), "current": len(sides[1])}
    found: dict[str, Any] = dict.fromkeys(("auc", "low", "high", "p_value"))
    found |= {"level": level, "rows": rows, "columns": [], "drifted": False, "limits": limits._asdict()}
    if min(rows.values()) < max(4, limits.minimum_rows):
        return {**found, "why": f"too few rows to tell: wanted {limits.minimum_rows} of each side"}
    aucs, gains = _halves(sides, kinds, rng)
    measured = _combined(aucs, level)
    drifted = measured["auc"] >= limits.auc and measured["p_value"] < limits.alpha
    why = f"AUC {measured['auc']:.3f}, limit {limits.auc:g}, p = {measured['p_value']:.2g}"
    return {**found, **measured, "columns": _shares(names, gains), "drifted": bool(drifted), "why": why}


def delong(positive: Floats, negative: Floats) -> Auc:
    """Area under the ROC curve of two sides' scores, ties half, by ranks (Sun and Xu 2014)."""
    m, n = len(positive), len(negative)
    joined = np.concatenate([positive, negative])
    ranks, sizes = _ranks(joined)
    above = (ranks[:m] - _ranks(positive)[0]) / n
    below = 1 - (ranks[m:] - _ranks(negative)[0]) / m
    value = float(above.mean())
    variance = float(above.var(ddof=1) / m + below.var(ddof=1) / n)
    total = m + n
    ties = float(np.sum(sizes**3 - sizes)) / (total * (total - 1))
    return Auc(value, variance, (total + 1 - ties) / (12 * m * n))


def _ranks(values: Floats) -> tuple[Floats, Floats]:
    """Rank of each value, from 1, equal ones sharing the mean; and the sizes of the groups of equal values."""
    _, inverse, sizes = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(sizes)
    return np.asarray((ends - (sizes - 1) / 2)[inverse]), sizes.astype(np.float64)


def _halves(sides: Sequence[Matrix], kinds: Sequence[str], rng: np.random.Generator) -> tuple[list[Auc], Floats]:
    xgb = xgboost()
    x = np.concatenate(sides)
    y = np.repeat([0.0, 1.0], [len(side) for side in sides])
    half = np.concatenate([rng.permutation(len(side)) % 2 for side in sides])
    threads = 1 if len(x) < FEW else 0  # of few rows, threads cost more than they save; the trees are the same
    types = ["c" if kind == "category" else "q" for kind in kinds]
    share = {"scale_pos_weight": len(sides[0]) / len(sides[1]), "nthread": threads}
    aucs, gains = [], np.zeros(len(kinds))
    for part in (0, 1):
        learn, ask = half == part, half != part
        data = xgb.QuantileDMatrix(
            x[learn], y[learn], feature_types=types, nthread=threads, enable_categorical=True, max_bin=64
        )
        booster = xgb.train({**PARAMETERS, **share}, data, ROUNDS)
        asked = xgb.DMatrix(x[ask], feature_types=types, nthread=threads, enable_categorical=True)
        scores = booster.predict(asked).astype(np.float64)
        aucs.append(delong(scores[y[ask] == 1], scores[y[ask] == 0]))
        for name, gain in booster.get_score(importance_type="total_gain").items():
            gains[int(name[1:])] += gain
    return aucs, gains


def _combined(aucs: Sequence[Auc], level: float) -> dict[str, Any]:
    """The mean of the halves. Given its classifier each half is a sample of its own, so variances add."""
    from scipy.special import ndtr, ndtri

    value = float(np.mean([auc.value for auc in aucs]))
    spread, null = (np.sqrt(sum(getattr(auc, name) for auc in aucs)) / len(aucs) for name in ("variance", "null"))
    width = float(ndtri((1 + level) / 2)) * spread
    p_value = float(ndtr(-(value - 0.5) / null)) if null else 1.0
    return {"auc": value, "low": max(0.0, value - width), "high": min(1.0, value + width), "p_value": p_value}


def _shares(names: Sequence[str], gains: Floats) -> list[dict[str, Any]]:
    total = gains.sum() or 1.0
    order = np.argsort(-gains, kind="stable")
    return [{"column": names[place], "share": float(gains[place] / total)} for place in order if gains[place] > 0]
