"""Scheduled jobs: looks at endpoints, checks whether to retrain, and notices that are to be sent.

Each job has a log of its states in the store. A process starts a job by writing the next state, which only one process
can (conditional create); while it works it writes a sign of life every few seconds.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any, Literal

from mlcl.errors import Conflict, MlclError
from mlcl.records import Record
from mlcl.runs import this_process
from mlcl.stores import Log, Store, keys

log = logging.getLogger("mlcl.jobs")

BEAT = 15.0  # seconds between signs of life
KEPT = 50  # states of a job that its log keeps
RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=1)

Kind = Literal["monitor", "retrain", "notify"]
LONGEST = {"monitor": 3600.0, "retrain": 12 * 3600.0, "notify": 900.0}  # seconds, after which a job is ended
RETRAINING = "mlcl.retraining.policy"


class JobState(Record):
    """One state of a job. owner: host and process; beat: number of the sign of life; failures: in a row."""

    state: Literal["running", "done", "failed", "interrupted"]
    owner: str
    started_at: datetime
    finished_at: datetime | None = None
    beat: int = 0
    failures: int = 0
    error: str = ""


def due(state: JobState | None, every: timedelta, now: datetime) -> bool:
    """Whether a job that nobody runs is to be run. After a failure it is tried again sooner, then ever later."""
    state = given_up(state)
    if state is None or state.state == "interrupted":
        return True
    wait = every
    if state.failures:
        wait = min(every, LONGEST_RETRY, RETRY * 2 ** min(10, state.failures - 1))
    # A start in the future was written by a clock that was wrong.
    return not timedelta() <= now - state.started_at < wait


def given_up(state: JobState | None) -> JobState | None:
    """A job whose process died has failed once more: it may be what kills its process."""
    if state is None or state.state != "running":
        return state
    return state.model_copy(update={"state": "failed", "failures": state.failures + 1})


def can_retrain() -> bool:
    return importlib.util.find_spec(RETRAINING) is not None


def work(
    store: Store, kind: Kind, endpoint: str, number: int, clock: Callable[[], datetime], window: timedelta | None = None
) -> bool:
    """Runs a job here and now, unless somebody else wrote its next state first (False). number: of the state seen;
    window: of a look, where it is not the problem file's."""
    journal = Log(store, keys.job(kind, endpoint))
    before = given_up(JobState.model_validate(journal.read(number).document)) if number else None
    failures = before.failures if before else 0
    running = JobState(state="running", owner=this_process(), started_at=clock(), failures=failures)
    try:
        pulse = Pulse(journal, running, number, LONGEST[kind])
    except Conflict:
        return False
    try:
        perform(store, kind, endpoint, clock(), window)
    except MlclError as error:
        pulse.end("failed", clock(), str(error))
        log.warning("%s of %s failed: %s", kind, endpoint, error)
    except (KeyboardInterrupt, SystemExit):
        pulse.end("interrupted", clock(), "told to end")
        raise
    except Exception as error:
        pulse.end("failed", clock(), f"{type(error).__name__}: {error}")
        log.exception("%s of %s failed", kind, endpoint)
    else:
        pulse.end("done", clock())
    return True


def perform(store: Store, kind: Kind, endpoint: str, now: datetime, window: timedelta | None = None) -> None:
    """What a job does."""
    if kind == "monitor":
        from mlcl.monitoring.look import monitor

        monitor(store, endpoint, now, window)
    elif kind == "notify":
        from mlcl.monitoring import notify
        from mlcl.monitoring.watched import Watched

        notify.deliver(store, endpoint, Watched(store, endpoint).settings, now)
    else:
        importlib.import_module(RETRAINING).retrain_if_due(store, endpoint, now)


class Pulse:
    """A job's signs of life. Conflict at the start: another process runs the job. When another takes it over later
    (this one was asleep for too long), this process ends at once, before it can do anything twice."""

    def __init__(self, journal: Log, running: JobState, number: int, longest: float) -> None:
        self._journal, self._state, self._beats = journal, running, int(longest / BEAT)
        self._number = journal.append(running.model_dump(mode="json"), after=number).number
        self._writing, self._ended = threading.Lock(), threading.Event()
        threading.Thread(target=self._live, daemon=True, name="mlcl-pulse").start()

    def end(self, state: str, now: datetime, error: str = "") -> None:
        self._ended.set()
        failures = {"done": 0, "failed": self._state.failures + 1}.get(state, self._state.failures)
        self._write({"state": state, "finished_at": now, "error": error, "failures": failures})
        self._journal.prune(KEPT)

    def _live(self) -> None:
        while not self._ended.wait(BEAT):
            if self._state.beat >= self._beats:
                self._die("took too long")
            try:
                self._write({"beat": self._state.beat + 1})
            except Conflict:
                if not self._ended.is_set():
                    self._die("was taken over by another process")
            except MlclError as error:  # the store is away for a while; the next sign may be written
                log.warning("%s: no sign of life: %s", self._journal.key, error)

    def _die(self, why: str) -> None:
        log.error("%s %s; this process ends.", self._journal.key, why)
        os._exit(1)

    def _write(self, update: dict[str, Any]) -> None:
        with self._writing:
            if self._ended.is_set() and "state" not in update:
                return
            self._state = self._state.model_copy(update=update)
            self._number = self._journal.append(self._state.model_dump(mode="json"), after=self._number).number


def main(arguments: list[str]) -> None:
    """Entry of a job's process: STORE KIND ENDPOINT NUMBER [SECONDS of a look's window]."""
    address, kind, endpoint, number, *seconds = arguments
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("mlcl").setLevel(logging.INFO)

    def told(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, told)
    if hasattr(os, "nice"):
        os.nice(10)  # predictions come first
    window = timedelta(seconds=float(seconds[0])) if seconds else None
    work(Store(address), kind, endpoint, int(number), lambda: datetime.now(UTC), window)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(sys.argv[1:])
