"""Windows of captured traffic: what the model saw and said, in every format that serving speaks."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcl.errors import Corrupt
from mlcl.features.recipe import Recipe
from mlcl.monitoring.window import Part, read_window
from mlcl.serving.answers import Answer, Meaning
from mlcl.serving.events import Body, line
from mlcl.stores import Store, keys

if TYPE_CHECKING:
    from mlcl.models.bundle import Bundle

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
JSON, CSV, LINES, PARQUET = "application/json", "text/csv", "application/jsonlines", "application/x-parquet"
FRAME = pl.DataFrame(
    {
        "age": [31, 45, 27, 58] * 5,
        "job": ["clerk", "nurse", None, "clerk"] * 5,
        "member": [True, False, None, True] * 5,
        "since": ["2020-01-31", "2021-02-28", "2022-03-31", None] * 5,
    }
).with_columns(pl.col("since").str.to_date())
RECIPE = Recipe.fit(FRAME, {"age": "integer", "job": "category", "member": "boolean", "since": "date"})
ROWS = [
    {"age": 40, "job": "clerk", "member": True, "since": "2020-05-01"},
    {"age": 33.5, "job": None, "member": False, "since": "2020-05-02"},
    {"age": None, "job": "pilot", "member": None, "since": None},
]


class Model(NamedTuple):
    recipe: Recipe = RECIPE
    task: str = "binary"
    labels: tuple[str, ...] | None = ("no", "yes")
    threshold: float | None = 0.15


MODEL = Model()


class Traffic:
    """Writes captured events, and reads the window back."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lines: list[bytes] = []

    def add(
        self,
        body: bytes,
        answer: bytes,
        types: tuple[str, str] = (JSON, JSON),
        *,
        at: datetime = AT,
        version: int | None = 3,
    ) -> str:
        event = f"event-{len(self.lines)}"
        self.lines.append(line(event, at.isoformat(), version, Body(types[0], body), Body(types[1], answer)))
        return event

    def write(self, variant: str = "live", tail: bytes = b"") -> None:
        key = f"{keys.captures('bank')}/{variant}/{AT:%Y/%m/%d/%H}/part.jsonl"
        self.store.put(key, b"".join(self.lines) + tail)
        self.lines = []

    def read(self, model: Model = MODEL, **more: Any) -> list[Part]:
        return list(read_window(self.store, "bank", AT - DAY, AT + DAY, lambda version: model, **more))

    def only(self, model: Model = MODEL, **more: Any) -> Part:
        self.write()
        (part,) = self.read(model, **more)
        return part


@pytest.fixture
def traffic(tmp_path: Path) -> Traffic:
    return Traffic(Store(tmp_path / "store"))


def answer(
    event: str, rows: list[dict[str, Any]], model: Model, how: str, *, header: bool = True, **more: Any
) -> bytes:
    """What serving answers, by its own code. Scores: 0.1, 0.2, …"""
    encoded = model.recipe.compile().encode(rows, "skip")
    count = len(encoded.kept)
    shares = np.arange(1, count + 1) / 10
    classes = len(model.labels or ())
    scores = (
        shares
        if model.task != "multiclass"
        else np.column_stack([1 - shares, *[shares / (classes - 1)] * (classes - 1)])
    )
    about = {"endpoint": "bank", "variant": "live", "version": 3}
    meaning = Meaning(cast("Bundle", model), about)
    return Answer(event, meaning, scores, encoded, **more).reply(how, header=header).body


def csv_of(rows: list[dict[str, Any]], *, header: bool = True) -> bytes:
    return pl.DataFrame(rows).write_csv(include_header=header).encode()


