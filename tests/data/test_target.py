"""The target: what is inferred, what is refused, and codes that mean the labels."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import LabelEncoder

from mlcl.data.target import Target, encode, label_text, require_enough, resolve
from mlcl.errors import DataError, ProblemError
from mlcl.problem.sections import Question


def question(**keys: object) -> Question:
    return Question.model_validate({"name": "p", "target": "y", **keys})


def target_of(values: object, **keys: object) -> Target:
    return resolve(pl.DataFrame({"y": values}), question(**keys))


@pytest.mark.parametrize(
    ("values", "task", "labels"),
    [
        (["yes", "no", "no"], "binary", ("no", "yes")),
        ([1, 0, 0, 0], "binary", ("0", "1")),
        ([1.0, 0.0, 1.0, None], "binary", ("1", "0")),
        ([True, False, False], "binary", ("false", "true")),
        (["c", "a", "b", "a"], "multiclass", ("a", "b", "c")),
        ([10, 9, 2] * 5, "multiclass", ("2", "9", "10")),
        ([1.0, 2.0, 3.0] * 5, "multiclass", ("1", "2", "3")),
        ([1, 2, 3], "regression", None),
        (list(range(100)), "regression", None),
        (list(range(21)) * 10, "regression", None),
        ([0.5, 1.5, 2.5] * 10, "regression", None),
        ([1.0, float("nan"), 2.0, 2.0], "binary", ("2", "1")),
    ],
)
def test_inferred_task(values: list[object], task: str, labels: tuple[str, ...] | None) -> None:
    target = target_of(values)
    assert (target.task, target.labels) == (task, labels)
    assert target.task_why
    if labels:
        assert sum(target.counts.values()) == target.known
        assert target.imbalance == min(target.counts.values()) / target.known


def test_given_task_wins() -> None:
    assert target_of([3, 4, 5] * 9, task="regression").labels is None
    assert target_of([1.5, 2.5] * 9, task="multiclass").labels == ("1.5", "2.5")
    assert target_of(["1.5", "2"], task="regression").task == "regression"
    assert target_of(["yes", "no"], task="binary").task_why == "given as problem.task"


def test_missing_is_counted_and_nan_is_missing() -> None:
    target = target_of([1.0, 0.0, None, float("nan")])
    assert (target.rows, target.missing, target.known) == (4, 2, 2)


@pytest.mark.parametrize(
    ("values", "positive", "label"),
    [
        (["no", "yes"], "no", "no"),
        ([0, 1], 0, "0"),
        ([0.0, 1.0], 1, "1"),
        ([True, False], True, "true"),
        ([True, False], "false", "false"),
    ],
)
def test_positive_given(values: list[object], positive: object, label: str) -> None:
    target = target_of(values, positive=positive)
    assert target.positive == label
    assert target.labels[1] == label
    assert target.positive_why == "given as problem.positive"


def test_positive_left_out_is_the_rarer_class_and_says_so() -> None:
    target = target_of(["yes"] * 3 + ["no"] * 2)
    assert target.positive == "no"
    assert "the rarer class (2 of 5 rows)" in target.positive_why
    assert target_of(["yes", "no"]).positive == "yes"  # of equals the last
    assert target_of([0, 1]).positive == "1"


def test_unknown_positive_names_the_classes() -> None:
    with pytest.raises(ProblemError) as error:
        target_of(["yes", "no"], positive="Yes")
    assert "Did you mean 'yes'" in str(error.value)
    assert "no, yes" in str(error.value)


@pytest.mark.parametrize("keys", [{"task": "regression"}, {"task": "multiclass"}])
def test_positive_is_for_two_classes(keys: dict[str, str]) -> None:
    with pytest.raises(ProblemError, match="for two classes"):
        target_of([1, 2, 3] * 5, positive=1, **keys)


def test_binary_of_three_classes_is_refused() -> None:
    with pytest.raises(ProblemError, match="3 different values"):
        target_of(["a", "b", "c"], task="binary")


def test_unknown_column() -> None:
    with pytest.raises(ProblemError, match="Did you mean 'churn'"):
        resolve(pl.DataFrame({"churn": [1, 0]}), question(target="chrun"))


@pytest.mark.parametrize(
    ("values", "keys", "words"),
    [
        ([None, None], {}, "no value in any of 2 rows"),
        ([float("nan")], {}, "no value"),
        ([], {}, "no rows"),
        (["a", "a", None], {}, "in every row"),
        ([1, 1], {"task": "binary"}, "in every row"),
        ([str(i) for i in range(50)], {}, "50 different values in 50 rows"),
        ([dt.date(2020, 1, i + 1) for i in range(20)], {}, "dates or times"),
        ([dt.date(2020, 1, i + 1) for i in range(20)], {"task": "regression"}, "dates or times"),
        ([1.0, math.inf, 2.0], {"task": "regression"}, "row 2"),
    ],
)
def test_what_cannot_be_predicted(values: list[object], keys: dict[str, str], words: str) -> None:
    with pytest.raises(DataError, match=words):
        target_of(values, **keys)


def test_text_as_regression_names_rows_and_values() -> None:
    with pytest.raises(DataError) as error:
        target_of(["1.5", "abc", "2", *["n/k"] * 12], task="regression")
    text = str(error.value)
    assert "13 of its values" in text
    assert "rows 2, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 3 more" in text
    assert "'abc', 'n/k'" in text


def test_enough_rows() -> None:
    require_enough(target_of(["a", "b"] * 5))
    require_enough(target_of([0] * 10 + [1] * 3))
    require_enough(target_of(["a"] * 9 + ["b"] * 3 + ["c"]))
    with pytest.raises(DataError, match="at least 10"):
        require_enough(target_of(["a", "b", "a"]))
    with pytest.raises(DataError, match="3 rows each"):
        require_enough(target_of([0] * 10 + [1] * 2))


@given(
    st.one_of(
        st.lists(st.none() | st.sampled_from(["x", "", "ü", '"', "1"]), min_size=2),
        st.lists(st.none() | st.sampled_from([-(2**62) - 1, 2**62, 0, 7]), min_size=2),
        st.lists(st.none() | st.sampled_from([0.1, -3.0, 1e300, 2.0**60]), min_size=2),
        st.lists(st.none() | st.booleans(), min_size=2),
    )
)
def test_codes_mean_labels(values: list[object]) -> None:
    if len({value for value in values if value is not None}) < 2:
        return
    column = pl.Series("y", values)
    target = target_of(values, task="multiclass")
    codes = encode(column, target)
    assert codes.dtype == np.int32
    assert [None if code < 0 else target.labels[code] for code in codes] == [
        None if value is None else label_text(value) for value in values
    ]
    known = column.drop_nulls().to_numpy()
    assert codes[codes >= 0].tolist() == LabelEncoder().fit_transform(known).tolist()
    lazily = pl.DataFrame({"y": column}).lazy().select(encode(pl.col("y"), target)).collect()["y"]
    assert lazily.to_list() == codes.tolist()


def test_encode_binary_regression_and_unknown() -> None:
    target = target_of(["yes", "no", "no"])
    assert encode(pl.Series(["no", "yes", None, "maybe"]), target).tolist() == [0, 1, -1, -1]
    assert encode(pl.Series([1, 2]), target).tolist() == [-1, -1]
    assert encode(pl.Series([True]), target_of([1, 0, 0])).tolist() == [-1]
    numbers = encode(pl.Series([1, None, 3]), target_of([1, 2, 3]))
    assert numbers.dtype == np.float64
    assert numbers.tolist()[::2] == [1.0, 3.0]
    assert math.isnan(numbers[1])


def test_target_survives_json() -> None:
    target = target_of(["yes", "no", "no", None])
    assert Target.model_validate_json(target.to_json()) == target


def test_a_class_of_a_single_row(shared_data) -> None:
    frame = pl.read_csv(shared_data / "winequality-white.csv", separator=";")
    target = resolve(frame, question(target="quality"))
    assert target.labels == ("3", "4", "5", "6", "7", "8", "9")
    assert target.counts["9"] == 5
    require_enough(target)
    assert resolve(frame, question(target="alcohol")).task == "regression"
