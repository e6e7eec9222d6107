"""What every model answered lately, in slots of a few seconds, and how canaries stand: for people who watch.

Workers share nothing: each writes what it saw to a file of its own every few seconds, and whichever is asked adds all
of them up, those that died included. What is older than an hour is forgotten; the captured predictions know it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import orjson

from mlcl.serving.metrics import Metrics
from mlcl.serving.release import Rules, VariantStats, decide, error_evidence

SLOT = 5  # seconds
KEPT = 720  # slots: an hour

Place = tuple[str, str]  # endpoint, version


class Slot:
    """What one model did in one slot of time. counts: requests by latency bucket (see mlcl.serving.release)."""

    __slots__ = ("counts", "errors", "requests")

    def __init__(self, requests: int = 0, errors: int = 0, counts: Mapping[int, int] | None = None) -> None:
        self.requests, self.errors = requests, errors
        self.counts = dict(counts or {})

    def add(self, requests: int, errors: int, counts: Mapping[int, int]) -> None:
        self.requests += requests
        self.errors += errors
        for bucket, count in counts.items():
            self.counts[bucket] = self.counts.get(bucket, 0) + count

    def as_list(self) -> list[Any]:
        return [self.requests, self.errors, {str(bucket): count for bucket, count in list(self.counts.items())}]

    @classmethod
    def of(cls, document: list[Any]) -> Slot:
        requests, errors, counts = document
        return cls(requests, errors, {int(bucket): count for bucket, count in counts.items()})

    def quantile(self, share: float) -> float:
        """Latency in seconds below which `share` of the requests lie (0 without requests)."""
        stats = VariantStats()
        stats.requests = sum(self.counts.values())
        for bucket, count in self.counts.items():
            stats.counts[bucket] = count
        return stats.quantile(share)


class Lately(NamedTuple):
    """What an endpoint answered, by version and number of the slot (seconds since 1970 // SLOT). rejected: requests
    that were refused as wrong, by slot; trials: of each worker that has a canary (see `trial`)."""

    models: dict[str, dict[int, Slot]]
    rejected: dict[int, int]
    trials: list[dict[str, Any]]


class Tried(Protocol):
    """What is told of an endpoint: see mlcl.serving.fleet.Endpoint."""

    @property
    def live(self) -> Any: ...
    @property
    def canary(self) -> Any: ...
    @property
    def state(self) -> Any: ...


class Series:
    """The series of this process. folder: where the workers of one server leave theirs for each other, or None."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._slots: dict[Place, dict[int, Slot]] = {}
        self._rejected: dict[str, dict[int, int]] = {}
        self._before: dict[Place, tuple[int, int, list[int]]] = {}
        self._refused: dict[str, int] = {}
        self._trials: dict[str, dict[str, Any]] = {}
        self._written = 0
        self._others: dict[str, tuple[int, dict[str, Any]]] = {}

    def look(self, metrics: Metrics, endpoints: Iterable[Tried], now: float | None = None) -> None:
        """Takes down what has happened since the last look; to be called more often than every SLOT seconds."""
        slot = int((time.time() if now is None else now) // SLOT)
        for name, version, counts in metrics.counts():
            self._take((name, version), counts.requests, slot)
        self._refusals(metrics, slot)
        self._trials = {one.state.name: trial(one) for one in endpoints if one.canary is not None}
        if slot != self._written:
            self._written = slot
            self._prune(slot - KEPT)
            self._share()

    def read(self, endpoint: str) -> Lately:
        """Of all workers."""
        models: dict[str, dict[int, Slot]] = {}
        rejected: dict[int, int] = {}
        trials = []
        for document in (self._document(), *self._left()):
            for name, version, slots in document["models"]:
                if name == endpoint:
                    _add(models.setdefault(version, {}), slots)
            for number, count in document["rejected"].get(endpoint, {}).items():
                rejected[int(number)] = rejected.get(int(number), 0) + count
            if endpoint in document["trials"]:
                trials.append(document["trials"][endpoint])
        return Lately(models, rejected, trials)

    def _take(self, place: Place, stats: VariantStats, slot: int) -> None:
        requests, errors, counts = self._before.get(place, (0, 0, []))
        if stats.requests == requests:
            return
        fresh = stats.counts if not counts else [now - then for now, then in zip(stats.counts, counts, strict=True)]
        found = self._slots.setdefault(place, {}).setdefault(slot, Slot())
        changed = {bucket: count for bucket, count in enumerate(fresh) if count}
        found.add(stats.requests - requests, stats.errors - errors, changed)
        self._before[place] = (stats.requests, stats.errors, list(stats.counts))

    def _refusals(self, metrics: Metrics, slot: int) -> None:
        totals: dict[str, int] = {}
        for (endpoint, status), number in metrics.rejected.items():
            if endpoint and status < 500:
                totals[endpoint] = totals.get(endpoint, 0) + number
        for endpoint, total in totals.items():
            if fresh := total - self._refused.get(endpoint, 0):
                found = self._rejected.setdefault(endpoint, {})
                found[slot] = found.get(slot, 0) + fresh
                self._refused[endpoint] = total

    def _prune(self, oldest: int) -> None:
        every: list[dict[int, Any]] = [*self._slots.values(), *self._rejected.values()]
        for slots in every:
            for number in [number for number in slots if number < oldest]:
                del slots[number]

    def _document(self) -> dict[str, Any]:
        models = [
            [name, version, {str(number): slot.as_list() for number, slot in list(slots.items())}]
            for (name, version), slots in list(self._slots.items())
        ]
        rejected = {
            name: {str(number): n for number, n in list(slots.items())} for name, slots in list(self._rejected.items())
        }
        return {"models": models, "rejected": rejected, "trials": self._trials}

    def _share(self) -> None:
        if self._folder:
            fresh = self._folder / f"{os.getpid()}.fresh"
            fresh.write_bytes(orjson.dumps(self._document()))
            fresh.replace(self._folder / f"{os.getpid()}.series")

    def _left(self) -> Iterator[dict[str, Any]]:
        """What the other workers left."""
        for file in self._folder.glob("*.series") if self._folder else ():
            if file.stem == str(os.getpid()):
                continue
            changed_at = file.stat().st_mtime_ns
            known = self._others.get(file.stem)
            if known is None or known[0] != changed_at:
                known = self._others[file.stem] = (changed_at, orjson.loads(file.read_bytes()))
            yield known[1]


def trial(endpoint: Tried) -> dict[str, Any]:
    """How a canary stands in this worker: {revision, live, canary: {requests, errors, p50, p95, seconds}, evidence
    (that it makes more errors, a logarithm), decision}."""
    live, canary = endpoint.live.trial, endpoint.canary.trial
    rules: Rules = endpoint.state.settings.rules
    return {
        "revision": endpoint.state.revision,
        "live": _told(live),
        "canary": _told(canary),
        "evidence": error_evidence(live, canary),
        "decision": decide(live, canary, rules),
    }


def _told(stats: VariantStats) -> dict[str, Any]:
    return {
        "requests": stats.requests,
        "errors": stats.errors,
        "p50": stats.quantile(0.5),
        "p95": stats.p95,
        "seconds": stats.seconds,
    }


def _add(slots: dict[int, Slot], more: Mapping[str, list[Any]]) -> None:
    for number, document in more.items():
        one = Slot.of(document)
        slots.setdefault(int(number), Slot()).add(one.requests, one.errors, one.counts)
