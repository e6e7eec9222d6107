"""The schedule of `mlcl up`: starts each job when it is due, in a process of its own, so that predictions do not wait.

The store is the truth: who starts anew, on this machine or another, goes on where the others stopped. A job whose signs
of life stop is taken over, but only after this process has itself seen them stop for LEASE seconds, on a clock that
never jumps: so neither a wrong clock nor a second scheduler lets a job run twice at once. What fell due while nothing
ran is done once.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import NamedTuple, Self

from mlcl import jobs
from mlcl.errors import MlclError
from mlcl.jobs import JobState, Kind
from mlcl.monitoring import alerts
from mlcl.monitoring.watched import Watched
from mlcl.problem.base import duration
from mlcl.serving.endpoints import Directory, EndpointState
from mlcl.stores import Log, Store, keys
from mlcl.stores.log import Entry, newest

log = logging.getLogger("mlcl.scheduler")

TICK = 10.0  # seconds between looks at the store
LEASE = 60.0  # seconds without a sign of life after which a job is taken over
FRESH = 60.0  # seconds for which a problem file's settings are taken as read
MOST = 2  # jobs at once
STOP = 10.0  # seconds that jobs get to end
NOTICES = timedelta(minutes=1)

Place = tuple[Kind, str]
Process = subprocess.Popen[bytes]


class Job(NamedTuple):
    kind: Kind
    endpoint: str
    every: timedelta


class Wishes(NamedTuple):
    """What a problem file asks of the schedule."""

    every: timedelta
    retrain: bool

    @classmethod
    def of(cls, watched: Watched) -> Self:
        retrain = bool(watched.problem and watched.problem.retrain.on) and jobs.can_retrain()
        return cls(duration(watched.settings.every), retrain)


class Latest:
    """The newest entry of every log below a prefix: one listing a look, and a read only where there is a new one."""

    def __init__(self, store: Store, prefix: str) -> None:
        self._store, self._prefix = store, prefix
        self.known: dict[str, Entry] = {}

    def look(self) -> dict[str, Entry]:
        for key, number in newest(self._store, self._prefix).items():
            if key not in self.known or self.known[key].number != number:
                self.known[key] = Log(self._store, key).read(number)
        return self.known


class Scheduler:
    """Starts what is due, as a context: until it is left. clock: UTC; steady: seconds of a clock that never jumps;
    launch: starts a job's process, given the number of the state that it may replace."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        steady: Callable[[], float] = time.monotonic,
        launch: Callable[[Store, Job, int], Process] | None = None,
    ) -> None:
        self.store, self.clock, self.steady = store, clock, steady
        self.launch = launch or process
        self.working: dict[Place, Process] = {}
        self._endpoints = Directory(store)
        self._jobs, self._boards = Latest(store, "jobs"), Latest(store, "alerts")
        self._seen: dict[Place, tuple[int, float]] = {}
        self._wished: dict[str, tuple[int, float, Wishes | None]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="mlcl-scheduler")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Ends the jobs that run; they are run again at the next start."""
        self._stop.set()
        self._thread.join(STOP)
        for one in self.working.values():
            one.terminate()
        end = time.monotonic() + STOP
        for one in self.working.values():
            try:
                one.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()

    def tick(self) -> None:
        """Starts what is due now."""
        self.working = {place: one for place, one in self.working.items() if one.poll() is None}
        now, states = self.clock(), self._jobs.look()
        for job in self._wanted(now):
            place = (job.kind, job.endpoint)
            if place in self.working or len(self.working) >= MOST or self._stop.is_set():
                continue
            entry = states.get(keys.job(*place))
            number, state = entry.number if entry else 0, self._state(*place)
            if self._free(place, number, state) and jobs.due(state, job.every, now):
                self.working[place] = self.launch(self.store, job, number)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.tick()
            except Exception:
                log.exception("The schedule could not be looked at.")
            self._stop.wait(TICK)

    def _wanted(self, now: datetime) -> Iterator[Job]:
        """The jobs of the endpoints in use."""
        boards = self._boards.look()
        for name, endpoint in self._endpoints.poll().items():
            wishes = self._wishes(endpoint)
            if wishes is None:
                continue
            yield Job("monitor", name, wishes.every)
            if wishes.retrain and (every := self._recheck(name, wishes.every)) is not None:
                yield Job("retrain", name, every)
            board = boards.get(keys.alerts(name))
            if board and alerts.waiting(alerts.parse(name, board.document), now):
                yield Job("notify", name, NOTICES)

    def _recheck(self, name: str, every: timedelta) -> timedelta | None:
        """How often to check whether to retrain: once after each look, and again where a check did not end well; None:
        not now."""
        looked, checked = (self._state(kind, name) for kind in ("monitor", "retrain"))
        if checked is not None and checked.state != "done":
            return every
        if looked is None or looked.state != "done" or looked.finished_at is None:
            return None
        return timedelta() if checked is None or checked.started_at < looked.finished_at else None

    def _state(self, kind: str, name: str) -> JobState | None:
        entry = self._jobs.known.get(keys.job(kind, name))
        return JobState.model_validate(entry.document) if entry else None

    def _wishes(self, endpoint: EndpointState) -> Wishes | None:
        """What the live model's problem file asks for, or None where it cannot be read (the log says why)."""
        revision, until, wishes = self._wished.get(endpoint.name, (-1, 0.0, None))
        if revision != endpoint.revision or self.steady() >= until:
            try:
                wishes = Wishes.of(Watched(self.store, endpoint.name))
            except MlclError as error:
                log.warning("%s is not watched: %s", endpoint.name, error)
                wishes = None
            self._wished[endpoint.name] = (endpoint.revision, self.steady() + FRESH, wishes)
        return wishes

    def _free(self, place: Place, number: int, state: JobState | None) -> bool:
        """Whether nobody runs the job."""
        if state is None or state.state != "running":
            return True
        seen = self._seen.get(place)
        if seen is None or seen[0] != number:
            seen = self._seen[place] = (number, self.steady())
        return self.steady() - seen[1] >= LEASE


def process(store: Store, job: Job, number: int) -> Process:
    """Runs a job in a process of its own, which does not die with the terminal's Ctrl-C."""
    command = [sys.executable, "-m", "mlcl.jobs", store.absolute, job.kind, job.endpoint, str(number)]
    return subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)  # noqa: S603 - our own program
