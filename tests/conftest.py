"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

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
