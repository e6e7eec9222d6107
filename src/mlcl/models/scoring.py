"""The one figure that tuning optimises."""

from __future__ import annotations

from collections.abc import Iterable

from mlcl.metrics import METRICS, REGRESSION
from mlcl.models.metrics import Cases, measure
from mlcl.models.table import Floats

_FREE = ("roc_auc", "average_precision", "log_loss", "brier", "rmse", "mae", "r2", "mape")  # of any threshold


class Score:
    """A metric as a loss: less is better, whatever the metric."""

    def __init__(self, metric: str, task: str, classes: int) -> None:
        self.metric, self.task, self.classes = metric, task, classes
        self.sign = -1.0 if METRICS[metric].greater_is_better else 1.0

    def loss(self, y: Floats, predicted: Floats) -> float:
        """inf where the metric is undefined on these rows."""
        found = measure(Cases(self.task, y, predicted, classes=self.classes))[self.metric]
        return float("inf") if found is None else self.sign * found

    def figure(self, loss: float) -> float:
        """The metric itself."""
        return self.sign * loss


def metric_of(goals: Iterable[str], task: str) -> str:
    """The metric of the first goal that needs no threshold; otherwise log loss, or RMSE for values."""
    fitting = (name for name in goals if name in _FREE and task in METRICS[name].tasks)
    return next(fitting, "rmse" if task == REGRESSION else "log_loss")
