"""The whole loop in a minute: a model in use, a world that changes, the alert, the retraining, the promotion.

The rows are real, only their odds change: in the changed world, rows whose most telling column points the wrong way
come up more often. Rows are drawn with replacement, but the first model, what the challenger learns besides, and what
both are judged on come from three parts of the table that share no row.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mlcl import lifecycle, registry
from mlcl import problem as problem_file
from mlcl.data import sources
from mlcl.data.read import snapshot
from mlcl.data.target import label_text
from mlcl.errors import DataError, UsageError
from mlcl.metrics import BINARY, METRICS
from mlcl.models.bundle import Bundle
from mlcl.monitoring import feedback, look
from mlcl.problem import Problem
from mlcl.report import words
from mlcl.retraining import policy, realised, table
from mlcl.retraining.attempts import Attempt
from mlcl.retraining.traffic import Sender
from mlcl.stores import Store

Say = Callable[[str], None]
Document = dict[str, Any]

DAY = timedelta(days=1)
ROWS = 100  # a day
CALM, CHANGED, FRESH, LAST, AFTER = 3, 3, 4, 1, 2  # days: see Plan
LEAST = 100  # rows of the table
STRENGTH = 3.0  # log odds by which one standard deviation of the telling column changes how often a row comes
SEED = 3


class Plan(NamedTuple):
    """parts: rows of the table for the first model, for the challenger to learn from, and to judge on; odds: of each
    row in the changed world; telling: the column that they go by."""

    frame: pl.DataFrame
    parts: list[np.ndarray[Any, Any]]
    odds: np.ndarray[Any, Any]
    telling: str


def demo(store: Store | None, problem: Path | None, say: Say, now: datetime) -> Document:
    """Runs the demonstration, ending at about `now`; says step by step what happens. The store is left to be looked at.

    store: left out, a new temporary folder; problem: left out, the bundled one (breast cancer). What it gives:
    {store, problem, first, days: [...], attempt, before, after (the main metric in the changed world)}.
    """
    store = store or Store(tempfile.mkdtemp(prefix="mlcl-demo-"))
    return _Stage(store, _problem(problem), say, now).play()


class _Stage:
    def __init__(self, store: Store, problem: Problem, say: Say, now: datetime) -> None:
        if store.exists_below(f"endpoints/{problem.name}"):
            raise UsageError("There is an endpoint of that name in this store already.", found=problem.name)
        self.store, self.say = store, say
        self.frame = _rows(problem)
        self.problem = problem
        self.rng = np.random.default_rng(SEED)
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.start = midnight - (CALM + CHANGED + FRESH + LAST + AFTER) * DAY
        self.days: list[Document] = []
        self.untold: list[tuple[datetime, pl.DataFrame]] = []
