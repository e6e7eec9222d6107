"""Tuning, folds, blending: the same every time, honest about validation rows, and no more work than asked for."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from mlcl.metrics import METRICS
from mlcl.models import blending, folds, learners, loss, training
from mlcl.models.folds import Crossing, Holdout
from mlcl.models.learners import LEARNERS, base, learner
from mlcl.models.learners.base import Range
from mlcl.models.learners.blend import Blend
from mlcl.models.metrics import Cases, measure
from mlcl.models.table import Table
from mlcl.models.training import Request, Trained, train
from mlcl.models.tuning import Search, Trial, suggest
from tests.models.tables import TASKS, digests, setting, table


def trained(task: str, threads: int = 1, data: Table | None = None, **asked: Any) -> Trained:
    request = {"learner": "auto", "trials": 9, "seconds": 600.0, "parameters": {}, **asked}
    data = table(task, rows=300) if data is None else data
    cut = len(data.y) * 7 // 9
    return train(Request(**request), setting(task, threads), data.take(slice(0, cut)), data.take(slice(cut, None)))


@pytest.fixture(scope="module")
def autos() -> dict[str, Trained]:
    return {task: trained(task) for task in TASKS}


@pytest.mark.parametrize("task", TASKS)
def test_the_same_rows_give_the_same_model_with_any_threads(
    task: str, autos: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(base, "_SMALL", 0)
    again = trained(task, threads=3)
    for name, result in (("one", autos[task]), ("three", again)):
        (tmp_path / name).mkdir()
        result.model.save(tmp_path / name)
    assert digests(tmp_path / "one") == digests(tmp_path / "three")
    assert again.record == autos[task].record
    assert again.validation.tobytes() == autos[task].validation.tobytes()


@pytest.mark.parametrize("task", TASKS)
def test_the_record_tells_what_was_tried(task: str, autos: Any) -> None:
    record = autos[task].record
    assert [trial["number"] for trial in record["trials"]] == list(range(9))
    assert {trial["learner"] for trial in record["trials"]} == set(LEARNERS)
    assert record["metric"] in METRICS
    assert record["score"] > 0
    assert not record["cut_off"]
    assert sum(member["weight"] for member in record["members"]) == pytest.approx(1)
    assert {member["learner"] for member in record["members"]} <= set(LEARNERS)
    rounds = [point["round"] for point in record["curve"]]
    assert rounds == sorted(set(rounds))


def test_validation_predictions_come_from_models_that_have_not_seen_the_rows() -> None:
    """With labels that nothing explains, a model that has seen a row would still know it."""
    random = np.random.default_rng(0)
    data = table("binary", rows=400)._replace(y=random.integers(0, 2, 400, dtype=np.int32))
    parameters = {"n_estimators": 60, "max_depth": 8, "min_child_weight": 0, "gamma": 0}
    result = trained("binary", data=data, learner="xgboost", trials=1, parameters=parameters)
    y = data.y[len(data.y) * 7 // 9 :]
    seen = measure(Cases("binary", y, result.model.predict(data.x[-len(y) :])))["roc_auc"]
    honest = measure(Cases("binary", y, result.validation))["roc_auc"]
    assert seen is not None
    assert honest is not None
    assert seen > 0.9
    assert honest < 0.7


@pytest.mark.parametrize("name", LEARNERS)
def test_without_trials_one_fit_is_all_there_is(name: str, tmp_path: Any) -> None:
    """The parameters as given, on the train rows, and the same bytes as the learner alone."""
    fixed = {"C": 0.5} if name == "linear" else {"n_estimators": 12, "learning_rate": 0.2}
    result = trained("binary", learner=name, trials=0, parameters=fixed)
    data = table("binary", rows=300)
    parameters = {**learner(name).starts("binary")[0], **fixed}
    alone = learner(name).fit(data.take(slice(0, 233)), setting("binary"), parameters, None)
    for folder, model in (("ours", result.model), ("alone", alone.model)):
        (tmp_path / folder).mkdir()
        model.save(tmp_path / folder)
    assert digests(tmp_path / "ours") == digests(tmp_path / "alone")
    assert len(result.record["trials"]) == 1
    assert result.validation.tobytes() == alone.model.predict(data.x[233:]).tobytes()


def test_fits_are_counted_where_no_trials_are_asked_for(monkeypatch: Any) -> None:
    from mlcl.models.learners import xgboost

    fits = []
    counted = xgboost.LEARNER._replace(fit=lambda *given: fits.append(given[3]) or xgboost.fit(*given))
    monkeypatch.setattr(xgboost, "LEARNER", counted)
    trained("binary", learner="xgboost", trials=0, parameters={"n_estimators": 5})
    assert fits == [None]


def test_auto_without_trials_compares_one_fit_of_each_learner() -> None:
    result = trained("binary", trials=0)
    assert [trial["learner"] for trial in result.record["trials"]] == list(LEARNERS)
    assert result.record["folds"] == 1


def test_given_parameters_are_kept_in_every_trial() -> None:
    result = trained("regression", learner="lightgbm", trials=5, parameters={"num_leaves": 5})
    assert {trial["parameters"]["num_leaves"] for trial in result.record["trials"]} == {5}


def test_a_spent_budget_cuts_off_and_says_so() -> None:
    result = trained("multiclass", seconds=1e-6, trials=50)
    assert result.record["cut_off"]
    assert len(result.record["trials"]) == 1
    assert np.isfinite(result.validation).all()
    assert any("budget" in note for note in result.record["notes"])


def test_a_budget_is_kept() -> None:
    begun = time.monotonic()
    trained("binary", data=table("binary", rows=2000), seconds=2.0, trials=100_000)
    assert time.monotonic() - begun < 60  # generous: a busy machine


def test_large_data_is_tuned_on_a_sample_and_fitted_on_all(monkeypatch: Any) -> None:
    monkeypatch.setattr(training, "_SAMPLE", 100)
    result = trained("binary", data=table("binary", rows=900), trials=4)
    assert any("Tuned on 100 rows" in note for note in result.record["notes"])
    assert len(result.validation) == 200
    assert result.record["folds"] == 1
    kinds = {member["learner"] for member in result.record["members"]}
    members = result.model.members if isinstance(result.model, Blend) else [(1.0, result.model)]
    assert len(members) == len(result.record["members"])
    assert {model.kind for _, model in members} == kinds


def test_rows_that_must_not_be_shuffled_are_not() -> None:
    result = trained("binary", foldable=False, trials=3)
    assert result.record["folds"] == 1


@pytest.mark.parametrize("rows", [2, 3, 5, 12])
@pytest.mark.parametrize("task", TASKS)
def test_a_handful_of_rows_still_gives_a_model(task: str, rows: int) -> None:
    result = trained(task, data=table(task, rows=rows, seed=3), trials=4)
    assert np.isfinite(result.validation).all()


def test_a_class_that_is_missing_from_some_folds_is_no_obstacle() -> None:
    data = table("multiclass", rows=200)
    data.y[:] = np.where(data.y == 2, 1, data.y)
    data.y[[3, 190]] = 2
    assert trained("multiclass", data=data, trials=3).validation.shape == (45, 3)


@pytest.mark.parametrize("task", TASKS)
def test_folds_hold_every_row_out_once_and_share_the_classes(task: str) -> None:
    first, second = table(task, rows=331), table(task, rows=60, seed=1)
    made = folds.crossing(first, second, setting(task))
    assert sorted(np.concatenate(made.out)) == list(range(391))
    for number in range(made.times):
        fit, held = made.pair(number)
        assert (fit.rows, held.rows) == (391 - len(made.out[number]), len(made.out[number]))
        assert held.y.tolist() == np.concatenate([first.y, second.y])[made.out[number]].tolist()
        if task != "regression":
            shares = np.bincount(held.y, minlength=3) / held.rows - np.bincount(fit.y, minlength=3) / fit.rows
            assert np.abs(shares).max() < 0.03
        else:
            assert abs(np.mean(held.y) - np.mean(fit.y)) < 40  # their deviation is about 170
    margins = [np.arange(391.0)[rows] for rows in made.out]
    assert made.validated(margins).tolist() == list(range(331, 391))


def _trial(number: int, name: str, margin: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> Trial:
    terms = loss.terms(y, margin, "rmse")
    model = learners.learner("linear").fit(table("regression"), setting("regression"), {}, None).model
    return Trial(number, name, {}, [terms], [margin], [model], loss=float(np.mean(terms)))


def _search(*trials: Trial, y: np.ndarray[Any, Any]) -> Search:
    held = table("regression", rows=len(y))._replace(y=y)
    search = Search(setting("regression"), Holdout(held, held), {})
    search.trials = list(trials)
    return search


def test_the_first_trial_stays_until_another_is_clearly_better() -> None:
    random = np.random.default_rng(0)
    y = random.normal(size=500)
    error = random.normal(size=500)
    known = _trial(0, "xgboost", y + error, y)
    lucky = _trial(1, "xgboost", y + error + random.normal(size=500) * 0.01, y)
    better = _trial(2, "xgboost", y + error * 0.8, y)
    assert blending.incumbent([known, lucky]) is known
    assert blending.incumbent([known, lucky, better]) is better


def test_members_with_errors_of_their_own_are_averaged() -> None:
    random = np.random.default_rng(0)
    y = random.normal(size=2000)
    trials = [_trial(number, name, y + random.normal(size=2000), y) for number, name in enumerate(LEARNERS)]
    members = blending.weigh(_search(*trials, y=y))
    assert [weight for weight, _ in members] == pytest.approx([1 / 3] * 3, abs=0.17)
    same = [trials[0], _trial(1, "lightgbm", trials[0].margins[0], y)]
    assert blending.weigh(_search(*same, y=y)) == [(1.0, same[0])]


def test_suggestions_follow_the_seed_and_come_near_the_best() -> None:
    space = {"depth": Range(2, 11), "rate": Range(0.01, 1.0, log=True), "extra": Range(choices=(False, True))}

    def cost(found: dict[str, Any]) -> float:
        return abs(found["depth"] - 6) + abs(np.log(found["rate"] / 0.1)) + (not found["extra"])

    tried: list[tuple[dict[str, Any], float]] = []
    for number in range(30):
        found = suggest(space, tried, seed=number)
        assert found == suggest(space, tried, seed=number)
        assert 2 <= found["depth"] <= 11
        assert isinstance(found["depth"], int)
        tried.append((found, cost(found)))
    assert min(each for _, each in tried) < 1.2


def test_trials_that_lag_on_every_fold_are_given_up() -> None:
    search = Search(setting("binary"), folds.crossing(table("binary"), table("binary", seed=1), setting("binary")), {})
    search.run([learner("xgboost")], 4)
    stump = {"max_depth": 1, "learning_rate": 0.001, "n_estimators": 1}
    search._try(learner("xgboost"), stump)
    assert search.trials[-1].state == "pruned"
    assert len(search.trials[-1].terms) == 2
    assert search.trials[-1].loss > min(trial.loss for trial in search.complete)
    assert not search.trials[-1].models


def test_progress_is_reported_for_each_trial() -> None:
    from mlcl import progress

    seen: list[tuple[float, float, str]] = []
    with progress.listening(lambda *given: seen.append(given)):
        trained("binary", trials=3)
    assert [done for done, total, _ in seen if total == 3] == [0, 1, 2, 3]
    assert "best log_loss" in seen[-1][2]


def test_the_criterion_is_a_loss() -> None:
    assert isinstance(folds.crossing(table("binary"), table("binary"), setting("binary")), Crossing)
    assert setting("binary").criterion == setting("multiclass").criterion == "log_loss"
    assert setting("regression").criterion == "rmse"
    assert setting("regression")._replace(absolute=True).criterion == "mae"
