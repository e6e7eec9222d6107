"""The captured predictions of one endpoint: which hours there are, and the index of each, made when it is needed.

Counts of hours are remembered beside the segments (`index/captures/…` in the store), so that nobody reads years of
traffic to say how much there is; what is not counted yet is counted by a thread, newest first.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import orjson

from mlcl.errors import MlclError, NotFound
from mlcl.monitoring.deployed import Deployed, Model
from mlcl.server.predictions_hours import Hour
from mlcl.server.predictions_scan import scan
from mlcl.stores import Store, keys

log = logging.getLogger("mlcl.server")

SCHEMA = 1
FRESH = 0.5  # seconds for which a listing of a late day is taken as it was
SELDOM = 600.0  # and of an older one
LATE = timedelta(hours=36)
MOST_ROWS = 3_000_000  # of all hours in memory: about 100 MB
_GROWN = 1 << 22  # bytes after which the index of an hour that still grows is kept
_OVER = 1200.0  # seconds after its end when nobody writes into an hour any more
AGAIN = 2.0  # seconds between two counts
_MODELS = 30.0  # seconds for which the endpoint's models are taken as known

_DAY, _HOUR = re.compile(r"\d{4}/\d\d/\d\d"), re.compile(r"\d{4}/\d\d/\d\d/\d\d")

Counts = dict[str, dict[str, int]]  # predictions by variant and decision


class Total(NamedTuple):
    """whole: whether all predictions are counted."""

    predictions: int
    whole: bool


class Counted(NamedTuple):
    """An hour. size, segments: bytes and number of the segments that were counted."""

    size: int
    segments: int
    counts: Counts


class Captures:
    """An hour is named as in the store: '2026/11/24/13'."""

    def __init__(self, store: Store, endpoint: str) -> None:
        self.store, self.endpoint = store, endpoint
        self.base = keys.captures(endpoint)
        self.counted: dict[str, Counted] = {}
        self._listed: dict[str, tuple[float, dict[str, dict[str, int]]]] = {}
        self._days: tuple[float, list[str]] = (float("-inf"), [])
        self._hours: OrderedDict[str, Hour] = OrderedDict()
        self._kept: dict[str, int] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._models: tuple[float, Deployed | None] = (float("-inf"), None)
        self._lock, self._counting = threading.Lock(), threading.Lock()
        self._whole, self._next = False, 0.0
        self._load()

    def days(self) -> list[str]:
        """'2026/11/24', newest first, of all variants."""
        at, found = self._days
        if time.monotonic() - at > FRESH:
            paths = {f"{self.base}/{variant}" for variant in self.store.children(self.base)}
            for _ in ("year", "month", "day"):
                paths = {f"{path}/{part}" for path in paths for part in self.store.children(path)}
            names = {"/".join(path.split("/")[3:]) for path in paths}
            found = sorted((name for name in names if _DAY.fullmatch(name)), reverse=True)
            self._days = (time.monotonic(), found)
        return found

    def hours(self, day: str) -> dict[str, dict[str, int]]:
        """The hours of a day, newest first, with their segments and the bytes of each."""
        at, found = self._listed.get(day, (float("-inf"), {}))
        lasts = FRESH if _late(day) else SELDOM
        if time.monotonic() - at > lasts:
            hours: dict[str, dict[str, int]] = {}
            for variant in self.store.children(self.base):
                for key, size in self.store.sizes(f"{self.base}/{variant}/{day}").items():
                    hour = hour_of(key)
                    if key.endswith(".jsonl") and _HOUR.fullmatch(hour):
                        hours.setdefault(hour, {})[key] = size
            found = dict(sorted(hours.items(), reverse=True))
            self._listed[day] = (time.monotonic(), found)
        return found

    def ready(self, hour: str) -> bool:
        """Whether an hour can be had without reading its segments."""
        sizes = self.hours(hour[:10]).get(hour, {})
        known = self.counted.get(hour)
        return known is not None and (known.size, known.segments) == (sum(sizes.values()), len(sizes))

    def hour(self, hour: str, *, gently: bool = False) -> Hour:
        """The index of an hour, as of now."""
        sizes = self.hours(hour[:10]).get(hour, {})
        with self._lock:
            lock = self._locks.setdefault(hour, threading.Lock())
        with lock:
            known = self._hours.get(hour)
            if known is None:
                known = self._stored(hour)
            if any(size < known.sizes.get(key, 0) for key, size in sizes.items()) or known.sizes.keys() - sizes.keys():
                known = Hour.empty()  # segments were deleted or replaced
            if known.sizes != sizes:
                known = self._extended(known, sizes, gently)
            self._remember(hour, known)
            return known

    def total(self) -> Total:
        """Predictions counted so far. Counts what is new in a thread."""
        self.count()
        found = sum(sum(sum(of.values()) for of in one.counts.values()) for one in list(self.counted.values()))
        return Total(found, self._whole)

    def count(self) -> None:
        """Begins to count what is not counted yet, unless that is being done or was just now."""
        if time.monotonic() >= self._next and self._counting.acquire(blocking=False):
            threading.Thread(target=self._count, daemon=True, name=f"mlcl-count-{self.endpoint}").start()

    def model(self, version: int | None) -> Model:
        """The endpoint's model of a version. NotFound: it never had one."""
        try:
            return self.deployed()(version)
        except NotFound:
            return self.deployed(now=True)(version)

    def deployed(self, *, now: bool = False) -> Deployed:
        """The endpoint's states and models. now: also those of the last seconds."""
        at, found = self._models
        if found is None or time.monotonic() - at > (1.0 if now else _MODELS):
            found = Deployed(self.store, self.endpoint)
            self._models = (time.monotonic(), found)
        return found

    def _extended(self, known: Hour, sizes: dict[str, int], gently: bool) -> Hour:
        fresh, done = [], {}
        for key, size in sizes.items():
            start = known.sizes.get(key, 0)
            if size == start:
                continue
            try:
                found = scan(self.store, key, start, size, self.model, gently=gently)
            except NotFound:  # deleted since it was listed
                continue
            fresh.append((key, found.rows, found.decisions))
            # What lies after the last whole line is being written; once the hour is over, it is torn for good.
            done[key] = found.size if _open(hour_of(key)) else size
        return known.extended(done, fresh)

    def _stored(self, hour: str) -> Hour:
        try:
            found = Hour.from_bytes(self.store.get(keys.prediction_index(self.endpoint, hour)))
        except NotFound:
            return Hour.empty()
        except (ValueError, KeyError, TypeError):
            log.warning("%s: the index of %s is damaged and is made anew.", self.endpoint, hour)
            return Hour.empty()
        self._kept[hour] = sum(found.sizes.values())
        return found

    def _remember(self, hour: str, found: Hour) -> None:
        before = self._hours.get(hour)
        if before is not found or hour not in self.counted:
            self.counted[hour] = Counted(sum(found.sizes.values()), len(found.segments), found.counts())
            self._keep(hour, found)
        with self._lock:
            self._hours[hour] = found
            self._hours.move_to_end(hour)
            while sum(map(len, self._hours.values())) > MOST_ROWS and len(self._hours) > 1:
                self._hours.popitem(last=False)

    def _keep(self, hour: str, found: Hour) -> None:
        """Writes the index beside the segments: now and then while the hour grows, and once it is over."""
        size, kept = sum(found.sizes.values()), self._kept.get(hour, 0)
        if size == kept or (_open(hour) and size - kept < _GROWN):
            return
        try:
            self.store.put(keys.prediction_index(self.endpoint, hour), found.to_bytes())
            self._kept[hour] = size
        except MlclError as error:
            log.warning("%s: the index of %s is not kept: %s", self.endpoint, hour, error)

    def _count(self) -> None:
        try:
            changed, present = 0, set()
            for day in self.days():
                for hour in self.hours(day):
                    present.add(hour)
                    if not self.ready(hour):
                        self.hour(hour, gently=True)
                        changed += 1
            for hour in self.counted.keys() - present:
                del self.counted[hour]
            self._whole = True
            if changed > 1 or not self._kept_summary:
                self._save()
        except MlclError as error:
            log.warning("%s: predictions cannot be counted now: %s", self.endpoint, error)
        except Exception:
            log.exception("%s: predictions cannot be counted.", self.endpoint)
        finally:
            self._next = time.monotonic() + AGAIN
            self._counting.release()

    def _load(self) -> None:
        self._kept_summary = False
        try:
            document = orjson.loads(self.store.get(keys.prediction_index(self.endpoint, "summary")))
            if document["schema"] == SCHEMA:
                self.counted = {hour: Counted(*one) for hour, one in document["hours"].items()}
                self._kept_summary = True
        except (NotFound, orjson.JSONDecodeError, KeyError, TypeError):
            self.counted = {}

    def _save(self) -> None:
        document = {"schema": SCHEMA, "hours": {hour: list(one) for hour, one in list(self.counted.items())}}
        self.store.put(keys.prediction_index(self.endpoint, "summary"), orjson.dumps(document))
        self._kept_summary = True


def hour_of(key: str) -> str:
    """'2026/11/24/13' of a segment's key."""
    return "/".join(key.split("/")[3:7])


def _late(day: str) -> bool:
    return datetime.strptime(day, "%Y/%m/%d").replace(tzinfo=UTC) + LATE > datetime.now(UTC)


def _open(hour: str) -> bool:
    """Whether an hour may still grow."""
    end = datetime.strptime(hour, "%Y/%m/%d/%H").replace(tzinfo=UTC) + timedelta(hours=1)
    return (datetime.now(UTC) - end).total_seconds() < _OVER
