"""Append-only files of whole lines below a folder, and their way into a bucket.

What an `append` has returned from is in the system's hands and survives kill -9 of this process; finishing a segment
also brings it onto the disk.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from mlcl.errors import StoreError
from mlcl.stores import Store

SEGMENT_BYTES = 32 * 2**20
FOLDER_SECONDS, BUCKET_SECONDS = 600.0, 5.0  # age at which a segment is ended


class Segment:
    """One open segment. It is locked as long as its writer lives."""

    def __init__(self, root: Path, key: str) -> None:
        if not root.is_dir():  # a folder that was lost is not made anew in a wrong place
            raise FileNotFoundError(f"the folder {root} is missing")
        self.path = root / f"{key}/{time.strftime('%M-%S', time.gmtime())}-{uuid4().hex}.jsonl"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.size = 0
        self.opened = time.monotonic()
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o640)
        fcntl.flock(self._file, fcntl.LOCK_SH)  # shared, so as to wait for nobody; a sweep asks for it alone

    def append(self, lines: bytes) -> None:
        """Writes all of `lines` or, with OSError, none; after an error the segment is closed."""
        try:
            if os.fstat(self._file).st_nlink == 0:
                raise FileNotFoundError(f"the segment {self.path} was deleted")
            left = memoryview(lines)
            while left:
                left = left[os.write(self._file, left) :]
        except OSError:
            self._give_up()
            raise
        self.size += len(lines)

    def finish(self) -> None:
        with suppress(OSError):
            os.fsync(self._file)
        os.close(self._file)

    def _give_up(self) -> None:
        with suppress(OSError):
            os.ftruncate(self._file, self.size)
            if not self.size:
                self.path.unlink()
        os.close(self._file)


class Segments:
    """The open segments of one writer, one for each key; ended by size or age.

    In a folder store a segment lies where readers find it. For a bucket it grows below `spool`, and goes into the
    bucket whole once its writer is done with it or was killed; `error` says why that fails now.
    """

    def __init__(self, store: Store, prefix: str, spool: Path | None = None) -> None:
        self.store, self.prefix = store, prefix
        self.error = ""
        self._open: dict[str, Segment] = {}
        self._root = store.folder.absolute() if store.folder else spool or _spool(store)
        self._seconds = FOLDER_SECONDS if store.folder else BUCKET_SECONDS
        self._uploader = None if store.folder else ThreadPoolExecutor(1, "capture-upload")
        self._swept = float("-inf")
        if self._uploader:
            self._root.mkdir(parents=True, exist_ok=True)

    def append(self, key: str, lines: bytes) -> None:
        """Appends whole lines to the segment that is open under `key`. OSError: nothing was written."""
        segment = self._open.pop(key, None) or Segment(self._root, key)
        segment.append(lines)
        self._open[key] = segment

    def roll(self) -> None:
        """Ends the segments that are large or old enough, and sends what is ended to the bucket."""
        now = time.monotonic()
        for key, segment in list(self._open.items()):
            if segment.size >= SEGMENT_BYTES or now - segment.opened >= self._seconds:
                self._open.pop(key).finish()
        if self._uploader and now - self._swept >= self._seconds:
            self._swept = now
            self._uploader.submit(self._sweep)

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].finish()
        if self._uploader:
            self._uploader.submit(self._sweep)
            self._uploader.shutdown()

    def _sweep(self) -> None:
        """Puts every segment that nobody writes any more into the bucket, also those of killed processes."""
        try:
            for path in sorted((self._root / self.prefix).rglob("*.jsonl")):
                with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    lines = file.read()
                    if whole := lines[: lines.rfind(b"\n") + 1]:
                        self.store.put(path.relative_to(self._root).as_posix(), whole)
                    path.unlink()
            self.error = ""
        except (StoreError, OSError) as error:  # the rest stays for the next sweep
            self.error = str(error)


def _spool(store: Store) -> Path:
    from mlcl.data.sources import cache_folder

    folder: Path = cache_folder()
    return folder / "spool" / hashlib.sha256(store.address.encode()).hexdigest()[:16]
