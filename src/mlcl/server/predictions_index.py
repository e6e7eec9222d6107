"""The index of all endpoints' captured predictions: pages of them newest first, counts, and one by its id."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from mlcl.errors import UsageError
from mlcl.server.context import Server
from mlcl.server.predictions_captures import Captures, Counts, Total, hour_of
from mlcl.server.predictions_hours import Hour, Place
from mlcl.serving import events
from mlcl.stores import Store

PATIENCE = 0.06  # seconds that a page takes to find rare predictions before it says "go on"
_HOUR = timedelta(hours=1)
_LATE = 2  # hours later than its own that a platform may file a prediction under
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


class Found(NamedTuple):
    """Where a prediction lies. variant: as captured; version: of the model, None where the platform does not say."""

    place: Place
    length: int
    version: int | None

    @property
    def variant(self) -> str:
        return self.place.segment.split("/")[2]


class Wanted(NamedTuple):
    """Which predictions: since <= time < until (aware times), of these variants, with these decisions; None: any."""

    since: datetime | None = None
    until: datetime | None = None
    variants: tuple[str, ...] | None = None
    decisions: tuple[str, ...] | None = None


class Part(NamedTuple):
    """next: cursor of what follows; total: how many match as far as they are counted; counted: whether all are."""

    found: list[Found]
    next: str | None
    total: int
    counted: bool


class Index:
    """Of one store."""

    def __init__(self, server: Server) -> None:
        self._store: Store = server.store
        self._captures: dict[str, Captures] = {}
        self._lock = threading.Lock()

    def of(self, endpoint: str) -> Captures:
        with self._lock:
            if endpoint not in self._captures:
                self._captures[endpoint] = Captures(self._store, endpoint)
            return self._captures[endpoint]

    def total(self, endpoint: str) -> Total:
        return self.of(endpoint).total()

    def page(self, endpoint: str, wanted: Wanted, limit: int, cursor: str | None) -> Part:
        """Newest first. A page may be short, or empty, though more follows: where what is wanted is rare."""
        captures = self.of(endpoint)
        begin = _parsed(cursor) if cursor else None
        deadline, looked = time.monotonic() + PATIENCE, False
        found: list[Found] = []
        following = None
        for name in _names(captures, wanted, begin):
            if not _may_hold(captures, name, wanted):
                continue
            if looked and time.monotonic() > deadline:
                following = _cursor(name, None)
                break
            hour, looked = captures.hour(name), True
            numbers = _numbers(hour, wanted, begin[1] if begin and begin[0] == name else None)
            found += [_found(hour, number) for number in numbers[::-1][: limit + 1 - len(found)].tolist()]
            if len(found) > limit:
                last = found[limit - 1].place
                following = _cursor(hour_of(last.segment), last)
                break
        total = self.count(endpoint, wanted)
        return Part(found[:limit], following, total.predictions, total.whole)

    def count(self, endpoint: str, wanted: Wanted) -> Total:
        """How many predictions are wanted, as far as they are counted."""
        captures = self.of(endpoint)
        captures.count()
        if wanted == Wanted():
            return captures.total()
        whole = captures.total().whole
        found = 0
        for _, counts in self.hours(endpoint, wanted):
            found += _sum(counts, wanted)
        return Total(found, whole)

    def hours(self, endpoint: str, wanted: Wanted) -> Iterator[tuple[str, Counts]]:
        """Counted hours with wanted times, oldest first; of the first and the last one only what is wanted."""
        captures = self.of(endpoint)
        first, last = _name(wanted.since), _name(wanted.until)
        for name in sorted(captures.counted):
            if (first and name < first) or (wanted.until and name > _later(last)):
                continue
            edge = name == first or (wanted.until is not None and name >= last)
            counted = captures.counted.get(name)
            if counted is None:
                continue
            yield name, (_within(captures.hour(name), wanted) if edge else counted.counts)

    def recent(
        self, endpoint: str, since: datetime, until: datetime
    ) -> dict[tuple[str, int | None], NDArray[np.int64]]:
        """Times (microseconds since 1970) of the predictions of a short span, by variant and version."""
        captures = self.of(endpoint)
        times: dict[tuple[str, int | None], list[NDArray[np.int64]]] = {}
        for name in _names(captures, Wanted(since, until), None):
            hour = captures.hour(name)
            low, high = hour.span(_micros(since), _micros(until))
            rows = hour.rows[low:high]
            for pair in np.unique(rows[["segment", "version"]]):
                key = (hour.segments[pair["segment"]].variant, int(pair["version"]) if pair["version"] >= 0 else None)
                mine = (rows["segment"] == pair["segment"]) & (rows["version"] == pair["version"])
                times.setdefault(key, []).append(rows["time"][mine])
        return {key: np.concatenate(parts) for key, parts in times.items()}

    def find(self, endpoint: str, prediction_id: str) -> list[Found]:
        """Where predictions of the moment that an id tells of lie: the captured one of this id is among them."""
        moment = events.moment(prediction_id)
        if moment is None:
            return []
        captures, found = self.of(endpoint), []
        since, until = moment, moment + timedelta(milliseconds=1)
        for name in _names(captures, Wanted(since, until), None):
            hour = captures.hour(name)
            low, high = hour.span(_micros(since), _micros(until))
            found += [_found(hour, number) for number in range(low, high)]
        return found


def _names(captures: Captures, wanted: Wanted, begin: tuple[str, Place | None] | None) -> Iterator[str]:
    """The hours that may hold what is wanted, newest first, from the cursor on."""
    first, last = _name(wanted.since), _later(_name(wanted.until))
    if begin:
        last = min(last, begin[0]) if last else begin[0]
    for day in captures.days():
        if (last and day > last[:10]) or (first and day < first[:10]):
            continue
        for name in captures.hours(day):
            if (not last or name <= last) and (not first or name >= first):
                yield name


def _may_hold(captures: Captures, name: str, wanted: Wanted) -> bool:
    """Whether an hour may hold what is wanted, as far as its counts say."""
    counted = captures.counted.get(name)
    return counted is None or not captures.ready(name) or _sum(counted.counts, wanted) > 0


def _numbers(hour: Hour, wanted: Wanted, after: Place | None) -> NDArray[np.int64]:
    """Numbers of the wanted rows before a place, ascending."""
    since = None if wanted.since is None else _micros(wanted.since)
    until = None if wanted.until is None else _micros(wanted.until)
    low, high = hour.span(since, until)
    if after is not None:
        high = min(high, hour.before(after))
    mask = hour.selected(wanted.variants, wanted.decisions)
    if mask is None:
        return np.arange(low, max(low, high))
    return low + np.flatnonzero(mask[low : max(low, high)])


def _found(hour: Hour, number: int) -> Found:
    row = hour.rows[number]
    version = int(row["version"])
    return Found(hour.at(number), int(row["length"]), version if version >= 0 else None)


def _within(hour: Hour, wanted: Wanted) -> Counts:
    since = None if wanted.since is None else _micros(wanted.since)
    until = None if wanted.until is None else _micros(wanted.until)
    low, high = hour.span(since, until)
    return hour.counts(hour.rows[low:high])


def _sum(counts: Counts, wanted: Wanted) -> int:
    return sum(
        number
        for variant, decisions in counts.items()
        if wanted.variants is None or variant in wanted.variants
        for decision, number in decisions.items()
        if wanted.decisions is None or decision in wanted.decisions
    )


def _name(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y/%m/%d/%H}" if moment else ""


def _later(name: str) -> str:
    """The last hour under which a prediction of an hour may be filed."""
    if not name:
        return ""
    return f"{datetime.strptime(name, '%Y/%m/%d/%H').replace(tzinfo=UTC) + _LATE * _HOUR:%Y/%m/%d/%H}"


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICRO


def _cursor(hour: str, place: Place | None) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([hour, *(place or ())])).decode().rstrip("=")


def _parsed(cursor: str) -> tuple[str, Place | None]:
    try:
        hour, *place = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        datetime.strptime(hour, "%Y/%m/%d/%H").replace(tzinfo=UTC)
        if place and [type(one) for one in place] != [int, str, int, int]:
            raise ValueError("no place")
        return hour, Place(*place) if place else None
    except (binascii.Error, ValueError, TypeError) as error:
        raise UsageError(
            "This is no cursor of this list.", where="cursor", found=cursor[:80], fix="Begin without a cursor."
        ) from error
