"""The steps of the life cycle, in order.

A step is a function (problem, inputs: folders by step name, output: folder) -> None in a file of its own. It knows no
platform and no store. `sections` are the parts of the problem file that its result depends on: a changed key reruns
only the steps that name its section, and what comes after them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from mlcl.problem import Problem

Inputs = Mapping[str, Path]
Function = Callable[[Problem, Inputs, Path], None]


class StepSpec(NamedTuple):
    name: str
    inputs: tuple[str, ...]
    sections: tuple[str, ...]
    label: str

    def load(self) -> Function:
        """The function; imported at the use, because a step loads polars or a learner."""
        function: Function = getattr(import_module(f"mlcl.steps.{self.name}"), self.name)
        return function


_QUESTION = ("problem.target", "problem.positive", "problem.task")
_MEASURE = ("value", "decision", "evaluate", "split.seed")

STEPS: tuple[StepSpec, ...] = (
    StepSpec("collect", (), ("data.source", "data.format", "data.header", "data.columns", "data.missing", "data.delimiter", "data.encoding", "data.decimal", "data.sheet", "data.rows", "data.sha256", "split.seed"), "Collect data"),
    StepSpec("validate", ("collect",), (*_QUESTION, "data.drop", "data.expect"), "Validate data"),
    StepSpec("prepare", ("collect", "validate"), (*_QUESTION, "data.drop", "features", "split"), "Prepare features"),
    StepSpec("train", ("prepare",), ("train", "goal", "value", "decision", "split.seed"), "Train and tune"),
    StepSpec("evaluate", ("collect", "prepare", "train"), (*_MEASURE, "goal"), "Evaluate"),
    StepSpec("judge", ("evaluate",), (*_MEASURE, "goal"), "Judge the goals"),
    StepSpec("register", ("collect", "validate", "prepare", "train", "evaluate", "judge"), ("problem", "value", "goal"), "Register the model"),
)  # fmt: skip
