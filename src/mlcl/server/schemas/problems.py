"""Problems: what is asked for, and how it stands in every phase of the life cycle."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mlcl.problem.sections import Problem as ProblemFile
from mlcl.problem.sections import Task
from mlcl.records import Outcome
from mlcl.server.schemas.base import In, Mistake, Out
from mlcl.server.schemas.profile import Column, Warned
from mlcl.server.schemas.runs import GoalResult, RunBrief

PhaseName = Literal["frame", "data", "train", "evaluate", "deploy", "predict", "monitor", "retrain"]
PhaseState = Literal["not started", "running", "done", "attention", "failed"]


class Phase(Out):
    """One phase of the life cycle. state 'attention': somebody should look; text: one line on how it stands."""

    name: PhaseName
    label: str
    state: PhaseState
    text: str = ""
    at: str | None = None


class Champion(Out):
    """The model that is deployed unless another is named, with its verdict."""

    version: int
    run: str = ""
    bundle_digest: str
    learner: str
    created_at: str
    outcome: Outcome | None = None
    goals: list[GoalResult] = []
    value_per_case: float | None = None


class LiveEndpoint(Out):
    """requests, errors: of the last minute, as far as this server answers them itself; null: not known."""

    name: str
    state: Literal["live", "canary", "shadow", "blue-green", "out of use"]
    version: int | None = None
    predictions_total: int | None = None
    requests_per_minute: float | None = None
    error_share: float | None = None


class OpenAlerts(Out):
    critical: int = 0
    warning: int = 0
    acknowledged: int = 0
    latest: str = ""
    latest_at: str | None = None


class ProblemCard(Out):
    """One problem at a glance. goals_met: outcome of the champion's verdict, else of the newest run's."""

    name: str
    question: str = ""
    decision: str = ""
    target: str = ""
    task: Task | None = None
    unit: str = ""
    phases: list[Phase]
    goals_met: Outcome | None = None
    champion: Champion | None = None
    latest_run: RunBrief | None = None
    runs: int = 0
    models: int = 0
    endpoint: LiveEndpoint | None = None
    alerts: OpenAlerts = OpenAlerts()
    changed_at: str = ""


class ProblemDetail(ProblemCard):
    """toml: the text of the problem file; revision: its number, to be sent along when it is saved (0: it is not saved
    in the store yet, and the text comes from the newest run); mistakes: what is wrong with it now."""

    toml: str = ""
    revision: int = 0
    saved_at: str | None = None
    saved_by: str = ""
    problem_file: ProblemFile | None = None
    mistakes: list[Mistake] = []


class ProblemVersion(Out):
    """One saved text of a problem file."""

    revision: int
    saved_at: str
    saved_by: str = ""
    toml: str


class SaveProblem(In):
    """revision: of the text that was edited; 0 for a new problem. When somebody saved since, nothing is written."""

    toml: str = Field(max_length=1_000_000)
    revision: int = Field(default=0, ge=0)


class CheckProblem(In):
    """name: the saved problem that this is an edit of; relative paths start where its do."""

    toml: str = Field(max_length=1_000_000)
    name: str | None = Field(default=None, max_length=128)


class Checked(Out):
    """What is wrong with a problem file, without looking at the data. problem_file: parsed, when nothing is."""

    valid: bool
    mistakes: list[Mistake] = []
    problem_file: ProblemFile | None = None


class Propose(In):
    """source: what stands in data.source; target: the column to predict (left out: guessed)."""

    source: str = Field(min_length=1, max_length=4000)
    target: str | None = Field(default=None, max_length=1000)
    name: str | None = Field(default=None, max_length=63, description="Name of the problem. Left out: from the source.")


class Proposal(Out):
    """A commented problem file for a table. target, task: as proposed; columns: of the table; warnings: what should
    worry about the data."""

    toml: str
    name: str
    target: str
    task: Task | None = None
    positive: str | None = None
    labels: list[str] | None = None
    rows: int
    columns: list[Column] = []
    warnings: list[Warned] = []
    rows_sample: list[list[bool | int | float | str | None]] = []


class Schema(Out):
    """The JSON Schema of the problem file."""

    json_schema: dict[str, Any]
