"""Importance: what is used matters, what is not does not."""

from __future__ import annotations

import numpy as np
import pytest

from mlcl.metrics import BINARY, MULTICLASS, REGRESSION
from mlcl.models import explain
from mlcl.models.metrics import Cases


def made(task: str, rows: int = 600) -> tuple[np.ndarray, Cases, explain.Sources]:
    x = np.random.default_rng(0).normal(size=(rows, 4)).astype(np.float32)
    scores = model(task)(x)
    if task == REGRESSION:
        return x, Cases(task, scores, scores, classes=0), GROUPS
    y = scores.argmax(axis=1) if task == MULTICLASS else (scores > 0.5).astype(np.int64)
    return x, Cases(task, y, scores, y, scores.shape[1] if task == MULTICLASS else 2), GROUPS


GROUPS = {"strong": [0], "pair": [1, 3], "unused": [2]}


def model(task: str):
    def predict(x: np.ndarray) -> np.ndarray:
        margin = 3 * x[:, 0].astype(float) + x[:, 1] - x[:, 3]
        if task == REGRESSION:
            return margin
        chance = 1 / (1 + np.exp(-margin))
        return np.stack([chance, 0.5 - chance / 2, 0.5 - chance / 2], axis=1) if task == MULTICLASS else chance

    return predict


@pytest.mark.parametrize("task", [BINARY, MULTICLASS, REGRESSION])
def test_shuffling_what_the_model_uses_hurts(task: str) -> None:
    x, cases, groups = made(task)
    found = explain.permutation(model(task), x, cases, groups, seed=1)
    assert [one["feature"] for one in found] == ["strong", "pair", "unused"]
    assert found[0]["mean"] > found[1]["mean"] > 0
    assert found[2] == {"feature": "unused", "mean": 0.0, "std": 0.0}


def test_features_of_one_column_are_shuffled_together() -> None:
    """Two features of one column cancel out: shuffled as one they change nothing."""
    x = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)
    x[:, 1] = x[:, 0]
    y = np.ones(300)
    found = explain.permutation(
        lambda x: 1.0 + x[:, 0].astype(float) - x[:, 1], x, Cases(REGRESSION, y, y, classes=0), {"column": [0, 1]}, 0
    )
    assert found == [{"feature": "column", "mean": 0.0, "std": 0.0}]


def test_permutation_calls_the_model_a_few_times_and_leaves_the_rows_alone() -> None:
    x, cases, groups = made(BINARY)
    before, calls = x.copy(), []
    explain.permutation(lambda rows: calls.append(len(rows)) or model(BINARY)(rows), x, cases, groups, 0)
    assert calls == [600 * 3 * explain.REPEATS]
    assert np.array_equal(x, before)


def test_it_is_what_scikit_learn_finds() -> None:
    inspection = pytest.importorskip("sklearn.inspection")
    from sklearn.base import BaseEstimator, RegressorMixin

    class Wrapped(RegressorMixin, BaseEstimator):
        def fit(self, x: np.ndarray, y: np.ndarray) -> Wrapped:
            return self

        def predict(self, x: np.ndarray) -> np.ndarray:
            return model(REGRESSION)(x)

    x, cases, _ = made(REGRESSION)
    groups = {str(column): [column] for column in range(4)}
    ours = {one["feature"]: one["mean"] for one in explain.permutation(model(REGRESSION), x, cases, groups, 0)}
    score = "neg_root_mean_squared_error"
    theirs = inspection.permutation_importance(
        Wrapped().fit(x, cases.y), x, cases.y, scoring=score, n_repeats=20, random_state=0
    ).importances_mean
    assert [ours[str(column)] for column in range(4)] == pytest.approx(theirs, rel=0.1, abs=1e-9)


def test_contributions_of_one_column_add_up() -> None:
    contributions = np.array([[1.0, 2.0, 0.0, -2.0, 9.0], [-3.0, 1.0, 0.0, 1.0, 9.0]])
    found = explain.contribution(contributions, GROUPS)
    assert found == [
        {"feature": "strong", "mean_abs": 2.0},
        {"feature": "pair", "mean_abs": 1.0},
        {"feature": "unused", "mean_abs": 0.0},
    ]
    assert explain.contribution(np.stack([contributions, -contributions], axis=1), GROUPS) == found


def test_features_without_a_known_source_stand_for_themselves() -> None:
    assert explain.sources(["a", "b", "c"], {"a": "day", "c": "day"}) == {"day": [0, 2], "b": [1]}


def test_samples_keep_to_the_budget() -> None:
    assert len(explain.sample(300, 1, 0)) == 300
    assert len(explain.sample(10**6, 1, 0)) == explain.MOST_ROWS
    assert len(explain.sample(10**6, 10**9, 0)) == explain.LEAST_ROWS
    picked = explain.sample(10**6, explain.WORK / 500, 0)
    assert len(np.unique(picked)) == 500
