"""Counts of repeating numbers: they are what a group-by gives, belong to the model, and are used where they help."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlcl.errors import BundleError
from mlcl.models.learners import LEARNERS, base, counted, learner, load
from mlcl.models.table import Table
from mlcl.models.training import Request, Trained, train
from tests.models.tables import TASKS, digests, repeating, setting, table

BOOSTERS = ("xgboost", "lightgbm")


def trained(data: Table, threads: int = 1, **asked: Any) -> Trained:
    request = {"learner": "auto", "trials": 6, "seconds": 600.0, "parameters": {}, **asked}
    cut = data.rows * 7 // 9
    return train(Request(**request), setting("binary", threads), data.take(slice(0, cut)), data.take(slice(cut, None)))


@pytest.fixture
def busy() -> Table:
    """Labels that depend on how many rows share a number, whatever the number."""
    random = np.random.default_rng(0)
    sizes = random.permutation(np.repeat([20, 120], [150, 60]))
    day = np.repeat(random.normal(size=len(sizes)).astype(np.float32), sizes)
    day = random.permutation(day)
    _, place, shared = np.unique(day, return_inverse=True, return_counts=True)
    y = (random.random(len(day)) < np.where(shared[place] > 60, 0.2, 0.6)).astype(np.int32)
    x = np.column_stack([day, random.normal(size=len(day))]).astype(np.float32)
    return Table(x, y, ["day", "noise"], ["number", "number"], [0, 0])


@pytest.fixture
def few(monkeypatch: Any) -> None:
    """Counts are tried on small tables, too."""
    monkeypatch.setattr(counted, "_LEAST", 1000)


def test_counts_are_those_of_the_rows_learnt_from() -> None:
    data = repeating("binary")
    counts = counted.count(data)
    assert counts.columns == [0, 1]
    assert counts.groups == [(0,), (1,), (0, 1)]
    asked = table("binary", seed=1).x
    asked[:200] = data.x[:200]
    asked[:10, 0] = np.nan
    wide = counts.widen(asked)
    assert wide.dtype == np.float32
    assert wide[:, :4].tobytes() == asked.tobytes()
    known = [{*np.unique(data.x[:, place]).tolist()} for place in (0, 1)]

    def key(row: Any, columns: tuple[int, ...]) -> tuple[Any, ...]:
        return tuple(float(row[place]) if float(row[place]) in known[place] else None for place in columns)

    for place, columns in enumerate([(0,), (1,), (0, 1)]):
        seen = Counter(key(row, columns) for row in data.x)
        assert wide[:, 4 + place].tolist() == [seen[key(row, columns)] for row in asked]


def test_what_repeats_too_little_or_is_no_number_is_not_counted() -> None:
    sparse = repeating("binary", rows=500)
    assert counted.count(sparse).columns == []
    model = counted.fit(learner("xgboost"), sparse, setting("binary"), {counted.COUNTS: True, "n_estimators": 2}, None)
    assert counted.COUNTS not in model.model.sheet["parameters"]
    assert not counted.worthwhile(table("binary", rows=20_000))
    assert not counted.worthwhile(repeating("binary", rows=9_000))
    assert counted.worthwhile(repeating("binary", rows=12_000))


def test_a_pair_of_more_cells_than_rows_is_not_counted() -> None:
    random = np.random.default_rng(0)
    x = random.integers(0, 100, (5000, 2)).astype(np.float32)
    data = Table(x, x[:, 0].astype(np.float64), ["a", "b"], ["number", "number"], [0, 0])
    assert counted.count(data).groups == [(0,), (1,)]


@pytest.mark.usefixtures("few")
def test_counts_are_used_where_they_help(busy: Table) -> None:
    with_, without = trained(busy), trained(busy, trials=0)
    assert with_.record["members"][0]["parameters"][counted.COUNTS]
    assert with_.record["score"] < without.record["score"] * 0.97
    kinds = [(trial["learner"], bool(trial["parameters"].get(counted.COUNTS))) for trial in with_.record["trials"]]
    assert kinds[:5] == [*((name, False) for name in LEARNERS), *((name, True) for name in BOOSTERS)]
    assert all(counted.COUNTS not in trial["parameters"] for trial in without.record["trials"])


@pytest.mark.usefixtures("few")
def test_suggestions_have_counts_when_the_best_trial_has_them(busy: Table) -> None:
    record = trained(busy, trials=14).record
    suggested = [trial["parameters"] for trial in record["trials"] if trial["number"] >= 9]
    assert suggested
    assert all(parameters[counted.COUNTS] for parameters in suggested)


@pytest.mark.usefixtures("few")
def test_they_are_not_where_they_say_nothing() -> None:
    record = trained(repeating("binary", rows=2000), trials=5).record
    assert not any(counted.COUNTS in member["parameters"] for member in record["members"])


@pytest.mark.usefixtures("few")
def test_the_same_rows_give_the_same_bytes_with_any_threads(busy: Table, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(base, "_SMALL", 0)
    for threads in (1, 3):
        (tmp_path / str(threads)).mkdir()
        trained(busy, threads).model.save(tmp_path / str(threads))
    assert digests(tmp_path / "1") == digests(tmp_path / "3")
    assert any(name.endswith(".counts.npy") for name in digests(tmp_path / "1"))


@pytest.mark.parametrize("task", TASKS)
def test_contributions_of_a_count_go_to_its_numbers(task: str) -> None:
    data = repeating(task)
    parameters = {"n_estimators": 8, counted.COUNTS: True}
    model = counted.fit(learner("xgboost"), data, setting(task), parameters, None).model
    assert isinstance(model, counted.Counted)
    inner = model.inner.contributions(model.counts.widen(data.x))
    own = model.contributions(data.x)
    assert np.allclose(own[..., 0], inner[..., 0] + inner[..., 4] + inner[..., 6] / 2)
    assert np.array_equal(own[..., 2:4], inner[..., 2:4])


@pytest.mark.parametrize("damage", [lambda content: content[:-4], lambda content: content[:40], lambda content: b""])
def test_damaged_counts_are_an_error(damage: Any, tmp_path: Path) -> None:
    parameters = {"n_estimators": 2, counted.COUNTS: True}
    counted.fit(learner("lightgbm"), repeating("binary"), setting("binary"), parameters, None).model.save(tmp_path)
    file = tmp_path / "model.counts.npy"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(BundleError):
        load(tmp_path)
