"""How an endpoint is watched, and what is done for that."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlcl.problem.watching import MonitorLimits
from mlcl.server.schemas.base import In, Out
from mlcl.server.schemas.looks import LookBrief
from mlcl.server.schemas.outcomes import Promised

JobKind = Literal["monitor", "retrain", "notify"]
JobStateName = Literal["never", "starting", "running", "done", "failed", "interrupted"]


class Job(Out):
    """Work on an endpoint that is done by itself or was asked for. next_at: when it is due, as far as known; schedule:
    whether it is done by itself at all."""

    kind: JobKind
    endpoint: str
    state: JobStateName
    started_at: str | None = None
    finished_at: str | None = None
    error: str = ""
    failures: int = 0
    next_at: str | None = None
    scheduled: bool = False


class Monitoring(Out):
    """How an endpoint is watched. every, window: as in the problem file; webhook, email: whether changes of alerts are
    sent there; jobs: what is done by itself."""

    endpoint: str
    version: int | None = None
    every: str
    window: str
    minimum_rows: int
    limits: MonitorLimits
    webhook: bool = False
    email: bool = False
    unit: str = ""
    looks: int = 0
    latest: LookBrief | None = None
    jobs: list[Job] = []
    main_metric: str | None = None
    promised: Promised | None = None


class StartLook(In):
    """window: how far back: 15m, 1d, 2w (left out: as the problem file says)."""

    window: str | None = Field(default=None, max_length=20)
