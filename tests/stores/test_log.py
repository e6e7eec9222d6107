"""Logs, where the contract suite of the stores does not reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlcl.errors import Corrupt, NotFound
from mlcl.stores import Log, Store
from mlcl.stores.log import newest


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_an_update_that_changes_nothing_writes_nothing(store: Store) -> None:
    log = Log(store, "log")
    log.update(lambda document: {"list": [1]})
    assert log.update(lambda document: {"list": [1]}).number == 1


def test_an_update_may_change_the_document_it_is_given(store: Store) -> None:
    def add(document: dict[str, Any]) -> dict[str, Any]:
        document["list"].append(2)
        return document

    log = Log(store, "log")
    assert log.update(add, initial={"list": [1]}).document == {"list": [1, 2]}
    assert log.update(add).document == {"list": [1, 2, 2]}
    assert [entry.document["list"] for entry in log.history()] == [[1, 2], [1, 2, 2]]


@pytest.mark.parametrize("bytes_", [b"", b"{", b"\xff", b"[1]", b"null"])
def test_a_damaged_entry_is_named(store: Store, bytes_: bytes) -> None:
    store.put("log/00000001.json", bytes_)
    with pytest.raises(Corrupt) as caught:
        Log(store, "log").latest()
    assert caught.value.where == "log/00000001.json"


def test_other_files_are_no_entries(store: Store) -> None:
    log = Log(store, "log")
    log.append({"n": 1})
    for key in ("log/README", "log/00000009.json.bak", "log/deeper/00000007.json", "log/7.json"):
        store.put(key, b"{}")
    assert log.latest() == (1, {"n": 1})
    assert log.append({"n": 2}).number == 2


def test_an_entry_that_is_not_there(store: Store) -> None:
    with pytest.raises(NotFound):
        Log(store, "log").read(1)


def test_newest_of_many_logs(store: Store) -> None:
    for name, entries in (("a", 3), ("b", 1)):
        for number in range(entries):
            Log(store, f"endpoints/{name}/state").append({"n": number})
    assert newest(store, "endpoints") == {"endpoints/a/state": 3, "endpoints/b/state": 1}
    assert newest(store, "nothing") == {}
