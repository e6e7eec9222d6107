"""AWS on loopback for the tests of the infrastructure: one sandbox for each test module that asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlcl.sandbox.server import Running, start


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()
