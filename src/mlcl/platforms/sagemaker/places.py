"""The folders of SageMaker's container contracts. MLCL_CONTAINER_ROOT is / where a process plays one."""

from __future__ import annotations

import os
from pathlib import Path


def root() -> Path:
    return Path(os.environ.get("MLCL_CONTAINER_ROOT") or "/")


def ml(*parts: str) -> Path:
    """Below /opt/ml."""
    return root().joinpath("opt", "ml", *parts)


def given(name: str) -> Path:
    """A processing input."""
    return ml("processing", "input", name)


def made(name: str) -> Path:
    """A processing output; SageMaker uploads what lies there at the end."""
    folder = ml("processing", "output", name)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def channel(name: str) -> Path:
    """A channel of a training job."""
    return ml("input", "data", name)
