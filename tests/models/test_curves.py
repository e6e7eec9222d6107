"""Curves against scikit-learn's, and how many points they have."""

from __future__ import annotations

import numpy as np
import pytest

from mlcl.metrics import BINARY, MULTICLASS, REGRESSION
from mlcl.models import curves
from mlcl.models.metrics import Cases, measure
from mlcl.problem.sections import Value

sklearn = pytest.importorskip("sklearn.metrics")
CALL = Value(true_positive=120, false_positive=-8)


def made(rows: int, seed: int = 0) -> Cases:
    rng = np.random.default_rng(seed)
    scores = np.round(rng.random(rows), 6)
    y = (rng.random(rows) < scores).astype(np.int64)
    return Cases(BINARY, y, scores, (scores >= 0.5).astype(np.int64))


def test_points_of_small_samples_are_scikit_learns() -> None:
    cases = made(60)
    found = curves.binary(cases, CALL, 0)
    fpr, tpr, _ = sklearn.roc_curve(cases.y, cases.scores, drop_intermediate=False)
    assert found["roc"]["fpr"] == pytest.approx(fpr, abs=1e-5)
    assert found["roc"]["tpr"] == pytest.approx(tpr, abs=1e-5)
    precision, recall, _ = sklearn.precision_recall_curve(cases.y, cases.scores)
    assert found["pr"]["precision"] == pytest.approx(precision[-2::-1], abs=1e-5)  # without the end that it adds
    assert found["pr"]["recall"] == pytest.approx(recall[-2::-1], abs=1e-5)


def test_curves_of_many_rows_have_few_points_and_keep_the_area() -> None:
    cases = made(50_000)
    found = curves.binary(cases, CALL, int(cases.decided.sum()))
    for name, points in found.items():
        for column in points.values():
            assert len(column) <= 201, name
    assert np.trapezoid(found["roc"]["tpr"], found["roc"]["fpr"]) == pytest.approx(measure(cases)["roc_auc"], abs=1e-3)
    assert found["roc"]["fpr"][0] == found["roc"]["tpr"][0] == 0.0
    assert found["roc"]["fpr"][-1] == found["roc"]["tpr"][-1] == 1.0


def test_every_row_of_the_threshold_table_can_be_counted_by_hand() -> None:
    cases = made(80)
    table = curves.binary(cases, CALL, 0)["thresholds"]
    for place, threshold in enumerate(table["threshold"]):
        acted = cases.scores >= threshold
        assert table["tp"][place] == np.sum(acted & (cases.y == 1))
        assert table["fp"][place] == np.sum(acted & (cases.y == 0))
        assert table["fn"][place] == np.sum(~acted & (cases.y == 1))
        assert table["tn"][place] == np.sum(~acted & (cases.y == 0))
        assert table["share"][place] == pytest.approx(np.mean(acted), rel=1e-5)
        money = (120 * table["tp"][place] - 8 * table["fp"][place]) / 80
        assert table["value_per_case"][place] == pytest.approx(money, rel=1e-5)
    assert "value_per_case" not in curves.binary(cases, None, 0)["thresholds"]


def test_the_decision_itself_is_a_row_of_the_table() -> None:
    cases = made(50_000)
    acted = int(cases.decided.sum())
    table = curves.binary(cases, None, acted)["thresholds"]
    assert acted in np.add(table["tp"], table["fp"])


def test_lift_is_how_much_better_than_chance() -> None:
    y = np.repeat([1, 0], [10, 90])
    lift = curves.binary(Cases(BINARY, y, np.linspace(1, 0, 100), y), None, 0)["lift"]
    at_ten = lift["share"].index(0.1)
    assert lift["gain"][at_ten] == 1.0
    assert lift["lift"][at_ten] == 10.0
    assert lift["lift"][-1] == 1.0


def test_calibration_bins_hold_about_as_many_rows_and_keep_ties_together() -> None:
    found = curves.binary(made(1000), None, 0)["calibration"]
    assert sum(found["count"]) == 1000
    assert len(found["count"]) == 10
    assert found["predicted"] == sorted(found["predicted"])
    assert found["observed"] == pytest.approx(found["predicted"], abs=0.15)  # outcomes were drawn from the scores
    tied = Cases(BINARY, np.array([0, 1, 1, 0] * 25), np.repeat([0.2, 0.8], 50), np.zeros(100, int))
    found = curves.binary(tied, None, 0)["calibration"]
    assert found == {"predicted": [0.2, 0.8], "observed": [0.5, 0.5], "count": [50, 50]}


def test_a_class_without_rows_has_empty_curves() -> None:
    found = curves.binary(Cases(BINARY, np.zeros(5, int), np.linspace(0, 1, 5), np.zeros(5, int)), CALL, 0)
    assert found["roc"] == {"fpr": [], "tpr": [], "threshold": []}
    assert found["thresholds"]["recall"] == [0.0] * 5


def test_many_classes_share_the_points() -> None:
    rng = np.random.default_rng(0)
    scores = rng.dirichlet(np.ones(50), 3000)
    y = rng.integers(0, 50, 3000)
    found = curves.classes(Cases(MULTICLASS, y, scores, scores.argmax(axis=1), 50), [f"class {n}" for n in range(50)])
    assert len(found) == 50
    assert max(len(one["roc"]["fpr"]) for one in found.values()) <= 81


def test_residuals_are_predicted_less_actual() -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=2000)
    found = curves.residuals(Cases(REGRESSION, y, y + 1.0, classes=0), seed=1)
    assert len(found["predicted"]) == len(found["actual"]) == 500
    assert np.subtract(found["predicted"], found["actual"]) == pytest.approx(1.0, abs=1e-4)
    assert sum(found["histogram"]["counts"]) == 2000
    assert found["quantiles"]["0.5"] == pytest.approx(1.0)


def test_predictions_are_counted_by_class() -> None:
    cases = made(500)
    found = curves.predictions(cases)
    assert sum(found["counts"]) == 500
    assert sum(found["positives"]) == cases.y.sum()
    assert found["edges"][0] == 0.0
    assert found["edges"][-1] == 1.0
