"""One store over a folder or a bucket, on the obstore library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from mlcl.errors import Conflict, NotFound, StoreError

DEFAULT = ".mlcl"
_SECONDS = 20  # how long a bucket that does not answer is tried before the call fails


class Store:
    """Bytes under keys ('a/b/c'). A reader sees a whole value or none; `create` never replaces.

    A key that could lead out of the store ('..', an absolute path, an empty part) raises StoreError.

    address: a folder, or s3://bucket/prefix (credentials and AWS_ENDPOINT_URL from the environment, as AWS tools do).
    """

    def __init__(self, address: str | Path) -> None:
        self.address = str(address)
        self._store = _open(self.address)

    @classmethod
    def default(cls) -> Store:
        """The store that $MLCL_STORE names, else .mlcl in the working folder."""
        return cls(os.environ.get("MLCL_STORE") or DEFAULT)

    @property
    def folder(self) -> Path | None:
        """The folder behind the store, or None for a bucket."""
        return None if "://" in self.address else Path(self.address)

    @property
    def absolute(self) -> str:
        """The address as another process finds it too, whatever its working folder."""
        return str(self.folder.absolute()) if self.folder else self.address

    def get(self, key: str) -> bytes:
        with _translated(key):
            return bytes(self._store.get(key).bytes())

    def part(self, key: str, start: int, end: int) -> bytes:
        """Bytes start..end of a value, which must have as many."""
        with _translated(key):
            return bytes(self._store.get_range(key, start=start, end=end))

    def put(self, key: str, value: bytes | Path) -> None:
        """Writes or replaces a value (bytes, or a file's content); for things whose key is their digest."""
        with _translated(key):
            self._store.put(key, value)

    def create(self, key: str, value: bytes) -> bool:
        """Writes a value only if the key is free; False when it is taken."""
        try:
            with _translated(key):
                self._store.put(key, value, mode="create")
        except Conflict:
            return False
        return True

    def exists(self, key: str) -> bool:
        try:
            with _translated(key):
                self._store.head(key)
        except NotFound:
            return False
        return True

    def keys(self, prefix: str) -> list[str]:
        """All keys below a prefix (whole parts: 'a/b' lists 'a/b/c' and not 'a/bc'), sorted."""
        with _translated(prefix):
            return sorted(item["path"] for page in self._store.list(prefix) for item in page)

    def sizes(self, prefix: str) -> dict[str, int]:
        """All keys below a prefix, with the bytes of their values."""
        with _translated(prefix):
            return {item["path"]: item["size"] for page in self._store.list(prefix) for item in page}

    def children(self, prefix: str) -> list[str]:
        """Names of the next part below a prefix, sorted."""
        with _translated(prefix):
            listed = self._store.list_with_delimiter(prefix)
        paths = [*listed["common_prefixes"], *(item["path"] for item in listed["objects"])]
        return sorted({path.rstrip("/").rsplit("/", 1)[-1] for path in paths})

    def delete(self, key: str) -> None:
        """Deletes a value; deleting what is not there is no error."""
        try:
            with _translated(key):
                self._store.delete(key)
        except NotFound:
            return

    def upload(self, folder: Path, prefix: str) -> None:
        """Puts every file below `folder` under `prefix`."""
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            key = f"{prefix}/{file.relative_to(folder).as_posix()}"
            with _translated(key):
                self._store.put(key, file)

    def download(self, prefix: str, folder: Path) -> None:
        """Writes every value under `prefix` as a file below `folder`."""
        keys = self.keys(prefix)
        if not keys:
            raise NotFound("There is nothing under this key of the store.", where=f"{self.address}/{prefix}")
        for key in keys:
            target = folder / key.removeprefix(prefix).lstrip("/")
            with _translated(key):
                target.parent.mkdir(parents=True, exist_ok=True)
            self.save(key, target)

    def save(self, key: str, file: Path) -> None:
        """Writes a value to a file, chunk by chunk."""
        with _translated(key):
            value = self._store.get(key)
            with file.open("wb") as out:
                for chunk in value.stream():
                    out.write(chunk)


def _open(address: str) -> Any:
    from obstore.store import LocalStore, S3Store

    if not address.startswith("s3://"):
        if "://" in address:
            raise StoreError("A store is a folder or s3://bucket/prefix.", found=address)
        return LocalStore(Path(address).absolute(), mkdir=True)
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    extra: dict[str, Any] = {}
    if endpoint:
        # A custom endpoint (the sandbox, MinIO) has no name per bucket, and on loopback no TLS.
        extra = {
            "endpoint": endpoint,
            "virtual_hosted_style_request": False,
            "client_options": {"allow_http": endpoint.startswith("http://")},
        }
    return S3Store(
        bucket,
        prefix=prefix or None,
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        retry_config={"max_retries": 5, "retry_timeout": timedelta(seconds=_SECONDS)},
        **extra,
    )


@contextmanager
def _translated(key: str) -> Iterator[None]:
    """obstore's errors as ours; refuses keys that could escape."""
    from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

    if key and (not key.isprintable() or "\\" in key or {"", ".", ".."} & set(key.split("/"))):
        raise StoreError("That is not a usable key of the store.", where=repr(key))
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("There is no such entry in the store.", where=key) from error
    except (AlreadyExistsError, PreconditionError) as error:
        raise Conflict("The entry exists already.", where=key) from error
    except (BaseError, OSError, ValueError) as error:
        raise _failed(key, (str(error).strip() or type(error).__name__).splitlines()[0]) from error


def _failed(key: str, found: str) -> StoreError:
    if "ExpiredToken" in found:
        fix = "Log in again (aws sso login, or renew the session's keys) and repeat: what is done is kept."
        return StoreError("The credentials for the store have expired.", where=key, found=found, fix=fix)
    fix = "Check the folder or bucket, its permissions and free space."
    return StoreError("The store cannot be read or written.", where=key, found=found, fix=fix)
