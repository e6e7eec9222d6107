"""Figures of groups, against measuring each group alone."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from mlcl.metrics import BINARY, MULTICLASS
from mlcl.models.fairness import Grouping, grouping, segments
from mlcl.models.metrics import Cases, measure


def made(rows: int, seed: int = 0) -> tuple[Cases, np.ndarray]:
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, rows)
    scores = np.clip(rng.random(rows) + 0.1 * group, 0, 1)
    y = (rng.random(rows) < scores).astype(np.int64)
    return Cases(BINARY, y, scores, (scores >= 0.6).astype(np.int64)), group


def test_each_group_is_measured_alone() -> None:
    cases, group = made(600)
    found = segments(cases, [Grouping("region", ["east", "north", "south", None], group)])[0]
    assert found["column"] == "region"
    assert [one["value"] for one in found["groups"]] == ["east", "north", "south"]  # nothing is missing
    for number, one in enumerate(found["groups"]):
        rows = np.flatnonzero(group == number)
        y, acted = cases.y[rows], cases.decided[rows]
        assert one["rows"] == len(rows)
        for name, figure in measure(cases.take(rows)).items():
            assert one["metrics"][name] == pytest.approx(figure, rel=1e-12)
        assert one["metrics"]["selection_rate"] == pytest.approx(acted.mean())
        assert one["metrics"]["false_positive_rate"] == pytest.approx(acted[y == 0].mean())
        assert one["metrics"]["positive_rate"] == pytest.approx(y.mean())


def test_gaps_name_both_ends_and_leave_small_groups_out() -> None:
    y = np.array([1] * 40 + [1] * 40 + [1] * 5)
    decided = np.array([1] * 30 + [0] * 10 + [1] * 10 + [0] * 30 + [1] * 5)
    group = np.repeat([0, 1, 2], [40, 40, 5])
    cases = Cases(BINARY, y, decided * 0.5 + 0.2, decided)
    found = segments(cases, [Grouping("job", ["clerk", "student", "rare", None], group)])[0]
    assert [one["enough"] for one in found["groups"]] == [True, True, False]
    assert found["gaps"]["recall"] == {"gap": pytest.approx(0.5), "best": "clerk", "worst": "student"}
    assert found["gaps"]["log_loss"]["best"] == "clerk"  # less is better
    assert "false_positive_rate" not in found["gaps"]  # nobody is negative


def test_several_classes_have_figures_without_curves() -> None:
    rng = np.random.default_rng(0)
    scores = rng.dirichlet(np.ones(3), 200)
    y = rng.integers(0, 3, 200)
    cases = Cases(MULTICLASS, y, scores, scores.argmax(axis=1), 3)
    found = segments(cases, [Grouping("half", ["first", "second", None], np.repeat([0, 1], 100))])[0]
    wanted = measure(cases.take(np.arange(100)))
    got = found["groups"][0]["metrics"]
    assert set(wanted) - set(got) == {"roc_auc", "average_precision"}
    assert got == pytest.approx({name: wanted[name] for name in got})


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        (["b", "a", None, "b"], {"a": 1, "b": 2, None: 1}),
        ([True, False, True, None], {"false": 1, "true": 2, None: 1}),
        ([3, 1, 3, None], {"1": 1, "3": 2, None: 1}),
        ([10, 9, 10, 2], {"2": 1, "9": 1, "10": 2}),  # by size, not by text
        ([1.0, 2.5, float("nan"), None], {"1": 1, "2.5": 1, None: 2}),
        ([None, None], {None: 2}),
    ],
)
def test_few_values_are_a_group_each(values: list[object], groups: dict[str | None, int]) -> None:
    found = grouping(pl.Series("column", values, strict=False))
    counts = {found.values[code]: int(np.sum(found.group == code)) for code in np.unique(found.group)}
    assert counts == groups
    assert list(counts) == list(groups)


def test_many_numbers_are_put_in_ranges_of_about_as_many_rows() -> None:
    found = grouping(pl.Series("age", [*range(100), None]))
    assert found.values == ["below 20", "20 to below 40", "40 to below 60", "60 to below 80", "80 or more", None]
    assert np.bincount(found.group).tolist() == [20, 20, 20, 20, 20, 1]


def test_a_number_that_is_mostly_one_value_has_fewer_ranges() -> None:
    found = grouping(pl.Series("pdays", [999] * 900 + list(range(100))))
    assert found.values == ["below 999", "999 or more", None]


def test_the_rarer_of_many_texts_are_together() -> None:
    texts = [f"town {number}" for number in range(30) for _ in range(number + 1)] + [None] * 3
    found = grouping(pl.Series("town", texts))
    assert len(found.values) == 21
    assert found.values[0] == "other values"
    assert "town 29" in found.values
    assert "town 10" not in found.values
    assert np.bincount(found.group)[0] == sum(range(1, 12))


def test_many_dates_are_grouped_by_year() -> None:
    days = [date(2020, 1, 1) + timedelta(days=10 * number) for number in range(80)]
    assert grouping(pl.Series("day", days)).values == ["2020", "2021", "2022", None]
