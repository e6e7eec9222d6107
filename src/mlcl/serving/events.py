"""Captured predictions as lines: the format and key layout of SageMaker's data capture, so one reader serves all
platforms.

A segment is a file ENDPOINT/VARIANT/yyyy/mm/dd/hh/*.jsonl of whole lines, each one prediction. Its last line may be
torn: the writer was killed before that event counted as captured.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from mlcl.errors import Corrupt
from mlcl.stores import Store, keys

_BASE64, _WITHHELD = "BASE64", "WITHHELD"
_ID = re.compile(r"([0-9a-f]{11})-[0-9a-f]{16}-[0-9a-f]+(?:-[0-9]+)?")
_YEAR = re.compile(r"\d{4}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Filled in by hand: a line is made for every prediction, and this takes a third of the time of a dict per line.
_LINE = (
    b'{"captureData":{"endpointInput":%b,"endpointOutput":%b},'
    b'"eventMetadata":{"eventId":%b,"inferenceTime":%b,"modelVersion":%b},"eventVersion":"0"}\n'
)


class Captured(NamedTuple):
    """One prediction. input and output: the bodies byte for byte ('' when the platform kept none, or when masking had
    to withhold one); version: None when the platform does not say; inference_id: the caller's own id."""

    event_id: str
    time: datetime
    variant: str
    version: int | None
    input_type: str
    input: bytes
    output_type: str
    output: bytes
    inference_id: str = ""


class Body(NamedTuple):
    """One side of a prediction. content None: withheld, because its masked columns could not be found."""

    content_type: str
    content: bytes | None


def new_id(at: datetime, process: str, number: int) -> str:
    """The id of an event, which tells its moment: milliseconds since 1970, process (16 hexadecimal digits), number."""
    return f"{int(at.timestamp()) * 1000 + at.microsecond // 1000:011x}-{process}-{number:x}"


@lru_cache(16)
def stamp(milliseconds: int) -> tuple[str, str]:
    """A moment since 1970 in ISO 8601, and as the ids of its events start: many requests come in one millisecond."""
    at = _EPOCH + timedelta(milliseconds=milliseconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), f"{milliseconds:011x}"


def moment(any_id: str) -> datetime | None:
    """When the event or prediction of that id was; None for an id that somebody else made."""
    match = _ID.fullmatch(any_id)
    return _EPOCH + timedelta(milliseconds=int(match[1], 16)) if match else None


def line(event_id: str, time: str, version: int | None, sent: Body, answered: Body) -> bytes:
    """The event as one line of JSON. time: UTC, ISO 8601."""
    return _LINE % (
        _side("INPUT", sent),
        _side("OUTPUT", answered),
        orjson.dumps(event_id),
        orjson.dumps(time),
        orjson.dumps(version),
    )


def hour(time: str) -> str:
    """'yyyy/mm/dd/hh' of a UTC time in ISO 8601."""
    return f"{time[:4]}/{time[5:7]}/{time[8:10]}/{time[11:13]}"


def read(store: Store, endpoint: str, since: datetime, until: datetime) -> Iterator[Captured]:
    """The predictions of an endpoint with since <= time < until (aware times), by variant and hour; within an hour
    in no order. Also reads what SageMaker wrote. Corrupt: a damaged line that is not the torn last one."""
    for variant, key in segments(store, endpoint, since, until):
        for event in parse(store.get(key), variant, key):
            if since <= event.time < until:
                yield event


def segments(store: Store, endpoint: str, since: datetime, until: datetime) -> Iterator[tuple[str, str]]:
    """(variant, key) of every segment that may hold events of a time span, by variant and hour."""
    base = keys.captures(endpoint)
    # Platforms file an event under the hour in which they wrote it, which may be the next one.
    first, last = (f"{time.astimezone(UTC):%Y/%m/%d/%H}" for time in (since, until + timedelta(hours=1)))
    for variant in _variants(store, base):
        for key in _segments(store, f"{base}/{variant}", first, last):
            yield variant.rpartition("/")[2], key


def parse(segment: bytes, variant: str, where: str = "") -> Iterator[Captured]:
    """The events in a segment's bytes; a torn last line is left out."""
    lines = segment.split(b"\n")
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            yield _event(orjson.loads(text), variant)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, binascii.Error) as error:
            if number == len(lines):
                return
            raise Corrupt(
                "A captured prediction is damaged.", where=f"{where}, line {number}", found=f"{error!r}"
            ) from error


def _side(mode: str, body: Body) -> bytes:
    content_type, content = body
    encoding = "JSON" if "json" in content_type else "CSV" if "csv" in content_type else _BASE64
    if content is None:
        encoding, text = _WITHHELD, ""
    elif encoding == _BASE64:
        text = base64.b64encode(content).decode()
    else:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            encoding, text = _BASE64, base64.b64encode(content).decode()
    return b"%b%b}" % (_head(content_type, mode, encoding), orjson.dumps(text))


@lru_cache(256)
def _head(content_type: str, mode: str, encoding: str) -> bytes:
    about = {"observedContentType": content_type, "mode": mode, "encoding": encoding}
    return orjson.dumps(about)[:-1] + b',"data":'


def _event(event: dict[str, Any], variant: str) -> Captured:
    data, about = event["captureData"], event["eventMetadata"]
    sent, answered = data.get("endpointInput") or {}, data.get("endpointOutput") or {}
    return Captured(
        event_id=about["eventId"],
        time=datetime.fromisoformat(about["inferenceTime"]).astimezone(UTC),
        variant=variant,
        version=about.get("modelVersion"),
        input_type=sent.get("observedContentType", ""),
        input=_decoded(sent),
        output_type=answered.get("observedContentType", ""),
        output=_decoded(answered),
        inference_id=about.get("inferenceId", ""),
    )


def _decoded(side: dict[str, str]) -> bytes:
    data = side.get("data", "")
    return base64.b64decode(data, validate=True) if side.get("encoding") == _BASE64 else data.encode()


def _variants(store: Store, base: str) -> Iterator[str]:
    """The variants' folders. SageMaker puts the name that the endpoint has in AWS above those of its variants."""
    for child in store.children(base):
        below = store.children(f"{base}/{child}")
        if below and not all(_YEAR.fullmatch(part) for part in below):
            yield from (f"{child}/{part}" for part in below)
        else:
            yield child


def _segments(store: Store, variant_key: str, first: str, last: str) -> Iterator[str]:
    """Keys of a variant's segments in the hours first..last ('yyyy/mm/dd/hh'), looking only into days in between."""

    def within(path: str) -> bool:
        return first[: len(path)] <= path <= last[: len(path)]

    paths = [""]
    for _ in ("year", "month", "day"):
        below = [f"{path}/{part}" for path in paths for part in store.children(f"{variant_key}{path}")]
        paths = [path for path in below if within(path[1:])]
    for path in paths:
        for key in store.keys(f"{variant_key}{path}"):
            segment_hour = key.removeprefix(f"{variant_key}/").rpartition("/")[0]
            if key.endswith(".jsonl") and within(segment_hour):
                yield key
