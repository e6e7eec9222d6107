"""Capture: what was acknowledged is there, byte for byte; what is not is counted."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.errors import Corrupt
from mlcl.serving import events, segments
from mlcl.serving.capture import Capture, read
from mlcl.serving.events import Body, Captured, line, parse
from mlcl.stores import Store
from tests.serving.capturing import AT, HOUR, TIME, close, everything, flush, ids, record


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLCL_CACHE", str(tmp_path / "cache"))


def test_what_is_recorded_is_read(store: Store) -> None:
    capture = Capture(store, "bank")
    capture.record("one", TIME, "text/csv", b"30,admin.\n", "application/json", b'{"p":0.5}', "canary", 7)
    assert flush(capture)
    assert everything(store) == [
        Captured("one", AT, "canary", 7, "text/csv", b"30,admin.\n", "application/json", b'{"p":0.5}')
    ]
    assert capture.stats() == (1, 0, 0, "")
    assert close(capture)


def test_the_layout_and_the_lines_are_sagemakers(store: Store) -> None:
    capture = Capture(store, "bank")
    capture.record("one", TIME, "text/csv", b"30,admin.", "application/x-parquet", b"\x00\xff", "live", None)
    close(capture)
    (key,) = store.keys("captures")
    assert key.startswith("captures/bank/live/2026/11/23/14/")
    assert key.endswith(".jsonl")
    assert json.loads(store.get(key)) == {
        "captureData": {
            "endpointInput": {
                "observedContentType": "text/csv",
                "mode": "INPUT",
                "encoding": "CSV",
                "data": "30,admin.",
            },
            "endpointOutput": {
                "observedContentType": "application/x-parquet",
                "mode": "OUTPUT",
                "encoding": "BASE64",
                "data": base64.b64encode(b"\x00\xff").decode(),
            },
        },
        "eventMetadata": {"eventId": "one", "inferenceTime": TIME, "modelVersion": None},
        "eventVersion": "0",
    }


def test_what_sagemaker_wrote_is_read(store: Store) -> None:
    """The example of the developer guide, and one with the input alone and the caller's own id."""
    lines = (
        '{"captureData":{"endpointInput":{"observedContentType":"text/csv","mode":"INPUT","data":"132,25,113.2,96",'
        '"encoding":"CSV"},"endpointOutput":{"observedContentType":"text/csv; charset=utf-8","mode":"OUTPUT",'
        '"data":"0.01076381653547287","encoding":"CSV"}},"eventMetadata":{"eventId":"feca1ab1","inferenceTime":'
        '"2026-11-23T14:59:58Z"},"eventVersion":"0"}\n'
        '{"captureData":{"endpointInput":{"observedContentType":"application/x-npy","mode":"INPUT","data":"AAE=",'
        '"encoding":"BASE64"}},"eventMetadata":{"eventId":"b","inferenceId":"mine","inferenceTime":'
        '"2026-11-23T14:59:59Z","customAttributes":["x=1"]},"eventVersion":"0"}\n'
    )
    store.put("captures/bank/AllTraffic/2026/11/23/15/01-02-345-uuid.jsonl", lines.encode())
    first, second = everything(store)
    assert (first.event_id, first.variant, first.version, first.time) == ("feca1ab1", "AllTraffic", None, AT)
    assert (first.input, first.output) == (b"132,25,113.2,96", b"0.01076381653547287")
    assert (second.input, second.output, second.inference_id) == (b"\x00\x01", b"", "mine")


CONTENT_TYPES = st.sampled_from(["text/csv", "application/json", "application/jsonlines", "application/x-parquet", ""])


BODIES = st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass"))


