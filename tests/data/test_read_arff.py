"""ARFF: what Weka and OpenML write; scikit-learn and scipy are the oracles."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.data import read
from mlcl.errors import DataError
from mlcl.problem.sections import Data


def arff(folder: Path, text: str) -> pl.DataFrame:
    path = folder / "data.arff"
    path.write_text(text, encoding="utf-8")
    return read.read(path, Data(source="data.arff"))


def test_dense(tmp_path: Path) -> None:
    frame = arff(
        tmp_path,
        "% about\n\n@RELATION 'a b'\n@attribute n NUMERIC\n@attribute\t'it\\'s' real\n@attribute \"q r\" integer\n"
        "@attribute c { x, 'y, z' ,\"w\" , 007}\n@attribute t string\n@attribute d date 'yyyy-MM-dd'\n@data\n"
        "1.5, 2 , 3, x, 'say \\'hi\\'\\n', '2024-01-31'\n% comment\n\n?,?,?,?,?,?\n"
        '1,1,1,\'y, z\',"a \\"b\\"",2024-02-01\n2,2,2,007,?,?\n',
    )
    assert frame.to_dict(as_series=False) == {
        "n": [1.5, None, 1.0, 2.0], "it's": [2.0, None, 1.0, 2.0], "q r": [3, None, 1, 2],
        "c": ["x", None, "y, z", "007"], "t": ["say 'hi'", None, 'a "b"', None],
        "d": [date(2024, 1, 31), None, date(2024, 2, 1), None],
    }  # fmt: skip


def test_a_class_of_numbers_stays_text(tmp_path: Path) -> None:
    frame = arff(tmp_path, "@relation r\n@attribute a numeric\n@attribute Class {1,2}\n@data\n1,1\n2,2\n")
    assert frame.rows() == [(1, "1"), (2, "2")]


def test_sparse(tmp_path: Path) -> None:
    frame = arff(
        tmp_path,
        "@relation r\n@attribute a numeric\n@attribute b numeric\n@attribute c {no, 'y es'}\n@data\n"
        "{0 1.5, 2 'y es'}\n{ }\n{1 ?}\n",
    )
    assert frame.rows() == [(1.5, 0, "y es"), (0.0, 0, "no"), (0.0, None, "no")]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("@relation r\n@attribute a numeric\n", "data.arff"),
        ("@relation r\n@attribute a\n@data\n1\n", "line 2"),
        ("@relation r\n@attribute a numbers\n@data\n1\n", "line 2"),
        ("@relation r\n@attribute a {x,y\n@data\nx\n", "line 2"),
        ("a,b\n1,2\n", "line 1"),
        ("@relation r\n@attribute a numeric\n@attribute b numeric\n@data\n1,2\n1\n", "line 6"),
        ("@relation r\n@attribute a numeric\n@attribute b string\n@data\n1,'x\n", "line 5"),
        ("@relation r\n@attribute a numeric\n@data\n{7 1}\n", "line 4"),
        ("@relation r\n@attribute a numeric\n@data\n1\nx\n", "attribute 'a', row 2"),
    ],
)
def test_what_is_no_arff_says_where(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(DataError) as error:
        arff(tmp_path, text)
    assert where in error.value.where


def quoted(text: str | None) -> str:
    if text is None:
        return "?"
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=6).map(
    lambda t: f"t{t}"
)


@given(st.lists(st.tuples(st.none() | TEXTS, st.none() | st.floats(allow_nan=False)), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, float | None]]) -> None:
    lines = [f"{quoted(text)},{'?' if number is None else repr(number)}" for text, number in rows]
    header = "@relation r\n@attribute 'a b' string\n@attribute n real\n@data\n"
    frame = arff(tmp_path_factory.mktemp("arff"), header + "\n".join(lines))
    assert frame["a b"].to_list() == [text for text, _ in rows]
    assert frame["n"].to_list() == [number for _, number in rows]


def test_scipy_reads_the_same(shared_data: Path) -> None:
    from scipy.io import arff as oracle

    path = shared_data / "cal_housing.arff"
    wanted, about = oracle.loadarff(io.StringIO(path.read_text()))
    frame = read.read(path, Data(source="x"))
    assert frame.columns == about.names()
    for name in frame.columns:
        assert (frame[name].to_numpy() == wanted[name]).all()
