"""Bodies that nobody should send: whatever comes, the answer is no 5xx, and the server goes on."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from unittest import SkipTest

import httpx
import numpy as np
import orjson
import polars as pl
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import checks

from mlcl.errors import InputError
from mlcl.features.parts import Input
from mlcl.features.recipe import Recipe
from mlcl.serving.content import Columns, Decoder
from mlcl.serving.web import Fault
from mlcl.stores import Store
from tests.serving.served import Process, deployed, process

ROW = {"age": 33, "income": 3100.25, "job": "cook", "owner": True, "since": "2021-05-01"}
TYPES = ["application/json", "text/csv", "application/jsonlines", "application/x-parquet"]
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    store = Store(tmp_path_factory.mktemp("store"))
    deployed(store)
    with process(store) as running:
        yield running
        assert httpx.post(f"{running.address}/invocations", json=[ROW]).status_code == 200
        assert "Traceback" not in running.said()


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_what_the_document_allows_and_forbids(server: Process, mode: schemathesis.GenerationMode) -> None:
    document = schemathesis.openapi.from_url(f"{server.address}/openapi.json")
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) == 7
    for operation in operations:
        try:
            cases = operation.as_strategy(generation_mode=mode)
        except Unsatisfiable:  # nothing to get wrong
            continue

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=cases)
        def sent(case: Any) -> None:
            case.validate_response(case.call(), checks=CHECKS)

        try:
            sent()
        except (Unsatisfiable, SkipTest):
            continue


texts = st.text(max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.integers(10**300, 10**301)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
rows = st.dictionaries(st.sampled_from(list(ROW)) | texts, values, max_size=7)
bodies = st.one_of(
    st.binary(max_size=300),
    values.map(lambda value: json.dumps(value).encode()),
    st.lists(rows | values, max_size=80).map(lambda value: json.dumps({"rows": value}).encode()),
    st.lists(rows, max_size=80).map(lambda value: "\n".join(map(json.dumps, value)).encode()),
    st.lists(st.lists(texts, max_size=6), max_size=20).map(lambda lines: "\n".join(map(",".join, lines)).encode()),
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=bodies, content_type=st.sampled_from(TYPES), accept=st.sampled_from(TYPES), skip=st.booleans())
def test_any_body_is_answered_or_refused(
    server: Process, body: bytes, content_type: str, accept: str, skip: bool
) -> None:
    response = httpx.post(
        f"{server.address}/endpoints/bank/predict?on_error={'skip' if skip else 'fail'}",
        content=body,
        headers={"content-type": content_type, "accept": accept},
    )
    assert response.status_code in (200, 400, 413, 422), response.text
    if response.status_code != 200:
        assert response.json()["detail"]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    noise=st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=4)), max_size=6),
    cut=st.integers(0, 200),
)
def test_damaged_parquet_files_are_refused(server: Process, noise: list[tuple[int, bytes]], cut: int) -> None:
    file = io.BytesIO()
    pl.DataFrame([ROW] * 20).write_parquet(file)
    body = bytearray(file.getvalue())
    for place, some in noise:
        start = place % len(body)
        body[start : start + len(some)] = some
    sent = bytes(body[: len(body) - cut])
    response = httpx.post(
        f"{server.address}/invocations", content=sent, headers={"content-type": "application/x-parquet"}
    )
    assert response.status_code in (200, 400, 413, 422), response.text


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE\r\n\r\n",
        b"GET /ping HTTP/1.1\r\nHost: localhost\r\n" + b"x: y\r\n" * 20_000 + b"\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n{",
        b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"GET /endpoints/\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /endpoints/%00%0a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET /ping?" + b"a=1&" * 50 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
)
def test_odd_http_does_no_harm(server: Process, sent: bytes) -> None:
    with closing(socket.create_connection(("127.0.0.1", server.port))) as caller:
        caller.settimeout(30)
        try:
            caller.sendall(sent)
            caller.shutdown(socket.SHUT_WR)
            said = b"".join(iter(lambda: caller.recv(65536), b""))
        except OSError:
            said = b""
        assert not said.startswith(b"HTTP/1.1 5")
    assert httpx.get(f"{server.address}/ping").status_code == 200


names = st.text(min_size=1, max_size=8).filter(lambda name: name.strip() == name)
cells = {
    "number": st.none() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False),
    "integer": st.none() | st.integers(-(2**53), 2**53),
    "category": st.none() | st.text(max_size=6) | st.integers(-5, 5) | st.booleans(),
    "boolean": st.none() | st.booleans() | st.sampled_from([0, 1, "true"]),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Input], list[dict[str, Any]]]:
    kinds = draw(st.dictionaries(names, st.sampled_from(sorted(cells)), min_size=1, max_size=5))
    inputs = [Input(name=name, kind=kind) for name, kind in kinds.items()]
    row = st.fixed_dictionaries({}, optional={name: cells[kind] for name, kind in kinds.items()})
    wrong = st.fixed_dictionaries({name: st.lists(st.none(), max_size=1) | texts for name in kinds})
    return inputs, draw(st.lists(row | wrong if draw(st.booleans()) else row, min_size=1, max_size=30))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(table=tables())
def test_long_bodies_read_as_columns_mean_what_short_ones_mean(table: tuple[list[Input], list[dict[str, Any]]]) -> None:
    """The two ways of reading JSON give the same matrix, or the same faults."""
    inputs, sent = table
    recipe = recipe_for(inputs)
    encoder, decoder = recipe.compile(), Decoder(inputs)
    try:
        body = orjson.dumps({"rows": sent})
    except TypeError:  # an integer of more than 64 bits
        body = json.dumps({"rows": sent}).encode()
    lines = b"".join(orjson.dumps(row) + b"\n" for row in orjson.loads(body)["rows"])

    def encoded(content_type: str, text: bytes) -> Any:
        found = decoder.decode(content_type, text, 1000)
        try:
            if isinstance(found, Columns):
                return encoder.encode_columns(found.values, found.height, "fail")
            return encoder.encode(found, "fail")
        except InputError as error:
            return error.faults

    bare = orjson.dumps(orjson.loads(body)["rows"])
    bodies = (body, body + b" " * 5000, b" " * 50 + bare + b" " * 5000)
    ways = [encoded("application/json", text) for text in bodies]
    ways += [encoded("application/jsonlines", text) for text in (lines, lines + b"\n" * 5000)]
    for way in ways[1:]:
        assert same(ways[0], way)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, list) or isinstance(other, list):
        return bool(one == other)
    matrices = np.array_equal(one.matrix.view(np.uint32), other.matrix.view(np.uint32))
    return matrices and (one.missing, one.unseen) == (other.missing, other.unseen)


def recipe_for(inputs: list[Input]) -> Recipe:
    """A recipe with one feature per input."""
    features = [
        {"name": one.name, "source": one.name, "encode": "category", "categories": ["a", "0", "true"], "other": True}
        if one.kind == "category"
        else {"name": one.name, "source": one.name, "encode": "boolean" if one.kind == "boolean" else "number"}
        for one in inputs
    ]
    return Recipe.model_validate({"inputs": [one.model_dump() for one in inputs], "features": features})


ODD = ["", "-0", "-0.0", " 1", "1 ", "+1", ".5", "5.", "1e5", "1E-400", "nan", "inf", "null", "NA", "007", "1_0"]
csv_cells = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=False).map(repr),
    st.sampled_from([*ODD, "[1", "2]"]),
    st.decimals(allow_nan=False, allow_infinity=False, places=25).map(str),
)


@settings(max_examples=300, deadline=None)
@given(
    column=st.lists(csv_cells, min_size=7, max_size=40), missing=st.sampled_from([(), ("",), ("", "NA", "null", "7")])
)
def test_numbers_in_texts_read_at_once_mean_what_each_means(column: list[str], missing: tuple[str, ...]) -> None:
    feature = {"name": "x", "source": "x", "encode": "number"}
    recipe = Recipe.model_validate(
        {"inputs": [{"name": "x", "kind": "number"}], "features": [feature], "missing": missing}
    )
    encoder = recipe.compile()
    kept = encoder.encode([{"x": cell} for cell in column], "skip")
    alone = [encoder.encode([{"x": cell}], "skip") for cell in column]
    matrix = np.concatenate([one.matrix for one in alone])
    np.testing.assert_array_equal(kept.matrix.view(np.uint32), matrix.view(np.uint32))
    whole = encoder.encode_columns({"x": column}, len(column), "skip")
    np.testing.assert_array_equal(whole.matrix.view(np.uint32), matrix.view(np.uint32))
    assert whole.missing == kept.missing == sum(one.missing for one in alone)


@settings(max_examples=300, deadline=None)
@given(
    cells=st.lists(st.lists(st.text(max_size=5), min_size=3, max_size=3), min_size=1, max_size=10),
    quote=st.booleans(),
    ends=st.sampled_from(["\n", "\r\n"]),
)
def test_csv_is_read_as_the_standard_reader_reads_it(cells: list[list[str]], quote: bool, ends: str) -> None:
    import csv

    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=ends, quoting=csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL).writerows(cells)
    text = out.getvalue()
    expected = [line for line in csv.reader(io.StringIO(text, newline="")) if line]
    decoder = Decoder([Input(name=name, kind="text") for name in ("one", "two", "three")])
    if any(len(line) != 3 for line in expected):
        with pytest.raises(Fault):
            decoder.decode("text/csv", text.encode(), 1000)
        return
    if not expected or 2 * len(set(map(str.strip, expected[0])) & set(decoder.names)) > 3:
        return
    found = decoder.decode("text/csv", text.encode(), 1000)
    assert isinstance(found, Columns)
    assert [list(line) for line in zip(*found.values.values(), strict=True)] == expected
