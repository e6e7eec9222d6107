"""Collect: fetches the table and writes the immutable snapshot that everything after works on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from mlcl.data import read, schema, sources
from mlcl.errors import DataError
from mlcl.problem import Problem
from mlcl.records import Dataset, now


def collect(problem: Problem, inputs: Mapping[str, Path], output: Path) -> None:
    """Writes data.parquet (its bytes depend on the table and on [data] alone) and dataset.json.

    Raises NotFound and SourceError for the source, DataError for a table that cannot be read or has no rows.
    """
    del inputs
    data, label = problem.data, sources.without_password(problem.data.source)
    fetched = sources.fetch(data, problem.base, sources.cache_folder(), refresh=sources.REFRESH.get())
    file = output / "data.parquet"
    notes = read.snapshot(fetched.table, file, data, declared=fetched.format, label=label, seed=problem.split.seed)
    rows, columns = schema.describe(file)
    if rows == 0:
        raise DataError("The table has no rows.", where=label, fix="Give a table with rows.")
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    Dataset(
        digest=digest,
        rows=rows,
        columns=tuple(columns),
        source=label,
        name=fetched.name,
        licence=fetched.licence,
        citation=fetched.citation,
        url=fetched.url,
        target=data.rename.get(fetched.target, fetched.target),
        fetched_at=fetched.fetched_at or now(),
        notes=(*fetched.notes, *notes),
    ).write(output / "dataset.json")
