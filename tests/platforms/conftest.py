"""One sandbox for all tests of the cloud platform."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.platforms import clouds


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clouds.World]:
    with clouds.sandbox(tmp_path_factory.mktemp("sandbox")) as made:
        yield made
