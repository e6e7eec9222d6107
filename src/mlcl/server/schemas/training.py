"""What training found."""

from __future__ import annotations

from typing import Literal

from mlcl.problem.sections import Scalar
from mlcl.server.schemas.base import Out

Parameters = dict[str, Scalar | None]


class Member(Out):
    """One part of the model. weight: its share of the answer."""

    learner: str
    weight: float
    parameters: Parameters = {}
    rounds: int | None = None


class Trial(Out):
    """One set of parameters that was tried. score: of the metric named by the training; pruned: given up early as
    hopeless; cut: the time budget ended it."""

    number: int
    learner: str
    parameters: Parameters = {}
    score: float | None
    rounds: int | None = None
    state: Literal["complete", "pruned", "cut"] = "complete"


class CurvePoint(Out):
    """The metric after so many rounds, on rows learnt from and on rows held out."""

    round: int
    train: float | None
    validation: float | None


class Training(Out):
    """score: of the chosen model, of `metric`, on rows it has not seen; cut_off: the time budget ended the search."""

    learner: str
    parameters: Parameters = {}
    rounds: int | None = None
    metric: str
    score: float | None
    folds: int = 1
    members: list[Member] = []
    trials: list[Trial] = []
    curve: list[CurvePoint] = []
    cut_off: bool = False
    notes: list[str] = []
