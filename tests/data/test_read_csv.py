"""CSV files: their layout and the types of their columns."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.data import read_csv, schema
from mlcl.errors import ProblemError
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


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told(csv: Reader, delimiter: str) -> None:
    text = "a,b,c\n1,x y,2.5\n2,z,3.5\n".replace(",", delimiter)
    assert csv(text).rows() == [(1, "x y", 2.5), (2, "z", 3.5)]


def test_semicolons_and_decimal_commas(csv: Reader) -> None:
    assert csv("a;b\n1,5;x\n2,25;y\n").rows() == [(1.5, "x"), (2.25, "y")]


def test_semicolons_and_decimal_commas_without_a_header(csv: Reader) -> None:
    assert csv("1,5;2,5;3\n2,5;3,5;4\n", header=False).rows() == [(1.5, 2.5, 3), (2.5, 3.5, 4)]


def test_dots_between_thousands_become_no_wrong_numbers(csv: Reader) -> None:
    frame = csv("price;people;big\n1,5;1.234;1.234,5\n2,5;12.500;7,25\n")
    assert frame.rows() == [(1.5, "1.234", 1234.5), (2.5, "12.500", 7.25)]
    assert any("'people'" in note and "data.decimal" in note for note in csv.notes)


def test_one_column(csv: Reader) -> None:
    assert csv("a\n1\n2\n").rows() == [(1,), (2,)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(csv: Reader, end: str, last: bool) -> None:
    text = end.join(["a,b", "1,x", "2,y"]) + (end if last else "")
    assert csv(text).rows() == [(1, "x"), (2, "y")]


def test_quotes(csv: Reader) -> None:
    frame = csv('a,"b\nc",d\n1,"x, ""y""\nz",2\n3,"",4\n')
    assert frame.columns == ["a", "b c", "d"]
    assert frame.rows() == [(1, 'x, "y"\nz', 2), (3, None, 4)]


def test_stray_quotes(csv: Reader) -> None:
    assert csv('a,b\n1,5" pipe\n2,x\n3,y\n').rows() == [(1, '5" pipe'), (2, "x"), (3, "y")]


def test_space_before_quotes(csv: Reader) -> None:
    assert csv('a, b\n1, "x, y"\n2, "z"\n').rows() == [(1, "x, y"), (2, "z")]


def test_blank_lines_are_no_rows(csv: Reader) -> None:
    assert csv("\n\na,b\n1,x\n\n2,\n,\n\n\n").rows() == [(1, "x"), (2, None)]
    assert csv("a\n1\n\n2\n\n").rows() == [(1,), (2,)]


def test_no_header(csv: Reader) -> None:
    assert csv("1,x\n2,y\n", header=False).to_dict(as_series=False) == {"column_1": [1, 2], "column_2": ["x", "y"]}
    assert csv.notes == []


def test_names_given(csv: Reader) -> None:
    assert csv("1,x\n2,y\n", header=False, columns=["n", "t"]).columns == ["n", "t"]
    assert csv("a,b\n1,x\n", columns=["n", "t"]).to_dicts() == [{"n": 1, "t": "x"}]
    with pytest.raises(ProblemError, match="every column") as error:
        csv("1,x\n2,y\n", header=False, columns=["n"])
    assert "1 names; the data have 2 columns" in message(error)


def test_a_first_line_of_numbers_is_remarked(csv: Reader) -> None:
    csv("1,2,x\n3,4,y\n")
    assert "data.header" in csv.notes[0]


def test_names_are_mended(csv: Reader) -> None:
    frame = csv("a, a ,,b,a_2,\n1,2,3,4,5,6\n")
    assert frame.columns == ["a", "a_3", "column_3", "b", "a_2", "column_6"]
    assert len(csv.notes) == 3


@given(st.lists(st.text(alphabet="ab_2 \n", max_size=4), min_size=1, max_size=8))
def test_mended_names_are_unique_and_keep_good_ones(names: list[str]) -> None:
    mended, notes = schema.repaired(names)
    assert len(set(mended)) == len(names)
    assert all(name and name == name.strip() for name in mended)
    if len(set(names)) == len(names) and all(name and name == " ".join(name.split()) for name in names):
        assert (mended, notes) == (names, [])


def test_many_columns(csv: Reader) -> None:
    names = [f"c{number}" for number in range(600)]
    rows = [",".join(str(row * number) for number in range(600)) for row in range(3)]
    frame = csv("\n".join([",".join(names), *rows]))
    assert frame.shape == (3, 600)
    assert frame.row(2)[-1] == 1198


def test_an_integer_column_that_later_has_a_fraction(csv: Reader) -> None:
    text = "a,b\n" + "5191,x\n" * 30_000 + "5228.1,y\n"
    frame = csv(text)
    assert frame.schema == {"a": pl.Float64, "b": pl.String}
    assert frame.row(-1) == (5228.1, "y")


def test_a_code_far_down_keeps_its_zeros(csv: Reader) -> None:
    frame = csv("a,b\n" + "12345,1\n" * 400_000 + "00123,1\n" + "12345,1\n" * 400_000)
    assert frame["a"][400_000] == "00123"
    assert frame.schema["b"] == pl.Int64


def test_mixed_types_are_text_and_the_first_misfit_is_named(csv: Reader) -> None:
    frame = csv("a,b\n1,1\n2,1\nabc,1\n4,1\nx,1\n")
    assert frame["a"].to_list() == ["1", "2", "abc", "4", "x"]
    assert csv.notes == ["'a' is mostly numbers, but row 3 has 'abc'; it is text."]


def test_texts_of_several_lines_do_not_confuse_the_sample(csv: Reader) -> None:
    text = "d,t,n\n" + '2024-01-31,"one\ntwo, three\n""four""",1\n' * 120_000
    frame = csv(text)
    assert frame.schema == {"d": pl.Date, "t": pl.String, "n": pl.Int64}
    assert frame.height == 120_000
    assert frame["t"].unique().to_list() == ['one\ntwo, three\n"four"']


def test_columns_may_be_called_anything(csv: Reader) -> None:
    names = ["row", "rows", "len", "literal", "values", "text", "x:missing", "index"]
    frame = csv(",".join(names) + "\n" + ",".join("1" * 8) + "\n2" + ",x" * 7 + "\n3" + ",3" * 7 + "\n", rows=2)
    assert frame.columns == names
    assert schema.describe(csv.output)[0] == 2


def test_missing_values(csv: Reader) -> None:
    frame = csv("a,b,c\n1,?,\n NA,x,\nnull, n/k ,\n", missing=["?", "NA", "null", "n/k"])
    assert frame.rows() == [(1, None, None), (None, "x", None), (None, None, None)]


def test_white_space_is_no_part_of_a_value(csv: Reader) -> None:
    assert csv("a,b,c\n 1 , x y ,?\n2,\u00a0x y\t, z\n").rows() == [(1, "x y", None), (2, "x y", "z")]


def test_values_of_every_kind(csv: Reader) -> None:
    frame = csv("i,n,t,f,d,m\n1,1.5,x,true,2024-01-31,2024-01-31 10:20:30\n2,inf,,False,2024-02-01,\n")
    assert frame.schema == {
        "i": pl.Int64, "n": pl.Float64, "t": pl.String, "f": pl.Boolean, "d": pl.Date, "m": pl.Datetime("us"),
    }  # fmt: skip
    assert frame.row(0) == (1, 1.5, "x", True, date(2024, 1, 31), datetime.fromisoformat("2024-01-31T10:20:30"))
    assert frame.row(1) == (2, float("inf"), None, False, date(2024, 2, 1), None)
