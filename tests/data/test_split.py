"""Splits: right sizes, all rows once, classes in proportion, and the same for the same seed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.data.split import NAMES, Splits, split
from mlcl.errors import DataError
from mlcl.problem.sections import Split


def sizes(splits: Splits) -> list[int]:
    return [len(splits.rows(name)) for name in NAMES]


def classes(*counts: int) -> np.ndarray:
    return np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts), dtype=np.int32), counts))


def test_sizes_are_those_of_slicing_at_70_and_90_percent() -> None:
    assert sizes(split(Split(), classes(36548, 4640))) == [28831, 8238, 4119]
    assert sizes(split(Split(), np.zeros(41188))) == [28831, 8238, 4119]
    assert sizes(split(Split(train=0.6, validation=0.2, test=0.2), np.zeros(10))) == [6, 2, 2]


@given(
    counts=st.lists(st.integers(1, 60), min_size=1, max_size=8).filter(lambda counts: sum(counts) >= 3),
    shares=st.sampled_from([(0.7, 0.2, 0.1), (0.5, 0.25, 0.25), (0.9, 0.05, 0.05), (0.1, 0.1, 0.8)]),
)
def test_every_row_is_in_one_split_and_classes_are_spread(counts: list[int], shares: tuple[float, ...]) -> None:
    y = classes(*counts)
    spec = Split(train=shares[0], validation=shares[1], test=shares[2])
    try:
        splits = split(spec, y)
    except DataError:
        assert max(counts) < 3  # no class has a row for each split
        return
    assert sorted(np.concatenate([splits.rows(name) for name in NAMES])) == list(range(len(y)))
    for label, count in enumerate(counts):
        parts = np.array([np.sum(y[splits.rows(name)] == label) for name in NAMES])
        assert parts[0] >= 1, "a class that is not learnt cannot be predicted"
        assert count < 3 or parts.all()
        assert np.all(np.abs(parts - count * np.array(shares)) <= 3)


def test_the_seed_decides() -> None:
    y = classes(500, 100)
    one, same, other = (split(Split(seed=seed), y).codes for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_values_are_shuffled() -> None:
    splits = split(Split(), np.arange(1000.0))
    assert abs(splits.rows("train").mean() - 499.5) < 30
    assert splits.how == "shuffle, seed 1729"


@pytest.mark.parametrize("rows", [1, 2])
def test_too_few_rows(rows: int) -> None:
    with pytest.raises(DataError, match="at least one row"):
        split(Split(), np.zeros(rows))


def test_three_rows_are_one_each() -> None:
    assert sizes(split(Split(), np.zeros(3))) == [1, 1, 1]


def test_by_time_the_oldest_train() -> None:
    days = pl.Series("day", [dt.date(2020, 1, 1) + dt.timedelta(days=(7 * row) % 100) for row in range(100)])
    splits = split(Split(time="day"), np.zeros(100), days)
    assert sizes(splits) == [70, 20, 10]
    train, validation, test = (days.gather(splits.rows(name)) for name in NAMES)
    assert train.max() < validation.min()
    assert validation.max() < test.min()


def test_by_time_needs_times() -> None:
    with pytest.raises(DataError, match="without a time") as error:
        split(Split(time="day"), np.zeros(3), pl.Series("day", [1, None, 2]))
    assert error.value.found == "1 missing values"


@given(groups=st.lists(st.none() | st.sampled_from("abcdefgh"), min_size=1, max_size=60), seed=st.integers(0, 99))
def test_groups_stay_whole(groups: list[str | None], seed: int) -> None:
    by = pl.Series("who", groups, dtype=pl.String)
    try:
        splits = split(Split(group="who", seed=seed), np.zeros(len(by)), by)
    except DataError:
        assert by.n_unique() < 3
        return
    parts = [set(by.gather(splits.rows(name)).to_list()) for name in NAMES]
    assert sum(map(len, parts)) == by.n_unique()
    assert all(parts)


def test_many_groups_come_near_the_shares() -> None:
    by = pl.Series("who", np.random.default_rng(0).integers(0, 1000, 10_000))
    assert np.allclose(sizes(split(Split(group="who"), np.zeros(10_000), by)), [7000, 2000, 1000], atol=30)


def test_by_column() -> None:
    by = pl.Series("part", ["Train", " train", "test", "validation"])
    splits = split(Split(column="part"), np.zeros(4), by)
    assert splits.codes.tolist() == [0, 0, 2, 1]


@pytest.mark.parametrize("strange", ["dev", None, ""])
def test_by_column_of_other_values(strange: str | None) -> None:
    with pytest.raises(DataError, match="other values") as error:
        split(Split(column="part"), np.zeros(4), pl.Series("part", ["train", "test", "validation", strange]))
    assert str(strange) in error.value.found


def test_by_column_without_a_test_row() -> None:
    with pytest.raises(DataError, match="at least one row") as error:
        split(Split(column="part"), np.zeros(2), pl.Series("part", ["train", "validation"]))
    assert "test 0" in error.value.found
