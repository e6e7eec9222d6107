"""Files that were uploaded, as paths."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from mlcl.errors import NotFound, UsageError
from mlcl.stores import Store, keys

PREFIX = "upload:"


def key_of(source: str) -> str:
    """Key in the store of 'upload:DIGEST/NAME'. UsageError: it is no such source."""
    digest, _, name = source.removeprefix(PREFIX).partition("/")
    if not source.startswith(PREFIX) or not digest or not name:
        raise UsageError(
            "This is no uploaded file.", where="source", found=source[:200], fix="Upload it first: POST /api/v1/uploads"
        )
    return keys.upload(digest, name)


def check(store: Store, source: str) -> str:
    """The file's name. NotFound: nobody uploaded it."""
    key = key_of(source)
    if not store.exists(key):
        raise NotFound("There is no such uploaded file.", where=source, fix="Upload it again.")
    return key.rpartition("/")[2]


@contextmanager
def opened(store: Store, source: str) -> Iterator[Path]:
    """The file, as long as the context lasts; one of a bucket is fetched."""
    name = check(store, source)
    if store.folder:
        yield store.folder.absolute() / key_of(source)
        return
    with TemporaryDirectory(prefix="mlcl-upload-") as folder:
        file = Path(folder, name)
        store.save(key_of(source), file)
        yield file
