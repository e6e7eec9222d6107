"""Capture: every prediction goes to the store without slowing the answer.

`record` only appends to a bounded buffer; a thread of its own turns what has gathered there every few milliseconds
into lines (mlcl.serving.events) and appends them to an open segment: in a folder store right where readers find it, for
a bucket in a local spool folder, from which whole segments are put every few seconds.

An event counts as captured once its line was written: from then on it survives kill -9 of this process. Back-pressure:
while the buffer is more than half full `full` is true and a server lets its request wait in `room` (50 ms at most);
what finds no room after that is counted as lost, and its answer goes out all the same. While the disk is full or the
store away, events wait in the buffer and writing is tried again.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mlcl.serving.events import Body, hour, line, read
from mlcl.serving.masking import Mask
from mlcl.serving.segments import Segments
from mlcl.stores import Store, keys

__all__ = ["Capture", "CaptureStats", "read"]

GATHER = 0.005  # seconds that events gather before they are written together
RETRY = 0.25  # seconds before writing is tried again
IDLE = 1.0  # seconds after which segments are looked at though nothing was recorded
BUFFER_BYTES = 32 * 2**20
_EVENT_BYTES = 400  # what an event takes beside its bodies
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/\d{4}/\d\d/\d\d/\d\d")  # VARIANT/yyyy/mm/dd/hh


class CaptureStats(NamedTuple):
    """captured: events that survive a kill; lost: events given up; waiting: events in the buffer; error: why writing
    fails now, or ''."""

    captured: int
    lost: int
    waiting: int
    error: str


class _Event(NamedTuple):
    size: int
    event_id: str
    time: str
    content_type_in: str
    body_in: bytes
    content_type_out: str
    body_out: bytes
    variant: str
    version: int | None


class _Chunk(NamedTuple):
    """Lines that are written together: how many events and how much of the buffer they are."""

    key: str
    lines: bytes
    events: int
    size: int


class Capture:
    """Captures the predictions of one endpoint in one process.

    rate: share of events captured, chosen by the event's id, so that a request and its copy to a shadow are captured
    both or neither; masked, columns: see Mask; spool: folder for a bucket's open segments (default: the cache folder).
    """

    def __init__(
        self,
        store: Store,
        endpoint: str,
        *,
        rate: float = 1.0,
        masked: Sequence[str] = (),
        columns: Sequence[str] = (),
        spool: Path | None = None,
        buffer_bytes: int = BUFFER_BYTES,
    ) -> None:
        self.prefix = keys.captures(endpoint)
        self.buffer_bytes = buffer_bytes
        self._limit = int(rate * 2**32)
        self._mask = Mask(masked, columns) if masked else None
        self._segments = Segments(store, self.prefix, spool)
        self._buffer: list[_Event] = []
        self._pending: list[_Chunk] = []
        self._held = self._accepted = self._settled = self._captured = self._lost = 0
        self._error = ""
        self._closing = False
        self._wake = threading.Event()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"capture-{endpoint}", daemon=True)
        self._thread.start()

    def record(  # noqa: PLR0913, PLR0917
        self,
        event_id: str,
        inference_time: str,
        content_type_in: str,
        body_in: bytes,
        content_type_out: str,
        body_out: bytes,
        variant: str,
        version: int | None,
    ) -> None:
        """Takes one prediction; returns at once. inference_time: UTC, ISO 8601; the bodies as they came and went."""
        if self._limit < 2**32 and zlib.crc32(event_id.encode()) >= self._limit:
            return
        size = len(body_in) + len(body_out) + _EVENT_BYTES
        event = _Event(
            size, event_id, inference_time, content_type_in, body_in, content_type_out, body_out, variant, version
        )
        with self._changed:
            if self._closing or self._held + size > self.buffer_bytes:
                self._lost += 1
                return
            self._held += size
            self._accepted += 1
            self._buffer.append(event)
            first = len(self._buffer) == 1
        if first:
            self._wake.set()

    @property
    def full(self) -> bool:
        """Whether the buffer is more than half full: time to await `room`."""
        return 2 * self._held > self.buffer_bytes

    async def room(self, seconds: float = 0.05) -> None:
        """Waits until the buffer is less than half full, at most so long."""
        end = time.monotonic() + seconds
        while self.full and time.monotonic() < end:
            await asyncio.sleep(GATHER)

    async def flush(self, seconds: float = 5.0) -> bool:
        """Waits until all that was recorded before is captured, at most so long; whether it is."""
        return await asyncio.to_thread(self._flush, seconds)

    async def close(self, seconds: float = 5.0) -> bool:
        """Flushes, ends the segments and the thread. What is recorded later is lost; whether nothing was left."""
        return await asyncio.to_thread(self._close, seconds)

    def stats(self) -> CaptureStats:
        with self._changed:
            waiting = self._accepted - self._settled
            return CaptureStats(self._captured, self._lost, waiting, self._error or self._segments.error)

    def _flush(self, seconds: float) -> bool:
        with self._changed:
            wanted, lost = self._accepted, self._lost
            return self._changed.wait_for(lambda: self._settled >= wanted, seconds) and self._lost == lost

    def _close(self, seconds: float) -> bool:
        whole = self._flush(seconds)
        with self._changed:
            self._closing = True
        self._wake.set()
        self._thread.join(seconds)
        return whole

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait(IDLE)
            self._wake.clear()
            time.sleep(GATHER)
            self._write()
            if self._pending:
                time.sleep(RETRY)
                self._wake.set()
        self._segments.close()

    def _write(self) -> None:
        """Writes what has gathered, and what could not be written before."""
        with self._changed:
            gathered, self._buffer = self._buffer, []
        groups: dict[tuple[str, str], list[_Event]] = {}
        for event in gathered:
            groups.setdefault((event.variant, event.time[:13]), []).append(event)
        chunks = self._pending + [self._chunk(f"{v}/{hour(time)}", events) for (v, time), events in groups.items()]
        self._error, self._pending = "", []
        for chunk in chunks:
            if not chunk.events:
                continue
            try:
                self._segments.append(chunk.key, chunk.lines)
            except OSError as error:
                self._error = str(error)
                self._pending.append(chunk)
            else:
                self._settle(chunk.events, 0, chunk.size)
        self._segments.roll()

    def _chunk(self, place: str, events: list[_Event]) -> _Chunk:
        lines = [self._line(place, event) for event in events]
        whole = [(text, event.size) for text, event in zip(lines, events, strict=True) if text]
        size = sum(size for _, size in whole)
        if len(whole) < len(events):
            self._settle(0, len(events) - len(whole), sum(event.size for event in events) - size)
        return _Chunk(f"{self.prefix}/{place}", b"".join(text for text, _ in whole), len(whole), size)

    def _line(self, place: str, event: _Event) -> bytes:
        """The event's line; b'' when it cannot be one (a time that is none, an id that is no Unicode)."""
        sent, answered = Body(event.content_type_in, event.body_in), Body(event.content_type_out, event.body_out)
        if not _PLACE.fullmatch(place):
            return b""
        try:
            if self._mask:
                sent = sent._replace(content=self._mask.input(event.content_type_in, event.body_in))
                answered = answered._replace(content=self._mask.output(event.content_type_out, event.body_out))
            return line(event.event_id, event.time, event.version, sent, answered)
        except Exception:  # noqa: BLE001 - whatever one event is, the others must be written
            return b""

    def _settle(self, captured: int, lost: int, size: int) -> None:
        with self._changed:
            self._captured += captured
            self._lost += lost
            self._settled += captured + lost
            self._held -= size
            self._changed.notify_all()
