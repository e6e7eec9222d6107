"""The figure that models are stopped, tuned, compared and blended by: one term per row, so that the difference of two
models on the same rows comes with its standard error.

Classes: the log loss, also where the goal is a ranking metric such as roc_auc. Choosing by a ranking metric itself
follows noise: on samples of the bank, attrition and wine data the models chosen by log loss ranked new rows better than
those chosen by roc_auc. Values: the squared error, or the absolute error where the first goal is about that.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlcl.metrics import REGRESSION
from mlcl.models.metrics import losses
from mlcl.models.table import Floats, Table

LOG_LOSS, RMSE, MAE = "log_loss", "rmse", "mae"


def criterion(task: str, absolute: bool) -> str:
    """The metric that a task is tuned for; absolute: values by their absolute error."""
    if task != REGRESSION:
        return LOG_LOSS
    return MAE if absolute else RMSE


def terms(y: NDArray[Any], predicted: Floats, criterion: str, weight: Floats | None = None) -> Floats:
    """What each row adds to the loss, which is their mean: [n]. rmse: squared errors."""
    if criterion == LOG_LOSS:
        each = losses(y, predicted)["log_loss"]
    else:
        each = np.abs(predicted - y) if criterion == MAE else (predicted - y) ** 2
    return each if weight is None else each * (weight / np.mean(weight))


def figure(loss: float, criterion: str) -> float | None:
    """A mean of terms as the metric; None where it is undefined."""
    if not math.isfinite(loss):
        return None
    return math.sqrt(loss) if criterion == RMSE else loss


def mean(table: Table, predicted: Floats, criterion: str) -> float:
    """The loss of `predicted` on the rows of `table`."""
    return float(np.mean(terms(table.y, predicted, criterion, table.weight)))
