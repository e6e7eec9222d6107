"""The schedule: what is due runs, once, whatever is killed and whatever the clock says."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mlcl import jobs, scheduler
from mlcl.errors import StoreError
from mlcl.jobs import JobState, due, work
from mlcl.monitoring import alerts
from mlcl.records import time_text
from mlcl.scheduler import LEASE
from mlcl.stores import Log, Store, keys
from tests.monitoring import truth
from tests.schedules import DAY, HOUR, KEY, MINUTE, NOW, Desk, state, states, waited_for, write


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """With an endpoint that is looked at once a day."""
    opened = Store(tmp_path / "store")
    truth.endpoint(opened)
    return opened


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
