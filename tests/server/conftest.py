"""A store with finished runs, made once, and the API over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlcl import lifecycle
from mlcl.stores import Store
from tests import small
from tests.server.sites import Site, site


@pytest.fixture(scope="module")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The store of one run of tests/small.py, and of one whose goal is out of reach."""
    folder = tmp_path_factory.mktemp("small")
    store = Store(folder / "store")
    lifecycle.run(small.problem(folder), store=store)
    lifecycle.run(small.problem(folder, at_least=0.9999), store=store, overrides=["split.seed=5"])
    return store


@pytest.fixture(scope="module")
def small_site(small_store: Store) -> Iterator[Site]:
    with site(small_store) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    """The API over an empty store."""
    with site(Store(tmp_path / "store")) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")
