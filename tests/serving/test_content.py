"""CSV bodies: what is read by splitting at commas is what the csv module reads."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.features.parts import Input
from mlcl.serving.content import Columns, Decoder
from mlcl.serving.web import Fault

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
