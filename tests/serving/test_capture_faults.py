"""Capture under kill -9, full disks, lost folders and absent buckets."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlcl.serving import capture as module
from mlcl.serving import segments
from mlcl.serving.capture import Capture
from mlcl.stores import Store
from tests.serving.capturing import close, flush, ids, record


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLCL_CACHE", str(tmp_path / "cache"))


PROGRAM = """
import asyncio, sys
from mlcl.serving.capture import Capture
from mlcl.stores import Store
async def main():
    capture = Capture(Store(sys.argv[1]), "bank")
    for batch in range(100_000):
        names = [f"{batch}-{n}" for n in range(20)]
        for name in names:
            capture.record(name, "2026-11-23T14:59:58Z", "application/json", b"x" * 5000, "", b"", "live", 3)
        assert await capture.flush()
        print(*names, flush=True)
asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_what_was_acknowledged_survives_kill_9(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store") if kind == "folder" else request.getfixturevalue("bucket"))
    acknowledged: set[str] = set()
    for _ in range(3):
        acknowledged |= _acknowledged_before_kill(store)
        assert acknowledged
    if kind == "bucket":
        close(Capture(store, "bank"))  # the next process brings what the killed ones left in the spool folder
    assert acknowledged <= set(ids(store))
    assert len(ids(store)) <= len(acknowledged) + 3 * 20


def _acknowledged_before_kill(store: Store) -> set[str]:
    program = PROGRAM.replace('f"{batch}-{n}"', f'f"{time.monotonic_ns()}-{{batch}}-{{n}}"')
    writer = subprocess.Popen(
        [sys.executable, "-c", program, store.address], stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    assert writer.stdout
    with writer.stdout:
        said = writer.stdout.readline()
        time.sleep(0.15)
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read()
    writer.wait()
    return set(said.rpartition("\n")[0].split())


def test_a_full_disk_loses_no_answer_and_capture_resumes(small_disk: Path) -> None:
    store = Store(small_disk)
    capture = Capture(store, "bank", buffer_bytes=400_000)
    record(capture, "before")
    assert flush(capture)
    filler = small_disk / "filler"
    _fill(filler)
    for number in range(100):
        record(capture, f"during-{number:02d}", body=b"x" * 10_000)
    assert not flush(capture, 1.0)
    stats = capture.stats()
    assert "space" in stats.error
    assert stats.lost > 0
    assert stats.waiting + stats.lost == 100
    filler.unlink()
    assert flush(capture)
    record(capture, "after")
    assert flush(capture)
    assert capture.stats().error == ""
    assert capture.stats().captured == 102 - stats.lost
    got = ids(store)
    assert got[0] == "after"
    assert got[1] == "before"
    assert len(got) == 102 - stats.lost
    close(capture)


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def test_a_lost_folder_is_waited_for(store: Store, tmp_path: Path) -> None:
    capture = Capture(store, "bank")
    record(capture, "before")
    assert flush(capture)
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    record(capture, "into the open segment", time="2026-11-23T16:00:00Z")
    assert not flush(capture, 0.3)
    assert "missing" in capture.stats().error
    assert not (tmp_path / "store").exists()
    (tmp_path / "elsewhere").rename(tmp_path / "store")
    assert flush(capture)
    assert ids(store) == ["before", "into the open segment"]
    close(capture)


def test_a_deleted_segment_is_begun_anew(store: Store) -> None:
    capture = Capture(store, "bank")
    record(capture, "gone")
    flush(capture)
    store.delete(store.keys("captures")[0])
    record(capture, "kept")
    assert flush(capture)
    assert ids(store) == ["kept"]
    close(capture)


def test_back_pressure(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written: the buffer fills, requests wait for room a little while, then captures are lost."""
    monkeypatch.setattr(Capture, "_write", lambda self: None)
    capture = Capture(store, "bank", buffer_bytes=10_000)
    for number in range(3):
        record(capture, str(number), body=b"x" * 1000)
    assert not capture.full
    record(capture, "more than half", body=b"x" * 1000)
    assert capture.full
    asyncio.run(capture.room(0.05))
    assert capture.full
    for number in range(20):
        record(capture, str(number), body=b"x" * 1000)
    assert capture.stats().waiting == 7
    assert capture.stats().lost == 17
    assert not asyncio.run(capture.flush(0.01))


def test_room_returns_when_there_is_some(store: Store) -> None:
    async def main() -> None:
        capture = Capture(store, "bank", buffer_bytes=10_000)
        for number in range(6):
            record(capture, str(number), body=b"x" * 1000)
        await capture.room(10)
        assert not capture.full
        await capture.close()

    asyncio.run(main())


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(segments, "BUCKET_SECONDS", 0.05)
    monkeypatch.setattr(module, "IDLE", 0.05)
    return


def _eventually(condition, seconds: float = 5.0) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


@pytest.mark.usefixtures("_quick")
def test_a_bucket_gets_whole_segments_while_the_server_runs(bucket: str, tmp_path: Path) -> None:
    store, spool = Store(bucket), tmp_path / "spool"
    capture = Capture(store, "bank", spool=spool)
    record(capture, "one")
    assert flush(capture)
    _eventually(lambda: ids(store) == ["one"])
    record(capture, "two")
    assert close(capture)
    assert ids(store) == ["one", "two"]
    assert [path for path in spool.rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("_quick")
def test_a_bucket_that_is_away_gets_everything_later(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, spool = Store(bucket), tmp_path / "spool"
    with monkeypatch.context() as context:
        context.setattr("mlcl.stores.store._SECONDS", 0)
        context.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        away = Capture(Store(bucket), "bank", spool=spool)
        record(away, "one")
        assert flush(away)
        _eventually(lambda: "cannot be read or written" in away.stats().error)
        close(away)
    assert ids(store) == []
    close(Capture(store, "bank", spool=spool))
    assert ids(store) == ["one"]


def test_a_segment_in_writing_is_left_alone(bucket: str, tmp_path: Path) -> None:
    store, spool = Store(bucket), tmp_path / "spool"
    writing = Capture(store, "bank", spool=spool)
    record(writing, "one")
    flush(writing)
    close(Capture(store, "bank", spool=spool))
    assert ids(store) == []
    close(writing)
    assert ids(store) == ["one"]
