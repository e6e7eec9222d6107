"""The classifier two-sample test, and DeLong's variance against its definition."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.monitoring.multivariate import classifier_test, delong

SCORES = st.lists(st.integers(0, 6).map(float), min_size=2, max_size=25).map(np.array)
KINDS = ["number", "number", "category"]
NAMES = ["a", "b", "c"]


@given(SCORES, SCORES)
@settings(max_examples=60)
def test_delong_is_its_definition(positive: np.ndarray, negative: np.ndarray) -> None:
    wins = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    found = delong(positive, negative)
    assert found.value == pytest.approx(wins.mean())
    wanted = wins.mean(axis=1).var(ddof=1) / len(positive) + wins.mean(axis=0).var(ddof=1) / len(negative)
    assert found.variance == pytest.approx(wanted, abs=1e-12)


@given(SCORES, SCORES)
@settings(max_examples=60)
def test_the_null_variance_is_that_of_mann_and_whitney(positive: np.ndarray, negative: np.ndarray) -> None:
    found = delong(positive, negative)
    if found.null > 0:
        wanted = scipy.stats.mannwhitneyu(
            positive, negative, alternative="greater", method="asymptotic", use_continuity=False
        )
        p_value = scipy.stats.norm.sf((found.value - 0.5) / np.sqrt(found.null))
        assert p_value == pytest.approx(wanted.pvalue, abs=1e-9)


def rows(count: int, seed: int, together: bool = False, shift: float = 0.0) -> np.ndarray:
    """together: a and b have the same sign, which neither shows alone."""
    rng = np.random.default_rng(seed)
    made = np.column_stack([rng.normal(size=(count, 2)), rng.integers(0, 3, count)]).astype(np.float32)
    if together:
        made[:, 1] = np.abs(made[:, 1]) * np.sign(made[:, 0])
    made[:, 0] += shift
    return made


def test_alike_is_not_told_apart() -> None:
    p_values = [classifier_test(rows(600, s), rows(300, 100 + s), NAMES, KINDS, s)["p_value"] for s in range(20)]
    assert scipy.stats.kstest(p_values, "uniform").pvalue > 0.01
    assert np.mean(np.array(p_values) < 0.05) < 0.2


def test_drift_of_columns_together_is_found_and_named() -> None:
    found = classifier_test(rows(3000, 1), rows(2000, 2, together=True), NAMES, KINDS, 1)
    assert found["drifted"]
    assert found["auc"] > 0.7
    assert found["low"] < found["auc"] < found["high"]
    assert {column["column"] for column in found["columns"][:2]} == {"a", "b"}
    assert sum(column["share"] for column in found["columns"]) == pytest.approx(1)


def test_a_shift_is_found_in_its_column() -> None:
    found = classifier_test(rows(2000, 1), rows(1000, 2, shift=1.0), NAMES, KINDS, 1)
    assert found["columns"][0]["column"] == "a"
    assert found["columns"][0]["share"] > 0.7


def test_the_same_seed_gives_the_same() -> None:
    pair = rows(25_000, 1), rows(500, 2)
    first, second = (classifier_test(*pair, NAMES, KINDS, 7) for _ in range(2))
    assert first == second
    assert first["rows"] == {"reference": 20_000, "current": 500}


def test_odd_inputs_have_a_result() -> None:
    empty = classifier_test(rows(500, 1), rows(0, 2), NAMES, KINDS, 1)
    assert empty["auc"] is None
    assert "too few" in empty["why"]
    nothing = np.full((300, 3), np.nan, dtype=np.float32)
    same = classifier_test(nothing, nothing, NAMES, KINDS, 1)
    assert same["auc"] == 0.5
    assert not same["drifted"]
    gone = classifier_test(rows(300, 1), nothing, NAMES, KINDS, 1)
    assert gone["auc"] == 1
    assert gone["drifted"]
