"""What answers were worth, once it is known what was true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from mlcl.metrics import BINARY, REGRESSION
from mlcl.models.bundle import Bundle
from mlcl.models.decision import worth
from mlcl.models.metrics import Cases, Floats, measure
from mlcl.problem.sections import Value
from mlcl.retraining.traffic import Sent


class Question(NamedTuple):
    """labels: class texts in the order of their codes, as the first model has them."""

    task: str
    labels: Sequence[str]
    worth: Floats | None

    @classmethod
    def of(cls, bundle: Bundle, value: Value | None) -> Question:
        table = worth(value) if value and bundle.task == BINARY else None
        return cls(bundle.task, bundle.labels or (), table)

    def cases(self, sent: Sent, truth: pl.Series) -> Cases:
        """truth: of the answered rows, as texts or numbers."""
        if self.task == REGRESSION:
            return Cases(self.task, truth.cast(pl.Float64).to_numpy(), np.array(sent.columns["prediction"]), None, 0)
        codes = {label: code for code, label in enumerate(self.labels)}
        y = truth.replace_strict(codes, default=-1, return_dtype=pl.Int64).to_numpy()
        decided = np.array([codes.get(label, -1) for label in sent.columns["decision"]])
        known = np.flatnonzero((y >= 0) & (decided >= 0))  # a class that came up later has no place in the figures
        return Cases(self.task, y, self._scores(sent), decided, len(self.labels), self.worth).take(known)

    def _scores(self, sent: Sent) -> Floats:
        if self.task == BINARY:
            return np.array(sent.columns["probability"])
        none = [0.0] * len(sent.ids)
        return np.column_stack([sent.columns.get(f"probability_{label}", none) for label in self.labels])


def figure(parts: Sequence[Cases], metric: str) -> float | None:
    """The metric over all of the cases."""
    return measure(joined(parts))[metric] if any(len(part.y) for part in parts) else None


def joined(parts: Sequence[Cases]) -> Cases:
    first = parts[0]
    decided = None if first.decided is None else np.concatenate([part.decided for part in parts])
    y, scores = (np.concatenate([getattr(part, name) for part in parts]) for name in ("y", "scores"))
    return Cases(first.task, y, scores, decided, first.classes, first.worth)
