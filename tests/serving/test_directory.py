"""What a server sees of endpoints, while it may lose sight of the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlcl.serving.endpoints import Directory, deploy, undeploy
from mlcl.stores import Store, keys
from tests.serving.deploying import digest, put, shape, with_bundles


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return with_bundles(Store(tmp_path / "store"))


def test_the_directory_follows_the_store(store: Store) -> None:
    directory = Directory(store)
    assert directory.poll() == {}
    put(store, 1)
    assert directory.poll()["bank"].revision == 1
    put(store, 2, "canary")
    deploy(store, "house", digest(3), 3)
    assert {name: state.revision for name, state in directory.poll().items()} == {"bank": 2, "house": 1}
    undeploy(store, "bank")
    assert list(directory.poll()) == ["house"]
    assert directory.error == ""


def test_the_directory_keeps_what_it_knew_while_the_store_is_lost(store: Store, tmp_path: Path) -> None:
    directory = Directory(store)
    put(store, 1)
    known = directory.poll()
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    assert directory.poll() == known
    assert "bank" in directory.error
    (tmp_path / "store").write_text("a file where the folder was")
    assert directory.poll() == known
    (tmp_path / "store").unlink()
    (tmp_path / "elsewhere").rename(tmp_path / "store")
    put(store, 2)
    assert directory.poll()["bank"].revision == 2
    assert directory.error == ""


def test_the_directory_keeps_an_endpoint_whose_newest_state_is_damaged(store: Store) -> None:
    directory = Directory(store)
    put(store, 1)
    deploy(store, "house", digest(3), 3)
    directory.poll()
    store.put(f"{keys.endpoint('bank')}/00000002.json", b"{")
    deploy(store, "house", digest(4), 4)
    states = directory.poll()
    assert (states["bank"].revision, states["house"].revision) == (1, 2)
    assert "damaged" in directory.error


def test_the_directory_in_a_bucket(bucket: str) -> None:
    store = with_bundles(Store(bucket), 2)
    directory = Directory(store)
    put(store, 1)
    put(store, 2, "canary")
    assert shape(directory.poll()["bank"]) == [("live", 1, 90), ("canary", 2, 10)]
