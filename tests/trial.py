"""A trained model and its splits in folders, as the steps before `evaluate` leave them; the model is a formula."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlcl.models import learners
from mlcl.problem import Problem, from_dict
from mlcl.records import Column, Dataset

REGIONS = ("east", "north", "south")
LABELS = {"binary": ["no", "yes"], "multiclass": ["a", "b", "c"], "regression": None}


class Formula:
    """A model of three features: one number, the same number's noise, and a region."""

    rounds = 10

    def __init__(self, task: str) -> None:
        self.task = task

    def margins(self, x: np.ndarray) -> np.ndarray:
        number, region = x[:, 0].astype(float), np.nan_to_num(x[:, 2].astype(float))
        margin = 1.5 * number + 0.5 * region
        if self.task == "multiclass":
            return np.stack([-margin, np.full(len(x), 0.3), margin], axis=1)
        return margin if self.task == "regression" else margin - 2.0

    def predict(self, x: np.ndarray) -> np.ndarray:
        margin = self.margins(x)
        if self.task == "regression":
            return margin + 10
        if self.task == "binary":
            return (1 / (1 + np.exp(-margin))).astype(np.float32).astype(float)
        power = np.exp(margin)
        return power / power.sum(axis=1, keepdims=True)

    def contributions(self, x: np.ndarray) -> np.ndarray:
        region = np.nan_to_num(x[:, 2].astype(float))
        one = np.stack([1.5 * x[:, 0], np.zeros(len(x)), 0.5 * region, np.full(len(x), -2.0)], axis=1)
        return np.stack([-one, np.zeros_like(one), one], axis=1) if self.task == "multiclass" else one


class Trial:
    """The folders of one trial, and what stands in them."""

    def __init__(self, folder: Path, task: str, rows: tuple[int, int, int], seed: int = 0) -> None:
        self.task, self.model = task, Formula(task)
        self.inputs = {name: folder / name for name in ("collect", "prepare", "train")}
        for path in self.inputs.values():
            path.mkdir(parents=True)
        (self.inputs["train"] / "model").mkdir()
        rng = np.random.default_rng(seed)
        total = sum(rows)
        region = rng.integers(0, 3, total)
        self.x = np.stack([rng.normal(size=total), rng.normal(size=total), region], axis=1).astype(np.float32)
        self.y = self._outcome(rng)
        order = rng.permutation(total)
        ends = np.cumsum(rows)
        self.splits = dict(zip(("train", "validation", "test"), np.split(order, ends[:-1]), strict=True))
        self._write(rows, region)

    def _outcome(self, rng: np.random.Generator) -> np.ndarray:
        predicted = self.model.predict(self.x)
        if self.task == "regression":
            return predicted + rng.normal(size=len(self.x))
        if self.task == "binary":
            return (rng.random(len(self.x)) < predicted).astype(np.int32)
        return (rng.random(len(self.x))[:, None] > np.cumsum(predicted, axis=1)).sum(axis=1).clip(0, 2).astype(np.int32)

    def _write(self, rows: tuple[int, int, int], region: np.ndarray) -> None:
        labels = LABELS[self.task]
        texts = [REGIONS[code] for code in region]
        target = self.y if labels is None else [labels[code] for code in self.y]
        frame = pl.DataFrame({"number": self.x[:, 0], "noise": self.x[:, 1], "region": texts, "target": target})
        frame = frame.with_columns(member=pl.Series(self.x[:, 0] > 0.5))
        frame.write_parquet(self.inputs["collect"] / "data.parquet")
        kinds = {"number": "number", "noise": "number", "region": "category", "member": "boolean"}
        kinds["target"] = "category" if labels else "number"
        columns = tuple(Column(name=name, kind=kind) for name, kind in kinds.items())
        Dataset(digest="0" * 64, rows=len(frame), columns=columns, source="made").write(
            self.inputs["collect"] / "dataset.json"
        )
        names = ("train", "validation", "test")
        self._json("prepare/target.json", {"name": "target", "task": self.task, "labels": labels, "positive": "yes"})
        self._json("prepare/prepare.json", {"rows": dict(zip(names, rows, strict=True))})
        features = [{"name": name, "source": name} for name in ("number", "noise", "region")]
        self._json("prepare/recipe.json", {"features": features})
        for name, of in self.splits.items():
            parts = {"x": self.x[of], "y": self.y[of], "rows": of.astype(np.int64)}
            for part, values in parts.items():
                np.save(self.inputs["prepare"] / f"{name}.{part}.npy", values)
        np.save(self.inputs["train"] / "validation.npy", self.model.predict(self.x[self.splits["validation"]]))

    def _json(self, name: str, document: Any) -> None:
        folder, file = name.split("/")
        (self.inputs[folder] / file).write_text(json.dumps(document))

    def problem(self, **sections: Any) -> Problem:
        question = {"name": "trial", "target": "target", "task": self.task}
        raw = {"problem": question, "data": {"source": "made.csv"}, **sections}
        return from_dict(raw, base=Path())

    def install(self, patch: pytest.MonkeyPatch) -> Trial:
        """From here on, `learners.load` gives this trial's model."""
        patch.setattr(learners, "load", lambda folder: self.model)
        return self

    @property
    def test(self) -> tuple[np.ndarray, np.ndarray]:
        """(y, predictions) of the test rows."""
        of = self.splits["test"]
        return self.y[of], self.model.predict(self.x[of])
