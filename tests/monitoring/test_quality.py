"""Quality of a window against the training baseline."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import scipy.stats

from mlcl.features.baseline import summarise
from mlcl.monitoring.counts import Tally
from mlcl.monitoring.quality import QualityLimits, quality

RNG = np.random.default_rng(0)
TRAINING = pl.DataFrame({"n": RNG.normal(size=4000), "c": RNG.choice(["a", "b"], 4000), "d": [1, None] * 2000})


def tally(window: pl.DataFrame) -> Tally:
    made = Tally(summarise(TRAINING))
    made.add(window)
    return made


def check(found: dict[str, Any], kind: str, column: str | None) -> dict[str, Any]:
    return next(one for one in found["checks"] if (one["check"], one["column"]) == (kind, column))


def broken(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["check"], one["column"]) for one in found["broken"]]


def test_a_window_like_training_is_whole() -> None:
    assert broken(quality(tally(TRAINING.sample(1000, seed=1, with_replacement=True)))) == []


def test_each_fault_is_found_where_it_is() -> None:
    window = TRAINING.sample(1000, seed=1)
    first = pl.int_range(pl.len())
    window = window.with_columns(
        n=pl.when(first < 100).then(None).when(first < 150).then(99.0).otherwise("n"),
        c=pl.when(first < 50).then(pl.lit("new")).otherwise("c"),
    )
    found = quality(tally(window), faults={"n": 60})
    assert broken(found) == [("missing", "n"), ("type_faults", "n"), ("out_of_range", "n"), ("unseen", "c")]
    assert check(found, "missing", "n")["value"] == 0.1
    assert check(found, "missing", "d")["reference"] == 0.5
    assert check(found, "out_of_range", "n")["rows"] == 50
    assert check(found, "unseen", "c")["value"] == 0.05


def test_the_p_value_is_that_of_two_proportions() -> None:
    window = TRAINING.sample(1000, seed=1).with_columns(d=pl.when(pl.int_range(pl.len()) < 600).then(None).otherwise(1))
    found = check(quality(tally(window)), "missing", "d")
    wanted = scipy.stats.chi2_contingency([[2000, 2000], [600, 400]], correction=False).pvalue
    assert found["p_value"] == pytest.approx(wanted, rel=1e-9)


def test_few_rows_and_small_rises_are_let_pass() -> None:
    empty = pl.DataFrame({"n": [None] * 50, "c": [None] * 50, "d": [None] * 50})
    assert broken(quality(tally(empty))) == []
    assert ("missing", "n") in broken(quality(tally(empty), QualityLimits(minimum_rows=20)))
    window = TRAINING.sample(4000, seed=1).with_columns(
        n=pl.when(pl.int_range(pl.len()) < 100).then(None).otherwise("n")
    )
    found = quality(tally(window))
    assert check(found, "missing", "n")["p_value"] < 1e-10
    assert broken(found) == []


def test_volume() -> None:
    window = tally(TRAINING.head(480))
    assert quality(window, hours=24)["rows_per_hour"] == 20
    for expected, wrong in ((20, False), (39, False), (41, True), (9, True)):
        found = check(quality(window, hours=24, expected_per_hour=expected), "volume", None)
        assert found["broken"] == wrong


def test_an_empty_window_has_a_result() -> None:
    found = quality(tally(TRAINING.head(0)), hours=1, expected_per_hour=10)
    assert broken(found) == [("volume", None)]
    assert all(one["value"] == 0 for one in found["checks"])


def test_unseen_is_not_asked_where_training_had_more_texts_than_the_baseline_lists() -> None:
    many = pl.DataFrame({"c": [f"t{i % 150}" for i in range(3000)]})
    made = Tally(summarise(many))
    made.add(many)
    assert [one["check"] for one in quality(made)["checks"]] == ["missing", "type_faults"]
