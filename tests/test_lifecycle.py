"""Whole runs through the Python API: results, registry, faults."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest

import mlcl
from mlcl import diary, lifecycle, registry, results, runs
from mlcl import problem as problem_file
from mlcl.errors import ExpectationError, NotFound, UsageError
from mlcl.steps import STEPS
from mlcl.stores import Store, keys
from tests import small


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_a_run_that_passes_is_registered(tmp_path: Path, store: Store) -> None:
    result = mlcl.run(small.problem(tmp_path), store=store)
    assert result.passed
    model = registry.champion(store, "small")
    assert model is not None
    assert (model.version, model.run) == (1, result.run.id)
    assert model.bundle_digest == result.run.bundle_digest
    assert result.metrics["test"]["roc_auc"] > 0.6  # type: ignore[operator]
    assert set(result.as_dict()["seconds"]) == {spec.name for spec in lifecycle.STEPS}


def test_goals_not_met_is_a_result_without_a_version(tmp_path: Path, store: Store) -> None:
    result = mlcl.run(small.problem(tmp_path, at_least=0.999), store=store)
    assert not result.passed
    assert result.run.model_version is None
    assert registry.champion(store, "small") is None
    with pytest.raises(UsageError, match="did not meet its goals"):
        lifecycle.deploy("small", result.run.id, store=store)


def test_the_second_run_does_nothing(tmp_path: Path, store: Store) -> None:
    problem = small.problem(tmp_path)
    first = mlcl.run(problem, store=store)
    second = mlcl.run(problem, store=store)
    assert second.cached
    assert second.run.id == first.run.id
    assert len(runs.recent(store)) == 1


def test_fresh_gives_the_same_digests(tmp_path: Path, store: Store) -> None:
    problem = small.problem(tmp_path)
    first = mlcl.run(problem, store=store)
    second = mlcl.run(problem, store=store, fresh=True)
    assert (first.run.dataset_digest, first.run.bundle_digest) == (second.run.dataset_digest, second.run.bundle_digest)
    assert [model.version for model in registry.models(store, "small")] == [1]


@pytest.mark.parametrize("threads", ["1", "3"])
def test_one_digest_for_any_number_of_threads(tmp_path: Path, store: Store, threads: str) -> None:
    problem = small.problem(tmp_path)
    here = mlcl.run(problem, store=store)
    script = f"import mlcl; print(mlcl.run({str(problem)!r}).run.bundle_digest)"
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": threads,
        "POLARS_MAX_THREADS": threads,
        "MLCL_STORE": str(tmp_path / "elsewhere"),
    }
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == here.run.bundle_digest


def test_a_better_champion_is_measured_on_the_same_rows(tmp_path: Path, store: Store) -> None:
    problem = small.problem(tmp_path)
    mlcl.run(problem, store=store)
    goals = ["train.parameters.max_depth=1", 'goal=[{metric="roc_auc", better_than="champion"}]']
    challenger = mlcl.run(problem, store=store, overrides=goals)
    assert challenger.documents["evaluation"]["champion"]["metrics"]["roc_auc"] is not None
    assert challenger.verdict["goals"][0]["against"] is not None


def test_loading_and_predicting(tmp_path: Path, store: Store) -> None:
    mlcl.run(small.problem(tmp_path), store=store)
    predicted = mlcl.load("small", store=store).predict(small.frame(10, seed=5))
    assert predicted.columns[0] == "probability"
    assert predicted["probability"].is_between(0, 1).all()
    assert set(predicted["decision"]) <= {"yes", "no"}
    with pytest.raises(NotFound, match="small"):
        mlcl.load("smal", store=store)


def test_a_failed_run_keeps_what_it_found(tmp_path: Path, store: Store) -> None:
    with pytest.raises(ExpectationError):
        mlcl.run(small.problem(tmp_path), store=store, overrides=["data.expect.age.max=20"])
    run = runs.recent(store)[0]
    assert run.state == "failed"
    assert run.error is not None
    assert "age" in str(run.error)
    assert "<html" in lifecycle.report(run.id, store=store)


def test_the_data_are_kept(tmp_path: Path, store: Store) -> None:
    result = mlcl.run(small.problem(tmp_path), store=store)
    store.download(keys.dataset(result.run.dataset_digest), tmp_path / "kept")
    assert pl.read_parquet(tmp_path / "kept" / "data.parquet").shape == (400, 4)


@pytest.mark.parametrize("delay", [0.2, 0.5, 0.8, 1.1])
def test_kill_at_any_moment_leaves_a_store_that_goes_on(tmp_path: Path, delay: float) -> None:
    problem = small.problem(tmp_path)
    folder = tmp_path / "store"
    script = f"import mlcl; from mlcl.stores import Store; mlcl.run({str(problem)!r}, store=Store({str(folder)!r}))"
    child = subprocess.Popen([sys.executable, "-c", script])
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    child.wait()
    store = Store(folder)
    before = runs.recent(store)
    assert all(run.state in ("interrupted", "passed") for run in before)
    finished = {step.name for run in before for step in run.steps if step.state == "done"}
    result = mlcl.run(problem, store=store)
    assert result.passed
    reused = {step.name for step in result.run.steps if step.state == "cached"}
    assert result.cached or finished <= reused


def test_a_run_broken_off_after_it_registered_its_model_is_not_compared_with_that(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    problem = small.problem(tmp_path, rows=4000, at_least=0.5)
    mlcl.run(problem, store=store, overrides=["train.parameters.n_estimators=3", "train.parameters.max_depth=1"])
    better = ['goal=[{metric="roc_auc", better_than="champion"}]']
    with monkeypatch.context() as patched:
        patched.setattr(runs.Journal, "finish", broken_off)
        with pytest.raises(KeyboardInterrupt):
            mlcl.run(problem, store=store, overrides=better)
    assert [model.version for model in registry.models(store, "small")] == [1, 2]
    monkeypatch.setattr(runs, "alive", lambda process: False)
    again = mlcl.run(problem, store=store, overrides=better)
    assert {step.state for step in again.run.steps} == {"cached"}
    assert again.passed


def test_a_run_that_has_ended_has_all_its_lines(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    finish = runs.Journal.finish

    def finished(journal: runs.Journal, state: str, **values: object) -> None:
        told.extend(line["text"] for line in diary.lines(store, journal.run.id))
        finish(journal, state, **values)

    monkeypatch.setattr(diary, "SECONDS", 60.0)  # nothing is written on the way
    monkeypatch.setattr(runs.Journal, "finish", finished)
    mlcl.run(small.problem(tmp_path), store=store)
    assert [line for line in told if line.endswith(": running")] == [f"{step.name}: running" for step in STEPS]


def test_a_diary_goes_on_after_the_lines_that_are_there(store: Store) -> None:
    for text in ("one", "two"):
        with diary.Diary(store, "some-run") as pages:
            pages.say(text)
    assert [(line["number"], line["text"]) for line in diary.lines(store, "some-run")] == [(1, "one"), (2, "two")]


def test_the_log_of_a_run_is_followed_until_it_has_ended(tmp_path: Path, store: Store) -> None:
    """Each line once, the first ones while the run still works."""
    journal = runs.Journal(store, results.new_run(problem_file.load(small.problem(tmp_path)), "person"))
    said: list[str] = []
    follower = threading.Thread(
        target=lifecycle.logs, args=("latest", said.append), kwargs={"follow": True, "store": store, "poll": 0.02}
    )
    with diary.Diary(store, journal.run.id) as pages:
        pages.say("first")
        follower.start()
        end = time.monotonic() + 10
        while not said:
            assert time.monotonic() < end
            time.sleep(0.02)
        pages.say("last")
    assert follower.is_alive()
    journal.finish("passed")
    follower.join(10)
    assert not follower.is_alive()
    assert [line.split(" ", 1)[1] for line in said] == ["first", "last"]
    again: list[str] = []
    lifecycle.logs(journal.run.id, again.append, store=store)
    assert again == said
