"""Files on their way into the store: part by part, so that a dropped connection loses a part and not the file.

A file grows in a folder of this machine and appears in the store, under its digest, only when it is whole. No more
than one piece of it is ever in memory.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson

from mlcl.errors import Conflict, NotFound, UsageError
from mlcl.server.errors import Refused
from mlcl.server.schemas.others import Upload
from mlcl.stores import Store, keys

LARGEST = 5 * 2**30  # bytes of a file
PART = 8 * 2**20  # bytes of a part
_LASTS = 24 * 3600.0  # seconds after which a file that does not grow is forgotten
_SPARE = 2**30  # bytes of the disk that stay free


class Uploads:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.folder = (store.folder or Path(tempfile.gettempdir()) / "mlcl") / "uploading"

    def start(self, name: str, size: int) -> Upload:
        """Makes room for a file. UsageError: it is too large."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        if size > LARGEST:
            raise UsageError("The file is too large.", found=f"{size:,} bytes", fix=f"At most {LARGEST:,} bytes.")
        free = shutil.disk_usage(self.folder).free
        if size + _SPARE > free:
            raise Refused(507, "The server's disk is too full for this file.", found=f"{free:,} bytes free")
        upload = secrets.token_hex(16)
        self._write(upload, {"name": keys.file_name(name), "size": size, "digest": None})
        self._data(upload).touch()
        return self.find(upload)

    def find(self, upload: str) -> Upload:
        """How far a file is."""
        about = self._read(upload)
        name, size, digest = about["name"], about["size"], about["digest"]
        return Upload(
            id=upload,
            name=name,
            size=size,
            offset=size if digest else self._data(upload).stat().st_size,
            state="done" if digest else "open",
            part=PART,
            digest=digest,
            source=f"upload:{digest}/{name}" if digest else None,
        )

    async def add(self, upload: str, offset: int, pieces: AsyncIterator[bytes]) -> None:
        """Appends a part. Conflict: it does not begin where the file ends; `find` tells where that is."""
        at = self.find(upload)
        if at.state == "done":
            return
        if offset != at.offset:
            raise _misplaced(at.offset, offset)
        most = min(PART, at.size - offset)
        with self._data(upload).open("r+b") as file:
            lock(file.fileno())
            if file.seek(0, os.SEEK_END) != offset:
                raise _misplaced(file.tell(), offset)
            async for piece in pieces:
                if file.tell() - offset + len(piece) > most:
                    file.truncate(offset)
                    raise Refused(
                        413, "The part is longer than it may be.", fix=f"At most {most:,} bytes from here on."
                    )
                file.write(piece)

    def finish(self, upload: str) -> Upload:
        """Puts the file into the store when it is whole."""
        at = self.find(upload)
        if at.state == "done" or at.offset < at.size:
            return at
        data, about = self._data(upload), self._read(upload)
        with data.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        key = keys.upload(digest, at.name)
        if not self.store.exists(key):
            self._adopt(data, key)
        self._write(upload, {**about, "digest": digest})
        data.unlink(missing_ok=True)
        return self.find(upload)

    def _adopt(self, data: Path, key: str) -> None:
        """In a folder by a rename: no byte is copied."""
        if self.store.folder is None:
            self.store.put(key, data)
            return
        target = self.store.folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        data.replace(target)

    def _sweep(self) -> None:
        for file in self.folder.iterdir():
            try:
                if time.time() - file.stat().st_mtime > _LASTS:
                    file.unlink(missing_ok=True)
            except FileNotFoundError:
                continue

    def _data(self, upload: str) -> Path:
        return self.folder / f"{upload}.part"

    def _read(self, upload: str) -> dict[str, Any]:
        try:
            about: dict[str, Any] = orjson.loads((self.folder / f"{upload}.json").read_bytes())
        except FileNotFoundError:
            raise NotFound(
                "There is no such upload.", where=upload, fix="It may have been forgotten: begin a new one."
            ) from None
        return about

    def _write(self, upload: str, about: dict[str, Any]) -> None:
        fresh = self.folder / f"{upload}.{secrets.token_hex(4)}"
        fresh.write_bytes(orjson.dumps(about))
        fresh.replace(self.folder / f"{upload}.json")


def lock(file: int) -> None:
    """Two parts of one file do not arrive at once; Conflict for the second."""
    try:
        import fcntl
    except ImportError:  # no such locks on Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Conflict(
            "Another part of this file is just arriving.", fix="Wait for it, then ask for the offset."
        ) from error


def _misplaced(at: int, offset: int) -> Conflict:
    return Conflict(
        "The part does not begin where the file ends.",
        found=f"offset {offset}, expected {at}",
        fix="Ask for the offset.",
    )
