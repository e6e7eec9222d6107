"""Parquet, Arrow, JSON, Excel and packed files."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlcl.data import read_csv
from mlcl.errors import DataError, NotFound
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
