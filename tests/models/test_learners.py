"""The learners against the libraries they stand on, and what all of them promise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mlcl.errors import BundleError, ProblemError
from mlcl.models import boosters
from mlcl.models.learners import LEARNERS, Model, Watch, base, learner, load
from mlcl.models.learners.blend import Blend
from mlcl.models.table import Table, balance
from tests.models.tables import LEVELS, TASKS, digests, setting, table

LENGTH = {"xgboost": {"n_estimators": 8}, "lightgbm": {"n_estimators": 8}, "linear": {}}


def fitted(name: str, task: str, data: Table | None = None, threads: int = 1, **parameters: Any) -> Model:
    data = table(task) if data is None else data
    return learner(name).fit(data, setting(task, threads), {**LENGTH[name], **parameters}, None).model


def blended(task: str) -> Blend:
    return Blend([(0.5, fitted("xgboost", task)), (0.3, fitted("lightgbm", task)), (0.2, fitted("linear", task))])


MODELS = {(kind, task): fitted(kind, task) for kind in LEARNERS for task in TASKS}
MODELS |= {("blend", task): blended(task) for task in TASKS}
every = pytest.mark.parametrize(("kind", "task"), MODELS)


def one_hot(data: Table) -> np.ndarray[Any, Any]:
    """What scikit-learn's pipelines make of a table: standardised numbers, missing indicators, one column per level."""
    columns = []
    for place, kind in enumerate(data.kinds):
        column = data.x[:, place].astype(float)
        gone = np.isnan(column)
        if kind == "number":
            columns.append(np.where(gone, 0, (column - column[~gone].mean()) / column[~gone].std()))
        else:
            columns += [(column == level).astype(float) for level in range(LEVELS)]
        if gone.any():
            columns.append(gone.astype(float))
    return np.column_stack(columns)


@pytest.mark.parametrize("missing", [0.0, 0.1])
@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_logistic_regression_is_scikit_learns(task: str, missing: float) -> None:
    from sklearn.linear_model import LogisticRegression

    data = table(task, missing=missing)
    weight = balance(data.y, 3)
    x = one_hot(data)
    peer = LogisticRegression(C=0.3, tol=1e-10, max_iter=10_000).fit(x, data.y, sample_weight=weight).predict_proba(x)
    ours = fitted("linear", task, data._replace(weight=weight), C=0.3).predict(data.x)
    assert np.allclose(ours, peer[:, 1] if task == "binary" else peer, atol=1e-6)


def test_ridge_is_scikit_learns() -> None:
    from sklearn.linear_model import Ridge

    data = table("regression")
    x = one_hot(data)
    peer = Ridge(alpha=3.0, tol=1e-12).fit(x, data.y).predict(x)
    assert np.allclose(fitted("linear", "regression", data, alpha=3.0).predict(data.x), peer, atol=1e-5)


@pytest.mark.parametrize("task", TASKS)
def test_xgboost_is_the_librarys(task: str) -> None:
    xgb = boosters.xgboost()
    data = table(task)
    objective = {"binary": "binary:logistic", "multiclass": "multi:softprob", "regression": "reg:squarederror"}[task]
    start = 0.5 if task == "multiclass" else data.y.mean()
    options = {"objective": objective, "max_depth": 4, "eta": 0.2, "subsample": 0.8, "base_score": start, "seed": 7}
    classes = {"num_class": 3} if task == "multiclass" else {}
    matrix = xgb.QuantileDMatrix(data.x, data.y, feature_types=["q", "q", "q", "c"], enable_categorical=True)
    peer = xgb.train(options | classes, matrix, 8).inplace_predict(data.x)
    ours = fitted("xgboost", task, data, max_depth=4, learning_rate=0.2, subsample=0.8).predict(data.x)
    assert np.allclose(ours, peer, rtol=1e-5)


