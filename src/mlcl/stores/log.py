"""What changes, as a numbered log of JSON documents.

Each document is created only if its number is free (conditional put), so two writers cannot both win: the highest
number is the present, the rest is the history.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import orjson

from mlcl.errors import Conflict, Corrupt
from mlcl.stores.store import Store

_DIGITS = 8
_ENTRY = re.compile(r"(.*)/(\d{8,})\.json")


class Entry(NamedTuple):
    number: int
    document: dict[str, Any]


class Log:
    def __init__(self, store: Store, key: str) -> None:
        self.store, self.key = store, key

    def latest(self) -> Entry | None:
        """The present, or None for an empty log."""
        numbers = self._numbers()
        return self.read(numbers[-1]) if numbers else None

    def history(self, most: int = 0) -> list[Entry]:
        """All entries, or the newest `most`, oldest first."""
        return [self.read(number) for number in self._numbers()[-most:]]

    def read(self, number: int) -> Entry:
        """The entry of that number."""
        path = self._path(number)
        try:
            document = orjson.loads(self.store.get(path))
        except orjson.JSONDecodeError as error:
            raise Corrupt("An entry of the store is damaged.", where=path, found=str(error)) from error
        if not isinstance(document, dict):
            raise Corrupt("An entry of the store is no JSON object.", where=path, found=type(document).__name__)
        return Entry(number, document)

    def append(self, document: dict[str, Any], *, after: int | None = None) -> Entry:
        """Writes the next document. after: number of the entry that the writer has seen (0 = an empty log); when
        somebody else wrote since, Conflict is raised and nothing is written. None: after whatever is latest."""
        while True:
            numbers = self._numbers()
            last = numbers[-1] if numbers else 0
            if after is not None and after != last:
                raise Conflict(
                    "Somebody else changed this first.",
                    where=self.key,
                    found=f"entry {last}, expected {after}",
                    fix="Look again and repeat.",
                )
            if self.store.create(self._path(last + 1), orjson.dumps(document, option=orjson.OPT_SORT_KEYS)):
                return Entry(last + 1, document)

    def update(
        self, change: Callable[[dict[str, Any]], dict[str, Any]], *, initial: dict[str, Any] | None = None
    ) -> Entry:
        """Appends change(present), repeating it on the new present when another writer was faster. A change that
        changes nothing writes nothing."""
        while True:
            last = self.latest()
            document = change(deepcopy(last.document if last else initial or {}))
            if last and document == last.document:
                return last
            try:
                return self.append(document, after=last.number if last else 0)
            except Conflict:
                continue

    def prune(self, keep: int) -> None:
        """Forgets all but the newest `keep` entries; for logs whose history nobody asks for."""
        for number in self._numbers()[:-keep]:
            self.store.delete(self._path(number))

    def _path(self, number: int) -> str:
        return f"{self.key}/{number:0{_DIGITS}d}.json"

    def _numbers(self) -> list[int]:
        found = (_ENTRY.fullmatch(key) for key in self.store.keys(self.key))
        return sorted(int(match[2]) for match in found if match and match[1] == self.key)


def newest(store: Store, prefix: str) -> dict[str, int]:
    """Key and highest number of every log below a prefix, from one listing."""
    found: dict[str, int] = {}
    for key in store.keys(prefix):
        if match := _ENTRY.fullmatch(key):
            found[match[1]] = max(int(match[2]), found.get(match[1], 0))
    return found
