"""Bootstrap draws: right on average, paired, deterministic, and not surer than the rows are."""

from __future__ import annotations

import numpy as np
import pytest

from mlcl.metrics import BINARY, MULTICLASS, REGRESSION
from mlcl.models import bootstrap
from mlcl.models.bootstrap import Interval, draws, interval
from mlcl.models.metrics import Cases, Figures, measure

WORTH = np.array([[0.0, -8.0], [0.0, 120.0]])


def made(rows: int, seed: int = 0, task: str = BINARY, rate: float = 0.2) -> Cases:
    rng = np.random.default_rng(seed)
    if task == REGRESSION:
        y = rng.normal(50, 10, rows)
        return Cases(task, y, y + rng.normal(0, 4, rows), classes=0)
    if task == MULTICLASS:
        scores = rng.dirichlet(np.ones(4), rows)
        y = np.array([rng.choice(4, p=row) for row in scores])
        return Cases(task, y, scores, scores.argmax(axis=1), 4)
    y = (rng.random(rows) < rate).astype(np.int64)
    scores = 1 / (1 + np.exp(-(rng.normal(size=rows) + 1.2 * y - 2)))
    return Cases(task, y, scores, (scores >= 0.3).astype(np.int64), worth=WORTH)


def by_rows(cases: Cases, resamples: int, seed: int = 0) -> Figures:
    """The oracle: rows drawn one by one, and measured."""
    rng = np.random.default_rng(seed)
    rows = len(cases.y)
    drawn = [measure(cases.take(rng.integers(0, rows, rows))) for _ in range(resamples)]
    return {name: np.array([one[name] for one in drawn], dtype=float) for name in drawn[0]}


@pytest.mark.parametrize("task", [BINARY, MULTICLASS, REGRESSION])
@pytest.mark.parametrize("rows", [300, 6000])
def test_draws_spread_as_if_rows_were_drawn_one_by_one(task: str, rows: int) -> None:
    cases = made(rows, task=task)
    ours, oracle = draws({"model": cases}, 1000, seed=1)["model"], by_rows(cases, 250)
    assert set(ours) == set(oracle)
    for name, drawn in ours.items():
        assert len(drawn) == 1000
        assert np.std(drawn) == pytest.approx(np.std(oracle[name]), rel=0.2), name  # 250 draws: +-4.5 %
        assert np.mean(drawn) == pytest.approx(np.mean(oracle[name]), abs=0.35 * np.std(drawn)), name


