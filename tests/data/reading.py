"""Reads what a test writes, as mlcl would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlcl.data import read
from mlcl.errors import MlclError
from mlcl.problem.sections import Data


class Reader:
    """Writes bytes to a file, reads them as a snapshot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[str] = []
        self.output = folder / "out" / "data.parquet"
        self.output.parent.mkdir()

    def __call__(self, content: bytes | str, name: str = "data.csv", **options: Any) -> pl.DataFrame:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.notes = read.snapshot(path, self.output, Data(source=name, **options), label=name, seed=7)
        assert [item.name for item in self.output.parent.iterdir()] == ["data.parquet"]
        return pl.read_parquet(self.output, memory_map=False)


def message(error: pytest.ExceptionInfo[MlclError]) -> str:
    return str(error.value)
