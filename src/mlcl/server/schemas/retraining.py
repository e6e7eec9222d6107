"""Attempts to replace an endpoint's model by a better one."""

from __future__ import annotations

from typing import Literal

from mlcl.server.schemas.base import Out
from mlcl.server.schemas.runs import GoalResult, Step

AttemptState = Literal["running", "deployed", "trying", "kept", "waiting", "failed"]
Trigger = Literal["drift", "performance", "schedule", "new_data"]


class RivalFigure(Out):
    """A metric of challenger and champion on the same rows. difference: challenger less champion, with its 95 %
    interval; better: which of them is, or 'undecided'."""

    metric: str
    label: str
    greater_is_better: bool
    champion: float | None = None
    challenger: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    better: Literal["challenger", "champion", "undecided"] | None = None


class TrainingRows(Out):
    """old: rows that the champion was made from; new: with outcomes that came since; test: the newest of them, on which
    both were judged."""

    old: int = 0
    new: int = 0
    test: int = 0


class AttemptBrief(Out):
    """One attempt. deployed: the challenger is live; trying: it is a canary or shadow; kept: it did not pass, and the
    champion stays; waiting: there was too little to learn from; failed: an error, told by why. live: version that was
    live before; version: of the challenger, when it passed."""

    number: int
    endpoint: str
    trigger: str
    state: AttemptState
    at: str
    ended_at: str = ""
    seconds: float | None = None
    why: str = ""
    live: int | None = None
    version: int | None = None
    run: str = ""
    rows: TrainingRows = TrainingRows()
    outcome: Literal["met", "not met", "undecided"] | None = None


class Attempt(AttemptBrief):
    """goals: of the problem file and the comparison with the champion, as judged; figures: both models, metric by
    metric; unit: of values, such as EUR; steps: of the run, live while it is running."""

    goals: list[GoalResult] = []
    figures: list[RivalFigure] = []
    unit: str = ""
    verdict: str = ""
    process: str = ""
    steps: list[Step] = []


class RetrainPolicy(Out):
    """[retrain] of the live model's problem file. on: what starts a training by itself; durations as in the file."""

    on: list[Trigger] = []
    every: str
    cooldown: str
    attempts: int
    minimum_rows: int


class Retraining(Out):
    """How retraining stands. busy: it is being done now; failed_in_a_row: challengers that did not replace the model,
    since a person asked or one did; held: why nothing starts by itself now, or ''; next_at: when the schedule asks for
    the next one, null without a schedule; possible: whether it can be started (why_not says why not)."""

    endpoint: str
    policy: RetrainPolicy | None = None
    busy: bool = False
    running: AttemptBrief | None = None
    last: AttemptBrief | None = None
    attempts: int = 0
    failed_in_a_row: int = 0
    held: str = ""
    next_at: str | None = None
    possible: bool = True
    why_not: str = ""
