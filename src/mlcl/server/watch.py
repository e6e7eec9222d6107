"""What changes in the store, seen cheaply: the newest entry of every log below a prefix, read again only where new.

In a folder, a log's directory tells by its time whether anything was written; a bucket is listed now and then.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from mlcl.errors import MlclError, NotFound
from mlcl.stores import Log, Store
from mlcl.stores.log import Entry, newest

BUCKET = 5.0  # seconds between listings of a bucket
_FRESH = 0.1  # seconds within which a directory may change twice and show one time


class Newest:
    """depth: how many directories lie between the prefix and a log's entries ('models/NAME': 1)."""

    def __init__(self, store: Store, prefix: str, depth: int) -> None:
        self.store, self.prefix, self.depth = store, prefix, depth
        self.known: dict[str, Entry] = {}
        self._seen: dict[str, int] = {}
        self._listed = float("-inf")

    def look(self, *, now: bool = False) -> list[str]:
        """Keys of the logs that have a new entry since the last look. now: also where a listing is not due yet."""
        changed = []
        for key, number in self._numbers(now).items():
            known = self.known.get(key)
            if known is None or known.number < number:
                try:
                    self.known[key] = Log(self.store, key).read(number)
                except NotFound:  # pruned meanwhile: the next look sees the newer one
                    continue
                changed.append(key)
        return changed

    def _numbers(self, now: bool) -> dict[str, int]:
        if self.store.folder is None:
            if not now and time.monotonic() - self._listed < BUCKET:
                return {}
            self._listed = time.monotonic()
            return newest(self.store, self.prefix)
        found = {}
        for key, folder in _folders(self.store.folder / self.prefix, self.prefix, self.depth):
            changed_at = _changed_at(folder)
            if self._seen.get(key) != changed_at and (number := _highest(folder)):
                found[key] = number
            self._seen[key] = changed_at
            if time.time_ns() - changed_at < _FRESH * 1e9:
                self._seen.pop(key)
        return found


class Children:
    """Names of the next part below a prefix."""

    def __init__(self, store: Store, prefix: str) -> None:
        self.store, self.prefix = store, prefix
        self.known: frozenset[str] = frozenset()
        self._seen, self._listed = -1, float("-inf")

    def look(self, *, now: bool = False) -> frozenset[str]:
        folder = self.store.folder and self.store.folder / self.prefix
        if folder:
            changed_at = _changed_at(folder)
            if changed_at != self._seen:
                self.known = frozenset(entry.name for entry in _scan(folder))
            self._seen = changed_at if time.time_ns() - changed_at >= _FRESH * 1e9 else -1
        elif now or time.monotonic() - self._listed >= BUCKET:
            self._listed = time.monotonic()
            self.known = frozenset(self.store.children(self.prefix))
        return self.known


def _folders(folder: Path, key: str, depth: int) -> Iterator[tuple[str, Path]]:
    if depth == 0:
        yield key, folder
        return
    for entry in _scan(folder):
        if entry.is_dir():
            yield from _folders(Path(entry.path), f"{key}/{entry.name}", depth - 1)


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise MlclError("The store cannot be read.", where=str(folder), found=str(error.strerror)) from error


def _changed_at(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return -1


def _highest(folder: Path) -> int:
    numbers = (entry.name[:-5] for entry in _scan(folder) if entry.name.endswith(".json"))
    return max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=0)
