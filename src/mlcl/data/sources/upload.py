"""upload:DIGEST/NAME, a file that somebody sent to the server: it lies in the store under the SHA-256 of its bytes."""

from __future__ import annotations

import re
from pathlib import Path

from mlcl.data.sources.base import STORE, Fetched, Request, check_digest
from mlcl.errors import NotFound, ProblemError
from mlcl.stores import Store, keys

_FORM = re.compile(r"([0-9a-f]{64})/([A-Za-z0-9][A-Za-z0-9._-]{0,127})")


def fetch(request: Request) -> Fetched:
    """The file as it lies in a folder; from a bucket it is fetched once."""
    digest, name = parts(request.source)
    label = f"upload:{request.source}"
    store, key = STORE.get() or Store.default(), keys.upload(digest, name)
    path = store.folder / key if store.folder else request.cache / key
    if not store.folder and not path.exists():
        _download(store, key, path)
    if not path.exists():
        raise NotFound("This file was not uploaded to this store.", where="data.source", found=label)
    check_digest(path, digest, label)
    return Fetched(table=path, name=name)


def parts(source: str) -> tuple[str, str]:
    """Digest and name."""
    match = _FORM.fullmatch(source)
    if not match:
        raise ProblemError("That is no uploaded file.", where="data.source", found=source, fix="upload:DIGEST/NAME")
    return match[1], match[2]


def _download(store: Store, key: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    store.save(key, partial)
    partial.replace(path)
