"""The names of the metrics, what they measure and which way is better. Their computation is in mlcl.models.metrics.

Kept free of numerical libraries, because the problem file is checked with it.
"""

from __future__ import annotations

from typing import NamedTuple

BINARY, MULTICLASS, REGRESSION = "binary", "multiclass", "regression"


class Metric(NamedTuple):
    label: str
    tasks: tuple[str, ...]
    greater_is_better: bool
    bounds: tuple[float, float]
    help: str


_INF = float("inf")
_CLASSES = (BINARY, MULTICLASS)

METRICS: dict[str, Metric] = {
    "roc_auc": Metric(
        "ROC AUC",
        _CLASSES,
        True,
        (0, 1),
        "Chance that a positive case scores above a negative one (multiclass: mean of one class against the rest).",
    ),
    "average_precision": Metric(
        "Average precision",
        _CLASSES,
        True,
        (0, 1),
        "Area under the precision-recall curve, as a step function (multiclass: mean over classes).",
    ),
    "log_loss": Metric(
        "Log loss",
        _CLASSES,
        False,
        (0, _INF),
        "Mean negative logarithm of the probability given to what happened.",
    ),
    "brier": Metric("Brier score", _CLASSES, False, (0, 2), "Mean squared error of the probabilities."),
    "accuracy": Metric("Accuracy", _CLASSES, True, (0, 1), "Share of cases decided rightly."),
    "precision": Metric(
        "Precision",
        _CLASSES,
        True,
        (0, 1),
        "Share of the cases acted on that are positive (multiclass: mean over classes).",
    ),
    "recall": Metric(
        "Recall",
        _CLASSES,
        True,
        (0, 1),
        "Share of the positive cases that are acted on (multiclass: mean over classes).",
    ),
    "f1": Metric(
        "F1", _CLASSES, True, (0, 1), "Harmonic mean of precision and recall (multiclass: mean over classes)."
    ),
    "value_per_case": Metric(
        "Value per case", (BINARY,), True, (-_INF, _INF), "Mean worth of the decisions, by the table [value]."
    ),
    "rmse": Metric("RMSE", (REGRESSION,), False, (0, _INF), "Root of the mean squared error, in the target's unit."),
    "mae": Metric("MAE", (REGRESSION,), False, (0, _INF), "Mean absolute error, in the target's unit."),
    "r2": Metric("R²", (REGRESSION,), True, (-_INF, 1), "Share of the target's variance explained."),
    "mape": Metric("MAPE", (REGRESSION,), False, (0, _INF), "Mean absolute error relative to the true value."),
}
