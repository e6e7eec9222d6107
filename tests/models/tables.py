"""Made-up tables for the tests of learners: numbers and categories with missing values, a signal and noise."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from mlcl.models.learners import Setting
from mlcl.models.table import Table

TASKS = ("binary", "multiclass", "regression")
LEVELS = 5


def table(task: str, rows: int = 400, seed: int = 0, missing: float = 0.1, noise: float = 1.0) -> Table:
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 4)).astype(np.float32)
    x[:, 1] = x[:, 1] * 1000 + 5e4
    x[:, 3] = random.integers(0, LEVELS, rows)
    signal = x[:, 0] + (x[:, 1] - 5e4) / 1000 * x[:, 2] + (x[:, 3] == 2) + noise * random.normal(size=rows)
    x[random.random(x.shape) < missing] = np.nan
    y: Any = {"binary": signal > 0.5, "multiclass": np.digitize(signal, [-1, 1]), "regression": signal * 100}[task]
    kinds = ["number", "number", "number", "category"]
    return Table(
        x, y.astype(float if task == "regression" else np.int32), ["a", "b b", "c[1]", "d"], kinds, [0, 0, 0, LEVELS]
    )


def setting(task: str, threads: int = 1) -> Setting:
    return Setting(task, {"binary": 2, "multiclass": 3, "regression": 0}[task], seed=7, threads=threads)


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file: said in few words when two differ."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir() if file.is_file()}
