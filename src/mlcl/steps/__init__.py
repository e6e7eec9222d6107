"""The steps of the life cycle, in order.

A step is a function (problem, inputs: folders by name, output: folder) -> None in a file of its own. It knows no
platform and no store. `sections` are the parts of the problem file that its result depends on: a changed key reruns
only the steps that name its section, and what comes after them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from mlcl.problem import Problem
from mlcl.version import code_version

Inputs = Mapping[str, Path]
Function = Callable[[Problem, Inputs, Path], None]


class StepSpec(NamedTuple):
    name: str
    label: str
    inputs: tuple[str, ...]
    sections: tuple[str, ...]

    def load(self) -> Function:
        """The function; imported at the use, because a step loads polars or a learner."""
        function: Function = getattr(import_module(f"mlcl.steps.{self.name}"), self.name)
        return function

    def key(self, problem: Problem, identities: Mapping[str, str]) -> str:
        """Digest of all that the result depends on: code, sections of the problem, identities of the inputs."""
        parts = {section: problem.section(section) for section in self.sections}
        given = [code_version(), self.name, parts, sorted(identities.items())]
        return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:32]


_QUESTION = ("problem.target", "problem.positive", "problem.task")
_COLUMNS = ("split.time", "split.group", "split.column", "evaluate.segments")
_TRAIN = ("train.learner", "train.trials", "train.seconds", "train.balance", "train.parameters")
_READING = (
    "format",
    "header",
    "columns",
    "rename",
    "recode",
    "missing",
    "delimiter",
    "encoding",
    "decimal",
    "sheet",
    "rows",
    "sha256",
)

STEPS: tuple[StepSpec, ...] = (
    StepSpec("collect", "Collect data", (), ("data.source", *(f"data.{key}" for key in _READING), "split.seed")),
    StepSpec(
        "validate",
        "Validate data",
        ("collect",),
        (*_QUESTION, *_COLUMNS, "data.drop", "data.expect", "goal", "value"),
    ),
    StepSpec(
        "prepare",
        "Prepare features",
        ("collect", "validate"),
        (*_QUESTION, "data.drop", "data.missing", "features", "split"),
    ),
    StepSpec("train", "Train and tune", ("prepare",), (*_TRAIN, "goal", "split.seed")),
    StepSpec("evaluate", "Evaluate", ("collect", "prepare", "train"), ("value", "decision", "evaluate", "split")),
    StepSpec("judge", "Judge the goals", ("evaluate",), ("goal",)),
    StepSpec(
        "register",
        "Register the model",
        ("collect", "prepare", "train", "evaluate", "judge"),
        ("problem", "value", "decision", "goal", "data", "features", "split", "train", "evaluate"),
    ),
)

CHAMPION = "champion"  # the input of `evaluate` that holds the bundle of the model now in use, when there is one
