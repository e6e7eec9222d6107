"""evaluate: collect/, prepare/, train/ (and champion/) -> evaluation.json, scores.parquet, bootstrap.npz.

Facts only, from the untouched test rows: how good the decisions are, how sure that is, beside the naive baseline and
the champion on the same rows, and what the model relies on. What the goals make of them is the judge's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl

from mlcl import progress
from mlcl.errors import MlclError, NotFound
from mlcl.metrics import BINARY, REGRESSION
from mlcl.models import decision, evaluation, explain, fairness, learners, rivals
from mlcl.models.decision import Rule
from mlcl.models.metrics import Array, Cases, Floats
from mlcl.problem import Problem
from mlcl.records import Dataset
from mlcl.steps import CHAMPION

TRAIN_ROWS = 10_000  # so many of the training rows, at random, show how far the model overfits
PARTS = 4
TOGETHER = 100_000  # values of columns of segments that are read at once


def evaluate(problem: Problem, inputs: Mapping[str, Path], output: Path) -> None:
    """Measures the trained model on the test rows, and with fewer figures on the other splits."""
    progress.report(0, PARTS, "scoring the test rows")
    trial = _Trial(problem, inputs)
    models, champion = trial.rivals()
    # The model predicts outside Python's lock, and the figures are computed meanwhile.
    with ThreadPoolExecutor(1) as beside:
        importance = beside.submit(trial.importance)
        document, pictures, compared = _figures(trial, models, champion)
        progress.report(3, PARTS, "importance of the columns")
        document["importance"] = importance.result()
    exact = {"threshold": document["threshold"]}  # a score may lie within rounding of it
    (output / "evaluation.json").write_bytes(orjson.dumps(evaluation.plain(document) | exact | pictures))
    _scores(trial.rows, models, trial.labels).write_parquet(output / "scores.parquet")
    np.savez(output / "bootstrap.npz", **_flat(compared.draws))  # type: ignore[arg-type]
    progress.report(PARTS, PARTS, "evaluated")


def _figures(
    trial: _Trial, models: dict[str, Cases], champion: dict[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any], evaluation.Compared]:
    problem, cases = trial.problem, trial.cases["test"]
    progress.report(1, PARTS, "confidence intervals")
    compared = evaluation.compare(models, trial.limit, problem.evaluate.bootstrap, problem.split.seed)
    progress.report(2, PARTS, "curves and segments")
    document = {
        **trial.facts(),
        **evaluation.figures(trial.cases, compared, champion),
        **evaluation.tables(cases, trial.labels),
        "segments": fairness.segments(cases, trial.groupings()),
    }
    return document, evaluation.pictures(cases, trial.labels, problem.value, problem.split.seed), compared


class _Trial:
    """The trained model and the rows of each split, as the steps before left them."""

    def __init__(self, problem: Problem, inputs: Mapping[str, Path]) -> None:
        self.problem, self.inputs, self.seed = problem, inputs, problem.split.seed
        self.target = _json(inputs["prepare"] / "target.json")
        self.task, self.labels = self.target["task"], self.target["labels"] or []
        self.predictor = learners.load(inputs["train"] / "model")
        self.x, self.rows, self.known = self._load("test.x"), self._load("test.rows"), self._load("train.y")
        binary = self.task == BINARY
        self.limit = decision.capacity(problem.decision, len(self.rows)) if binary else None
        self.rule = self._rule() if binary else None
        self.cases = self._cases()

    def _load(self, name: str) -> Array:
        loaded: Array = np.load(self.inputs["prepare"] / f"{name}.npy", mmap_mode="r" if name == "train.x" else None)
        return loaded.astype(np.int64) if loaded.dtype.kind == "i" else loaded

    def _rule(self) -> Rule:
        scores = np.load(self.inputs["train"] / "validation.npy")
        return decision.choose(
            self._load("validation.y"), scores, self.problem.decision, self.problem.value, self.limit
        )

    def _cases(self) -> dict[str, Cases]:
        some = np.sort(np.random.default_rng(self.seed).permutation(len(self.known))[:TRAIN_ROWS])
        train = np.asarray(self._load("train.x")[some])
        return {
            "train": self._scored(self.known[some], self.predictor.predict(train)),
            "validation": self._scored(self._load("validation.y"), np.load(self.inputs["train"] / "validation.npy")),
            "test": self._scored(self._load("test.y"), self.predictor.predict(self.x)),
        }

    def _scored(self, y: Array, scores: Floats) -> Cases:
        worth = decision.worth(self.problem.value) if self.problem.value and self.rule else None
        decided = None if self.task == REGRESSION else self.rule.decide(scores) if self.rule else scores.argmax(axis=1)
        return Cases(self.task, y, scores, decided, len(self.labels), worth)

    def rivals(self) -> tuple[dict[str, Cases], dict[str, Any] | None]:
        """The model and what it is compared with, on the test rows; and what there is to say of the champion."""
        cases = self.cases["test"]
        models = {"model": cases, "baseline": rivals.naive(cases, self.known, self.limit)}
        if cases.worth is not None:
            models |= {"nothing": rivals.constant(cases, 0), "everything": rivals.constant(cases, 1)}
        if CHAMPION not in self.inputs:
            return models, None
        data = self.inputs["collect"] / "data.parquet"
        try:
            best = rivals.champion(self.inputs[CHAMPION], data, self.rows, cases, self.labels, self.limit)
        except MlclError as error:
            return models, {"unavailable": error.what}
        if best.dataset != Dataset.read(self.inputs["collect"] / "dataset.json").digest:
            best.facts["note"] = "It learned from another snapshot of the data, which may hold some of these rows."
        return models | {"champion": best.cases}, best.facts

    def facts(self) -> dict[str, Any]:
        """What was measured, and how decisions are made."""
        value, limit = self.problem.value, self.limit
        capacity = limit and {**limit._asdict(), "share": limit.share, "most": limit.most(len(self.rows))}
        return {
            "schema_version": 1,
            "task": self.task,
            "labels": self.labels or None,
            "positive": self.target["positive"],
            "rows": _json(self.inputs["prepare"] / "prepare.json")["rows"],
            "rows_measured": {split: len(cases.y) for split, cases in self.cases.items()},
            "unit": value.unit if value else "",
            "value": value.model_dump(exclude={"unit"}) if value else None,
            "threshold": self.rule.threshold if self.rule else None,
            "threshold_why": self.rule.why if self.rule else None,
            "capacity": capacity,
        }

    def groupings(self) -> list[fairness.Grouping]:
        """The test rows by each column that is a segment: those asked for, or all of few categories."""
        dataset = Dataset.read(self.inputs["collect"] / "dataset.json")
        names = [column.name for column in dataset.columns]
        split = self.problem.split
        wanted = self.problem.evaluate.segments
        if wanted is None:
            apart = {self.problem.target, split.column, split.group, split.time}
            few = [column for column in dataset.columns if column.kind in ("category", "boolean")]
            few = [column for column in few if (column.distinct or 0) <= fairness.FEW]
            wanted = tuple(column.name for column in few if column.name not in apart)
        for name in wanted:
            if name not in names:
                raise NotFound.among("column for evaluate.segments", name, names)
        # of many rows one column at a time: the texts of all columns together would be the run's peak of memory
        few_values = len(self.rows) * len(wanted) <= TOGETHER
        series: Iterable[pl.Series] = (
            self._columns(wanted) if few_values else (self._columns([name])[0] for name in wanted)
        )
        every = self.problem.evaluate.segments is not None
        return [fairness.grouping(one) for one in series if every or one.n_unique() <= fairness.FEW + 1]

    def _columns(self, names: Sequence[str]) -> list[pl.Series]:
        data = pl.scan_parquet(self.inputs["collect"] / "data.parquet")
        return data.select(pl.col(name).gather(self.rows) for name in names).collect().get_columns()

    def importance(self) -> dict[str, Any]:
        features = _json(self.inputs["prepare"] / "recipe.json")["features"]
        groups = explain.sources([one["name"] for one in features], {one["name"]: one["source"] for one in features})
        trees = max(1, self.predictor.rounds) * (len(self.labels) if len(self.labels) > 2 else 1)
        return evaluation.importance(self.predictor, self.x, self.cases["test"], groups, trees, self.seed)


def _scores(rows: Array, models: Mapping[str, Cases], labels: list[str]) -> pl.DataFrame:
    """Row, true value and scores of the test rows: one column of scores, or one per class."""
    columns: dict[str, Array] = {"row": rows, "y": models["model"].y}
    for name, prefix in (("model", "score"), ("champion", "champion_score")):
        scores = models[name].scores if name in models else None
        if scores is not None and scores.ndim == 2:
            columns |= {f"{prefix}_{label}": scores[:, code] for code, label in enumerate(labels)}
        elif scores is not None:
            columns[prefix] = scores
    return pl.DataFrame(columns)


def _flat(draws: evaluation.Draws) -> dict[str, Floats]:
    return {f"{model}/{metric}": drawn for model, figures in draws.items() for metric, drawn in figures.items()}


def _json(file: Path) -> Any:
    return orjson.loads(file.read_bytes())
