"""The schedule: what is due runs, once, in its own process, whatever is killed and whatever the clock says."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from mlcl import jobs, scheduler
from mlcl.errors import StoreError
from mlcl.jobs import JobState, due, work
from mlcl.monitoring import alerts
from mlcl.records import time_text
from mlcl.scheduler import LEASE, Job, Scheduler
from mlcl.stores import Log, Store, keys
from tests.monitoring import truth

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
KEY = keys.job("monitor", "bank")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """With an endpoint that is looked at once a day."""
    opened = Store(tmp_path / "store")
    truth.endpoint(opened)
    return opened


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


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (None, True),
        (state(ago=DAY - MINUTE), False),
        (state(ago=DAY), True),
        (state(ago=100 * DAY), True),
        (state("interrupted"), True),
        (state("failed", MINUTE / 2, 1), False),
        (state("failed", MINUTE, 1), True),
        (state("failed", 3 * MINUTE, 3), False),
        (state("failed", HOUR, 99), True),
        (state("running", MINUTE / 2), False),  # its process died: tried again a minute after its start
        (state("running", MINUTE), True),
        (state(ago=-365 * DAY), True),  # the clock was wrong, a year ahead
    ],
)
def test_when_a_job_is_due(seen: JobState | None, wanted: bool) -> None:
    assert due(seen, DAY, NOW) is wanted


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


def test_a_new_endpoint_is_looked_at_and_then_once_a_day(store: Store) -> None:
    desk = Desk(store)
    assert desk.tick() == [("monitor", 0)]
    assert desk.tick() == []  # it works
    write(store)
    desk.started[0].code = 0
    assert desk.tick() == []
    desk.now += DAY - MINUTE
    assert desk.tick() == []
    desk.now += MINUTE
    assert desk.tick() == [("monitor", 1)]


def test_after_downtime_it_is_done_once(store: Store) -> None:
    write(store, ago=30 * DAY)
    desk = Desk(store)
    assert desk.tick() == [("monitor", 1)]
    write(store)
    desk.started[0].code = 0
    assert [desk.tick() for _ in range(3)] == [[], [], []]


def test_a_running_job_is_taken_over_only_when_its_signs_of_life_stop(store: Store) -> None:
    desk = Desk(store)
    number = write(store, "running", ago=HOUR)
    for _ in range(5):
        desk.steady += LEASE - 1
        number = write(store, "running", ago=HOUR)
        assert desk.tick() == []
    desk.steady += LEASE - 1
    assert desk.tick() == []
    desk.steady += 1
    assert desk.tick() == [("monitor", number)]


@pytest.mark.parametrize("jump", [365 * DAY, -365 * DAY, HOUR])
def test_a_clock_that_jumps_takes_no_running_job_over(store: Store, jump: timedelta) -> None:
    desk = Desk(store)
    write(store, "running")
    assert desk.tick() == []
    desk.now += jump
    desk.steady += 1
    assert desk.tick() == []


def test_what_was_interrupted_runs_at_the_next_start(store: Store) -> None:
    write(store, "interrupted")
    assert Desk(store).tick() == [("monitor", 1)]


def test_a_retraining_check_follows_each_look(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler.Wishes, "of", lambda watched: scheduler.Wishes(DAY, True))
    desk = Desk(store)
    assert desk.tick() == [("monitor", 0)]
    write(store, ago=timedelta())
    desk.started[0].code = 0
    assert desk.tick() == [("retrain", 0)]
    desk.started[1].code = 0
    write(store, ago=-MINUTE, key=keys.job("retrain", "bank"))
    desk.now += 2 * MINUTE
    assert desk.tick() == []
    write(store, "interrupted", key=keys.job("retrain", "bank"))
    assert desk.tick() == [("retrain", 2)]


def test_notices_that_wait_are_sent(store: Store) -> None:
    write(store)
    finding = {"kind": "drift", "column": "age", "severity": "warning", "value": 1.0, "limit": 0.1, "message": ""}
    report = {
        "id": "look",
        "endpoint": "bank",
        "version": 1,
        "unit": "",
        "until": time_text(NOW),
        "judged": ["drift"],
    }
    alerts.settle(store, "bank", {**report, "findings": [{**finding, "money_at_risk": None}]}, NOW, ["webhook"])
    assert Desk(store).tick() == [("notify", 0)]


def test_an_endpoint_that_cannot_be_read_does_not_stop_the_others(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    digest = truth.endpoint(store, "aged", seed=7)
    for key in store.keys(keys.bundle(digest)):
        store.put(key, b"damaged")
    desk = Desk(store)
    desk.scheduler.tick()
    assert [one.job.endpoint for one in desk.started] == ["bank"]
    assert "aged is not watched" in caplog.text


def test_at_most_two_jobs_at_once(store: Store) -> None:
    for number in range(4):
        truth.endpoint(store, f"other-{number}")
    desk = Desk(store)
    assert [len(desk.tick()) for _ in range(3)] == [2, 0, 0]
    desk.started[0].code = 0
    write(store, key=keys.job("monitor", desk.started[0].job.endpoint))
    assert len(desk.tick()) == 1


def test_a_store_that_is_away_for_a_while(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "TICK", 0.01)
    desk, calls = Desk(store), []

    def tick() -> None:
        calls.append(1)
        if len(calls) < 3:
            raise StoreError("away")

    monkeypatch.setattr(desk.scheduler, "tick", tick)
    with desk.scheduler:
        waited_for(lambda: len(calls) > 3)


def test_leaving_ends_the_jobs(store: Store) -> None:
    desk = Desk(store)
    with desk.scheduler:
        waited_for(lambda: desk.started)
    assert desk.started[0].ended == ["terminated"]


def test_of_many_that_start_a_job_one_does_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    done, gate = [], threading.Barrier(6)
    monkeypatch.setattr(jobs, "perform", lambda *_: (done.append(1), time.sleep(0.2)))

    def start(_: int) -> bool:
        gate.wait()
        return work(store, "monitor", "bank", 0, lambda: NOW)

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(start, range(6))) == 1
    assert (len(done), states(store)) == (1, ["running", "done"])


@pytest.mark.parametrize("error", [StoreError("no disk"), ZeroDivisionError("oh")])
def test_a_job_that_fails_is_counted(store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(jobs, "perform", fail)
    assert work(store, "monitor", "bank", 0, lambda: NOW)
    assert work(store, "monitor", "bank", 2, lambda: NOW)
    last = Log(store, KEY).latest()
    assert last is not None
    assert (last.document["state"], last.document["failures"]) == ("failed", 2)
    monkeypatch.setattr(jobs, "perform", lambda *_: None)
    work(store, "monitor", "bank", 4, lambda: NOW)
    assert Log(store, KEY).read(6).document["failures"] == 0


def test_the_log_of_a_job_stays_short(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "perform", lambda *_: None)
    monkeypatch.setattr(jobs, "KEPT", 4)
    for number in range(0, 20, 2):
        work(store, "monitor", "bank", number, lambda: NOW)
    assert [entry.number for entry in Log(store, KEY).history()] == [17, 18, 19, 20]


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


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def test_two_processes_one_job(store: Store) -> None:
    with job(store, seconds=0.3) as first, job(store, seconds=0.3) as second:
        outputs = sorted((one.communicate(timeout=60)[0] for one in (first, second)), key=len)
    assert outputs == ["", "busy\nfinished\n"]


def test_a_killed_job_is_run_again_by_another_scheduler(store: Store) -> None:
    with job(store) as process:
        assert said(process) == "busy"
        process.kill()
        process.wait()
    number = len(states(store))
    desk = Desk(store)
    desk.now = datetime.now(UTC) + 2 * MINUTE
    assert desk.tick() == []
    desk.steady += LEASE
    assert desk.tick() == [("monitor", number)]
    with job(store, number, seconds=0) as again:
        assert again.communicate(timeout=60)[0] == "busy\nfinished\n"
    assert states(store)[-1] == "done"


def test_signs_of_life(store: Store) -> None:
    with job(store) as process:
        assert said(process) == "busy"
        waited_for(lambda: len(states(store)) > 3)
        assert set(states(store)) == {"running"}


def test_a_job_that_was_taken_over_ends_at_once(store: Store) -> None:
    with job(store) as process:
        assert said(process) == "busy"
        number = 0
        while process.poll() is None and number < 1000:  # the other's states go on after each of its own
            number = write(store, "running")
            time.sleep(0.02)
        assert process.wait(10) == 1
        assert said(process) == ""


def test_a_job_that_takes_too_long_ends(store: Store) -> None:
    with job(store, longest=0.3) as process:
        assert said(process) == "busy"
        assert process.wait(30) == 1


def test_a_job_that_is_told_to_end_says_so(store: Store) -> None:
    with job(store) as process:
        assert said(process) == "busy"
        process.terminate()
        assert process.wait(30) == 0
    assert states(store)[-1] == "interrupted"


@contextmanager
def up(store: Store, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`mlcl up` in a process of its own, and its address."""
    command = [sys.executable, "-c", "from mlcl.cli import main; main()", "up", "--port", "0", "--store"]
    with log.open("ab") as out:
        process = subprocess.Popen([*command, str(store.folder)], stderr=out, stdout=out)
    try:
        found = waited_for(lambda: re.search(r"on (http://\S+) ", log.read_text()))
        yield process, found[1]
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_serves_and_looks_and_ends_cleanly(store: Store, tmp_path: Path, number: int) -> None:
    with up(store, tmp_path / "log") as (process, address):
        assert waited_for(lambda: states(store)[-1:] == ["done"])
        assert httpx.get(f"{address}/ping").status_code == 200
        process.send_signal(number)
        assert process.wait(40) == 0
    assert len(store.children(keys.monitoring("bank"))) == 1
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_up_is_killed_and_comes_back(store: Store, tmp_path: Path) -> None:
    """The job of the killed one goes on; the next one neither runs it twice nor forgets it."""
    with up(store, tmp_path / "log") as (process, _):
        waited_for(lambda: states(store))
        process.send_signal(signal.SIGKILL)
        process.wait()
    with up(store, tmp_path / "log2"):
        waited_for(lambda: states(store)[-1:] == ["done"])
        time.sleep(0.5)
    assert states(store).count("done") == 1
    starts = {entry.document["started_at"] for entry in Log(store, KEY).history()}
    assert len(starts) == 1


def test_two_at_once_look_once(store: Store, tmp_path: Path) -> None:
    with up(store, tmp_path / "one"), up(store, tmp_path / "two"):
        waited_for(lambda: states(store)[-1:] == ["done"])
        time.sleep(1)
    assert len(store.children(keys.monitoring("bank"))) == 1


def test_a_job_s_process_gives_way_to_the_server(store: Store) -> None:
    running = scheduler.process(store, Job("monitor", "bank", DAY), 0)
    try:
        waited_for(lambda: states(store))
        assert os.getpgid(running.pid) == running.pid  # Ctrl-C of the terminal does not reach it
    finally:
        assert running.wait(60) == 0
    assert states(store)[-1] == "done"