def test_small_samples_agree_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    cases = made(400)
    ours = draws({"model": cases}, 4000, seed=1)["model"]["log_loss"]
    theirs = stats.bootstrap(
        (cases.terms["log_loss"],), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    mine = interval(ours)
    assert mine is not None
    assert mine == pytest.approx(tuple(theirs), rel=0.02)


@pytest.mark.parametrize("rows", [500, 20_000])
def test_roc_auc_varies_as_delong_says(rows: int) -> None:
    """DeLong, DeLong and Clarke-Pearson (1988): the variance of ROC AUC from placement values."""
    cases = made(rows)
    positive, negative = cases.scores[cases.y == 1], np.sort(cases.scores[cases.y == 0])
    placed = np.searchsorted(negative, positive) / len(negative)
    above = 1 - np.searchsorted(np.sort(positive), negative, side="right") / len(positive)
    deviation = np.sqrt(np.var(placed, ddof=1) / len(positive) + np.var(above, ddof=1) / len(negative))
    ours = draws({"model": cases}, 1000, seed=3)["model"]["roc_auc"]
    assert np.std(ours) == pytest.approx(deviation, rel=0.12)
    assert np.mean(ours) == pytest.approx(measure(cases)["roc_auc"], abs=0.2 * deviation)


def test_differences_are_paired() -> None:
    """A model against itself plus a little noise: the difference is far surer than either."""
    for rows in (400, 6000):
        cases = made(rows)
        near = Cases(BINARY, cases.y, np.clip(cases.scores + 0.001, 0, 1), cases.decided)
        found = draws({"model": cases, "champion": near, "twin": cases}, 500, seed=1)
        assert np.allclose(found["model"]["roc_auc"], found["twin"]["roc_auc"])
        difference = found["model"]["brier"] - found["champion"]["brier"]
        assert np.std(difference) < 0.05 * np.std(found["model"]["brier"])


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    truth = measure(made(400_000, seed=99))
    inside = dict.fromkeys(("roc_auc", "average_precision", "brier", "recall", "value_per_case"), 0)
    trials = 200
    for seed in range(trials):
        found = draws({"model": made(300, seed)}, 200, seed=seed)["model"]
        for name in inside:
            ends = interval(found[name], 0.9)
            assert ends is not None
            inside[name] += ends.low <= (truth[name] or 0) <= ends.high
    for name, count in inside.items():  # 0.9 +- three standard errors of 200 trials, and some room for 300 rows
        assert 0.82 <= count / trials <= 0.97, name


@pytest.mark.parametrize("rows", [1, 2, 999, 1000, 1001, 5000])
def test_the_same_seed_gives_the_same_draws(rows: int) -> None:
    models = {"model": made(rows)}
    first = draws(models, 300, seed=7)["model"]
    second = draws(models, 300, seed=7)["model"]
    other = draws(models, 300, seed=8)["model"]
    for name in first:
        assert first[name].tobytes() == second[name].tobytes()
    assert rows < 3 or not np.array_equal(first["brier"], other["brier"])


def test_cells_of_many_scores_keep_rare_positives_apart() -> None:
    cases = made(20_000, rate=0.001)  # some 20 positives
    ours, oracle = draws({"model": cases}, 600, seed=1)["model"], by_rows(cases, 200)
    for name in ("roc_auc", "average_precision"):
        assert np.std(ours[name]) == pytest.approx(np.nanstd(oracle[name]), rel=0.25)
        assert np.median(ours[name]) == pytest.approx(np.nanmedian(oracle[name]), abs=0.35 * np.std(ours[name]))


def test_a_share_that_all_rows_agree_on_is_not_certain() -> None:
    """20 of 20 found: the exact bound at 95 % is 0.05 ** (1 / 20) = 0.861 (Clopper and Pearson), not 1."""
    y = np.repeat([0, 1], [30, 20])
    cases = Cases(BINARY, y, y * 0.5 + 0.2, y.copy())
    recall = draws({"model": cases}, 20_000, seed=0)["model"]["recall"]
    assert np.quantile(recall, 0.05) == pytest.approx(0.05 ** (1 / 20), abs=0.01)
    assert np.quantile(recall, 0.95) == 1.0  # a goal of 1 is not missed, only not proved
    accuracy = draws({"model": cases}, 20_000, seed=0)["model"]["accuracy"]
    assert np.quantile(accuracy, 0.05) == pytest.approx(0.05 ** (1 / 50), abs=0.01)


def test_acting_on_nobody_is_certain_of_its_recall() -> None:
    y = np.repeat([0, 1], [30, 20])
    recall = draws({"model": Cases(BINARY, y, np.full(50, 0.4), np.zeros(50, int))}, 200, seed=0)["model"]["recall"]
    assert np.nanmax(recall) == 0.0


def test_resamples_without_a_class_are_left_out_of_the_interval() -> None:
    y = np.array([1, 0, 0, 0])
    drawn = draws({"model": Cases(BINARY, y, np.array([0.9, 0.2, 0.3, 0.1]), y.copy())}, 400, seed=0)["model"][
        "roc_auc"
    ]
    assert 0 < np.isnan(drawn).sum() < 400
    assert interval(drawn) == Interval(1.0, 1.0)
    assert interval(np.full(3, np.nan)) is None


def test_units_are_rows_until_there_are_many() -> None:
    assert bootstrap.UNITS >= 1000
    drawn = draws({"model": made(37)}, 200, seed=0)["model"]["accuracy"]
    assert np.allclose(drawn * 37, np.round(drawn * 37))
