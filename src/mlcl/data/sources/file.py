"""A file on this machine."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from mlcl.data.sources.base import Fetched, Request, check_digest
from mlcl.errors import NotFound, ProblemError, SourceError, listing

_WHERE = "data.source"


def fetch(request: Request) -> Fetched:
    path = located(request.source, request.base)
    check_digest(path, request.sha256, request.source)
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return Fetched(table=path, name=path.name, fetched_at=changed.replace("+00:00", "Z"))


def located(source: str, base: Path) -> Path:
    """The file; NotFound names the nearest one in the same folder."""
    path = base / Path(source).expanduser()
    if path.is_dir():
        files = sorted(item.name for item in path.iterdir() if item.is_file())
        raise ProblemError(
            "The source is a folder, not a file.",
            where=_WHERE,
            found=str(path),
            fix=f"Name one of its files: {listing(files)}." if files else "Name a file.",
        )
    if not path.exists():
        raise _missing(path)
    return path


def digest(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise SourceError("The file cannot be read.", where=str(path), found=str(error.strerror)) from error


def _missing(path: Path) -> NotFound:
    folder = path.parent
    if not folder.is_dir():
        return NotFound(f"There is no file '{path}'.", where=_WHERE, found=f"no folder '{folder}' either")
    beside = [item.name for item in folder.iterdir() if item.is_file()]
    missing = NotFound.among("file", path.name, beside, fix=f"Looked in {folder}.")
    missing.where = f"{_WHERE}, folder {folder}"
    return missing
