"""Metrics against scikit-learn, and what happens where it would warn."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlcl.metrics import BINARY, METRICS, MULTICLASS, REGRESSION
from mlcl.models.metrics import Cases, confusion, measure, undefined

sklearn = pytest.importorskip("sklearn.metrics")

# few different scores make ties frequent; the ends try clipping
SCORES = st.sampled_from([0.0, 1e-300, 1e-17, 0.1, 0.25, 0.5, 0.5000000001, 0.9, 1 - 1e-16, 1.0]) | st.floats(0, 1)
QUICK = settings(max_examples=150, deadline=None)


@st.composite
def binary(draw: st.DrawFn) -> Cases:
    rows = draw(st.integers(2, 40))
    y = draw(hnp.arrays(np.int64, rows, elements=st.integers(0, 1)))
    scores = draw(hnp.arrays(np.float64, rows, elements=SCORES))
    threshold = draw(SCORES)
    return Cases(BINARY, y, scores, (scores >= threshold).astype(np.int64))


@st.composite
def multiclass(draw: st.DrawFn) -> Cases:
    rows, classes = draw(st.integers(2, 40)), draw(st.integers(3, 5))
    y = draw(hnp.arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
    weights = draw(hnp.arrays(np.float64, (rows, classes), elements=st.sampled_from([0.5, 1.0, 2.0, 3.0, 1e-20])))
    scores = weights / weights.sum(axis=1, keepdims=True)
    return Cases(MULTICLASS, y, scores, scores.argmax(axis=1), classes)


def close(got: float | None, wanted: float) -> bool:
    return got is not None and got == pytest.approx(wanted, rel=1e-12, abs=1e-12)


@QUICK
@given(binary())
def test_binary_metrics_are_those_of_scikit_learn(cases: Cases) -> None:
    y, scores, decided = cases.y, cases.scores, cases.decided
    got = measure(cases)
    assert list(got) == [
        name for name, metric in METRICS.items() if BINARY in metric.tasks and name != "value_per_case"
    ]
    assert close(got["log_loss"], sklearn.log_loss(y, scores, labels=[0, 1]))
    assert close(got["brier"], sklearn.brier_score_loss(y, scores, pos_label=1))
    assert close(got["accuracy"], sklearn.accuracy_score(y, decided))
    assert close(got["precision"], sklearn.precision_score(y, decided, zero_division=0))
    if y.any():
        assert close(got["recall"], sklearn.recall_score(y, decided))
        assert close(got["f1"], sklearn.f1_score(y, decided, zero_division=0))
        assert close(got["average_precision"], sklearn.average_precision_score(y, scores))
    else:
        assert got["recall"] is got["f1"] is got["average_precision"] is None
    if 0 < y.sum() < len(y):
        assert close(got["roc_auc"], sklearn.roc_auc_score(y, scores))
    else:
        assert got["roc_auc"] is None


@QUICK
@given(multiclass())
def test_multiclass_metrics_are_those_of_scikit_learn_over_the_classes_that_occur(cases: Cases) -> None:
    y, scores, decided = cases.y, cases.scores, cases.decided
    got, labels, there = measure(cases), range(cases.classes), np.unique(y)
    with warnings.catch_warnings():  # of labels without rows
        warnings.simplefilter("ignore")
        options = {"labels": there, "average": "macro", "zero_division": 0}
        assert close(got["precision"], sklearn.precision_score(y, decided, **options))
        assert close(got["recall"], sklearn.recall_score(y, decided, **options))
        assert close(got["f1"], sklearn.f1_score(y, decided, **options))
    assert close(got["log_loss"], sklearn.log_loss(y, scores, labels=labels))
    assert close(got["brier"], np.mean(np.sum((scores - np.eye(cases.classes)[y]) ** 2, axis=1)))
    assert close(got["accuracy"], np.mean(y == decided))
    precisions = [sklearn.average_precision_score(y == label, scores[:, label]) for label in there]
    assert close(got["average_precision"], np.mean(precisions))
    if len(there) > 1:
        assert close(got["roc_auc"], np.mean([sklearn.roc_auc_score(y == c, scores[:, c]) for c in there]))
    else:
        assert got["roc_auc"] is None


def test_multiclass_roc_auc_and_brier_are_scikit_learns_own() -> None:
    rng = np.random.default_rng(0)
    scores = rng.dirichlet(np.ones(4), 200)
    y = rng.integers(0, 4, 200)
    got = measure(Cases(MULTICLASS, y, scores, scores.argmax(axis=1), 4))
    assert close(got["roc_auc"], sklearn.roc_auc_score(y, scores, multi_class="ovr", average="macro"))
    assert close(got["brier"], sklearn.brier_score_loss(y, scores, labels=range(4)))


FINITE = st.floats(-1e6, 1e6, allow_subnormal=False)


@QUICK
@given(st.data(), st.integers(2, 40))
def test_regression_metrics_are_those_of_scikit_learn(data: st.DataObject, rows: int) -> None:
    y = data.draw(hnp.arrays(np.float64, rows, elements=st.sampled_from([-3.5, 1.0, 2.0, 100.0]) | FINITE))
    scores = data.draw(hnp.arrays(np.float64, rows, elements=FINITE))
    got = measure(Cases(REGRESSION, y, scores, classes=0))
    assert close(got["mae"], sklearn.mean_absolute_error(y, scores))
    assert got["rmse"] == pytest.approx(sklearn.root_mean_squared_error(y, scores), rel=1e-12)
    if np.any(np.abs(y) < np.finfo(float).eps):  # by which scikit-learn would divide instead
        assert got["mape"] is None
    else:
        assert got["mape"] == pytest.approx(sklearn.mean_absolute_percentage_error(y, scores), rel=1e-12)
    spread = np.ptp(y)
    if spread == 0:
        assert got["r2"] is None
    elif spread > 1e-3:  # below, rounding decides
        assert got["r2"] == pytest.approx(sklearn.r2_score(y, scores), rel=1e-9, abs=1e-9)


def test_the_seed_projects_confusion_matrix_gives_its_figures() -> None:
    """TN 3592, FP 44, FN 382, TP 101: the arithmetic of a matrix that was published."""
    y = np.repeat([0, 0, 1, 1], [3592, 44, 382, 101])
    decided = np.repeat([0, 1, 0, 1], [3592, 44, 382, 101])
    cases = Cases(BINARY, y, decided * 1.0, decided, worth=np.array([[0.0, -8.0], [0.0, 120.0]]))
    got = measure(cases)
    assert confusion(y, decided, 2).tolist() == [[3592, 44], [382, 101]]
    assert got["precision"] == pytest.approx(101 / 145)
    assert got["recall"] == pytest.approx(101 / 483)
    assert got["f1"] == pytest.approx(2 * 101 / (2 * 101 + 44 + 382))
    assert got["accuracy"] == pytest.approx(3693 / 4119)
    assert got["value_per_case"] == pytest.approx((101 * 120 - 44 * 8) / 4119)


def test_value_per_case_counts_every_cell_of_the_table() -> None:
    y, decided = np.array([0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 0, 0, 0, 1])
    got = measure(Cases(BINARY, y, decided * 1.0, decided, worth=np.array([[1.0, 10.0], [100.0, 1000.0]])))
    assert got["value_per_case"] == pytest.approx((2 * 1 + 1 * 10 + 3 * 100 + 1 * 1000) / 7)


def test_what_is_undefined_says_why() -> None:
    negatives = Cases(BINARY, np.zeros(5, int), np.linspace(0, 1, 5), np.zeros(5, int))
    why = undefined(negatives, measure(negatives))
    assert set(why) == {"roc_auc", "average_precision", "recall", "f1"}
    assert why["roc_auc"] == "All rows are of one class."
    zeros = Cases(REGRESSION, np.zeros(5), np.ones(5), classes=0)
    assert set(undefined(zeros, measure(zeros))) == {"mape", "r2"}


def test_one_row_is_enough_for_what_needs_one() -> None:
    got = measure(Cases(BINARY, np.array([1]), np.array([0.8]), np.array([1])))
    assert got["accuracy"] == got["recall"] == got["average_precision"] == 1.0
    assert got["roc_auc"] is None
    assert got["log_loss"] == pytest.approx(-np.log(0.8))


def test_constant_scores_rank_nothing() -> None:
    y = np.array([0, 1, 0, 0])
    got = measure(Cases(BINARY, y, np.full(4, 0.3), np.zeros(4, int)))
    assert got["roc_auc"] == 0.5
    assert got["average_precision"] == 0.25
    assert got["precision"] == got["f1"] == 0.0
