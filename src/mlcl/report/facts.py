"""The documents of a run, with what the sections ask of them again and again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mlcl.metrics import METRICS

Document = dict[str, Any]


class Facts:
    """Read-only view of what mlcl.runs.documents gives: run, problem, dataset, profile, prepare, training, evaluation,
    verdict, model. A document that is absent (the run ended before its step) reads as empty.
    """

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self.documents = documents

    def _document(self, name: str) -> Document:
        return self.documents.get(name) or {}

    @cached_property
    def run(self) -> Document:
        return self._document("run")

    @cached_property
    def problem(self) -> Document:
        return self._document("problem")

    @cached_property
    def question(self) -> Document:
        return self.problem.get("problem") or {}

    @cached_property
    def dataset(self) -> Document:
        return self._document("dataset")

    @cached_property
    def profile(self) -> Document:
        return self._document("profile")

    @cached_property
    def prepare(self) -> Document:
        return self._document("prepare")

    @cached_property
    def training(self) -> Document:
        return self._document("training")

    @cached_property
    def evaluation(self) -> Document:
        return self._document("evaluation")

    @cached_property
    def verdict(self) -> Document:
        return self._document("verdict")

    @cached_property
    def model(self) -> Document:
        return self._document("model")

    @cached_property
    def name(self) -> str:
        return str(self.question.get("name") or self.run.get("problem") or "run")

    @cached_property
    def task(self) -> str:
        target = self.profile.get("target") or {}
        return str(self.evaluation.get("task") or target.get("task") or self.question.get("task") or "")

    @cached_property
    def unit(self) -> str:
        return str(self.evaluation.get("unit") or (self.problem.get("value") or {}).get("unit") or "")

    @cached_property
    def has_value(self) -> bool:
        return self.test.get("value_per_case") is not None

    @cached_property
    def target(self) -> str:
        return str(self.question.get("target") or "")

    @cached_property
    def positive(self) -> str:
        return str(self.evaluation.get("positive") or (self.profile.get("target") or {}).get("positive") or "positive")

    @cached_property
    def test(self) -> Document:
        """Metrics on the test rows."""
        return self.metrics("test")

    def metrics(self, split: str) -> Document:
        return (self.evaluation.get("metrics") or {}).get(split) or {}

    @cached_property
    def intervals(self) -> Document:
        return self.evaluation.get("intervals") or {}

    @cached_property
    def baseline(self) -> Document:
        return (self.evaluation.get("baseline") or {}).get("metrics") or {}

    @cached_property
    def champion(self) -> Document:
        return (self.evaluation.get("champion") or {}).get("metrics") or {}

    @cached_property
    def curves(self) -> Document:
        return self.evaluation.get("curves") or {}

    @cached_property
    def metric_names(self) -> list[str]:
        """Metrics of the task in their fixed order, those computed only."""
        return [name for name in METRICS if name in self.test]

    @cached_property
    def stopped_at(self) -> str:
        """Name of the step that failed, or ''."""
        return next((step["name"] for step in self.run.get("steps") or () if step["state"] == "failed"), "")

    def why_undefined(self, metric: str) -> str:
        """Why a metric has no value here."""
        known = (self.evaluation.get("undefined") or {}).get(metric)
        return str(known or "it is not defined for these test rows.")

    def why_absent(self, what: str) -> str:
        """Why something is not in the report."""
        if self.stopped_at:
            return f"{what}: not there, because the run stopped in the step '{self.stopped_at}'."
        if self.run.get("state") in ("running", "interrupted"):
            return f"{what}: not there, because the run was {self.run['state']} when this page was made."
        return f"{what}: not computed in this run."