@st.composite
def captured(draw: st.DrawFn) -> Captured:
    return Captured(
        draw(st.text(st.characters(codec="utf-8"), max_size=20)),
        draw(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001
        "live",
        draw(st.none() | st.integers(1, 10**6)),
        draw(CONTENT_TYPES),
        draw(BODIES),
        draw(CONTENT_TYPES | st.text(st.characters(codec="utf-8"), max_size=8)),
        draw(BODIES),
    )


def encoded(event: Captured) -> bytes:
    sent, answered = Body(event.input_type, event.input), Body(event.output_type, event.output)
    return line(event.event_id, event.time.isoformat(), event.version, sent, answered)


@given(captured())
def test_any_body_survives_the_line(event: Captured) -> None:
    text = encoded(event)
    assert text.count(b"\n") == 1
    assert text.endswith(b"\n")
    assert list(parse(text, "live")) == [event]
    json.loads(text)


@given(st.lists(captured(), min_size=1, max_size=3), st.data())
@settings(deadline=None)
def test_a_torn_last_line_is_left_out(wanted: list[Captured], data: st.DataObject) -> None:
    lines = [encoded(event) for event in wanted]
    cut = data.draw(st.integers(0, len(lines[-1]) - 1))
    torn = b"".join(lines[:-1]) + lines[-1][:cut]
    whole = wanted if cut == len(lines[-1]) - 1 else wanted[:-1]
    assert list(parse(torn, "live")) == whole


def test_a_damaged_line_elsewhere_is_named(store: Store) -> None:
    store.put("captures/bank/live/2026/11/23/14/x.jsonl", b'{"broken\n{"captureData":{}}\n')
    with pytest.raises(Corrupt, match=r"x\.jsonl, line 1"):
        everything(store)


def test_reading_a_span_of_time(store: Store) -> None:
    capture = Capture(store, "bank")
    times = [AT + minutes * timedelta(minutes=1) for minutes in range(-3000, 3000, 7)]
    for number, when in enumerate(times):
        record(capture, str(number), time=when.isoformat(), variant=("live", "canary")[number % 2])
    close(capture)
    for since, until in [(AT - HOUR, AT + HOUR), (AT, AT), (AT, AT + timedelta(seconds=1)), (AT - 60 * HOUR, AT)]:
        got = {event.event_id for event in read(store, "bank", since, until)}
        assert got == {str(number) for number, when in enumerate(times) if since <= when < until}
    assert list(read(store, "nobody", AT - HOUR, AT)) == []


def test_events_lie_under_their_own_hour(store: Store) -> None:
    capture = Capture(store, "bank")
    record(capture, "a", time="2026-11-23T14:59:59.999Z")
    record(capture, "b", time="2026-11-23T15:00:00.000Z")
    close(capture)
    assert [key.split("/")[3:7] for key in store.keys("captures")] == [["2026", "11", "23", h] for h in ("14", "15")]


def test_workers_write_side_by_side(store: Store) -> None:
    workers = [Capture(store, "bank") for _ in range(3)]
    for number in range(300):
        record(workers[number % 3], f"{number:03d}")
    assert all(close(worker) for worker in workers)
    assert ids(store) == [f"{number:03d}" for number in range(300)]


def test_sampling_takes_its_share_and_the_same_events_everywhere(store: Store) -> None:
    one, other = Capture(store, "one", rate=0.3), Capture(store, "other", rate=0.3)
    for number in range(2000):
        for capture in (one, other):
            record(capture, f"event-{number}")
    close(one), close(other)
    got = [{event.event_id for event in everything(store, name)} for name in ("one", "other")]
    assert got[0] == got[1]
    assert 480 < len(got[0]) < 720
    assert one.stats().lost == 0
    none = Capture(store, "none", rate=0)
    record(none, "x")
    close(none)
    assert none.stats().captured == 0


def test_a_segment_ends_when_it_is_large(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SEGMENT_BYTES", 1000)
    capture = Capture(store, "bank")
    for number in range(5):
        record(capture, str(number), body=b"x" * 900)
        flush(capture)
    close(capture)
    assert len(store.keys("captures")) == 5
    assert len(everything(store)) == 5


def test_what_is_recorded_after_closing_is_lost_and_counted(store: Store) -> None:
    capture = Capture(store, "bank")
    close(capture)
    record(capture, "late")
    assert capture.stats().lost == 1


def test_events_that_cannot_be_lines_are_lost_and_the_others_not(store: Store) -> None:
    capture = Capture(store, "bank")
    record(capture, "good")
    record(capture, "\ud800")
    record(capture, "time", time="yesterday at noon")
    record(capture, "variant", variant="../../other")
    assert not flush(capture)
    record(capture, "good too")
    assert flush(capture)
    assert (capture.stats().captured, capture.stats().lost) == (2, 3)
    close(capture)
    assert ids(store) == ["good", "good too"]


def test_the_hour_of_a_time() -> None:
    assert events.hour("2026-01-02T03:04:05Z") == "2026/01/02/03"
