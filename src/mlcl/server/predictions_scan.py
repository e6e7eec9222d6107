"""From the bytes of a segment to rows of the index: when each prediction was, where it lies, what was decided."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
import numpy as np

from mlcl.errors import MlclError
from mlcl.monitoring.answered import Answered
from mlcl.monitoring.deployed import Model
from mlcl.monitoring.received import Unreadable
from mlcl.server.predictions_hours import NO_DECISION, NO_VERSION, ROW, Rows
from mlcl.serving import events
from mlcl.serving.web import JSON
from mlcl.stores import Store

BLOCK = 1 << 18  # bytes that are decoded at once: the model server waits for no more than that
CHUNK = 1 << 23  # bytes that are read at once
NAP = 0.001  # seconds between blocks, when there is no hurry
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ModelOf = Callable[[int | None], Model]


class _Side(msgspec.Struct, gc=False):
    observedContentType: str = ""  # noqa: N815 - SageMaker's names
    data: str = ""


class _Data(msgspec.Struct, gc=False):
    endpointOutput: _Side | None = None  # noqa: N815


class _About(msgspec.Struct, gc=False):
    inferenceTime: datetime  # noqa: N815
    modelVersion: int | None = None  # noqa: N815


class _Line(msgspec.Struct, gc=False):
    captureData: _Data  # noqa: N815
    eventMetadata: _About  # noqa: N815


class _Record(msgspec.Struct, gc=False):
    decision: str | None = None


class _Reply(msgspec.Struct, gc=False):
    predictions: list[_Record]


_line = msgspec.json.Decoder(_Line)
_replies = msgspec.json.Decoder(list[_Reply])


class Scanned(NamedTuple):
    """rows: of one segment, with numbers of decisions; size: bytes that are in them: whole lines."""

    rows: Rows
    decisions: list[str]
    size: int


class _Event(NamedTuple):
    offset: int
    length: int
    line: _Line


def scan(store: Store, key: str, start: int, end: int, model_of: ModelOf, *, gently: bool = False) -> Scanned:
    """Rows of the bytes start..end of a segment, start being the beginning of a line. Damaged lines are left out.

    gently: rests between blocks, so that who answers in the same process is not held up.
    """
    decisions: dict[str, int] = {}
    parts = [np.empty(0, ROW)]
    for offset, block in _blocks(store, key, start, end):
        parts.append(_rows(list(_events(block, offset)), store, key, decisions, model_of))
        start = offset + len(block)
        if gently:
            time.sleep(NAP)
    return Scanned(np.concatenate(parts), list(decisions), start)


def _blocks(store: Store, key: str, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Whole lines, at least BLOCK bytes of them at a time where there are as many, and where they begin."""
    rest = b""
    while start + len(rest) < end:
        at = start + len(rest)
        chunk = rest + store.part(key, at, min(end, at + CHUNK))
        done = 0
        while (cut := chunk.find(b"\n", min(done + BLOCK, len(chunk)))) >= 0 and done < len(chunk):
            yield start + done, chunk[done : cut + 1]
            done = cut + 1
        last = chunk.rfind(b"\n") + 1
        if last > done:
            yield start + done, chunk[done:last]
            done = last
        start, rest = start + done, chunk[done:]


def _events(block: bytes, offset: int) -> Iterator[_Event]:
    lines = block.split(b"\n")[:-1]
    for text in lines:
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            yield _Event(offset, len(text), _line.decode(text))
        offset += len(text) + 1


def _rows(found: list[_Event], store: Store, key: str, decisions: dict[str, int], model_of: ModelOf) -> Rows:
    answers = _decided(found)
    if answers is None:
        answers = [_read(event, store, key, model_of) for event in found]
    sizes = [len(answer) for answer in answers]
    rows = np.zeros(sum(sizes), ROW)
    about = [event.line.eventMetadata for event in found]
    columns = {
        "time": [_micros(one.inferenceTime) for one in about],
        "offset": [event.offset for event in found],
        "length": [event.length for event in found],
        "version": [NO_VERSION if one.modelVersion is None else one.modelVersion for one in about],
    }
    for name, values in columns.items():
        rows[name] = np.repeat(np.array(values, dtype=np.int64), sizes)
    codes = [decisions.setdefault(text, len(decisions)) for answer in answers for text in answer]
    rows["decision"] = codes
    rows["place"] = [place for size in sizes for place in range(size)]
    return rows


def _decided(found: list[_Event]) -> list[list[str]] | None:
    """The decisions of each event, where all of them are JSON, at once: several times as fast."""
    outputs = [event.line.captureData.endpointOutput for event in found]
    if not all(side and side.observedContentType == JSON and side.data for side in outputs):
        return None
    try:
        text = ",".join([side.data for side in outputs if side])
        replies = _replies.decode(f"[{text}]")
    except msgspec.DecodeError:
        return None
    if len(replies) != len(found):
        return None
    return [[record.decision or NO_DECISION for record in reply.predictions] for reply in replies]


def _read(event: _Event, store: Store, key: str, model_of: ModelOf) -> list[str]:
    """The decisions of one event, in whatever form; one unknown where they cannot be read."""
    try:
        line = store.part(key, event.offset, event.offset + event.length)
        captured = next(events.parse(line, "", key))
        model = model_of(captured.version)
        answered = Answered(model.task, list(model.labels or ()))
        answer = answered.read(captured, [column.name for column in model.recipe.inputs])
    except (Unreadable, StopIteration, ValueError, MlclError):
        return [NO_DECISION]
    return list(answer.columns.get("decision") or [NO_DECISION] * len(answer.ids)) or [NO_DECISION]


def _micros(moment: datetime) -> int:
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds
