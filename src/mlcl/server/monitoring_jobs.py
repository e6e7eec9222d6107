"""Work on endpoints that takes longer than an answer may: each in a process of its own, which outlives the server."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

from mlcl import jobs, runs
from mlcl.errors import Conflict, UsageError
from mlcl.jobs import JobState
from mlcl.problem.base import duration
from mlcl.problem.watching import Monitor
from mlcl.records import time_text
from mlcl.server.context import Server
from mlcl.server.monitoring_watched import settings
from mlcl.server.schemas.monitoring import Job, JobKind, JobStateName
from mlcl.stores import Log, keys

_SILENT = timedelta(minutes=5)  # after which a job on another machine that shows no sign of life is taken for dead

Process = subprocess.Popen[bytes]


class Work:
    """The processes that this server started."""

    def __init__(self, server: Server) -> None:
        self._server, self._store = server, server.store
        self._started: dict[tuple[str, str], tuple[Process, int]] = {}
        self._lock = threading.Lock()

    def look(self, name: str, window: str | None) -> Job:
        """Starts a look. Conflict: one is being made; UsageError: the window is no length of time."""
        span = duration(window, "window") if window else None
        if span is not None and not timedelta(minutes=1) <= span <= timedelta(days=366):
            raise UsageError("A window is between a minute and a year.", where="window", found=window or "")
        with self._lock:
            entry = Log(self._store, keys.job("monitor", name)).latest()
            state = JobState.model_validate(entry.document) if entry else None
            if self._alive("monitor", name) or (state and going_on(state)):
                raise Conflict(
                    f"Somebody is looking at '{name}' already.",
                    found=f"since {time_text(state.started_at)}" if state and going_on(state) else "just begun",
                    fix="Wait until it has ended.",
                )
            number = entry.number if entry else 0
            more = [str(span.total_seconds())] if span else []
            self._spawn(
                "monitor", name, number, "mlcl.jobs", [self._store.absolute, "monitor", name, str(number), *more]
            )
        return Job(kind="monitor", endpoint=name, state="starting")

    def retrain(self, name: str, known: int) -> Job:
        """Starts an attempt, which writes its own log. known: how many have ended. Conflict: one is about to begin."""
        with self._lock:
            if self._alive("attempt", name) and self._started["attempt", name][1] == known:
                raise Conflict(
                    f"'{name}' is being retrained already.", found="just begun", fix="Wait until it has ended."
                )
            self._spawn("attempt", name, known, "mlcl.server.retraining_worker", [self._store.absolute, name])
        return Job(kind="retrain", endpoint=name, state="starting")

    def attempting(self, name: str, known: int) -> bool:
        """Whether a process that this server started is about to write an attempt. known: how many have ended."""
        with self._lock:
            return self._alive("attempt", name) and self._started["attempt", name][1] == known

    def all(self, name: str) -> list[Job]:
        """Everything that is done for an endpoint."""
        kinds: tuple[JobKind, ...] = ("monitor", "retrain", "notify")
        return [self._job(kind, name, settings(self._server, name)) for kind in kinds]

    def _job(self, kind: JobKind, name: str, monitor: Monitor) -> Job:
        entry = Log(self._store, keys.job(kind, name)).latest()
        state = JobState.model_validate(entry.document) if entry else None
        with self._lock:
            started = self._started.get((kind, name))
            starting = self._alive(kind, name) and started is not None and started[1] == (entry.number if entry else 0)
        shown: JobStateName = "never" if state is None else state.state
        if state is not None and state.state == "running" and not going_on(state):
            shown = "interrupted"
        next_at = state.started_at + duration(monitor.every) if kind == "monitor" and state else None
        return Job(
            kind=kind,
            endpoint=name,
            state="starting" if starting else shown,
            started_at=time_text(state.started_at) if state else None,
            finished_at=time_text(state.finished_at) if state and state.finished_at else None,
            error=state.error if state else "",
            failures=state.failures if state else 0,
            next_at=time_text(next_at) if next_at else None,
            scheduled=kind == "monitor",
        )

    def _alive(self, kind: str, name: str) -> bool:
        started = self._started.get((kind, name))
        return started is not None and started[0].poll() is None

    def _spawn(self, kind: str, name: str, number: int, module: str, arguments: list[str]) -> None:
        self._started[kind, name] = (spawn(module, arguments), number)


def going_on(state: JobState) -> bool:
    """Whether a job that is said to run does, as far as can be seen from here."""
    if state.state != "running" or not runs.alive(state.owner):
        return False
    seen = state.started_at + timedelta(seconds=state.beat * jobs.BEAT)
    return datetime.now(UTC) - seen < _SILENT


def spawn(module: str, arguments: list[str]) -> Process:
    """Runs a module of ours in a process that does not end with the server."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", module, *arguments],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    # Somebody waits for it, so that no dead process is left.
    threading.Thread(target=process.wait, daemon=True, name=f"mlcl-wait-{process.pid}").start()
    return process
