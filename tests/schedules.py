"""States of jobs, written and read."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from mlcl.jobs import JobState
from mlcl.scheduler import Job, Scheduler
from mlcl.stores import Log, Store, keys

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
KEY = keys.job("monitor", "bank")


def state(kind: str = "done", ago: timedelta = timedelta(), failures: int = 0) -> JobState:
    return JobState(state=kind, owner="host:1", started_at=NOW - ago, finished_at=NOW - ago, failures=failures)


def write(store: Store, kind: str = "done", ago: timedelta = timedelta(), failures: int = 0, key: str = KEY) -> int:
    return Log(store, key).append(state(kind, ago, failures).model_dump(mode="json")).number


def states(store: Store, key: str = KEY) -> list[str]:
    return [entry.document["state"] for entry in Log(store, key).history()]


def waited_for(condition: Callable[[], Any], seconds: float = 40) -> Any:
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return value


class FakeProcess:
    def __init__(self, job: Job, number: int) -> None:
        self.job, self.number, self.code, self.ended = job, number, None, []

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        self.ended.append("terminated")

    def wait(self, seconds: float | None = None) -> int:
        return 0


class Desk:
    """A scheduler whose clocks and processes are in the hands of the test."""

    def __init__(self, store: Store) -> None:
        self.now, self.steady, self.started = NOW, 0.0, list[FakeProcess]()
        self.scheduler = Scheduler(
            store,
            clock=lambda: self.now,
            steady=lambda: self.steady,
            launch=self._launch,  # type: ignore[arg-type]
        )

    def _launch(self, store: Store, job: Job, number: int) -> FakeProcess:
        self.started.append(FakeProcess(job, number))
        return self.started[-1]

    def tick(self) -> list[tuple[str, int]]:
        before = len(self.started)
        self.scheduler.tick()
        return [(one.job.kind, one.number) for one in self.started[before:]]


BUSY = """
import sys, time
from mlcl import jobs
jobs.BEAT = 0.1
def busy(*_):
    print("busy", flush=True)
    time.sleep({seconds})
    print("finished", flush=True)
jobs.perform = busy
jobs.LONGEST["monitor"] = {longest}
jobs.main(sys.argv[1:])
"""


@contextmanager
def job(store: Store, number: int = 0, seconds: float = 60, longest: float = 600) -> Iterator[subprocess.Popen[str]]:
    code = BUSY.format(seconds=seconds, longest=longest)
    command = [sys.executable, "-c", code, str(store.folder), "monitor", "bank", str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
