"""Association with the target and between columns, against scikit-learn, scipy and pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import r2_score, roc_auc_score

from mlcl.data.profile_association import correlations, known_target, strength
from tests.data.profiling import RNG, N, codes, column, profiled


def out_of_fold(codes: np.ndarray, y: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Each half scored by the (smoothed) averages of the other, with pandas."""
    score = np.empty(len(y))
    for learn in (0, 1):
        table = pd.DataFrame({"code": codes[fold == learn], "y": y[fold == learn]}).groupby("code")["y"]
        prior = y[fold == learn].mean()
        rate = (table.sum() + prior) / (table.count() + 1)
        score[fold != learn] = pd.Series(codes[fold != learn]).map(rate).fillna(prior)
    return score


def test_strength_for_two_classes_is_the_gini_of_scikit_learn() -> None:
    codes = RNG.integers(0, 12, N)
    y = (RNG.random(N) < 0.1 + 0.06 * codes).astype(np.int32)
    known = known_target(y, 2)
    assert 0.45 < known.fold.mean() < 0.55
    score = out_of_fold(codes, y.astype(float), known.fold)
    weights, areas = zip(
        *((np.sum(y[known.fold == f] == 0), roc_auc_score(y[known.fold == f], score[known.fold == f])) for f in (0, 1)),
        strict=True,
    )
    assert strength(codes, 12, known) == pytest.approx(2 * np.average(areas, weights=weights) - 1)


def test_strength_for_many_classes_is_the_weighted_one_against_rest() -> None:
    codes = RNG.integers(0, 9, N)
    y = np.minimum(codes // 3 + RNG.integers(0, 2, N), 2)
    known = known_target(y, 3)
    total = weight = 0.0
    for c in range(3):
        score = out_of_fold(codes, (y == c).astype(float), known.fold)
        for f in (0, 1):
            here = known.fold == f
            rows = np.sum(y[here] == c)
            total += rows * (2 * roc_auc_score(y[here] == c, score[here]) - 1)
            weight += rows
    assert strength(codes, 9, known) == pytest.approx(total / weight)


def test_strength_for_numbers_is_r2_of_ranks() -> None:
    codes = RNG.integers(0, 15, N)
    y = np.exp(codes / 3 + RNG.normal(size=N))
    known = known_target(y, 0)
    ranks = (pd.Series(y).rank() - 0.5).to_numpy() / N
    score = out_of_fold(codes, ranks, known.fold)
    base = np.where(known.fold == 1, ranks[known.fold == 0].mean(), ranks[known.fold == 1].mean())
    expected = 1 - np.sum((ranks - score) ** 2) / np.sum((ranks - base) ** 2)
    assert strength(codes, 15, known) == pytest.approx(expected)
    assert expected == pytest.approx(r2_score(ranks, score), abs=0.02)


def test_target_without_value_is_left_out() -> None:
    y = np.array([0, 1, -1, 1, 0, -1, 0, 1] * 50)
    known = known_target(y, 2)
    assert len(known.rows) == 300
    assert strength(np.where(y == 1, 1, 0), 2, known) == 1.0


@pytest.mark.parametrize("shape", ["copy", "noise", "monotone", "valley", "missing"])
def test_strength_by_shape(shape: str) -> None:
    y = RNG.integers(0, 2, 2000)
    x = {
        "copy": y.astype(float),
        "noise": RNG.normal(size=2000),
        "monotone": np.exp(3.0 * y + RNG.normal(size=2000) * 0.1),
        "valley": np.where(y == 1, RNG.choice([-1.0, 1.0], 2000), 0.0) + RNG.normal(size=2000) * 0.05,
        "missing": np.where(y == 1, np.nan, 1.0),
    }[shape]
    frame = pl.DataFrame({"x": x, "other": RNG.normal(size=2000), "y": y})
    document = profiled(frame)
    value = column(document, "x")["association"]["value"]
    assert column(document, "x")["association"]["measure"] == "gini"
    assert value < 0.1 if shape == "noise" else value > 0.99
    assert ("leakage" in codes(document, "x")) == (shape != "noise")


def test_leak_of_a_number() -> None:
    y = np.exp(RNG.normal(size=2000) * 2)
    frame = pl.DataFrame(
        {"leak": y * 1.19, "noise": RNG.normal(size=2000), "id": [f"c{i}" for i in range(2000)], "y": y}
    )
    document = profiled(frame)
    assert codes(document, "leak") == {"leakage"}
    assert column(document, "leak")["association"]["measure"] == "rank_r2"
    assert column(document, "id")["association"]["value"] < 0.05


def test_correlations_as_pandas_computes_them() -> None:
    matrix = RNG.normal(size=(300, 5)) @ RNG.normal(size=(5, 5)) + 1e6
    matrix[RNG.random(matrix.shape) < 0.2] = np.nan
    matrix[:, 4] = 3.0
    expected = pd.DataFrame(matrix).corr().to_numpy()
    np.testing.assert_allclose(correlations(matrix), expected, atol=1e-9)


def test_correlations_of_the_strongest_thirty_with_the_target_first() -> None:
    y = RNG.integers(0, 2, N)
    frame = pl.DataFrame({f"x{i}": RNG.normal(size=N) + (i % 2) * y for i in range(50)} | {"y": y})
    document = profiled(frame, positive=1)["correlations"]
    assert document["columns"][0] == "y"
    assert len(document["columns"]) == 31
    assert sum(int(name[1:]) % 2 for name in document["columns"][1:]) == 25
    expected = frame.to_pandas()[document["columns"]].corr().to_numpy()
    np.testing.assert_allclose(document["matrix"], expected, atol=1e-6)
