"""What every source is asked for and gives."""

from __future__ import annotations

import hashlib
import re
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlcl.errors import SourceError

if TYPE_CHECKING:
    import polars as pl

    from mlcl.stores import Store

# The store in which uploaded files lie; None: the default one.
STORE: ContextVar[Store | None] = ContextVar("store", default=None)


class Request(NamedTuple):
    """source: what stands in data.source after the kind; refresh: ask anew; sha256: digest that the file must have."""

    source: str
    base: Path
    cache: Path
    refresh: bool = False
    sha256: str | None = None


class Fetched(NamedTuple):
    """A table at hand, a file or (of bundled sets) a frame, and what its publisher says of it.

    format: as published, '' = told by name and bytes; target: name of the column that the publisher predicts.
    """

    table: Path | pl.DataFrame
    format: str = ""
    name: str = ""
    url: str = ""
    licence: str = ""
    citation: str = ""
    target: str = ""
    fetched_at: str = ""
    notes: tuple[str, ...] = ()


def without_password(source: str) -> str:
    """The source as messages and records name it."""
    return re.sub(r"//[^/@]*@", "//", source)


def check_digest(path: Path, wanted: str | None, label: str, algorithm: str = "sha256") -> None:
    """SourceError when the file is not the one that was meant."""
    if not wanted:
        return
    with path.open("rb") as opened:
        found = hashlib.file_digest(opened, algorithm).hexdigest()
    if found != wanted.lower():
        raise SourceError(
            f"The file is not the one that was expected: its {algorithm} digest differs.",
            where=label,
            found=f"{found}, expected {wanted}",
            fix="Fetch it anew (--fresh); if the publisher has changed it, correct data.sha256.",
        )
