"""What is kept of a table that was read: its bytes, and how its columns are described."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from mlcl.data import read, read_csv, schema
from mlcl.errors import ProblemError
from mlcl.problem import from_dict
from tests.data.reading import Reader


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


@pytest.fixture(params=["whole", "sampled"])
def csv(request: pytest.FixtureRequest, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Small files are looked at whole, large ones through a sample: what comes out is the same."""
    if request.param == "sampled":
        monkeypatch.setattr(read_csv, "WHOLE", 0)
    return reader


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
