"""The proposed problem file: it parses whatever the columns are called, and its guesses are sensible."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.data.guess import slug
from mlcl.data.propose import literal, propose
from mlcl.errors import DataError, ProblemError
from mlcl.problem import Problem, parse
from mlcl.problem.base import is_pattern
from mlcl.records import Column, Dataset

KINDS = {pl.Int64: "integer", pl.Float64: "number", pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "datetime"}


def proposed(frame: pl.DataFrame, source: str = "data.csv", notes: tuple[str, ...] = (), **keys: Any) -> str:
    with TemporaryDirectory() as name:
        folder = Path(name)
        frame.write_parquet(folder / "data.parquet")
        columns = tuple(
            Column(name=column, kind=KINDS.get(dtype.base_type(), "category")) for column, dtype in frame.schema.items()
        )
        Dataset(digest="0" * 64, rows=len(frame), columns=columns, source=source, notes=notes).write(
            folder / "dataset.json"
        )
        return propose(folder, source, **keys)


def problem_of(text: str) -> Problem:
    return parse(text, base=Path())


def switched_on(text: str) -> dict[str, Any]:
    """The file with every switched-off setting switched on."""
    return tomllib.loads(re.sub(r"(?m)^#(?=\S)", "", text))


FRAME = pl.DataFrame(
    {
        "customer_id": [f"c{i:04d}" for i in range(200)],
        "age": [20 + i * 7 % 51 for i in range(200)],
        "region": [["north", "south", "west"][i % 3] for i in range(200)],
        "closed": ["yes" if i % 4 == 0 else "no" for i in range(200)],
        "signed": [dt.date(2024, 1, 1) + dt.timedelta(days=i) for i in range(200)],
        "tenure": [str(i % 37) if i % 9 else "unknown" for i in range(200)],
        "churn": [int(i % 4 == 0) for i in range(200)],
    }
)


def test_a_newcomer_is_told_everything() -> None:
    text = proposed(FRAME, "data/Télécom Churn.csv.gz", notes=("The file is not UTF-8; it was read as latin-1.",))
    problem = problem_of(text)
    assert (problem.name, problem.target, problem.problem.task, problem.problem.positive) == (
        "telecom-churn",
        "churn",
        "binary",
        1,
    )
    assert problem.data.source == "data/Télécom Churn.csv.gz"
    assert "# The file is not UTF-8; it was read as latin-1." in text
    assert "200 rows, 7 columns" in text.replace("\n# ", " ")
    on = switched_on(text)
    assert on["data"]["drop"] == ["closed", "customer_id"] or on["data"]["drop"] == ["customer_id", "closed"]
    assert re.search(r'# "closed": This column alone predicts the target almost perfectly', text)
    assert re.search(r'# "customer_id": Every text occurs once', text)
    assert on["split"]["time"] == "signed"
    assert on["data"]["expect"] == {"age": {"min": 20, "max": 70}}
    assert "unknown" in on["data"]["missing"]
    assert on["evaluate"]["segments"] == ["region", "closed"]
    assert set(on["value"]) == {"unit", "true_positive", "false_positive", "false_negative", "true_negative"}
    assert max(len(line) for line in text.splitlines()) <= 120


def test_the_file_with_everything_switched_on_is_a_problem_too() -> None:
    raw = switched_on(proposed(FRAME.drop("signed")))
    problem = Problem.model_validate(raw)
    assert problem.value
    assert len(problem.goal) == 2


def test_target_given_wins() -> None:
    problem = problem_of(proposed(FRAME, target="region"))
    assert (problem.target, problem.problem.task) == ("region", "multiclass")
    with pytest.raises(ProblemError, match="Did you mean 'region'"):
        proposed(FRAME, target="regoin")
    with pytest.raises(DataError):
        proposed(FRAME, target="customer_id")


def test_numbers() -> None:
    frame = pl.DataFrame({"price": [i * 1.5 + 3 for i in range(100)], "rooms": [i % 5 for i in range(100)]})
    text = proposed(frame)
    problem = problem_of(text)
    assert (problem.target, problem.problem.task, problem.problem.positive) == ("price", "regression", None)
    assert problem.goal[0].metric == "mae"
    assert switched_on(text)["goal"][1]["at_most"] == pytest.approx(frame["price"].std() / 2, rel=0.1)
    assert "value" not in switched_on(text)


def test_hints_of_splits() -> None:
    rows = range(100)
    plain = pl.DataFrame({"x": [i * 0.5 for i in rows], "y": [i % 2 for i in rows]})
    named = plain.with_columns(pl.Series("part", [["train", "validation", "test"][i % 3] for i in rows]))
    assert switched_on(proposed(named, target="y"))["split"]["column"] == "part"
    grouped = plain.with_columns(pl.Series("patient_id", [i // 3 for i in rows]))
    assert switched_on(proposed(grouped, target="y"))["split"]["group"] == "patient_id"
    assert set(switched_on(proposed(plain, target="y"))["split"]) == {"train", "validation", "test"}


def test_nothing_to_predict() -> None:
    with pytest.raises(DataError, match="No column of this table can be predicted"):
        proposed(pl.DataFrame({"a": [1, 1], "b": [None, None]}, schema_overrides={"b": pl.String}))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("bank-additional.csv", "bank-additional"),
        ("/data/Bank Full.csv.gz", "bank-full"),
        ("https://host/a/b/wine.quality.parquet?x=1", "wine-quality"),
        ("s3://bucket/key.jsonl", "key"),
        ("C:\\data\\Größe.xlsx", "groe"),
        ("openml:1461", "openml-1461"),
        ("sklearn:breast_cancer", "sklearn-breast-cancer"),
        ("日本.csv", "my-problem"),
        (".csv", "my-problem"),
        ("a" * 99 + ".csv", "a" * 63),
    ],
)
def test_slug(source: str, name: str) -> None:
    assert slug(source) == name


@given(st.text() | st.integers() | st.floats(allow_nan=False) | st.booleans())
def test_literal_is_toml(value: Any) -> None:
    assert tomllib.loads(f"x = {literal(value)}") == {"x": value}


NAMES = st.text(min_size=1, max_size=8) | st.sampled_from(
    ['a"b', "a'b", "a\nb", "a\r\n# x", "]", "a.b", "=", "\x7f", "\\", "ü", "target"]
)
NAMES = NAMES.filter(lambda name: not is_pattern(name))  # what reading a table never gives


@given(
    st.lists(NAMES, min_size=2, max_size=5, unique=True),
    st.lists(st.text(max_size=4), min_size=2, max_size=3, unique=True),
    st.text(max_size=9),
)
@settings(max_examples=80, deadline=None)
def test_any_names_and_classes_give_a_file_that_parses(names: list[str], labels: list[str], source: str) -> None:
    *features, target = names
    frame = pl.DataFrame(
        {
            **{name: [[0.5, 1.5, None][i % 3] if n else f"{i}" for i in range(30)] for n, name in enumerate(features)},
            target: [labels[i % len(labels)] for i in range(30)],
        }
    )
    text = proposed(frame, source, notes=(source, *names), target=target)
    problem = problem_of(text)
    assert problem.target == target
    assert problem.data.source == source
    switched_on(text)
    problem_of(proposed(frame, source))


@pytest.mark.parametrize(
    ("file", "delimiter", "target", "task"),
    [
        ("bank-additional.csv", ",", "y", "binary"),
        ("emp_attrition.csv", ",", "Attrition", "binary"),
        ("california-housing.csv", ",", "median_house_value", "regression"),
        ("winequality-white.csv", ";", "quality", "multiclass"),
    ],
)
def test_real_data(shared_data: Path, file: str, delimiter: str, target: str, task: str) -> None:
    frame = pl.read_csv(shared_data / file, separator=delimiter, infer_schema_length=None)
    text = proposed(frame, file)
    problem = problem_of(text)
    assert (problem.target, problem.problem.task) == (target, task)
    if file.startswith("bank"):
        assert 'Alone these say most about the target: "duration"' in text
    if target == "Attrition":
        assert switched_on(text)["data"]["drop"] == ["EmployeeNumber"]
