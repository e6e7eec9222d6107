"""Captured predictions as the API shows them: only the lines of a page are read."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from mlcl.errors import MlclError, NotFound
from mlcl.metrics import BINARY, REGRESSION
from mlcl.monitoring.answered import Answer, Answered
from mlcl.monitoring.deployed import Model
from mlcl.monitoring.received import Received, Unreadable
from mlcl.records import time_text
from mlcl.server.context import Server
from mlcl.server.predictions_index import Found, Index
from mlcl.server.schemas.base import Cell
from mlcl.server.schemas.predictions import Prediction
from mlcl.serving import events
from mlcl.serving.content import Columns, Row
from mlcl.serving.events import Captured

_TOGETHER = 1 << 20  # bytes of a segment that are read in one go for lines that lie near each other
_LARGE = 100  # predictions of an event from which on it is remembered as read
_KEPT = 8
_LONGEST = 2000  # characters of a cell


class Read(NamedTuple):
    """An event as read. answer, sent: None where that side was not kept or cannot be read."""

    event: Captured
    model: Model | None
    answer: Answer | None
    sent: list[Row] | Columns | None


class Reader:
    """Reads events of a store."""

    def __init__(self, server: Server) -> None:
        self._server, self._store = server, server.store
        self._large: OrderedDict[tuple[str, int], Read] = OrderedDict()
        self._received: dict[str, Received] = {}

    def predictions(self, endpoint: str, found: Sequence[Found]) -> list[Prediction]:
        """In the order of `found`; without those whose segment was deleted since."""
        events_of = self.read(endpoint, found)
        reads = [(one, events_of.get((one.place.segment, one.place.offset))) for one in found]
        return [told(one.place.place, read) for one, read in reads if read]

    def read(self, endpoint: str, found: Iterable[Found]) -> dict[tuple[str, int], Read]:
        """The events of predictions, by segment and offset."""
        wanted = {(one.place.segment, one.place.offset): one for one in found}
        known = {key: self._large[key] for key in wanted if key in self._large}
        by_segment: dict[str, list[Found]] = {}
        for key, one in wanted.items():
            if key not in known:
                by_segment.setdefault(one.place.segment, []).append(one)
        for segment, ones in by_segment.items():
            try:
                lines = self._lines(segment, ones)
            except NotFound:
                continue
            for one in ones:
                event = next(events.parse(lines[one.place.offset], one.variant, segment))
                known[segment, one.place.offset] = self._parsed(endpoint, event, (segment, one.place.offset))
        return known

    def _lines(self, segment: str, found: list[Found]) -> dict[int, bytes]:
        """By offset."""
        lines: dict[int, bytes] = {}
        group: list[Found] = []
        for one in [*sorted(found, key=lambda one: one.place.offset), None]:
            if group and (one is None or one.place.offset + one.length - group[0].place.offset > _TOGETHER):
                start = group[0].place.offset
                data = self._store.part(segment, start, group[-1].place.offset + group[-1].length)
                for each in group:
                    at = each.place.offset - start
                    lines[each.place.offset] = data[at : at + each.length]
                group = []
            if one is not None:
                group.append(one)
        return lines

    def _parsed(self, endpoint: str, event: Captured, key: tuple[str, int]) -> Read:
        try:
            index = self._server.part(Index).of(endpoint)
            event = event._replace(version=index.deployed().version(event))
            model = index.model(event.version)
        except MlclError:  # its bundle is not there any more
            return Read(event, None, None, None)
        received = self._received.get(model.digest)
        if received is None:
            received = self._received[model.digest] = Received(model.recipe)
        answer = sent = None
        try:
            answer = Answered(model.task, list(model.labels or ())).read(event, received.names)
            sent = received.read(event.input_type, event.input)
        except Unreadable:
            pass
        read = Read(event, model, answer, sent)
        if answer and len(answer.ids) >= _LARGE:
            self._large[key] = read
            while len(self._large) > _KEPT:
                self._large.popitem(last=False)
        return read


def told(place: int, read: Read) -> Prediction:
    """One prediction of an event."""
    event, model, answer = read.event, read.model, read.answer
    about = {
        "event_id": event.event_id,
        "time": time_text(event.time),
        "variant": event.variant,
        "version": event.version,
        "inference_id": event.inference_id,
    }
    if answer is None or model is None or place >= len(answer.ids):
        return Prediction(id=f"{event.event_id}-{place}", row=place, input={}, **about)
    row = int(answer.rows[place])
    values = {name: column[place] for name, column in answer.columns.items()}
    return Prediction(
        id=answer.ids[place],
        row=row,
        input=_input(read.sent, row),
        decision=values.get("decision"),
        **_figures(model, values),
        **about,
    )


def _figures(model: Model, values: dict[str, Any]) -> dict[str, Any]:
    labels = list(model.labels or ())
    if model.task == REGRESSION:
        return {"value": values["prediction"]}
    if model.task == BINARY:
        share = values["probability"]
        return {"probability": share, "probabilities": {labels[0]: 1 - share, labels[1]: share}}
    shares = {label: values[f"probability_{label}"] for label in labels}
    return {"probability": shares.get(values["decision"]), "probabilities": shares}


def _input(sent: list[Row] | Columns | None, row: int) -> dict[str, Cell]:
    if sent is None:
        return {}
    try:
        values = (
            {name: column[row] for name, column in sent.values.items()}
            if isinstance(sent, Columns)
            else dict(sent[row])
        )
    except (IndexError, TypeError, ValueError):
        return {}
    return {str(name): cell(value) for name, value in values.items()}


def cell(value: Any) -> Cell:
    """A value as JSON has it: what is no plain value becomes its text, what is no finite number nothing."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    try:
        return orjson.dumps(value, default=str).decode()[:_LONGEST]
    except (TypeError, ValueError):
        return str(value)[:_LONGEST]
