"""Curves and tables that show how a model behaves, as columns of some 200 points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mlcl.models import decision
from mlcl.models.metrics import Cases, Floats, Ints, Ranking, divide
from mlcl.problem.sections import Value

POINTS = 200  # a curve may add its origin, or the point of the decision
DOTS = 500
BINS = 10
Columns = dict[str, list[float]]


def binary(cases: Cases, value: Value | None, acted: int) -> dict[str, Columns]:
    """roc, pr, lift, calibration and thresholds of a binary model. acted: rows acted on, kept as a point."""
    ranking = cases.rankings[0]
    scores = cases.scores[ranking.order]
    return {
        **ranked(ranking, scores, POINTS),
        "lift": _lift(ranking, _picks(ranking, POINTS)),
        "calibration": _calibration(ranking, scores),
        "thresholds": _thresholds(ranking, scores, _picks(ranking, POINTS, acted), value),
    }


def classes(cases: Cases, labels: Sequence[str]) -> dict[str, dict[str, Columns]]:
    """roc and pr of each class against the rest; many classes share some 4000 points."""
    points = max(21, min(POINTS, 4000 // len(labels)))
    return {
        label: ranked(ranking, cases.scores[:, code][ranking.order], points)
        for code, (label, ranking) in enumerate(zip(labels, cases.rankings, strict=True))
    }


def ranked(ranking: Ranking, scores: Floats, points: int) -> dict[str, Columns]:
    """roc and pr of a ranking; scores in its order. Empty where a class is missing."""
    hits, misses = ranking.above
    if not hits[-1] or not misses[-1]:
        return {"roc": columns(fpr=[], tpr=[], threshold=[]), "pr": columns(recall=[], precision=[], threshold=[])}
    picks = _picks(ranking, points)
    recall, fallout, threshold = hits[picks] / hits[-1], misses[picks] / misses[-1], scores[ranking.ends[picks] - 1]
    precision = hits[picks] / ranking.ends[picks]
    return {
        "roc": columns(fpr=[0.0, *fallout], tpr=[0.0, *recall], threshold=[1.0, *threshold]),
        "pr": columns(recall=recall, precision=precision, threshold=threshold),
    }


def residuals(cases: Cases, seed: int) -> dict[str, Any]:
    """Predicted and actual values of some rows, and how errors (predicted less actual) are distributed."""
    rows = np.sort(np.random.default_rng(seed).permutation(len(cases.y))[:DOTS])
    error = cases.scores - cases.y
    shares = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
    return {
        **columns(predicted=cases.scores[rows], actual=cases.y[rows]),
        "histogram": histogram(error, 40),
        "quantiles": {str(share): tidy(at) for share, at in zip(shares, np.quantile(error, shares), strict=True)},
    }


def predictions(cases: Cases) -> dict[str, Any]:
    """How scores are distributed: probabilities (the greatest, of several classes) or predicted values."""
    if not cases.classes:
        return histogram(cases.scores, 40)
    if cases.scores.ndim == 2:
        return histogram(cases.scores.max(axis=1), 40, (0.0, 1.0))
    positives = histogram(cases.scores[cases.y == 1], 40, (0.0, 1.0))
    return {**histogram(cases.scores, 40, (0.0, 1.0)), "positives": positives["counts"]}


def histogram(numbers: Floats, bins: int, limits: tuple[float, float] | None = None) -> dict[str, Any]:
    """{edges, counts}; limits: the range, by default that of the numbers (a wider one when they are all but equal)."""
    low, high = limits or (float(np.min(numbers)), float(np.max(numbers)))
    size = max(abs(low), abs(high))
    if high - low <= 1e-9 * size:
        low, high = low - max(0.5, size / 2), high + max(0.5, size / 2)
    counts, edges = np.histogram(numbers, bins, (low, high))
    return {**columns(edges=edges), "counts": counts.tolist()}


def columns(**numbers: Any) -> Columns:
    return {name: [tidy(number) for number in column] for name, column in numbers.items()}


def tidy(number: float) -> float:
    """To 6 significant digits: what a plot shows, in a file that stays small."""
    return float(f"{number:.6g}")


def _picks(ranking: Ranking, points: int, acted: int = 0) -> Ints:
    """Groups of equal scores to show: at most `points`, evenly by rows and by positives together, with the last.

    acted: the group that ends after so many rows is kept as well, when there is one.
    """
    hits, _ = ranking.above
    if len(hits) <= points:
        return np.arange(len(hits))
    way = hits / max(1.0, hits[-1]) + ranking.ends / ranking.ends[-1]
    picks = np.searchsorted(way, np.linspace(way[0], way[-1], points))
    return np.union1d(picks, np.flatnonzero(ranking.ends == acted))


def _lift(ranking: Ranking, picks: Ints) -> Columns:
    """share of rows acted on, gain = share of the positives among them, lift = gain / share."""
    hits, _ = ranking.above
    share = ranking.ends[picks] / ranking.ends[-1]
    gain = hits[picks] / hits[-1] if hits[-1] else np.zeros(len(picks))
    return columns(share=share, lift=gain / share, gain=gain)


def _calibration(ranking: Ranking, scores: Floats) -> Columns:
    """Mean probability and share of positives in bins of about as many rows; equal scores stay together."""
    rows = len(scores)
    cuts = np.searchsorted(ranking.ends, np.linspace(0, rows, min(BINS, rows) + 1)[1:])
    ends = np.unique(ranking.ends[cuts])
    starts = np.concatenate([[0], ends[:-1]])
    count = ends - starts
    predicted, observed = (np.add.reduceat(part * 1.0, starts) / count for part in (scores, ranking.positive))
    return {**columns(predicted=predicted[::-1], observed=observed[::-1]), "count": count[::-1].tolist()}


def _thresholds(ranking: Ranking, scores: Floats, picks: Ints, value: Value | None) -> Columns:
    """What happens at each threshold: acting on all rows that score so much or more."""
    hits, misses = (side[picks] for side in ranking.above)
    positives, negatives = (side[-1] for side in ranking.above)
    acted = hits + misses
    found = columns(
        threshold=scores[ranking.ends[picks] - 1],
        share=acted / len(scores),
        precision=hits / acted,
        recall=divide(hits, np.full(len(hits), positives), empty=0.0),
        f1=2 * hits / (acted + positives),
    )
    counts = {"tp": hits, "fp": misses, "fn": positives - hits, "tn": negatives - misses}
    worth = columns(value_per_case=decision.values(ranking, value)[picks]) if value else {}
    return {**found, **{name: count.astype(int).tolist() for name, count in counts.items()}, **worth}
