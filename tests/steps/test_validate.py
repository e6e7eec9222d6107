"""The validate step, from folder to folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlcl.errors import BAD_DATA, USAGE, DataError, ExpectationError, ProblemError
from mlcl.problem import Problem, from_dict
from mlcl.records import Column, Dataset
from mlcl.steps.validate import validate

KINDS = {pl.Int64: "integer", pl.Float64: "number", pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "datetime"}


def collected(folder: Path, frame: pl.DataFrame) -> Path:
    """The result of `collect` for `frame`."""
    folder.mkdir(parents=True)
    frame.write_parquet(folder / "data.parquet")
    kinds = {name: KINDS.get(dtype.base_type(), "category") for name, dtype in frame.schema.items()}
    Dataset(
        digest=hashlib.sha256((folder / "data.parquet").read_bytes()).hexdigest(),
        rows=len(frame),
        columns=tuple(Column(name=name, kind=kind) for name, kind in kinds.items()),
        source="test",
    ).write(folder / "dataset.json")
    return folder


def problem_of(target: str = "y", **sections: Any) -> Problem:
    question = {"name": "p", "target": target, **sections.pop("problem", {})}
    data = {"source": "x.csv", **sections.pop("data", {})}
    return from_dict({"problem": question, "data": data, **sections}, base=Path())


def frame_of(rows: int = 40) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "age": [20 + i % 37 for i in range(rows)],
            "job": [["cook", "nurse", "clerk"][i % 3] for i in range(rows)],
            "week": [i // 5 for i in range(rows)],
            "y": ["yes" if i % 4 == 0 else "no" for i in range(rows)],
        }
    )


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def validated(problem: Problem, frame: pl.DataFrame) -> dict[str, Any]:
        output = tmp_path / "validate"
        output.mkdir()
        validate(problem, {"collect": collected(tmp_path / "collect", frame)}, output)
        assert [file.name for file in output.iterdir()] == ["profile.json"]
        return json.loads((output / "profile.json").read_bytes())

    return validated


def test_profile_is_written(run: Any) -> None:
    problem = problem_of(
        data={"drop": ["job"], "expect": {"age": {"min": 17}}}, split={"group": "week"}, evaluate={"segments": ["job"]}
    )
    document = run(problem, frame_of())
    assert {column["name"]: column["role"] for column in document["columns"]} == {
        "age": "feature",
        "job": "dropped",
        "week": "split",
        "y": "target",
    }
    assert document["target"]["labels"] == ["no", "yes"]
    assert document["rows"] == 40
    (expectation,) = document["expectations"]
    assert (expectation["column"], expectation["check"], expectation["broken"]) == ("age", "min", 0)


def test_same_bytes_each_time(tmp_path: Path) -> None:
    inputs = {"collect": collected(tmp_path / "collect", frame_of())}
    written = []
    for name in "ab":
        (tmp_path / name).mkdir()
        validate(problem_of(), inputs, tmp_path / name)
        written.append((tmp_path / name / "profile.json").read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("sections", "where", "words"),
    [
        ({"target": "Y"}, "problem.target", "there is no column 'Y'"),
        ({"data": {"drop": ["jobs"]}}, "data.drop", "Did you mean 'job'"),
        ({"data": {"expect": {"agee": {"min": 1}}}}, "data.expect", "Did you mean 'age'"),
        ({"split": {"time": "weeks"}}, "split.time", "Did you mean 'week'"),
        ({"split": {"group": "x"}}, "split.group", "no column 'x'"),
        ({"split": {"column": "x"}}, "split.column", "no column 'x'"),
        ({"evaluate": {"segments": ["jb"]}}, "evaluate.segments", "Did you mean 'job'"),
        ({"split": {"group": "y"}}, "split.group", "split by the target"),
        ({"problem": {"positive": "Yes"}}, "problem.positive", "Did you mean 'yes'"),
        ({"goal": [{"metric": "rmse", "at_most": 1}]}, "[[goal]] metric", "this is a binary problem"),
        ({"target": "job", "value": {"true_positive": 1}}, "[value]", "this is a multiclass problem"),
    ],
)
def test_problem_that_does_not_fit(run: Any, sections: dict[str, Any], where: str, words: str) -> None:
    with pytest.raises(ProblemError) as error:
        run(problem_of(**sections), frame_of())
    assert error.value.exit_code == USAGE
    assert error.value.where == where
    assert words in str(error.value)


def test_all_missing_columns_are_named_at_once(run: Any) -> None:
    with pytest.raises(ProblemError) as error:
        run(problem_of(target="z", data={"drop": ["jbo", "q"]}), frame_of())
    text = str(error.value)
    assert "3 columns" in text
    assert "'z'" in text
    assert "'jbo'. Did you mean 'job'?" in text
    assert "columns: age, job, week, y" in text


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (frame_of(0), "no rows"),
        (frame_of(3), "at least 10 with a known target are needed"),
        (frame_of().with_columns(y=pl.lit("no")), "nothing to learn"),
        (frame_of().with_columns(y=pl.lit(None, pl.String)), "no value"),
        (frame_of(40).select("y"), "no column besides"),
        (frame_of(40).select("y", a=pl.lit(1), b=pl.lit(None, pl.Float64)), "'a' is constant, 'b' is empty"),
        (frame_of(40).select("y", a=pl.row_index().cast(pl.String)), "'a' is different in every row"),
    ],
)
def test_data_that_cannot_serve(run: Any, frame: pl.DataFrame, words: str) -> None:
    with pytest.raises(DataError) as error:
        run(problem_of(), frame)
    assert error.value.exit_code == BAD_DATA
    assert words in str(error.value)


def test_a_text_that_occurs_once_may_feed_a_derived_feature(run: Any) -> None:
    frame = frame_of(40).select("y", name=pl.row_index().cast(pl.String))
    run(problem_of(features={"first": "SUBSTRING(name, 1, 1)"}), frame)


def test_broken_expectations_write_nothing(tmp_path: Path) -> None:
    problem = problem_of(data={"expect": {"age": {"min": 30}, "job": {"one_of": ["cook", "nurse"]}}})
    with pytest.raises(ExpectationError) as error:
        validate(problem, {"collect": collected(tmp_path / "collect", frame_of())}, tmp_path)
    assert "The data break 2 expectations." in str(error.value)
    assert [file.name for file in tmp_path.iterdir()] == ["collect"]


@pytest.mark.parametrize(
    ("file", "delimiter", "target", "task", "codes"),
    [
        ("bank-additional.csv", ",", "y", "binary", set()),
        ("bank-additional-full.csv", ";", "y", "binary", {"duplicates"}),
        ("emp_attrition.csv", ",", "Attrition", "binary", {"constant", "identifier"}),
        ("california-housing.csv", ",", "median_house_value", "regression", set()),
        ("winequality-white.csv", ";", "quality", "multiclass", {"duplicates", "imbalance"}),
    ],
)
def test_real_data(
    run: Any, shared_data: Path, file: str, delimiter: str, target: str, task: str, codes: set[str]
) -> None:
    frame = pl.read_csv(shared_data / file, separator=delimiter, infer_schema_length=None)
    document = run(problem_of(target), frame)
    assert document["target"]["task"] == task
    assert {warning["code"] for warning in document["warnings"]} == codes
    strongest = max((c for c in document["columns"] if c["association"]), key=lambda c: c["association"]["value"])
    if file.startswith("bank"):
        assert strongest["name"] == "duration"
