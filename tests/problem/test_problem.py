"""The problem file: what it accepts, and that every mistake is named with key, found and allowed."""

from __future__ import annotations

import contextlib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl import problem
from mlcl.errors import ProblemError

GOOD = """
[problem]
name = "bank-marketing"
target = "y"
positive = "yes"
[value]
true_positive = 120
[[goal]]
metric = "roc_auc"
at_least = 0.77
[data]
source = "bank.csv"
[data.expect.age]
min = 17
[features]
older = "age > 60"
[train.parameters]
max_depth = 4
"""


def parse(text: str = GOOD, *overrides: str) -> problem.Problem:
    return problem.parse(text, base=Path(), overrides=overrides)


def complaint(text: str, *overrides: str) -> str:
    with pytest.raises(ProblemError) as caught:
        parse(text, *overrides)
    return str(caught.value)


def test_reads_what_is_written() -> None:
    read = parse()
    assert (read.name, read.target, read.problem.positive) == ("bank-marketing", "y", "yes")
    assert read.data.expect["age"].min == 17
    assert read.features == {"older": "age > 60"}
    assert read.train.parameters == {"max_depth": 4}


def test_digest_depends_on_meaning_only() -> None:
    assert parse().digest == parse("# a comment\n" + GOOD).digest
    assert parse().digest != parse(GOOD, "train.trials=3").digest


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("positive =", "posttive =", "problem.posttive: unknown key. Did you mean 'positive'?"),
        ("min = 17", "mni = 17", "data.expect.age.mni: unknown key. Did you mean 'min'?"),
        ('"roc_auc"', '"roc_acu"', "Did you mean 'roc_auc'?"),
        ('target = "y"', "", "problem.target: missing"),
        ("at_least = 0.77", "", "exactly one of at_least, at_most, better_than"),
        ("at_least = 0.77", 'at_least = "high"', "found 'high'"),
        ('name = "bank-marketing"', 'name = "../bank"', "lower-case letters, digits and hyphens"),
        ("[value]", "[[value]]", "value"),
        ("[features]", "[split]\ntrain = 0.9\n[features]", "must be 1"),
        ('positive = "yes"', 'task = "regression"', "outcomes have a value in binary problems only"),
        ('source = "bank.csv"', 'source = "bank.csv"\ndrop = ["y"]', "is the target"),
    ],
)
def test_mistakes_are_named(old: str, new: str, expected: str) -> None:
    assert expected in complaint(GOOD.replace(old, new, 1))


def test_all_mistakes_in_one_message() -> None:
    text = complaint(GOOD.replace("\npositive =", "\nposttive =").replace("min = 17", "mni = 17"))
    assert "2 mistakes" in text
    assert "posttive" in text
    assert "mni" in text


def test_syntax_error_names_the_line() -> None:
    assert "line 3" in complaint('[problem]\nname = "x"\ntarget = \n')


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="There is no such problem file"):
        problem.load(tmp_path / "absent.toml")


def test_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "problem.toml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ProblemError, match="cannot be read"):
        problem.load(tmp_path)


def test_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "problem.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert problem.load(tmp_path).name == "bank-marketing"


@pytest.mark.parametrize(
    ("override", "section", "value"),
    [("train.trials=0", "train.trials", 0), ("data.source=other file.csv", "data.source", "other file.csv"),
     ('data.drop=["a", "b"]', "data.drop", ["a", "b"]), ("split.time=when", "split.time", "when")],
)  # fmt: skip
def test_overrides(override: str, section: str, value: object) -> None:
    assert parse(GOOD, override).section(section) == value


@pytest.mark.parametrize("override", ["train.trials", "=3", "problem.name.deeper=1", "a..b=2"])
def test_bad_overrides(override: str) -> None:
    complaint(GOOD, override)


def test_round_trip_through_json() -> None:
    read = parse()
    again = problem.from_dict(read.model_dump(mode="json"), base=Path())
    assert again == read
    assert again.digest == read.digest


def test_schema_accepts_the_examples() -> None:
    import tomllib

    schema = problem.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    examples = list((Path(__file__).parents[2] / "examples").glob("*/problem.toml"))
    assert len(examples) >= 4
    for example in examples:
        jsonschema.validate(tomllib.loads(example.read_text()), schema)
        problem.load(example)


@given(st.text(max_size=200))
def test_any_text_gives_a_problem_or_a_message(text: str) -> None:
    with contextlib.suppress(ProblemError):
        assert parse(text).name
