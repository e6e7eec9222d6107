"""What a model's metrics will be once the outcomes are known, from its probabilities alone (confidence-based
performance estimation, Guillory et al. 2021; NannyML's CBPE).

If of the rows to which the model gives probability p a share p turns out positive, then the numbers of true and false
decisions to expect are sums of probabilities, and so are the metrics. The interval says where the metric of these very
rows will fall when their outcomes arrive: outcomes are drawn from the probabilities, again and again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mlcl.metrics import BINARY, MULTICLASS, REGRESSION
from mlcl.models.bootstrap import interval
from mlcl.models.metrics import (
    Cases,
    Figures,
    Floats,
    Ints,
    by_class,
    divide,
    known,
    mean_defined,
    measure,
    value_per_case,
)

ASSUMPTIONS = (
    "The probabilities are calibrated on these rows: of those given p, a share p turns out so.",
    "How the inputs lead to the outcome has not changed since training (no concept drift): this cannot be seen "
    "without outcomes.",
    "The rows are like training rows in kind: where inputs lie far outside, probabilities mean little.",
)
NO_REGRESSION = (
    "A predicted value says nothing of its own error, so without outcomes there is nothing to estimate from."
)
DRAWS = 400
CELLS = 2000  # of equal decision and about equal probability, in which outcomes are drawn together
MOST_ROWS = 4000  # on which outcomes of several classes are drawn


class Predicted(NamedTuple):
    """scores: probability of the positive class [n], or of every class [n, classes]; decided: class codes [n];
    worth: the value table [[true negative, false positive], [false negative, true positive]], or None."""

    task: str
    scores: Floats
    decided: Ints
    worth: Floats | None = None


def estimate(
    predicted: Predicted, seed: int, *, calibration: Mapping[str, Sequence[float]] | None = None, level: float = 0.95
) -> dict[str, Any]:
    """The metrics to expect of rows without outcomes.

    {task, rows, metrics: {name: value} | None, intervals: {name: {low, high, level}}, calibrated, assumptions, why}.
    calibration: {predicted, observed} of an evaluation with outcomes (binary), by which probabilities are corrected.
    Regression has no estimate: metrics is None and why says so.
    """
    found: dict[str, Any] = {"task": predicted.task, "rows": len(predicted.scores), "metrics": None, "intervals": {}}
    found |= {"calibrated": calibration is not None, "assumptions": list(ASSUMPTIONS), "why": ""}
    if predicted.task == REGRESSION:
        return {**found, "assumptions": [], "why": NO_REGRESSION}
    if not len(predicted.scores):
        return {**found, "why": "There are no rows."}
    if predicted.task == BINARY:
        chances = calibrated(predicted.scores, calibration) if calibration else predicted.scores
        expected, drawn = _binary(predicted, chances, np.random.default_rng(seed))
    else:
        expected, drawn = _multiclass(predicted), _draw_classes(predicted, np.random.default_rng(seed))
    return {**found, "metrics": known(expected), "intervals": _intervals(expected, drawn, level)}


def calibrated(scores: Floats, curve: Mapping[str, Sequence[float]]) -> Floats:
    """Probabilities as they turned out: straight lines between the points (predicted, observed) of a calibration curve,
    which is first made to rise (observed shares that fall are averaged). Beyond its ends: its ends."""
    order = np.argsort(curve["predicted"], kind="stable")
    points = np.asarray(curve["predicted"], dtype=float)[order]
    observed = np.asarray(curve["observed"], dtype=float)[order]
    weight = np.asarray(curve.get("count", np.ones(len(points))), dtype=float)[order]
    return np.asarray(np.interp(scores, points, _rising(observed, weight)))


def _rising(values: Floats, weight: Floats) -> Floats:
    """The nearest sequence that does not fall, by pooling neighbours (Ayer et al. 1955)."""
    pools: list[tuple[float, float, int]] = []
    for value, size in zip(values.tolist(), weight.tolist(), strict=True):
        pools.append((value, size, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m, i), (b, n, j) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n, i + j)]
    return np.repeat([value for value, _, _ in pools], [times for _, _, times in pools])


def _binary(predicted: Predicted, chances: Floats, rng: np.random.Generator) -> tuple[Figures, Figures]:
    """Expected metrics, and metrics of drawn outcomes, both from cells of rows that are ranked and decided alike."""
    order = np.argsort(-predicted.scores, kind="stable")
    scores, decided, chances = predicted.scores[order], predicted.decided[order], chances[order]
    # A cell ends where the decision changes; and where the score does, but of many rows only so often.
    turned = np.append(True, decided[1:] != decided[:-1])
    changed = np.append(True, scores[1:] != scores[:-1])
    due = np.diff(np.arange(len(order)) * CELLS // max(CELLS, len(order)), prepend=-1) > 0
    start = turned | (changed & due)
    firsts = np.flatnonzero(start)
    sizes = np.diff(firsts, append=len(order)).astype(float)
    positives, squares = np.add.reduceat(chances, firsts), np.add.reduceat(chances * (1 - chances), firsts)
    acted = decided[firsts] == 1
    expected = _figures(predicted, positives, sizes - positives, acted, squares)
    hits = rng.binomial(sizes.astype(np.int64), np.clip(positives / sizes, 0, 1), (DRAWS, len(firsts))).astype(float)
    return expected, _figures(predicted, hits, sizes - hits, acted, np.zeros(len(firsts)))


def _figures(predicted: Predicted, positive: Floats, negative: Floats, acted: Any, own: Floats) -> Figures:
    """Metrics from positives and negatives by cell, highest score first [..., cells]. own: pairs that a row would make
    with itself, which the expected pairs of a cell hold and real pairs do not."""
    right, wrong = positive[..., acted].sum(-1), negative[..., acted].sum(-1)
    positives, negatives = positive.sum(-1), negative.sum(-1)
    tally = np.stack(
        [
            np.stack([negatives - wrong, right], -1),
            np.stack([negatives, positives], -1),
            np.stack([positives - right + negatives - wrong, right + wrong], -1),
        ],
        -2,
    )
    classes = by_class(tally)
    found = {name: classes[name][..., 1] for name in ("recall", "f1")}
    found["precision"] = divide(right, right + wrong, empty=0.0)
    found["accuracy"] = (right + negatives - wrong) / (positives + negatives)
    below = negatives[..., None] - np.cumsum(negative, -1) + 0.5 * negative
    found["roc_auc"] = divide(np.sum(positive * below - 0.5 * own, -1), positives * negatives - own.sum())
    if predicted.worth is not None:
        found["value_per_case"] = value_per_case(tally, predicted.worth)
    return found


def _multiclass(predicted: Predicted) -> Figures:
    """Expected accuracy, and mean precision, recall, F1 and ROC AUC (each class against the rest)."""
    scores, decided = predicted.scores, predicted.decided
    rows, classes = scores.shape
    own = scores[np.arange(rows), decided]
    right = np.bincount(decided, own, minlength=classes)
    tally = np.stack([right, scores.sum(axis=0), np.bincount(decided, minlength=classes)])
    found = {name: mean_defined(figure) for name, figure in by_class(tally).items()}
    one = np.zeros(rows, dtype=np.int64)
    aucs = [_binary_expected(Predicted(BINARY, scores[:, place], one))["roc_auc"] for place in range(classes)]
    return {"roc_auc": mean_defined(np.stack(aucs)), "accuracy": np.asarray(own.mean()), **found}


def _binary_expected(predicted: Predicted) -> Figures:
    order = np.argsort(-predicted.scores, kind="stable")
    chances = predicted.scores[order]
    firsts = np.flatnonzero(np.append(True, chances[1:] != chances[:-1]))
    positives = np.add.reduceat(chances, firsts)
    sizes = np.diff(firsts, append=len(order))
    own = np.add.reduceat(chances * (1 - chances), firsts)
    return _figures(predicted, positives, sizes - positives, np.zeros(len(firsts), dtype=bool), own)


def _draw_classes(predicted: Predicted, rng: np.random.Generator) -> Figures:
    """Metrics of drawn outcomes, on at most MOST_ROWS rows evenly spaced; the spread is made that of all rows."""
    rows = len(predicted.scores)
    some = np.arange(min(rows, MOST_ROWS)) * rows // min(rows, MOST_ROWS)
    scores, decided = predicted.scores[some], predicted.decided[some]
    sums = np.cumsum(scores, axis=1)
    found: dict[str, list[float]] = {}
    for _ in range(DRAWS // 4):
        y = np.sum(rng.random((len(some), 1)) * sums[:, -1:] > sums[:, :-1], axis=1)
        figures = measure(Cases(MULTICLASS, y, scores, decided, scores.shape[1]))
        for name, figure in figures.items():
            found.setdefault(name, []).append(np.nan if figure is None else figure)
    shrink = np.sqrt(len(some) / rows)
    drawn = {name: np.array(values) for name, values in found.items()}
    return {name: np.mean(values) + (values - np.mean(values)) * shrink for name, values in drawn.items()}


def _intervals(expected: Figures, drawn: Figures, level: float) -> dict[str, dict[str, float]]:
    """Percentiles of the draws, moved to where the expected figure is their mean."""
    found = {}
    for name, figure in expected.items():
        values = drawn[name][~np.isnan(drawn[name])]
        bounds = interval(values + (figure - values.mean()), level) if len(values) and np.isfinite(figure) else None
        if bounds:
            found[name] = {"low": bounds.low, "high": bounds.high, "level": level}
    return found
