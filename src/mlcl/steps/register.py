"""register: everything before -> bundle/ (complete) and model.json (the registry's record; it gives the version)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from mlcl.models import bundle
from mlcl.problem import Problem
from mlcl.records import Dataset, Model
from mlcl.version import __version__, code_version


def register(problem: Problem, inputs: Mapping[str, Path], output: Path) -> None:
    """The bundle depends on problem, data and code alone: neither verdict nor champion nor any time is in it."""
    evaluation = _read(inputs["evaluate"] / "evaluation.json")
    training = _read(inputs["train"] / "training.json")
    verdict = _read(inputs["judge"] / "verdict.json")
    dataset = Dataset.read(inputs["collect"] / "dataset.json")
    folder = output / "bundle"
    folder.mkdir()
    digest = bundle.write(
        folder,
        model=inputs["train"] / "model",
        baseline=_baseline(inputs["prepare"], evaluation),
        parts=_parts(problem, dataset, evaluation, training, _read(inputs["prepare"] / "recipe.json")),
    )
    Model(
        problem=problem.name,
        version=None,
        stage="approved" if verdict["passed"] else "rejected",
        bundle_digest=digest,
        learner=training["learner"],
        parameters=training["parameters"],
        metrics=evaluation["metrics"],
        dataset_digest=dataset.digest,
        problem_digest=problem.digest,
        code_version=code_version(),
        why=verdict["why"],
    ).write(output / "model.json")


def _parts(
    problem: Problem, dataset: Dataset, evaluation: dict[str, Any], training: dict[str, Any], recipe: dict[str, Any]
) -> dict[str, Any]:
    question = problem.problem
    return {
        "mlcl_version": __version__,
        "problem": {
            "name": problem.name,
            "question": question.question,
            "decision": question.decision,
            "target": problem.target,
        },
        **{key: evaluation[key] for key in ("task", "labels", "positive", "threshold", "capacity")},
        "value": problem.value.model_dump(mode="json") if problem.value else None,
        "recipe": recipe,
        "learner": {"kind": training["learner"], "parameters": training["parameters"]},
        "metrics": {split: evaluation["metrics"][split] for split in ("validation", "test")},
        "lineage": {
            "dataset_digest": dataset.digest,
            "problem_digest": problem.digest,
            "code_version": code_version(),
        },
    }


def _baseline(prepare: Path, evaluation: dict[str, Any]) -> bytes:
    """Training statistics of the inputs, and those of the model's scores on the test rows."""
    return orjson.dumps({**_read(prepare / "baseline.json"), "predictions": evaluation.get("predictions")})


def _read(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(file.read_bytes())
    return document
