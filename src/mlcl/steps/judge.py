"""judge: evaluate/ -> verdict.json."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import orjson

from mlcl.models import verdict
from mlcl.problem import Problem


def judge(problem: Problem, inputs: Mapping[str, Path], output: Path) -> None:
    """Compares the evaluation with the goals. Missing a goal is a result, not an error."""
    evaluation = orjson.loads((inputs["evaluate"] / "evaluation.json").read_bytes())
    with np.load(inputs["evaluate"] / "bootstrap.npz", allow_pickle=False) as stored:
        draws = {name: stored[name] for name in stored.files}
    verdict.judge(problem.goal, evaluation, draws).write(output / "verdict.json")
