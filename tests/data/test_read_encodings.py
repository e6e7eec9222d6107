"""CSV files in every encoding, damaged ones, and what the options ask for."""

from __future__ import annotations

import gzip
import random
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcl.data import read_csv
from mlcl.errors import DataError, ProblemError
from tests.data.reading import Reader, message


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


@pytest.fixture(params=["whole", "sampled"])
def csv(request: pytest.FixtureRequest, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Small files are looked at whole, large ones through a sample: what comes out is the same."""
    if request.param == "sampled":
        monkeypatch.setattr(read_csv, "WHOLE", 0)
    return reader


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_encodings_are_told(csv: Reader, encoding: str) -> None:
    content = "näme,b\ncafé “quoted”,1\nüber,2\n" + "plain,3\n" * 50
    frame = csv(content.encode(encoding))
    assert frame.columns == ["näme", "b"]
    assert frame["näme"][0] == "café “quoted”"
    assert bool(csv.notes) == (not encoding.startswith("utf-8"))


def test_latin_1(csv: Reader) -> None:
    assert csv("a,b\ncaf\xe9 \x85\x81,1\n".encode("latin-1"))["a"].to_list() == ["caf\xe9 \x85\x81"]


def test_an_encoding_given(csv: Reader) -> None:
    assert csv("a,b\nпривет,1\n".encode("cp1251"), encoding="cp1251")["a"].to_list() == ["привет"]
    assert csv.notes == []


def test_an_unknown_encoding(csv: Reader) -> None:
    with pytest.raises(ProblemError, match="no such text encoding") as error:
        csv("a\n1\n", encoding="utf-88")
    assert "Did you mean 'utf-8'" in message(error)


@pytest.mark.parametrize("options", [{"encoding": "utf-8"}, {}])
def test_a_damaged_byte_names_its_line(csv: Reader, options: dict[str, str]) -> None:
    content = ("a,b\n" + "größe,1\n" * 20).encode() + b"gr\xff,1\n"
    with pytest.raises(DataError, match="not valid UTF-8") as error:
        csv(content, **options)
    assert "data.csv, line 22" in message(error)
    assert "0xff" in message(error)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    text = st.text(st.characters(codec="cp1252", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=6)
    kinds: dict[str, tuple[pl.DataType, st.SearchStrategy[Any]]] = {
        "i": (pl.Int64(), st.integers(-(2**63), 2**63 - 1)),
        "n": (pl.Float64(), st.floats(allow_nan=False, allow_infinity=False, width=32)),
        "t": (pl.String(), text.map(lambda t: f"t{t}.")),
        "d": (pl.Date(), st.dates(date(1000, 1, 1))),
        "b": (pl.Boolean(), st.booleans()),
    }
    rows = data.draw(st.integers(1, 6))
    columns = [
        pl.Series(name, [data.draw(values | st.none()) for _ in range(rows)], dtype=dtype, strict=False)
        for name, (dtype, values) in kinds.items()
    ]
    table = pl.DataFrame([pl.Series("k", ["key"] * rows), *columns])
    mark = data.draw(st.sampled_from(".,"))
    delimiter = data.draw(st.sampled_from(",;\t|" if mark == "." else ";\t|"))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    content = table.write_csv(separator=delimiter, decimal_comma=mark == ",").encode(encoding)
    reader = Reader(tmp_path_factory.mktemp("trip"))
    found = reader(content, decimal=mark, encoding=None if "utf" in encoding else encoding)
    for name in table.columns:
        assert found[name].to_list() == table[name].to_list()


@pytest.mark.parametrize(
    ("content", "what", "where"),
    [
        (b"", "empty (0 bytes)", "data.csv"),
        (b"\n\n", "empty", "data.csv"),
        (b"a,b\n1,2\n3\n5,6\n", "another number of fields", "line 3"),
        (b"a,b\n1,2\n3,4,5\n5,6\n", "another number of fields", "line 3"),
        (b'a,b\n"1",2\n"3"\n5,6\n', "another number of fields", "line 3"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "never closed", "line 3"),
        (b"a,b\n1,2\n3,x\0y\n", "NUL", "line 3"),
        (gzip.compress(b"a,b\n" + random.Random(1).randbytes(5000), mtime=0)[:-400], "cut off", "data.csv"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-8] + b"\0" * 8, "damaged", "data.csv"),
        (gzip.compress(b"", mtime=0), "empty", "data.csv"),
        (b"<!DOCTYPE html><html></html>", "web page", "data.csv"),
    ],
)
def test_what_cannot_be_read_says_where(csv: Reader, content: bytes, what: str, where: str) -> None:
    with pytest.raises(DataError) as error:
        csv(content)
    assert what in error.value.what
    assert where in error.value.where
    assert not csv.output.exists() or what == "another number of fields"


def test_header_only(csv: Reader) -> None:
    assert csv("a,b\n").shape == (0, 2)


def test_three_rows(csv: Reader) -> None:
    assert csv("a,b\n1,2\n3,4\n5,6").shape == (3, 2)


def test_a_sample_is_seeded_and_keeps_the_order(csv: Reader) -> None:
    text = "a,b\n" + "".join(f"{number},x\n" for number in range(1000))
    first = csv(text, rows=50)["a"].to_list()
    assert first == csv(text, rows=50)["a"].to_list() == sorted(set(first))
    assert len(first) == 50
    assert csv(text, rows=2000).height == 1000


def test_new_names_and_codes(csv: Reader) -> None:
    frame = csv(
        "V1,V2,c\n1,1.0,a\n2,2.0,b\n3,2.5,\n",
        rename={"V1": "age", "V2": "c", "c": "V2", "V9": "z"},
        recode={"age": {"1": "2", "2": "1"}, "c": {"1": "one", "2": "two"}, "no": {"1": "x"}},
    )
    assert frame.to_dict(as_series=False) == {
        "age": ["2", "1", "3"], "c": ["one", "two", "2.5"], "V2": ["a", "b", None],
    }  # fmt: skip
    assert [note.split()[0] for note in csv.notes] == ["data.rename", "data.recode"]
    with pytest.raises(ProblemError, match="one name"):
        csv("a,b\n1,2\n", rename={"a": "b"})
