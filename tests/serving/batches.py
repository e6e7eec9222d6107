"""A model whose predictions are plain, and tables in every format."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from mlcl.features.recipe import Recipe
from mlcl.models.bundle import Bundle as RealBundle

TRAINING = pl.DataFrame(
    {
        "age": [30, 40, None, 55, 61, 25],
        "rate": [0.5, 1.25, -3.0, None, 2.0, 1e-3],
        "job": ["admin", "cook", "cook", None, "admin", "ünïcode, quoted"],
        "since": pl.Series(["2020-01-01", "2021-06-30", None, "2019-12-31", "2020-02-29", "2022-01-01"]).str.to_date(),
    }
)


class Bundle:
    """A bundle to batch scoring: a real recipe, and scores that a test can compute by hand."""

    def __init__(self, task: str = "binary", digest: str = "a" * 64) -> None:
        kinds = {"age": "integer", "rate": "number", "job": "category", "since": "date"}
        self.recipe = Recipe.fit(TRAINING, kinds, {"young": "age < 35"})  # type: ignore[arg-type]
        self.task, self.digest = task, digest
        self.labels = {"binary": ["no", "yes"], "multiclass": ["a", "b", "c"]}.get(task)
        self.threshold = 0.5 if task == "binary" else None

    def score(self, matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        assert len(matrix)
        value = np.nan_to_num(matrix.astype(np.float64)) @ np.arange(1, matrix.shape[1] + 1)
        share = 1 / (1 + np.exp(-np.clip(value / 1000, -700, 700)))
        if self.task == "binary":
            return share
        return value if self.task == "regression" else np.stack([share / 2, share / 2, 1 - share], axis=1)

    told = RealBundle.told


BUNDLE: Any = Bundle()


def rows(count: int, seed: int = 1729) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    picked = [TRAINING[name].gather(random.integers(0, len(TRAINING), count)) for name in TRAINING.columns]
    return pl.DataFrame([pl.Series("id", [f"id-{n}" for n in range(count)]), *picked])


def write(frame: pl.DataFrame, path: Path) -> Path:
    if ".parquet" in path.name:
        frame.write_parquet(path)
        return path
    if ".csv" in path.name:
        text = frame.write_csv()
    else:
        text = "".join(json.dumps(row, default=str) + "\n" for row in frame.to_dicts())
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def read(path: Path) -> pl.DataFrame:
    if ".parquet" in path.name:
        return pl.read_parquet(path)
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return pl.read_csv(content, infer_schema_length=None) if ".csv" in path.name else pl.read_ndjson(content)


def expected(frame: pl.DataFrame, bundle: Any = BUNDLE) -> list[float]:
    return bundle.score(bundle.recipe.apply(frame)).tolist()
