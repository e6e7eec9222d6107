"""One sandbox for all tests that do not need one of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.sandbox import started


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[started.World]:
    images = {started.IMAGE: f"{sys.executable} {started.PROGRAMS}"}
    with started.sandbox(tmp_path_factory.mktemp("sandbox"), images=images) as running:
        yield started.World(running)
