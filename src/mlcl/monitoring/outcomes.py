"""Outcomes as lines in the store: the format of SageMaker's ground truth, with the times that lateness is judged by.

A segment is a file feedback/ENDPOINT/yyyy/mm/dd/hh/*.jsonl, filed by the hour in which the outcomes arrived. Nothing in
it is ever changed: a correction is a later line, and the present is computed from the whole history, in whatever order
its lines are read.
"""

from __future__ import annotations

import csv
import io
import os
import secrets
import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import orjson
import polars as pl

from mlcl.errors import Corrupt, StoreError
from mlcl.records import time_text
from mlcl.serving.events import hour
from mlcl.stores import Store, keys

TIME = pl.Datetime("us", "UTC")
Schema = dict[str, pl.DataType | type[pl.DataType]]
SCHEMA: Schema = {
    "id": pl.String,
    "event_id": pl.String,
    "label": pl.String,
    "predicted_at": TIME,
    "arrived_at": TIME,
}
PRESENT: Schema = {**SCHEMA, "first_arrived_at": TIME, "corrections": pl.UInt32}
_LINES = 100_000  # written at a time
_LINE = (
    b'{"groundTruthData":{"data":%b,"encoding":"CSV"},"eventMetadata":{"eventId":%b,"predictionId":%b,'
    b'"predictedAt":%b,"arrivedAt":%b},"eventVersion":"0"}\n'
)
_NAME = secrets.token_hex(8)
_writing = threading.Lock()


class Outcome(NamedTuple):
    """What turned out to be true of one prediction. label: the class's text, or a number as text."""

    id: str
    event_id: str
    label: str
    predicted_at: datetime
    arrived_at: datetime


class _Truth(msgspec.Struct, gc=False):
    data: str


class _About(msgspec.Struct, gc=False):
    eventId: str  # noqa: N815 - SageMaker's names
    predictionId: str  # noqa: N815
    predictedAt: datetime  # noqa: N815
    arrivedAt: datetime  # noqa: N815


class _Line(msgspec.Struct, gc=False):
    groundTruthData: _Truth  # noqa: N815
    eventMetadata: _About  # noqa: N815


_decoder = msgspec.json.Decoder(_Line)


def write(store: Store, endpoint: str, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Adds outcomes that arrive now. They are on the disk, or in the bucket, when this returns."""
    place = f"{keys.feedback(endpoint)}/{hour(time_text(now))}"
    lines: list[bytes] = []
    for outcome in outcomes:
        lines.append(_line(outcome))
        if len(lines) == _LINES:
            _append(store, place, b"".join(lines))
            lines = []
    if lines:
        _append(store, place, b"".join(lines))


def history(store: Store, endpoint: str, since: datetime | None = None, until: datetime | None = None) -> pl.DataFrame:
    """Every line (SCHEMA) that arrived in since <= time <= until (None: whenever), in no order. Corrupt: a damaged line
    that is not the torn last one of its segment."""
    base = keys.feedback(endpoint)
    first, last = (hour(time_text(time)) if time else None for time in (since, until))
    frames = [pl.DataFrame(schema=SCHEMA)]
    for key in store.keys(base):
        place = key.removeprefix(f"{base}/").rpartition("/")[0]
        if (first is None or place >= first) and (last is None or place <= last):
            frames.append(_read(store.get(key), key))
    found = pl.concat(frames)
    if since is not None:
        found = found.filter(pl.col("arrived_at") >= since)
    return found if until is None else found.filter(pl.col("arrived_at") <= until)


def present(lines: pl.DataFrame) -> pl.DataFrame:
    """The outcome that holds of each prediction (PRESENT), by id: the one that arrived last.

    arrived_at: when the outcome that holds arrived first since any other; first_arrived_at: when any first did;
    corrections: how often it changed. A repeated line changes nothing. Of different outcomes that arrived at the same
    moment, the greater text counts as the later one.
    """
    lines = lines.unique().sort("id", "arrived_at", "label", "predicted_at", "event_id")
    changed = pl.col("label").ne_missing(pl.col("label").shift(1)) | pl.col("id").ne_missing(pl.col("id").shift(1))
    steps = lines.filter(changed).group_by("id", maintain_order=True)
    return steps.agg(
        pl.col("event_id", "label").last(),
        pl.col("predicted_at").first(),
        pl.col("arrived_at").last(),
        pl.col("arrived_at").first().alias("first_arrived_at"),
        (pl.len() - 1).alias("corrections").cast(pl.UInt32),
    )


def _append(store: Store, place: str, lines: bytes) -> None:
    """All of the lines or, with StoreError, none. In a folder each process has one growing file per hour."""
    if store.folder is None:
        store.put(f"{place}/{secrets.token_hex(16)}.jsonl", lines)
        return
    file = store.folder / place / f"{_NAME}-{os.getpid()}.jsonl"
    try:
        if not store.folder.is_dir():  # a folder that was lost is not made anew in a wrong place
            raise FileNotFoundError(f"the folder {store.folder} is missing")
        with _writing:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("ab", buffering=0) as out:
                _whole(out, lines)
    except OSError as error:
        raise StoreError("The outcomes cannot be written.", where=place, found=str(error)) from error


def _whole(out: io.FileIO, lines: bytes) -> None:
    size = out.tell()
    try:
        left = memoryview(lines)
        while left:
            left = left[out.write(left) :]
        os.fsync(out.fileno())
    except OSError:
        out.truncate(size)
        raise


def _line(outcome: Outcome) -> bytes:
    texts = (
        _cell(outcome.label),
        outcome.event_id,
        outcome.id,
        time_text(outcome.predicted_at),
        time_text(outcome.arrived_at),
    )
    return _LINE % tuple(map(orjson.dumps, texts))


def _read(segment: bytes, key: str) -> pl.DataFrame:
    whole, _, last = segment.rpartition(b"\n")
    try:
        lines = _decoder.decode_lines(whole)
        labels = [_uncell(line.groundTruthData.data) for line in lines]
    except (msgspec.DecodeError, csv.Error, UnicodeDecodeError) as error:
        raise Corrupt("An outcome in the store is damaged.", where=key, found=_first_damage(whole, error)) from error
    if last:
        with suppress(msgspec.DecodeError, csv.Error, UnicodeDecodeError):
            line = _decoder.decode(last)
            labels.append(_uncell(line.groundTruthData.data))
            lines.append(line)
    about = [line.eventMetadata for line in lines]
    columns: tuple[list[Any], ...] = (
        [one.predictionId for one in about],
        [one.eventId for one in about],
        labels,
        [one.predictedAt for one in about],
        [one.arrivedAt for one in about],
    )
    return pl.DataFrame([pl.Series(name, of, dtype=SCHEMA[name]) for name, of in zip(SCHEMA, columns, strict=True)])


def _first_damage(whole: bytes, error: Exception) -> str:
    for number, line in enumerate(whole.split(b"\n"), 1):
        try:
            _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as found:
            return f"line {number}: {found}"
    return str(error)


def _cell(label: str) -> str:
    """A label as the one cell of a CSV line."""
    return '"' + label.replace('"', '""') + '"' if any(sign in label for sign in ',"\r\n') else label


def _uncell(cell: str) -> str:
    return next(csv.reader(io.StringIO(cell, newline=""), strict=True))[0] if cell.startswith('"') else cell
