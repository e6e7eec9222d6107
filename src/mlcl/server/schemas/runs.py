"""Runs: what was asked, how far it is, what came of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlcl.problem.sections import Problem as ProblemFile
from mlcl.records import Outcome, RunState, Stage, StepState
from mlcl.server.schemas.base import Cell, Figures, In, Out
from mlcl.server.schemas.evaluation import Interval, Rival


class Progress(Out):
    """How far a running step is: done of total units (total 0: unknown), and what it says of itself."""

    done: float = 0.0
    total: float = 0.0
    text: str = ""


class Step(Out):
    """label: the step's name for people; progress: of a running step, when it tells."""

    name: str
    label: str
    state: StepState
    seconds: float = 0.0
    note: str = ""
    progress: Progress | None = None


class RunError(Out):
    """Why a run failed. error: kind of the error."""

    error: str = ""
    what: str = ""
    where: str = ""
    found: str = ""
    do: str = ""


class RunBrief(Out):
    """A run as lists show it. step: the running or failed one; seconds: since the start, or all it took; outcome: of
    the verdict, once there is one; metrics: on the test rows."""

    id: str
    problem: str
    state: RunState
    trigger: str = ""
    platform: str = "local"
    started_at: str
    finished_at: str = ""
    seconds: float | None = None
    step: str = ""
    steps_done: int = 0
    steps_total: int = 0
    error: str = ""
    dataset_digest: str = ""
    bundle_digest: str = ""
    model_version: int | None = None
    stage: Stage | None = None
    learner: str = ""
    why: str = ""
    metrics: Figures = {}


class GoalResult(Out):
    """One goal and its verdict. got: on the test rows, with the interval [low, high] at the goal's confidence; against:
    what it is compared with; rows_to_decide: how many more labelled rows would decide."""

    metric: str
    wanted: str
    got: float | None
    low: float | None = None
    high: float | None = None
    against: float | None = None
    outcome: Outcome
    rows_to_decide: int | None = None
    why: str = ""


class Difference(Out):
    """Model less rival, on the same rows, with its 95 % interval."""

    difference: float | None
    low: float | None
    high: float | None


class ComparedRival(Rival):
    differences: dict[str, Difference] = {}


class Against(Out):
    baseline: ComparedRival | None = None
    nothing: Figures | None = None
    everything: Figures | None = None
    champion: ComparedRival | None = None


class Verdict(Out):
    """Are the goals met? against: the model beside what it could be compared with."""

    passed: bool
    outcome: Outcome
    goals: list[GoalResult] = []
    against: Against = Against()
    why: str = ""


DocumentName = Literal["dataset", "profile", "prepare", "training", "evaluation", "verdict", "model"]


class Run(RunBrief):
    """One passage through the life cycle. documents: what can be asked for by now; problem_toml: the problem file that
    was run, as TOML; problem_file: the same, parsed; can_stop: whether it runs where this server can end it."""

    question: str = ""
    decision: str = ""
    target: str = ""
    unit: str = ""
    process: str = ""
    code_version: str = ""
    problem_digest: str = ""
    steps: list[Step] = []
    failure: RunError | None = None
    documents: list[DocumentName] = []
    verdict: Verdict | None = None
    problem_file: ProblemFile | None = None
    problem_toml: str = ""
    can_stop: bool = False


class StartRun(In):
    """fresh: fetch and compute everything anew; overrides: 'key.path=value' texts that take precedence over the file;
    revision: only if the saved problem file is still this one."""

    fresh: bool = False
    overrides: list[str] = Field(default=[], max_length=100)
    revision: int | None = None


class LogLine(Out):
    """level: info, warning or error."""

    number: int
    at: str
    level: str
    text: str


class RunLog(Out):
    """What a run said. next: ask for what comes after this number; ended: nothing will."""

    lines: list[LogLine]
    next: int
    ended: bool


class MetricValue(Out):
    """The metric of one run, on its test rows."""

    value: float | None
    interval: Interval | None = None


class MetricRow(Out):
    """One metric of all compared runs, in their order. best: ids of the best runs; clear: the best one's interval
    overlaps with no other."""

    metric: str
    label: str
    greater_is_better: bool
    values: list[MetricValue]
    best: list[str] = []
    clear: bool = False


class Differing(Out):
    """A key of the problem files that differs, with its value in each run (JSON text; null: not there)."""

    key: str
    values: list[str | None]


class StepSeconds(Out):
    """Seconds of one step in each run; null: not done (cached, or not reached)."""

    step: str
    label: str
    seconds: list[float | None]


class Same(Out):
    """Whether all compared runs share these; with other data or another split the metrics come from other rows."""

    dataset: bool
    split: bool
    problem: bool
    code: bool
    bundle: bool


class Comparison(Out):
    """Runs side by side."""

    runs: list[RunBrief]
    same: Same
    metrics: list[MetricRow]
    problem: list[Differing]
    seconds: list[StepSeconds]


__all__ = ["Cell", "Comparison", "Run", "RunBrief", "RunLog", "StartRun", "Verdict"]
