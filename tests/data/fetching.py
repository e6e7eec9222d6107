"""Fetches a source and reads what came."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from mlcl.data import read, sources
from mlcl.problem.sections import Data

CSV = b"a,b\n" + b"".join(b"%d,x\n" % number for number in range(1000))


def fetch(source: str, folder: Path, *, refresh: bool = False, **options: Any) -> sources.Fetched:
    return sources.fetch(Data(source=source, **options), folder, folder / "cache", refresh=refresh)


def content(fetched: sources.Fetched) -> bytes:
    assert isinstance(fetched.table, Path)
    return fetched.table.read_bytes()


def table(fetched: sources.Fetched, folder: Path, **options: Any) -> pl.DataFrame:
    read.snapshot(fetched.table, folder / "out.parquet", Data(source="x", **options), declared=fetched.format)
    return pl.read_parquet(folder / "out.parquet", memory_map=False)