def parquet_of(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(rows).write_parquet(out)
    return out.getvalue()


BODIES: dict[str, tuple[str, Callable[[list[dict[str, Any]]], bytes]]] = {
    "rows": (JSON, lambda rows: orjson.dumps({"rows": rows})),
    "list": (JSON, orjson.dumps),
    "lines": (LINES, lambda rows: b"\n".join(map(orjson.dumps, rows))),
    "csv": (CSV, csv_of),
    "bare csv": (CSV, lambda rows: csv_of(rows, header=False)),
    "parquet": (PARQUET, parquet_of),
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("answered", [JSON, CSV, LINES, PARQUET])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_format_gives_the_same_window(traffic: Traffic, body: str, answered: str, task: str) -> None:
    labels = {"binary": ("no", "yes"), "multiclass": ("a", "b", "c"), "regression": None}[task]
    model = Model(RECIPE, task, labels)
    content_type, make = BODIES[body]
    reply = answer("event-0", ROWS, model, answered, header=body != "bare csv")
    traffic.add(make(ROWS), reply, (content_type, answered))
    part = traffic.only(model)
    assert part.inputs.equals(RECIPE.coerce(pl.DataFrame(ROWS)))
    assert part.outputs["id"].to_list() == ["event-0-0", "event-0-1", "event-0-2"]
    assert part.outputs["row"].to_list() == [0, 1, 2]
    assert set(part.outputs["time"]) == {AT}
    first = {"binary": "probability", "multiclass": "probability_b", "regression": "prediction"}[task]
    halves = 2 if task == "multiclass" else 1
    assert part.outputs[first].to_list() == pytest.approx([0.1 / halves, 0.2 / halves, 0.3 / halves])
    if task == "binary":
        assert part.outputs["decision"].to_list() == ["no", "yes", "yes"]
    assert (part.variant, part.version, part.faults, part.unreadable) == ("live", 3, {}, 0)


@pytest.mark.parametrize("answered", [JSON, CSV, LINES, PARQUET])
@pytest.mark.parametrize("header", [True, False])
def test_rows_left_out_by_serving_are_left_out_here(traffic: Traffic, answered: str, header: bool) -> None:
    rows = [ROWS[0], {**ROWS[1], "age": "old"}, ROWS[2]]
    body, types = csv_of([{**row, "age": str(row["age"] or "")} for row in rows], header=header), (CSV, answered)
    traffic.add(body, answer("event-0", rows, MODEL, answered, header=header, skip=True), types)
    part = traffic.only()
    assert part.outputs["row"].to_list() == [0, 2]
    assert part.outputs["id"].to_list() == ["event-0-0", "event-0-1"]
    assert part.inputs["job"].to_list() == ["clerk", "pilot"]


def test_explanations_beside_predictions_are_passed_over(traffic: Traffic) -> None:
    explained = np.zeros((3, RECIPE.width + 1))
    for header in (True, False):
        reply = answer("e", ROWS, MODEL, CSV, header=header, contributions=explained)
        traffic.add(csv_of(ROWS, header=header), reply, (CSV, CSV))
    assert traffic.only().outputs["probability"].to_list() == pytest.approx([0.1, 0.2, 0.3] * 2)


CELL = st.one_of(
    st.none(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(), st.text(max_size=5),
    st.sampled_from(["3", " 4.5 ", "clerk", "true", "2020-01-31", "2020-01-31T10:00:00Z", "NaN", ""]),
)  # fmt: skip


@given(
    st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys([*FRAME.columns, "extra"], CELL)), min_size=1, max_size=8)
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_window_is_what_the_model_saw(traffic: Traffic, rows: list[dict[str, Any]]) -> None:
    """To the last bit: the matrix of the window is that of serving, whatever JSON holds."""
    body = json.dumps(rows).encode()
    rows = orjson.loads(body)
    encoded = RECIPE.compile().encode(rows, "skip")
    if not len(encoded.matrix):
        return
    reply = answer("event-0", rows, MODEL, JSON, skip=True)
    traffic.add(body, reply)
    part = traffic.only()
    assert np.array_equal(RECIPE.apply(part.inputs), encoded.matrix, equal_nan=True)


def test_values_of_a_wrong_type_are_counted(traffic: Traffic) -> None:
    """SageMaker's capture keeps what its own containers answered, whatever was sent."""
    rows = [{"age": "old"}, {"age": [1]}, {"age": 30}, {"member": "maybe"}]
    predictions = [{"id": f"x-{n}", "probability": {"no": 0.5, "yes": 0.5}, "decision": "no"} for n in range(4)]
    traffic.add(orjson.dumps(rows), orjson.dumps({"predictions": predictions}))
    part = traffic.only()
    assert part.faults == {"age": 2, "member": 1}
    assert part.inputs["age"].to_list() == [None, None, 30, None]


def test_parts_are_bounded_and_of_one_version(traffic: Traffic) -> None:
    reply = answer("e", ROWS, MODEL, JSON)
    for number in range(10):
        traffic.add(orjson.dumps(ROWS), reply, version=3 if number % 2 else None)
    traffic.write()
    traffic.add(orjson.dumps(ROWS), reply)
    traffic.write("shadow")
    parts = traffic.read(rows=2)
    assert [(part.variant, part.version, len(part.inputs)) for part in parts] == [
        ("live", None, 6), ("live", 3, 6), ("live", None, 6), ("live", 3, 6), ("live", None, 3), ("live", 3, 3),
        ("shadow", 3, 3),
    ]  # fmt: skip
    assert all(len(part.inputs) == len(part.outputs) for part in parts)


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
