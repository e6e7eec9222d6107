"""Windows of traffic: their span, what cannot be read, and what SageMaker wrote."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest

from mlcl.errors import Corrupt
from mlcl.monitoring.window import read_window
from mlcl.stores import Store

if TYPE_CHECKING:
    pass
from tests.monitoring.traffic import AT, CSV, DAY, FRAME, JSON, MODEL, PARQUET, ROWS, Traffic, answer


@pytest.fixture
def traffic(tmp_path: Path) -> Traffic:
    return Traffic(Store(tmp_path / "store"))


def test_only_the_time_span_is_read(traffic: Traffic) -> None:
    reply = answer("e", ROWS[:1], MODEL, JSON)
    for minute in (0, 10, 20, 30):
        traffic.add(orjson.dumps(ROWS[0]), reply, at=AT + timedelta(minutes=minute))
    traffic.write()
    found = read_window(
        traffic.store, "bank", AT + timedelta(minutes=10), AT + timedelta(minutes=30), lambda version: MODEL
    )
    assert [part.outputs["event_id"].to_list() for part in found] == [["event-1", "event-2"]]
    assert list(read_window(traffic.store, "other", AT - DAY, AT + DAY, lambda version: MODEL)) == []


@pytest.mark.parametrize(
    ("body", "reply", "types"),
    [
        (b"", b"{}", (JSON, JSON)),
        (b"{}", b"", (JSON, JSON)),
        (b"{}", b"[1]", (JSON, JSON)),
        (b"{}", b'{"predictions":[{"id":"x"}]}', (JSON, JSON)),
        (b"[[1]]", b'{"predictions":[{"id":"x","probability":{"yes":1},"decision":"yes"}]}', (JSON, JSON)),
        (b"{}", b"probability\n0.5\n", (JSON, CSV)),
        (b"{}", b"what", ("image/png", JSON)),
        (b"{}", b"what", (JSON, "image/png")),
        (b"not json", b"{}", (JSON, JSON)),
        (b"{}", b"not parquet", (JSON, PARQUET)),
    ],
)
def test_what_cannot_be_read_is_counted(traffic: Traffic, body: bytes, reply: bytes, types: tuple[str, str]) -> None:
    traffic.add(body, reply, types)
    part = traffic.only()
    assert part.unreadable == 1
    assert len(part.inputs) == len(part.outputs) == 0
    assert part.inputs.columns == FRAME.columns


def test_a_sagemaker_capture(traffic: Traffic) -> None:
    """As in its guide: no model version, the caller's own id beside the event's, one side in base64."""
    event = {
        "captureData": {
            "endpointInput": {
                "observedContentType": "text/csv",
                "mode": "INPUT",
                "data": "40,clerk,true,2020-05-01",
                "encoding": "CSV",
            },
            "endpointOutput": {
                "observedContentType": "text/csv; charset=utf-8",
                "mode": "OUTPUT",
                "data": base64.b64encode(b"0.25,no\n").decode(),
                "encoding": "BASE64",
            },
        },
        "eventMetadata": {"eventId": "aws-1", "inferenceId": "case-7", "inferenceTime": "2026-11-23T10:05:00Z"},
        "eventVersion": "0",
    }
    traffic.lines.append(orjson.dumps(event) + b"\n")
    part = traffic.only()
    assert part.version is None
    assert part.outputs.row(0, named=True) == {
        "id": "aws-1-0",
        "event_id": "aws-1",
        "inference_id": "case-7",
        "row": 0,
        "time": AT + timedelta(minutes=5),
        "probability": 0.25,
        "decision": "no",
    }


def test_a_torn_last_line_is_left_out_and_a_damaged_one_told(traffic: Traffic) -> None:
    reply = answer("e", ROWS[:1], MODEL, JSON)
    traffic.add(orjson.dumps(ROWS[0]), reply)
    traffic.write(tail=b'{"captureData":{"endp')
    assert [len(part.inputs) for part in traffic.read()] == [1]
    traffic.add(orjson.dumps(ROWS[0]), reply)
    traffic.lines.append(b'{"captureData":{"endp\n')
    traffic.add(orjson.dumps(ROWS[0]), reply)
    traffic.write()
    with pytest.raises(Corrupt, match="damaged"):
        traffic.read()
