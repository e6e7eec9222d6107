"""What a look compares with: the live model, its baseline and promises, and how its problem wants it watched."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import orjson
import polars as pl

from mlcl import problem as problem_file
from mlcl import registry, runs
from mlcl.errors import NotFound
from mlcl.metrics import BINARY, METRICS, REGRESSION
from mlcl.models.bundle import BASELINE
from mlcl.models.table import Matrix
from mlcl.monitoring.deployed import Deployed, Model
from mlcl.monitoring.promise import Promise, promise
from mlcl.problem import Problem
from mlcl.problem.watching import Monitor
from mlcl.records import Run
from mlcl.stores import Store, keys

REFERENCE_ROWS = 20_000  # of the training data, that a window as a whole is compared with
_USUAL = ("roc_auc", "accuracy", "rmse")


class Watched:
    """The live model of an endpoint (or the last one that was)."""

    def __init__(self, store: Store, endpoint: str) -> None:
        self.store, self.endpoint = store, endpoint
        self.deployed = Deployed(store, endpoint)
        self.model: Model = self.deployed.live()

    @cached_property
    def run(self) -> Run | None:
        """The newest run that made this model: a problem whose [monitor] alone was edited and that is run again takes
        effect, though the model is the same."""
        return runs.maker(self.store, self.model.digest)

    @cached_property
    def problem(self) -> Problem | None:
        if self.run is None or not self.run.problem_json:
            return None
        return problem_file.from_dict(self.run.problem_json, base=Path(), where=f"run {self.run.id}")

    @property
    def settings(self) -> Monitor:
        return self.problem.monitor if self.problem else Monitor()

    @cached_property
    def evaluation(self) -> Mapping[str, Any]:
        """Of the run; empty where the store does not have it."""
        try:
            text = self.store.get(f"{keys.run_files(self.run.id)}/evaluation.json") if self.run else b"{}"
        except NotFound:
            return {}
        found: Mapping[str, Any] = orjson.loads(text)
        return found

    @cached_property
    def baseline(self) -> dict[str, Any] | None:
        """Of the inputs, and under `predictions` of the scores; None where the bundle has none."""
        folder = registry.bundle_folder(self.store, self.model.digest)
        found: dict[str, Any] = orjson.loads((folder / BASELINE).read_bytes())
        return found if "columns" in found else None

    @property
    def score(self) -> str:
        """The column of `scores` that drift of the predictions is measured on."""
        return {BINARY: "probability", REGRESSION: "prediction"}.get(self.model.task, "confidence")

    def scores(self, outputs: pl.DataFrame) -> pl.DataFrame:
        """One number per prediction: probability, value, or of several classes the greatest probability."""
        if self.score in outputs.columns:
            return outputs.select(self.score)
        return outputs.select(
            pl.max_horizontal(f"probability_{label}" for label in self.model.labels or ()).alias(self.score)
        )

    @cached_property
    def score_baseline(self) -> dict[str, Any] | None:
        """How scores were distributed on the test rows, in the form of a baseline."""
        histogram = (self.baseline or {}).get("predictions")
        if not histogram or not sum(histogram["counts"]):
            return None
        edges, counts = np.array(histogram["edges"], dtype=float), np.array(histogram["counts"])
        middles = (edges[1:] + edges[:-1]) / 2
        mean = float(np.average(middles, weights=counts))
        std = float(np.sqrt(np.average(np.square(middles - mean), weights=counts)))
        edges[-1] = np.nextafter(edges[-1], np.inf)  # a histogram's last bin is closed, a baseline's are not
        rows = int(counts.sum())
        fine = {"edges": edges.tolist(), "counts": counts.tolist()}
        column = {"kind": "number", "count": rows, "missing": 0.0, "mean": mean, "std": std, "fine": fine}
        return {"rows": rows, "columns": {self.score: column}}

    def reference(self, seed: int) -> Matrix | None:
        """Encoded rows of the data that the model was made from, or None where the store no longer has them."""
        digest = (self.model.manifest.get("lineage") or {}).get("dataset_digest")
        if not digest:
            return None
        with TemporaryDirectory() as folder:
            try:
                frame = self._rows(f"{keys.dataset(digest)}/data.parquet", Path(folder), seed)
            except NotFound:
                return None
        return self.model.recipe.apply(frame)

    def _rows(self, key: str, folder: Path, seed: int) -> pl.DataFrame:
        """Some rows of a table in the store. folder: for what must be fetched first."""
        file = (self.store.folder or folder) / (key if self.store.folder else "data.parquet")
        if not self.store.folder:
            self.store.save(key, file)
        elif not file.exists():
            raise NotFound("The data set is not in the store.", where=key)
        data = pl.scan_parquet(file)
        rows = data.select(pl.len()).collect().item()
        some = np.sort(np.random.default_rng(seed).permutation(rows)[:REFERENCE_ROWS])
        names = set(data.collect_schema().names())
        inputs = [column.name for column in self.model.recipe.inputs if column.name in names]
        return data.select(pl.col(inputs).gather(some)).collect()

    @cached_property
    def promise(self) -> Promise:
        return promise(self.store, self.model)

    def main_metric(self, known: Mapping[str, Any]) -> str | None:
        """The metric that counts, of those known and promised: worth, else a goal's, else the usual one."""
        goals = [goal.metric for goal in self.problem.goal] if self.problem else []
        both = (name for name in ["value_per_case", *goals, *_USUAL, *METRICS] if known.get(name) is not None)
        return next((name for name in both if self.promise.metrics.get(name) is not None), None)

    @property
    def unit(self) -> str:
        return self.model.value.unit if self.model.value else ""
