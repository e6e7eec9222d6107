"""Bodies that are read in a quick way mean what they mean read cell by cell."""

from __future__ import annotations

import csv
import io
from functools import cache, partial
from typing import Any

import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mlcl.features.parts import Input
from mlcl.features.recipe import Recipe
from mlcl.serving.content import Columns, Decoder
from mlcl.serving.web import Fault
from tests.features.cases import MISSING
from tests.features.test_skew import same
from tests.serving.served import KINDS, frame

NAMES = ["a", "b", "c"]
LINES = st.lists(st.lists(st.text('x1" ', max_size=3), min_size=1, max_size=4).map(",".join), max_size=6)


def read(text: str) -> Columns | Fault:
    decoder = Decoder([Input(name=name, kind="category") for name in NAMES])
    try:
        found = decoder.decode("text/csv", text.encode(), 100)
    except Fault as fault:
        return fault
    assert isinstance(found, Columns)
    return found


@given(lines=LINES, end=st.sampled_from(["\n", "\r\n", "\r"]), last=st.booleans(), header=st.booleans())
def test_csv_is_read_as_the_csv_module_reads_it(lines: list[str], end: str, last: bool, header: bool) -> None:
    text = end.join([",".join(NAMES), *lines] if header else lines) + end * last
    found = read(text)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row][header:]
    except csv.Error:
        assert isinstance(found, Fault)
        assert found.status == 400
        return
    uneven = [number for number, row in enumerate(rows) if len(row) != len(NAMES)]
    if uneven:
        assert isinstance(found, Fault)
        assert [fault["row"] for fault in found.more["faults"]] == uneven
    elif rows:
        assert isinstance(found, Columns)
        assert list(zip(*(found.values[name] for name in NAMES), strict=True)) == [tuple(row) for row in rows]
        assert found.height == len(rows)
    else:
        assert isinstance(found, Fault)


@pytest.mark.parametrize("text", ["", "\n\n", "a,b,c\n"])
def test_csv_without_rows_is_refused(text: str) -> None:
    found = read(text)
    assert isinstance(found, Fault)
    assert found.status == 422
    assert "no rows" in str(found)


@cache
def small() -> Recipe:
    table = frame().with_columns(pl.col("age").map_elements(lambda age: "AB\u00e9"[age % 3], pl.String).alias("town"))
    kinds: Any = {**KINDS, "town": "category"}
    return Recipe.fit(table, kinds, {"busy": "job IS NOT NULL AND owner"}, missing=MISSING)


def _wrapped(name: str, rows: list[Any]) -> dict[str, Any]:
    return {name: rows}


ROW = st.fixed_dictionaries(
    {"since": st.sampled_from(["2020-02-01", None, "2020-02-01", "soon"])},
    optional={
        "age": st.integers(0, 99) | st.none(),
        "income": st.floats(-1e39, 1e39) | st.just("1e3"),
        "job": st.sampled_from(["clerk", "cook", " cook ", "retired, at home", "new", "", MISSING[-1], None, 3, True]),
        "town": st.sampled_from(["A", "B", '\u00e9 "x"', "C", " A", "", MISSING[-1], None]),
    },
)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(ROW, min_size=1, max_size=9), copies=st.sampled_from([1, 100]))
@example(rows=[{"town": "C"}, {"town": " A"}, {"town": ""}, {"town": None}, {}], copies=100)
@example(rows=[{"town": "C", "since": "soon"}, {"town": "A"}], copies=200)
def test_long_json_gives_the_bits_of_its_rows(rows: list[dict[str, Any]], copies: int) -> None:
    recipe, rows = small(), rows * copies
    encoder = recipe.compile()
    assert list(encoder.json_types()) == ["town"], "a formula reads job, so its texts are needed"
    decoder = Decoder(recipe.inputs, encoder.json_types())
    wanted = encoder.encode(rows, "skip")
    for content_type, body in [
        ("application/json", orjson.dumps(rows)),
        ("application/json", orjson.dumps({"rows": rows})),
        ("application/jsonlines", b"\n".join(map(orjson.dumps, rows))),
    ]:
        sent = decoder.decode(content_type, body, len(rows))
        if isinstance(sent, Columns):
            same(wanted, encoder.encode_columns(sent.values, sent.height, "skip", sent.rows))
        else:
            same(wanted, encoder.encode(sent, "skip"))


SHAPES = st.sampled_from(
    [lambda rows: rows, lambda rows: rows[0], *(partial(_wrapped, name) for name in ("rows", "instances"))]
)
BODY = st.tuples(SHAPES, st.lists(ROW, min_size=1, max_size=3)).map(lambda pair: orjson.dumps(pair[0](pair[1])))
HOSTILE = [
    b'{"age":1',
    b',"age":2}',
    b'{"age":1}{"age":2}',
    b'{"x":1,"rows":[{"age":3},{}]}',
    b'"rows"',
    b"null",
    b" ",
    b"\xff",
]


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    bodies=st.lists(BODY, min_size=1, max_size=9) | st.lists(BODY | st.sampled_from(HOSTILE), min_size=1, max_size=5)
)
@example(bodies=[b'{"age":1', b',"age":2}', b'{"age":1}{"age":2}'])
@example(bodies=[b'{"age":1}', b'{"x":1,"rows":[{"age":3},{}]}'])
def test_bodies_read_together_give_the_bits_of_each_alone(bodies: list[bytes]) -> None:
    encoder = small().compile()
    decoder = Decoder(small().inputs, encoder.json_types())
    found = decoder.together(bodies)
    many = encoder.encode_many(found[1].values, found[0]) if found else None
    for body, one in zip(bodies, many or (), strict=False):
        rows = decoder.decode("application/json", body, 100)
        assert isinstance(rows, list), "a short body is read row by row"
        same(encoder.encode(rows), one)
    if many is not None:
        assert len(many) == len(bodies)


def test_plain_bodies_are_read_together() -> None:
    decoder = Decoder(small().inputs, small().compile().json_types())
    found = decoder.together([b'{"age":1}', b'{"rows":[{"age":2},{"town":"A"}]}', b"[]"])
    assert found
    assert found[0] == [1, 2, 0]
    assert found[1].values["age"][:2].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("name", ["rows", "a\n"])
def test_names_that_no_quick_type_can_have(name: str) -> None:
    """A body of null is no row, and a column may be called as what is around rows."""
    decoder = Decoder([Input(name=name, kind="number")])
    assert decoder.together([b"null"]) is None
    assert decoder.decode("application/json", b"[null" + b",null" * 1000 + b"]", 2000) == [None] * 1001
