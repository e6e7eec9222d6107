"""Windows of captured traffic: what the model saw and said, in every format that serving speaks."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcl.stores import Store

if TYPE_CHECKING:
    pass
from tests.monitoring.traffic import AT, CSV, FRAME, JSON, LINES, MODEL, PARQUET, RECIPE, ROWS, Model, Traffic, answer


@pytest.fixture
def traffic(tmp_path: Path) -> Traffic:
    return Traffic(Store(tmp_path / "store"))


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
