"""Fixtures that every test may use."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.places import bucket, bucket_environment, small_disk

__all__ = ["bucket", "bucket_environment", "small_disk"]

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets; skips where it is missing."""
    folder = Path(os.environ.get("MLCL_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"real data sets not found: {folder} is missing; name their folder in $MLCL_TEST_DATA")
    return folder


def _stays_here(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo" and str(arguments[0]).endswith((".amazonaws.com", ".aws.dev")):
        raise AssertionError(f"A test asks for the address of AWS: {arguments[0]}")


# For what a test starts as a process of its own, see tests/e2e/test_loopback.py.
sys.addaudithook(_stays_here)
