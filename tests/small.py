"""A small table and its problem, for tests of whole runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

PROBLEM = """
[problem]
name = "small"
question = "Who buys?"
target = "bought"
positive = "yes"

[value]
unit = "EUR"
true_positive = 10
false_positive = -2

[[goal]]
metric = "roc_auc"
at_least = {at_least}

[data]
source = "small.csv"

[train]
learner = "xgboost"
trials = 0

[train.parameters]
n_estimators = 20
max_depth = 3
"""


def frame(rows: int = 400, seed: int = 0) -> pl.DataFrame:
    """Number, category with gaps, and a target that depends on both."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, rows)
    job = rng.choice(["clerk", "student", "retired"], rows)
    chance = 1 / (1 + np.exp(-(age - 45) / 8 - (job == "student") * 1.5))
    bought = np.where(rng.random(rows) < chance, "yes", "no")
    table = pl.DataFrame({"age": age, "job": job, "income": rng.normal(3000, 700, rows).round(2), "bought": bought})
    return table.with_columns(pl.when(pl.col("age") % 17 == 0).then(None).otherwise(pl.col("job")).alias("job"))


def problem(folder: Path, *, at_least: float = 0.6, rows: int = 400, text: str = PROBLEM) -> Path:
    """Writes small.csv and problem.toml into `folder`; gives the problem file."""
    folder.mkdir(parents=True, exist_ok=True)
    frame(rows).write_csv(folder / "small.csv")
    file = folder / "problem.toml"
    file.write_text(text.format(at_least=at_least))
    return file