@pytest.mark.parametrize("task", TASKS)
def test_lightgbm_is_the_librarys(task: str) -> None:
    lgb = boosters.lightgbm()
    data = table(task)
    classes = {"num_class": 3} if task == "multiclass" else {}
    options = {
        "objective": task,
        "num_leaves": 7,
        "max_bin": 31,
        "verbose": -1,
        "seed": 7,
        "num_threads": 1,
        "force_col_wise": True,
    }
    matrix = lgb.Dataset(data.x, data.y, categorical_feature=[3], params={"verbose": -1, "max_bin": 31})
    peer = lgb.train(options | classes, matrix, 8).predict(data.x)
    assert np.allclose(fitted("lightgbm", task, data, num_leaves=7, max_bin=31).predict(data.x), peer, rtol=1e-9)


@pytest.mark.parametrize("task", TASKS)
def test_a_blend_averages_margins(task: str) -> None:
    x = table(task, seed=1).x
    blend = MODELS["blend", task]
    assert isinstance(blend, Blend)
    average = sum(weight * model.margin(x) for weight, model in blend.members)
    assert np.allclose(blend.margin(x), average)
    assert np.allclose(blend.predict(x), base.link(np.asarray(average), task))


cells = st.one_of(st.floats(width=32, allow_infinity=False), st.sampled_from([np.nan, 0.0, 1.0, 2.0]))
matrices = arrays.arrays(np.float32, st.tuples(st.integers(1, 40), st.just(4)), elements=cells).map(
    lambda x: np.concatenate([x[:, :3], np.where(np.isnan(x[:, 3:]), x[:, 3:], np.abs(x[:, 3:]) % LEVELS // 1)], axis=1)
)


@every
@settings(max_examples=15, deadline=None)
@given(matrices)
def test_a_row_gets_the_same_bits_in_any_batch(kind: str, task: str, x: np.ndarray[Any, Any]) -> None:
    model = MODELS[kind, task]
    for score in (model.predict, model.contributions):
        together = score(x)
        one_by_one = np.concatenate([score(x[row : row + 1]) for row in range(len(x))])
        assert together.tobytes() == one_by_one.tobytes()


@every
def test_many_rows_are_scored_in_parts_with_the_same_bits(kind: str, task: str, monkeypatch: Any) -> None:
    x = table(task, rows=1000, seed=3).x
    together = MODELS[kind, task].predict(x)
    monkeypatch.setattr(base, "_PART", 64)
    assert MODELS[kind, task].predict(x).tobytes() == together.tobytes()


@every
def test_probabilities_are_probabilities_and_contributions_add_up(kind: str, task: str) -> None:
    model, x = MODELS[kind, task], table(task, seed=2).x
    predicted, margin, parts = model.predict(x), model.margin(x), model.contributions(x)
    assert parts.shape == ((len(x), 3, 5) if task == "multiclass" else (len(x), 5))
    assert np.allclose(parts.sum(axis=-1), margin, atol=1e-4 * np.abs(margin).max())
    if task != "regression":
        assert ((predicted >= 0) & (predicted <= 1)).all()
    if task == "multiclass":
        assert np.allclose(predicted.sum(axis=1), 1)
    assert sum(model.gain_importance().values()) == pytest.approx(1)
    assert list(model.gain_importance()) == ["a", "b b", "c[1]", "d"]


@every
def test_missing_values_and_unseen_codes_are_scored(kind: str, task: str) -> None:
    x = np.full((3, 4), np.nan, dtype=np.float32)
    x[1, 3] = LEVELS + 3
    x[2, 0] = 1e30
    assert np.isfinite(MODELS[kind, task].predict(x)).all()


@every
def test_a_saved_model_predicts_the_same(kind: str, task: str, tmp_path: Path) -> None:
    x = table(task, seed=4).x
    model = MODELS[kind, task]
    model.save(tmp_path)
    again = load(tmp_path)
    assert again.predict(x).tobytes() == model.predict(x).tobytes()
    assert (again.task, again.features, again.rounds) == (model.task, model.features, model.rounds)
    (tmp_path / "again").mkdir()
    again.save(tmp_path / "again")
    assert digests(tmp_path / "again") == digests(tmp_path)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", LEARNERS)
def test_the_saved_bytes_do_not_depend_on_threads(name: str, task: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(base, "_SMALL", 0)
    data, watched = table(task, rows=3000), table(task, rows=500, seed=1)
    saved = []
    for threads in (1, 2, 3):
        parameters = {**learner(name).starts(task)[0], "n_estimators": 15} if name != "linear" else {}
        fit = learner(name).fit(data, setting(task, threads), parameters, Watch(watched))
        folder = tmp_path / str(threads)
        folder.mkdir()
        fit.model.save(folder)
        saved.append(digests(folder))
    assert saved[0] == saved[1] == saved[2]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", LEARNERS)
def test_a_watch_ends_a_fit_and_a_deadline_cuts_it_off(name: str, task: str) -> None:
    data, watched = table(task, noise=5.0), table(task, seed=1, noise=5.0)
    fit = learner(name).fit(data, setting(task), {}, Watch(watched))
    assert fit.model.rounds < 200
    assert not fit.cut
    assert learner(name).fit(data, setting(task), {}, Watch(watched, deadline=0.0)).cut


@pytest.mark.parametrize("name", LEARNERS)
def test_class_weights_raise_the_rare_class(name: str) -> None:
    data = table("binary", rows=1000)
    rare = data.take(np.flatnonzero((data.y == 0) | (np.arange(1000) % 5 == 0)))
    plain = fitted(name, "binary", rare).predict(rare.x).mean()
    weight = balance(rare.y, 2)
    balanced = np.average(fitted(name, "binary", rare._replace(weight=weight)).predict(rare.x), weights=weight)
    assert plain == pytest.approx(rare.y.mean(), abs=0.05)
    assert balanced == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("name", "given_", "words"),
    [
        ("xgboost", {"max_dept": 3}, ["train.parameters.max_dept", "Did you mean 'max_depth'?"]),
        ("xgboost", {"n_estimators": 0}, ["train.parameters.n_estimators", "0", "from 1 to 100000"]),
        ("xgboost", {"max_depth": 2.5}, ["2.5", "a whole number"]),
        ("xgboost", {"eta": 0.1, "learning_rate": 0.2}, ["twice"]),
        ("lightgbm", {"extra_trees": 1}, ["true or false"]),
        ("lightgbm", {"subsample": "much"}, ["'much'", "a number"]),
        ("linear", {"l1": 1}, ["train.parameters.l1", "Known: C, alpha"]),
    ],
)
def test_a_wrong_parameter_is_named(name: str, given_: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ProblemError) as error:
        learner(name).check(given_)
    for word in words:
        assert word in str(error.value)


def test_other_names_of_a_parameter_are_understood() -> None:
    assert learner("xgboost").check({"eta": 1, "rounds": 5.0}) == {"learning_rate": 1.0, "n_estimators": 5}
    assert learner("lightgbm").check({"bagging_fraction": 0.5}) == {"subsample": 0.5}


def test_two_penalties_are_refused() -> None:
    with pytest.raises(ProblemError, match="one penalty"):
        fitted("linear", "binary", C=1.0, alpha=1.0)


def _damage(folder: Path, change: dict[str, Any]) -> None:
    sheet = json.loads((folder / "learner.json").read_bytes())
    (folder / "learner.json").write_text(json.dumps({**sheet, **change}))


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 99},
        {"kind": "pickle"},
        {"files": ["other.ubj"]},
        {"files": []},
        {"features": ["a"]},
        {"kind": []},
    ],
)
def test_a_damaged_model_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    MODELS["xgboost", "binary"].save(tmp_path)
    _damage(tmp_path, change)
    with pytest.raises(BundleError):
        load(tmp_path)


def test_a_cut_booster_is_refused(tmp_path: Path) -> None:
    for name, file in (("xgboost", "model.ubj"), ("lightgbm", "model.txt")):
        MODELS[name, "binary"].save(tmp_path)
        (tmp_path / file).write_bytes((tmp_path / file).read_bytes()[:100])
        with pytest.raises(BundleError):
            load(tmp_path)
