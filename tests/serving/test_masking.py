"""Masked columns never reach a segment."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.serving.capture import Capture, read
from mlcl.serving.masking import Mask
from mlcl.stores import Store

MASK = Mask(["name", "Salary"], ["age", "name", "salary"])
SECRET = "S3CRET"


@pytest.mark.parametrize(
    ("content_type", "body", "wanted"),
    [
        ("application/json", '{"rows":[{"age":30,"name":"S3CRET"}]}', '{"rows":[{"age":30,"name":null}]}'),
        ("application/json", '[{"NAME ":"S3CRET"},{"age":1}]', '[{"NAME ":null},{"age":1}]'),
        ("application/json", '{"name":{"deep":["S3CRET"]}}', '{"name":null}'),
        ("application/json; charset=utf-8", '{"salary":1}', '{"salary":null}'),
        ("application/jsonlines", '{"name":"S3CRET"}\n{"age":3}\n', '{"name":null}\n{"age":3}'),
        ("application/x-ndjson", '{"name":"S3CRET"}\n', '{"name":null}'),
        ("", '{"name":"S3CRET"}', '{"name":null}'),
        ("text/csv", "age,name\n30,S3CRET\n", "age,name\n30,\n"),
        ("text/csv", "\ufeffname,age\nS3CRET,30\n", "name,age\n,30\n"),
        ("text/csv", "name,extra,age\nS3CRET,x,3", "name,extra,age\n,x,3\n"),
        ("text/csv", "30,S3CRET,S3CRET\n31,S3CRET,5", "30,,\n31,,\n"),
        ("text/csv", '30,"S3CRET, with\nnewline",1', "30,,\n"),
        ("text/csv; header=present", "age\n3\n", "age\n3\n"),
    ],
)
def test_masked_values_become_missing(content_type: str, body: str, wanted: str) -> None:
    assert MASK.input(content_type, body.encode()) == wanted.encode()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"rows":[{"name":"S3CRET"'),
        ("application/json", b'{"instances":[[30,"S3CRET"]]}'),
        ("application/json", b'{"columns":["age"],"data":[["S3CRET"]]}'),
        ("application/json", b'"S3CRET"'),
        ("application/jsonlines", b'{"age":1}\n{"name":"S3CRET"'),
        ("text/csv", b"30,S3CRET\n"),
        ("text/csv", b"30,S3CRET,1\n30,S3CRET\n"),
        ("text/csv", b'30,"S3CRET'),
        ("text/csv", b"\xff,S3CRET,1"),
        ("application/x-parquet", b"S3CRET"),
        ("application/x-npy", b"S3CRET"),
        ("", b"S3CRET"),
        ("application/octet-stream", b"S3CRET"),
    ],
)
def test_a_body_that_cannot_be_masked_is_withheld(content_type: str, body: bytes) -> None:
    assert MASK.input(content_type, body) is None


def test_parquet() -> None:
    out = io.BytesIO()
    pl.DataFrame({"age": [1, 2], "name": [SECRET, SECRET]}).write_parquet(out)
    masked = MASK.input("application/x-parquet", out.getvalue())
    assert masked
    assert SECRET.encode() not in masked
    assert pl.read_parquet(io.BytesIO(masked)).to_dict(as_series=False) == {"age": [1, 2], "name": [None, None]}


def test_answers() -> None:
    answer = b'{"predictions":[0.1,0.2],"contributions":[{"age":0.3,"name":0.5}]}'
    assert MASK.output("application/json", answer) == (
        b'{"predictions":[0.1,0.2],"contributions":[{"age":0.3,"name":null}]}'
    )
    fault = b'{"faults":[{"row":0,"column":"name","found":"S3CRET"},{"row":0,"column":"age","found":"x"}]}'
    assert MASK.output("application/json", fault) == (
        b'{"faults":[{"row":0,"column":"name","found":null},{"row":0,"column":"age","found":"x"}]}'
    )
    assert MASK.output("application/jsonlines", b'{"name":1}\n{"p":0.5}\n') == b'{"name":null}\n{"p":0.5}'
    assert MASK.output("text/csv", b"0.1\n") == b"0.1\n"
    assert MASK.output("application/json", b"{") is None


VALUES = (
    st.none() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)


@given(st.lists(st.dictionaries(st.sampled_from(["age", "name", "salary", "x"]), VALUES), max_size=4))
def test_json_keeps_all_but_the_masked_values(rows: list[dict[str, object]]) -> None:
    masked = MASK.input("application/json", json.dumps({"rows": rows}).encode())
    assert masked
    wanted = [{k: None if k in ("name", "salary") else v for k, v in row.items()} for row in rows]
    assert json.loads(masked) == {"rows": wanted}


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@given(st.lists(st.tuples(st.integers(), CELLS, CELLS), min_size=1, max_size=4))
def test_csv_keeps_all_but_the_masked_values(rows: list[tuple[int, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    masked = MASK.input("text/csv", out.getvalue().encode())
    assert masked is not None
    assert list(csv.reader(io.StringIO(masked.decode()))) == [[str(age), "", ""] for age, _, _ in rows]


def test_nothing_masked_reaches_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    capture = Capture(store, "bank", masked=["name"], columns=["age", "name"])
    bodies = [b'[{"age":1,"name":"S3CRET"}]', b'{"name":"S3CRET', b'{"x":["S3CRET"]}']
    for number, body in enumerate(bodies):
        capture.record(
            str(number), "2026-11-23T14:00:00Z", "application/json", body, "application/json", b'{"p":[1]}', "live", 1
        )
    assert asyncio.run(capture.close())
    for file in (tmp_path / "store").rglob("*.jsonl"):
        assert SECRET.encode() not in file.read_bytes()
    at = datetime(2026, 11, 23, 14, tzinfo=UTC)
    got = {event.event_id: event for event in read(store, "bank", at, at + timedelta(hours=1))}
    assert got["0"].input == b'[{"age":1,"name":null}]'
    assert (got["1"].input, got["2"].input) == (b"", b"")
    assert got["1"].output == b'{"p":[1]}'
