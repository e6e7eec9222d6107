"""Bearer tokens of the server's callers. The store keeps hashes; a token itself is shown once, when it is made.

A token is 256 random bits, so one SHA-256 is enough: there is nothing to guess, and no salt or slow hash would help.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from typing import Any

from mlcl.errors import NotFound, StoreError, UsageError
from mlcl.records import now
from mlcl.stores import Log, Store, keys

_PREFIX = "mlcl_"  # so that scanners for leaked secrets can tell one
_LONGEST = 256


def create(store: Store, name: str) -> str:
    """Makes a token for the caller `name` and returns it. A name has one token."""
    token = _PREFIX + secrets.token_urlsafe(32)

    def add(document: dict[str, Any]) -> dict[str, Any]:
        if any(entry["name"] == name for entry in document["tokens"]):
            raise UsageError(f"There is a token for '{name}' already.", fix=f"mlcl token revoke {name}")
        entry = {"name": keys.name(name), "hash": _hash(token), "created_at": now()}
        return {"tokens": [*document["tokens"], entry]}

    Log(store, keys.tokens()).update(add, initial={"tokens": []})
    return token


def revoke(store: Store, name: str) -> None:
    """Deletes the token of `name`; servers refuse it within seconds."""

    def remove(document: dict[str, Any]) -> dict[str, Any]:
        rest = [entry for entry in document["tokens"] if entry["name"] != name]
        if len(rest) == len(document["tokens"]):
            raise NotFound.among("token", name, (entry["name"] for entry in rest))
        return {"tokens": rest}

    Log(store, keys.tokens()).update(remove, initial={"tokens": []})


def listed(store: Store) -> list[dict[str, str]]:
    """name and created_at of every token, without secrets or hashes."""
    return [{"name": entry["name"], "created_at": entry["created_at"]} for entry in _entries(store) or ()]


class Tokens:
    """The tokens as a server sees them: read again every few seconds; as they were while the store cannot be read."""

    def __init__(self, store: Store, seconds: float = 2.0) -> None:
        self.store, self.seconds = store, seconds
        self._entries: list[dict[str, str]] = []
        self._read_at = float("-inf")

    def __len__(self) -> int:
        """How many tokens there are."""
        self._renew()
        return len(self._entries)

    def check(self, bearer: str) -> str | None:
        """Name of the caller that the token belongs to, or None. The comparison takes as long for every token."""
        self._renew()
        if len(bearer) > _LONGEST:
            return None
        given, found = _hash(bearer), None
        for entry in self._entries:
            if hmac.compare_digest(entry["hash"], given):
                found = entry["name"]
        return found

    def has(self, name: str) -> bool:
        """Whether the caller `name` still has a token."""
        self._renew()
        return any(entry["name"] == name for entry in self._entries)

    def refresh(self) -> None:
        """Reads the tokens now. A server that calls this from another thread never waits for the store in `check`."""
        self._read_at = time.monotonic()
        try:
            entries = _entries(self.store)
        except StoreError:
            return
        if (
            entries is not None
        ):  # None: no log. Tokens only vanish by an entry that says so, so a lost store is no reason
            self._entries = entries

    def _renew(self) -> None:
        if time.monotonic() - self._read_at >= self.seconds:
            self.refresh()


def _entries(store: Store) -> list[dict[str, str]] | None:
    entry = Log(store, keys.tokens()).latest()
    return entry.document["tokens"] if entry else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
