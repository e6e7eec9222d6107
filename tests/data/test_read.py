"""Reading files of every format, the nasty ones included: each works rightly or gives one clear message."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
import subprocess
import sys
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from mlcl.data import read, read_csv, schema
from mlcl.errors import DataError, MlclError, NotFound, ProblemError
from mlcl.problem import from_dict
from mlcl.problem.sections import Data


class Reader:
    """Writes bytes to a file, reads them as a snapshot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[str] = []
        self.output = folder / "out" / "data.parquet"
        self.output.parent.mkdir()

    def __call__(self, content: bytes | str, name: str = "data.csv", **options: Any) -> pl.DataFrame:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.notes = read.snapshot(path, self.output, Data(source=name, **options), label=name, seed=7)
        assert [item.name for item in self.output.parent.iterdir()] == ["data.parquet"]
        return pl.read_parquet(self.output, memory_map=False)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


@pytest.fixture(params=["whole", "sampled"])
def csv(request: pytest.FixtureRequest, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Small files are looked at whole, large ones through a sample: what comes out is the same."""
    if request.param == "sampled":
        monkeypatch.setattr(read_csv, "WHOLE", 0)
    return reader


def message(error: pytest.ExceptionInfo[MlclError]) -> str:
    return str(error.value)


# CSV: layout ---------------------------------------------------------------------------------------------------------


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


# CSV: types ----------------------------------------------------------------------------------------------------------


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


# CSV: encodings ------------------------------------------------------------------------------------------------------


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


# CSV: what cannot be read --------------------------------------------------------------------------------------------


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


# What the options ask for --------------------------------------------------------------------------------------------


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


# Other formats -------------------------------------------------------------------------------------------------------

TABLE = pl.DataFrame(
    {
        "i": pl.Series([1, None], dtype=pl.Int32),
        "u": pl.Series([1, 2], dtype=pl.UInt64),
        "n": pl.Series([1.5, float("nan")], dtype=pl.Float32),
        "t": [" x ", "?"],
        "c": pl.Series(["p", "q"], dtype=pl.Categorical),
        "b": [True, None],
        "d": [date(2024, 1, 31), None],
        "m": pl.Series([datetime.fromisoformat("2024-01-31T12:00"), None], dtype=pl.Datetime("ns", "Europe/Berlin")),
        "e": pl.Series([Decimal("1.25"), None], dtype=pl.Decimal(10, 2)),
        "l": [[1, 2], None],
        "s": [{"k": 1}, {"k": None}],
    }
)
NORMAL = [
    (
        1,
        1,
        1.5,
        "x",
        "p",
        True,
        date(2024, 1, 31),
        datetime.fromisoformat("2024-01-31T12:00"),
        1.25,
        '{"l":[1,2]}',
        '{"s":{"k":1}}',
    ),
    (None, 2, None, None, "q", None, None, None, None, None, '{"s":{"k":null}}'),
]


def arrow_stream(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.write_ipc_stream(buffer)
    return buffer.getvalue()


def written(table: pl.DataFrame, how: str) -> bytes:
    buffer = io.BytesIO()
    getattr(table, how)(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("how", ["write_parquet", "write_ipc", "write_ipc_stream"])
@pytest.mark.parametrize("named", ["data.bin", "data.csv"])
def test_typed_formats(reader: Reader, how: str, named: str) -> None:
    frame = reader(written(TABLE, how), named)
    assert frame.rows() == NORMAL
    assert set(frame.dtypes) <= {pl.Int64, pl.Float64, pl.String, pl.Boolean, pl.Date, pl.Datetime("us")}
    assert len(reader.notes) == 2


def test_whole_numbers_beyond_64_bits_lose_nothing(reader: Reader) -> None:
    table = pl.DataFrame({"u": pl.Series([2**64 - 1, 1], dtype=pl.UInt64)})
    assert reader(written(table, "write_parquet"))["u"].to_list() == [str(2**64 - 1), "1"]
    assert "64 bits" in reader.notes[0]


@pytest.mark.parametrize("how", ["write_parquet", "write_ipc"])
def test_a_damaged_file(reader: Reader, how: str) -> None:
    content = written(TABLE, how)
    with pytest.raises(DataError, match="cannot be read") as error:
        reader(content[: len(content) // 2])
    assert "Traceback" not in message(error)


def test_json_lines(reader: Reader) -> None:
    text = '{"a": 1, "b": "x", "z": "007"}\n{"a": 2.5, "d": "2024-01-31"}\n\n{"a": null, "n": {"k": [1]}}\n'
    frame = reader(text, "data.jsonl")
    assert frame.to_dict(as_series=False) == {
        "a": [1.0, 2.5, None], "b": ["x", None, None], "z": ["007", None, None],
        "d": [None, date(2024, 1, 31), None], "n": [None, None, '{"n":{"k":[1]}}'],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["data.jsonl", "data"])
def test_json_lines_of_mixed_types(reader: Reader, name: str) -> None:
    frame = reader('{"a": true, "b": 1}\n{"a": 1, "b": 2}\n{"b": 3.5}\n', name)
    assert frame.to_dict(as_series=False) == {"a": ["true", "1", None], "b": [1.0, 2.0, 3.5]}


def test_a_json_array(reader: Reader) -> None:
    assert reader('[{"a": 1}, {"a": 2}]', "data.json").to_dict(as_series=False) == {"a": [1, 2]}


@pytest.mark.parametrize(
    ("text", "where"), [('{"a": 1}\n{"a": \n', "line 2"), ('{"a": 1}\nnope\n', "line 2"), ('{"a": 1}\n[1]\n', "line 2")]
)
def test_broken_json_names_its_line(reader: Reader, text: str, where: str) -> None:
    with pytest.raises(DataError) as error:
        reader(text, "data.jsonl")
    assert where in error.value.where


def workbook(rows: list[list[Any]], sheet: str = "Data") -> bytes:
    """A minimal .xlsx file: numbers, inline texts, and dates as days since 1899-12-30 in style 1."""

    def cell(value: Any) -> str:
        if value is None:
            return "<c/>"
        if isinstance(value, date):
            return f'<c s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    data = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="{sheet}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        "</styleSheet>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_excel(reader: Reader) -> None:
    rows = [["n", "x", "", "n", "d"], [1, 1.5, "a", "007", date(2024, 1, 31)], [2, None, "?", "12", date(2024, 2, 1)]]
    frame = reader(workbook(rows), "data.xlsx")
    assert frame.columns == ["n", "x", "column_3", "n_2", "d"]
    assert frame.rows() == [(1, 1.5, "a", "007", date(2024, 1, 31)), (2, None, None, "12", date(2024, 2, 1))]


def test_excel_sheets(reader: Reader) -> None:
    assert reader(workbook([[1, 2], [3, 4]]), "data.xlsx", sheet="Data", header=False).rows() == [(1, 2), (3, 4)]
    with pytest.raises(NotFound, match="no sheet 'Dato'") as error:
        reader(workbook([["a"], [1]]), "data.xlsx", sheet="Dato")
    assert "Did you mean 'Data'" in message(error)


def test_excel_without_rows(reader: Reader) -> None:
    assert reader(workbook([["a", "b"]]), "data.xlsx").shape == (0, 2)
    with pytest.raises(DataError, match="empty"):
        reader(workbook([]), "data.xlsx")


@pytest.mark.parametrize(
    ("content", "declared"),
    [(b"a,b\n1,2\n", "parquet"), (b"a,b\n1,2\n", "excel"), (written(TABLE, "write_parquet"), "csv")],
)
def test_a_wrong_format(reader: Reader, content: bytes, declared: str) -> None:
    with pytest.raises(DataError, match=f"not in the format '{declared}'"):
        reader(content, "data", format=declared)


def test_a_zip_archive(reader: Reader) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data.csv", "a\n1\n")
    with pytest.raises(DataError, match="zip archive"):
        reader(buffer.getvalue(), "data.zip")


@pytest.mark.parametrize("name", ["data.csv.gz", "data"])
def test_gzip(reader: Reader, name: str) -> None:
    assert reader(gzip.compress(b"a,b\n1,x\n", mtime=0), name).rows() == [(1, "x")]


# The snapshot --------------------------------------------------------------------------------------------------------


def test_the_real_files(shared_data: Path, reader: Reader) -> None:
    shapes = {
        "bank-additional.csv": (4119, 21), "bank-additional-full.csv": (41188, 21), "bank-full.csv": (45211, 17),
        "emp_attrition.csv": (1470, 35), "california-housing.csv": (20640, 10), "cal_housing.arff": (20640, 9),
        "winequality-red.csv": (1599, 12), "winequality-white.csv": (4898, 12),
    }  # fmt: skip
    for name, shape in shapes.items():
        frame = reader((shared_data / name).read_bytes(), name)
        assert frame.shape == shape
        assert reader.notes == []
        if name.endswith(".csv"):
            separator = ";" if b";" in (shared_data / name).read_bytes()[:100] else ","
            whole = pl.read_csv(shared_data / name, separator=separator, infer_schema_length=None)
            assert_frame_equal(frame, whole, check_dtypes=True)


SNAPSHOT = """
import sys
from pathlib import Path
from mlcl.data import read, read_csv
from mlcl.problem.sections import Data
read_csv.WHOLE = int(sys.argv[3])
read.snapshot(Path(sys.argv[1]), Path(sys.argv[2]), Data(source="x"))
"""


def test_the_bytes_do_not_depend_on_threads(tmp_path: Path) -> None:
    source = tmp_path / "data.csv"
    rows = (
        f"{number},{number * 0.37:.3f},name {number % 977},{'yes' if number % 3 else 'no'}" for number in range(300_000)
    )
    source.write_text("a,b,c,d\n" + "\n".join(rows))
    digests = set()
    for threads, whole in (("1", "0"), ("2", "0"), ("5", "0"), ("3", str(1 << 30))):
        output = tmp_path / f"{threads}.parquet"
        environment = {**os.environ, "POLARS_MAX_THREADS": threads}
        subprocess.run([sys.executable, "-c", SNAPSHOT, source, output, whole], env=environment, check=True)
        digests.add(hashlib.sha256(output.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_columns_are_described(reader: Reader) -> None:
    reader(
        "i,n,c,t,d,b,e\n"
        + "".join(
            f"{n},{'inf' if n == 5 else n / 2},{'xy'[n % 2]},id {n},2024-01-{n % 28 + 1:02},{n % 2 == 0},\n".replace(
                "True", "true"
            ).replace("False", "false")
            for n in range(200)
        )
    )
    rows, columns = schema.describe(reader.output)
    about = {column.name: column for column in columns}
    assert rows == 200
    assert [about[name].kind for name in "inctdbe"] == [
        "integer", "number", "category", "text", "date", "boolean", "category",
    ]  # fmt: skip
    assert (about["i"].min, about["i"].max) == (0, 199)
    assert (about["n"].min, about["n"].max) == (0, 99.5)
    assert about["c"].categories == ("x", "y")
    assert (about["t"].distinct, about["t"].categories) == (200, None)
    assert (about["d"].min, about["d"].max) == ("2024-01-01", "2024-01-28")
    assert (about["e"].missing, about["e"].distinct, about["e"].categories) == (200, 0, ())


def test_names_that_polars_takes_for_patterns(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("*,^a$,b\n1,2,3\n4,5,6\n")
    assert read.read(tmp_path / "data.csv").columns == ["column_1", "column_2", "b"]
    for data in ({"rename": {"b": "*"}}, {"columns": ["x", "^.*$", "z"]}):
        with pytest.raises(ProblemError, match="pattern"):
            from_dict({"problem": {"name": "p", "target": "y"}, "data": {"source": "data.csv", **data}}, base=tmp_path)
