"""Estimated metrics: against many drawings of the outcomes, measured by scikit-learn."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import sklearn.metrics as sk
from sklearn.isotonic import IsotonicRegression

from mlcl.monitoring.estimate import ASSUMPTIONS, Predicted, calibrated, estimate

WORTH = np.array([[0.0, -5.0], [-20.0, 60.0]])


def binary(rows: int, seed: int = 0, digits: int = 9) -> Predicted:
    scores = np.round(np.random.default_rng(seed).beta(1, 4, rows), digits)
    return Predicted("binary", scores, (scores >= 0.3).astype(np.int64), WORTH)


def measured(y: np.ndarray, predicted: Predicted) -> dict[str, float]:
    decided = predicted.decided
    return {
        "roc_auc": sk.roc_auc_score(y, predicted.scores),
        "accuracy": sk.accuracy_score(y, decided),
        "precision": sk.precision_score(y, decided, zero_division=0),
        "recall": sk.recall_score(y, decided),
        "f1": sk.f1_score(y, decided),
        "value_per_case": WORTH[y, decided].mean(),
    }


@pytest.mark.parametrize("digits", [9, 1])
def test_binary_is_the_mean_of_drawn_outcomes(digits: int) -> None:
    predicted = binary(600, digits=digits)
    rng = np.random.default_rng(1)
    drawn = [measured((rng.random(600) < predicted.scores).astype(int), predicted) for _ in range(300)]
    found = estimate(predicted, 1)
    for name, value in found["metrics"].items():
        values = [one[name] for one in drawn]
        assert value == pytest.approx(np.mean(values), abs=4 * np.std(values) / np.sqrt(300) + 2e-3), name
        width = found["intervals"][name]["high"] - found["intervals"][name]["low"]
        assert width == pytest.approx(3.92 * np.std(values), rel=0.25), name


def test_the_interval_holds_what_comes_true() -> None:
    hits = []
    for seed in range(30):
        predicted = binary(3000, seed)
        y = (np.random.default_rng(1000 + seed).random(3000) < predicted.scores).astype(int)
        found, truth = estimate(predicted, seed), measured(y, predicted)
        hits += [
            found["intervals"][name]["low"] <= value <= found["intervals"][name]["high"]
            for name, value in truth.items()
        ]
    assert np.mean(hits) > 0.9


def test_many_rows_in_cells_give_the_same() -> None:
    predicted = binary(50_000)
    found = estimate(predicted, 3)["metrics"]
    p, acted = predicted.scores, predicted.decided == 1
    assert found["precision"] == pytest.approx(p[acted].mean())
    assert found["recall"] == pytest.approx(p[acted].sum() / p.sum())
    assert found["accuracy"] == pytest.approx(np.where(acted, p, 1 - p).mean())
    weighted = sk.roc_auc_score(np.repeat([1, 0], 50_000), np.tile(p, 2), sample_weight=np.concatenate([p, 1 - p]))
    assert found["roc_auc"] == pytest.approx(weighted, abs=1e-4)


def test_several_classes_are_the_mean_of_drawn_outcomes() -> None:
    rng = np.random.default_rng(2)
    scores = rng.dirichlet([2, 1, 0.5], 800)
    decided = scores.argmax(axis=1)
    found = estimate(Predicted("multiclass", scores, decided), 1)
    drawn: dict[str, list[float]] = {}
    for _ in range(150):
        y = (rng.random((800, 1)) > scores.cumsum(axis=1)[:, :-1]).sum(axis=1)
        one = {
            "accuracy": sk.accuracy_score(y, decided),
            "precision": sk.precision_score(y, decided, average="macro", zero_division=0),
            "recall": sk.recall_score(y, decided, average="macro"),
            "f1": sk.f1_score(y, decided, average="macro"),
            "roc_auc": np.mean([sk.roc_auc_score(y == k, scores[:, k]) for k in range(3)]),
        }
        for name, value in one.items():
            drawn.setdefault(name, []).append(value)
    assert set(found["metrics"]) == set(drawn)
    for name, values in drawn.items():
        assert found["metrics"][name] == pytest.approx(np.mean(values), abs=4 * np.std(values) / np.sqrt(150) + 2e-3), (
            name
        )
        width = found["intervals"][name]["high"] - found["intervals"][name]["low"]
        assert width == pytest.approx(3.92 * np.std(values), rel=0.35), name


def test_regression_says_why_not() -> None:
    found = estimate(Predicted("regression", np.arange(5.0), np.zeros(5, dtype=int)), 1)
    assert found["metrics"] is None
    assert "error" in found["why"]


def test_assumptions_are_told_and_nothing_has_a_result() -> None:
    assert estimate(binary(50), 1)["assumptions"] == list(ASSUMPTIONS)
    assert estimate(binary(0), 1)["metrics"] is None
    one = Predicted("binary", np.ones(200), np.ones(200, dtype=int))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = estimate(one, 1)
    assert found["metrics"]["roc_auc"] is None
    assert found["metrics"]["precision"] == 1


def test_the_seed_decides() -> None:
    assert estimate(binary(500), 4) == estimate(binary(500), 4)
    assert estimate(binary(500), 4) != estimate(binary(500), 5)


def test_a_calibration_curve_corrects() -> None:
    rng = np.random.default_rng(0)
    predicted, observed = np.sort(rng.random(12)), np.clip(np.linspace(0, 0.6, 12) + rng.normal(0, 0.1, 12), 0, 1)
    weight = rng.integers(1, 50, 12).astype(float)
    curve = {"predicted": predicted, "observed": observed, "count": weight}
    wanted = IsotonicRegression(out_of_bounds="clip").fit(predicted, observed, weight)
    at = np.linspace(0, 1, 50)
    assert calibrated(at, curve) == pytest.approx(wanted.predict(at), abs=1e-9)
    assert estimate(binary(300), 1, calibration=curve)["calibrated"]
