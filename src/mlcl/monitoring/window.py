"""A window: captured predictions of a span of time as tables, in parts of bounded size.

Bodies are read as serving read them, and their values mean what the recipe says they mean, so a window holds what the
model saw. Each part holds predictions of one variant and version.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

import msgspec
import polars as pl

from mlcl.features.recipe import Recipe
from mlcl.monitoring.answered import Answered
from mlcl.monitoring.received import Received, Unreadable
from mlcl.serving import events
from mlcl.serving.web import JSON
from mlcl.stores import Store

ROWS = 250_000  # of a part, about: a part ends with the event that fills it
STEP = 20_000  # rows that are held as Python values at a time
BATCH, BATCH_BYTES = 2000, 2**22  # events that are read together, at most, and bytes of their requests


class Model(Protocol):
    """What reading predictions needs of the bundle that made them."""

    @property
    def recipe(self) -> Recipe: ...
    @property
    def task(self) -> str: ...
    @property
    def labels(self) -> Sequence[str] | None: ...


class Part(NamedTuple):
    """Some of a window's predictions, row by row.

    inputs: the recipe's inputs in canonical types. outputs: id (of the prediction), event_id, row (within the request),
    inference_id (the caller's own, or ''), time (UTC), and as in Bundle.predict: probability and decision;
    probability_LABEL … and decision; or prediction. faults: column -> values of a wrong type, which count as missing.
    unreadable: events that are left out because a side of them was not kept or cannot be read.
    """

    variant: str
    version: int | None
    inputs: pl.DataFrame
    outputs: pl.DataFrame
    faults: dict[str, int]
    unreadable: int


class _Side(msgspec.Struct, gc=False):
    observedContentType: str = ""  # noqa: N815 - SageMaker's names
    data: str = ""
    encoding: str = ""


class _Data(msgspec.Struct, gc=False):
    endpointInput: _Side | None = None  # noqa: N815
    endpointOutput: _Side | None = None  # noqa: N815


class _About(msgspec.Struct, gc=False):
    eventId: str  # noqa: N815
    inferenceTime: datetime  # noqa: N815
    modelVersion: int | None = None  # noqa: N815
    inferenceId: str = ""  # noqa: N815


class _Line(msgspec.Struct, gc=False):
    captureData: _Data  # noqa: N815
    eventMetadata: _About  # noqa: N815


_lines = msgspec.json.Decoder(_Line)


def read_window(
    store: Store,
    endpoint: str,
    since: datetime,
    until: datetime,
    bundle_of: Callable[[int | None], Model],
    rows: int = ROWS,
    version_of: Callable[[events.Captured], int | None] = lambda event: event.version,
) -> Iterator[Part]:
    """The predictions with since <= time < until (aware times), in parts of about `rows` rows, by variant and hour.

    bundle_of: the bundle of a version (None: the platform did not say which); version_of: the version that made a
    prediction, for those who know more than the capture says. Raises Corrupt for a damaged line.
    """
    open_parts: dict[tuple[str, int | None], _Builder] = {}
    for variant, key in events.segments(store, endpoint, since, until):
        for event in captured(store.get(key), variant, key):
            if not since <= event.time < until:
                continue
            version = version_of(event)
            place = (variant, version)
            if place not in open_parts:
                open_parts[place] = _Builder(*place, bundle_of(version), min(BATCH, rows))
            builder = open_parts[place]
            builder.add(event)
            if builder.rows >= rows:
                yield builder.part()
                open_parts[place] = builder.empty()
    for builder in open_parts.values():
        builder.read()
        if builder.rows or builder.unreadable:
            yield builder.part()


class _Builder:
    """Collects events into one part."""

    def __init__(self, variant: str, version: int | None, model: Model, batch: int) -> None:
        self.variant, self.version, self.model, self.batch = variant, version, model, batch
        self.rows = self.unreadable = 0
        self._events: list[events.Captured] = []
        self._bytes = 0
        self._faults: Counter[str] = Counter()
        self._inputs: list[pl.DataFrame] = []
        self._outputs: list[pl.DataFrame] = []
        self._received = Received(model.recipe)
        self._answered = Answered(model.task, list(model.labels or ()))

    def empty(self) -> _Builder:
        return _Builder(self.variant, self.version, self.model, self.batch)

    def add(self, event: events.Captured) -> None:
        self._events.append(event)
        self._bytes += len(event.input)
        if len(self._events) >= self.batch or self._bytes >= BATCH_BYTES:
            self.read()

    def read(self) -> None:
        """Reads the events that have gathered: together, or else one by one."""
        if not self._read_singles():
            for event in self._events:
                self._read_one(event)
        self._events, self._bytes = [], 0
        if self._received.height >= STEP:
            self._flush()

    def _read_singles(self) -> bool:
        types = {kind for event in self._events for kind in (event.input_type, event.output_type)}
        if not types <= {"", JSON}:
            return False
        rows = self._received.read_singles([event.input for event in self._events])
        answer = self._answered.read_singles(self._events) if rows else None
        if not rows or not answer:
            return False
        self._received.keep(rows, range(len(rows)))
        self._answered.keep(self._events, answer)
        self.rows += len(rows)
        return True

    def _read_one(self, event: events.Captured) -> None:
        try:
            values = self._received.read(event.input_type, event.input)
            answer = self._answered.read(event, self._received.names)
            self._received.keep(values, answer.rows)
        except Unreadable:
            self.unreadable += 1
            return
        self._answered.keep([event] * len(answer.rows), answer)
        self.rows += len(answer.rows)
        if self._received.height >= STEP:
            self._flush()

    def part(self) -> Part:
        self._flush()
        inputs, outputs = pl.concat(self._inputs), pl.concat(self._outputs)
        return Part(self.variant, self.version, inputs, outputs, dict(self._faults), self.unreadable)

    def _flush(self) -> None:
        inputs, faults = self._received.frame()
        self._faults += faults
        self._inputs.append(inputs)
        self._outputs.append(self._answered.frame())


def captured(segment: bytes, variant: str, key: str) -> Iterator[events.Captured]:
    """As events.parse, several times as fast; what this cannot read is left to that, which says what is wrong."""
    whole, _, last = segment.rpartition(b"\n")
    try:
        lines = _lines.decode_lines(whole)
        yield from (_captured(line, variant) for line in lines)
    except (msgspec.DecodeError, binascii.Error, UnicodeDecodeError):
        yield from events.parse(whole + b"\n", variant, key)
    yield from events.parse(last, variant, key)


def _captured(line: _Line, variant: str) -> events.Captured:
    data, about = line.captureData, line.eventMetadata
    sent, answered = data.endpointInput or _Side(), data.endpointOutput or _Side()
    return events.Captured(
        about.eventId,
        about.inferenceTime if about.inferenceTime.tzinfo is UTC else about.inferenceTime.astimezone(UTC),
        variant,
        about.modelVersion,
        sent.observedContentType,
        _bytes(sent),
        answered.observedContentType,
        _bytes(answered),
        about.inferenceId,
    )


def _bytes(side: _Side) -> bytes:
    return base64.b64decode(side.data, validate=True) if side.encoding == "BASE64" else side.data.encode()
