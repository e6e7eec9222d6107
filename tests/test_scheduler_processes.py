"""The schedule's jobs in processes of their own, and `mlcl up` around them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from mlcl import scheduler
from mlcl.scheduler import LEASE, Job
from mlcl.stores import Log, Store, keys
from tests.monitoring import truth
from tests.schedules import DAY, KEY, MINUTE, Desk, job, states, waited_for, write


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """With an endpoint that is looked at once a day."""
    opened = Store(tmp_path / "store")
    truth.endpoint(opened)
    return opened


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
