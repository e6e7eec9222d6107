"""Scales the bank-marketing table up: scaled.table(folder, rows) -> CSV and Parquet files, made once.

The first 80 % of every file are resampled from 80 % of the source rows and the rest from the others, so that a split
by position is honest. Numbers get jitter (integers ±1, others 2 % of their standard deviation); `duration` leaks and
is left out.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
CATEGORIES = (
    "job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week", "poutcome",
)  # fmt: skip


def source() -> Path:
    folder = Path(os.environ.get("MLCL_TEST_DATA") or ROOT.parent / "shared" / "data")
    return folder / "bank-additional.csv"


def table(folder: Path, rows: int) -> dict[str, Path]:
    """{'csv': path, 'parquet': path} of a table of about `rows` rows (4,000: the source itself)."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / f"bank-{rows}.{kind}" for kind in ("csv", "parquet")}
    if not all(path.exists() for path in paths.values()):
        made = _scaled(pl.read_csv(source()).drop("duration"), rows)
        made.write_csv(paths["csv"])
        made.write_parquet(paths["parquet"])
    return paths


def _scaled(frame: pl.DataFrame, rows: int) -> pl.DataFrame:
    rng = np.random.default_rng(7)
    order = rng.permutation(len(frame))
    cut = int(len(frame) * 0.8)
    if rows <= len(frame):
        return frame[order]
    count = int(rows * 0.8)
    picked = np.concatenate([rng.choice(order[:cut], count), rng.choice(order[cut:], rows - count)])
    return jittered(frame[picked], rng)


def jittered(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    columns = []
    for name, kind in frame.schema.items():
        values = frame[name].to_numpy() if kind.is_numeric() else None
        if values is None:
            continue
        if kind.is_integer():
            usual = (values != 999) & (values > 1)
            columns.append(pl.Series(name, np.where(usual, values + rng.integers(-1, 2, len(values)), values)))
        else:
            noise = rng.normal(0, 0.02 * values.std(), len(values))
            columns.append(pl.Series(name, np.round(values + noise, 4)))
    return frame.with_columns(columns)
