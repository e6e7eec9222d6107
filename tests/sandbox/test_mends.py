"""Every mend mends, and none outlives the gap in moto that it is for; what needs no mend any more is right without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox import gaps, started

Check = Callable[[dict[str, str]], bool]
pytestmark = pytest.mark.xdist_group("sandbox")


@pytest.fixture(scope="module")
def bare() -> Iterator[dict[str, str]]:
    with started.bare_moto() as environment:
        yield environment


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with started.sandbox(folder) as running:
        yield running.environment


@pytest.mark.parametrize("check", [*gaps.GAPS, *gaps.MENDED], ids=lambda check: check.__name__)
def test_the_sandbox_has_no_such_gap(check: Check, mended: dict[str, str]) -> None:
    assert check(mended)


@pytest.mark.parametrize("check", gaps.GAPS, ids=lambda check: check.__name__)
def test_moto_still_has_the_gap(check: Check, bare: dict[str, str]) -> None:
    assert not check(bare), f"moto has mended {check.__name__}: take the mend out, and move the check to MENDED"


@pytest.mark.parametrize("check", gaps.MENDED, ids=lambda check: check.__name__)
def test_moto_has_mended_the_gap(check: Check, bare: dict[str, str]) -> None:
    assert check(bare), f"moto is wrong again: mend {check.__name__}, and move the check to GAPS"
