"""Where each captured prediction of an hour lies, sorted by time: any of them is found without reading the rest.

An hour is kept in the store as one value: a line of JSON, then the rows as they lie in memory. It may be deleted at any
time: it is made anew from the segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import orjson
from numpy.typing import NDArray

SCHEMA = 1
NO_VERSION = -1
NO_DECISION = ""  # of a regression, and of what cannot be read

# time: microseconds since 1970; offset, length: of the event's line in its segment; place: of the prediction in the
# event's answer; version: of the model; segment, decision: numbers in Hour.segments and Hour.decisions.
ROW = np.dtype(
    [
        ("time", "<i8"),
        ("offset", "<u4"),
        ("length", "<u4"),
        ("place", "<u4"),
        ("version", "<i4"),
        ("segment", "<u2"),
        ("decision", "<u2"),
    ]
)
Rows = NDArray[Any]
Mask = NDArray[np.bool_]


class Segment(NamedTuple):
    """A segment, and how many of its bytes are in the index."""

    key: str
    size: int

    @property
    def variant(self) -> str:
        return self.key.split("/")[2]


class Place(NamedTuple):
    """One prediction, by what it is sorted by. segment: key."""

    time: int
    segment: str
    offset: int
    place: int


class Hour:
    """The predictions of one hour, oldest first. segments: sorted by key."""

    def __init__(self, segments: Sequence[Segment], decisions: Sequence[str], rows: Rows) -> None:
        self.segments, self.decisions, self.rows = list(segments), list(decisions), rows
        self.times = np.ascontiguousarray(rows["time"])

    @classmethod
    def empty(cls) -> Self:
        return cls([], [], np.empty(0, ROW))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sizes(self) -> dict[str, int]:
        return {segment.key: segment.size for segment in self.segments}

    def extended(self, sizes: dict[str, int], fresh: Sequence[tuple[str, Rows, Sequence[str]]]) -> Hour:
        """With more rows. sizes: of all segments by now; fresh: segment's key, rows, and the decisions they name."""
        keys = sorted({*self.sizes, *sizes})
        segments = [Segment(key, sizes.get(key, self.sizes.get(key, 0))) for key in keys]
        numbers = {key: number for number, key in enumerate(keys)}
        decisions = list(dict.fromkeys([*self.decisions, *(text for _, _, texts in fresh for text in texts)]))
        codes = {text: code for code, text in enumerate(decisions)}
        old = self._renumbered(numbers)
        parts = [_coded(rows, numbers[key], [codes[text] for text in texts]) for key, rows, texts in fresh]
        new = np.concatenate([np.empty(0, ROW), *parts])
        return Hour(segments, decisions, _merged(old, new))

    def selected(self, variants: Sequence[str] | None, decisions: Sequence[str] | None) -> Mask | None:
        """Which rows are of these variants and decisions; None: all of them."""
        mask: Mask | None = None
        if variants is not None:
            chosen = [number for number, segment in enumerate(self.segments) if segment.variant in variants]
            mask = np.isin(self.rows["segment"], chosen)
        if decisions is not None:
            codes = [code for code, text in enumerate(self.decisions) if text in decisions]
            found = np.isin(self.rows["decision"], codes)
            mask = found if mask is None else mask & found
        return mask

    def before(self, place: Place) -> int:
        """How many rows come before a place."""
        low, high = (int(np.searchsorted(self.times, place.time, side)) for side in ("left", "right"))
        tied = self.rows[low:high]
        keys = [segment.key for segment in self.segments]
        here = (place.segment, place.offset, place.place)
        return low + sum((keys[row["segment"]], int(row["offset"]), int(row["place"])) < here for row in tied)

    def span(self, since: int | None, until: int | None) -> tuple[int, int]:
        """Numbers of the first row, and of the one after the last, with since <= time < until."""
        low = 0 if since is None else int(np.searchsorted(self.times, since))
        return low, len(self) if until is None else max(low, int(np.searchsorted(self.times, until)))

    def at(self, number: int) -> Place:
        row = self.rows[number]
        return Place(int(row["time"]), self.segments[row["segment"]].key, int(row["offset"]), int(row["place"]))

    def counts(self, rows: Rows | None = None) -> dict[str, dict[str, int]]:
        """Predictions by variant and decision."""
        rows = self.rows if rows is None else rows
        width = max(1, len(self.decisions))
        pairs, numbers = np.unique(rows["segment"].astype(np.int64) * width + rows["decision"], return_counts=True)
        found: dict[str, dict[str, int]] = {}
        for pair, number in zip(pairs.tolist(), numbers.tolist(), strict=True):
            of = found.setdefault(self.segments[pair // width].variant, {})
            text = self.decisions[pair % width]
            of[text] = of.get(text, 0) + number
        return found

    def to_bytes(self) -> bytes:
        head = {"schema": SCHEMA, "segments": [list(one) for one in self.segments], "decisions": self.decisions}
        return orjson.dumps(head) + b"\n" + self.rows.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """ValueError: these are no bytes of an hour."""
        head, _, rows = data.partition(b"\n")
        document = orjson.loads(head)
        if not isinstance(document, dict) or document.get("schema") != SCHEMA or len(rows) % ROW.itemsize:
            raise ValueError("no index of an hour")
        segments = [Segment(key, size) for key, size in document["segments"]]
        return cls(segments, document["decisions"], np.frombuffer(rows, ROW))

    def _renumbered(self, numbers: dict[str, int]) -> Rows:
        new = np.array([numbers[segment.key] for segment in self.segments], dtype=np.uint16)
        if not len(new) or np.array_equal(new, np.arange(len(new))):
            return self.rows
        rows = self.rows.copy()
        rows["segment"] = new[rows["segment"]]
        return rows


def _coded(rows: Rows, segment: int, codes: Sequence[int]) -> Rows:
    coded = rows.copy()
    coded["segment"] = segment
    if codes:
        coded["decision"] = np.array(codes, dtype=np.uint16)[rows["decision"]]
    return coded


def _merged(old: Rows, new: Rows) -> Rows:
    """Both, sorted. New rows are seldom earlier than old ones, so most of the old stay where they are."""
    if not len(new):
        return old
    cut = int(np.searchsorted(old["time"], new["time"].min())) if len(old) else 0
    tail = np.concatenate([old[cut:], new])
    order = np.lexsort((tail["place"], tail["offset"], tail["segment"], tail["time"]))
    return np.concatenate([old[:cut], tail[order]])
