"""The runs in memory are those of the store: after restarts, and when other processes write."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlcl import runs
from mlcl.records import Run, Step, now
from mlcl.server.index import Runs
from mlcl.server.watch import Newest
from mlcl.stores import Log, Store, keys


def write(store: Store, number: int, state: str = "passed", **more: object) -> Run:
    run = Run.model_validate(
        {
            "id": f"20260101-000000-{number:04x}",
            "problem": f"p{number % 3}",
            "problem_digest": "",
            "state": state,
            "process": runs.this_process(),
            "steps": (Step(name="collect", state="done", seconds=1.5),),
            **more,
        }
    )
    Log(store, keys.run(run.id)).append(run.model_dump(mode="json"))
    return run


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, bucket: str) -> Store:
    return Store(tmp_path / "store") if request.param == "folder" else Store(f"{bucket}/{tmp_path.name}")


def test_it_sees_what_others_write(place: Store) -> None:
    index = Runs(place)
    write(place, 1)
    assert [known.id for known in index.refresh(now=True)] == ["20260101-000000-0001"]
    assert index.refresh(now=True) == []
    write(place, 2, "running")
    assert [known.state for known in index.refresh(now=True)] == ["running"]
    write(place, 2, "failed", error={"what": "It broke."}, finished_at=now())
    assert [(known.state, known.error) for known in index.refresh(now=True)] == [("failed", "It broke.")]
    assert index.refresh(now=True) == []
    assert len(index.all()) == 2


def test_a_run_whose_process_died_is_interrupted(store: Store) -> None:
    index = Runs(store)
    host = runs.this_process().rpartition(":")[0]
    write(store, 1, "running", process=f"{host}:99999999")
    assert [known.state for known in index.refresh()] == ["interrupted"]


def test_a_restart_reads_only_what_is_new(store: Store) -> None:
    for number in range(5):
        write(store, number)
    first = Runs(store)
    first.refresh()
    first.close()
    write(store, 7)
    again = Runs(store)
    read: list[str] = []
    latest = again._latest
    again._latest = lambda name: (read.append(name), latest(name))[1]  # type: ignore[method-assign]
    again.refresh()
    assert read == ["20260101-000000-0007"]
    assert {known.id for known in again.all()} == {known.id for known in first.all()} | {"20260101-000000-0007"}


@pytest.mark.parametrize("kept", [b"", b"{", b'{"schema":0,"runs":[]}', b'{"schema":1,"runs":[["x"]]}', b"[]"])
def test_a_damaged_index_is_made_anew(store: Store, kept: bytes) -> None:
    write(store, 1)
    store.put(keys.index("runs"), kept)
    index = Runs(store)
    index.refresh()
    assert [known.id for known in index.all()] == ["20260101-000000-0001"]


def test_a_run_that_was_deleted_is_gone(store: Store) -> None:
    write(store, 1)
    write(store, 2)
    index = Runs(store)
    index.refresh()
    shutil.rmtree((store.folder or Path()) / "runs" / "20260101-000000-0001")
    index.refresh()
    assert [known.id for known in index.all()] == ["20260101-000000-0002"]


def test_a_damaged_run_hides_no_other(store: Store) -> None:
    write(store, 1)
    store.put("runs/20260101-000000-0002/state/00000001.json", b"{")
    store.put("runs/20260101-000000-0003/state/00000001.json", b'{"id": 3}')
    index = Runs(store)
    index.refresh()
    assert [known.id for known in index.all()] == ["20260101-000000-0001"]


def test_new_entries_of_logs_are_seen_once(place: Store) -> None:
    seen = Newest(place, "models", 1)
    assert seen.look(now=True) == []
    Log(place, "models/a").append({"n": 1})
    Log(place, "models/b").append({"n": 1})
    assert sorted(seen.look(now=True)) == ["models/a", "models/b"]
    assert seen.look(now=True) == []
    for number in range(2, 5):
        Log(place, "models/a").append({"n": number})
        assert seen.look(now=True) == ["models/a"]
        assert seen.known["models/a"].document == {"n": number}
