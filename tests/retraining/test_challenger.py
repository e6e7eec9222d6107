"""A challenger: what it learns from, what it is judged on, and what becomes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from mlcl import lifecycle, registry, runs
from mlcl.errors import Conflict, NotFound
from mlcl.retraining import attempts, challenger
from mlcl.serving import endpoints
from mlcl.stores import Store, keys
from tests.retraining.world import DAY, NAME, START, World, rows


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def days(world: World, first: int, last: int, *, turned: bool, count: int = 150) -> None:
    """Traffic of the days, each day's outcomes known at its end."""
    for day in range(first, last):
        told = world.live(rows(count, 100 + day, turned=turned), START + day * DAY)
        world.tell(told, START + (day + 1) * DAY)


def test_a_better_challenger_replaces_the_champion(world: World) -> None:
    days(world, 0, 10, turned=True)
    attempt = challenger.retrain(world.store, NAME, START + 11 * DAY)
    assert (attempt.state, attempt.live, attempt.version) == ("deployed", 1, 2), attempt.why
    live = endpoints.find(world.store, NAME).live
    assert live is not None
    assert live.version == 2
    assert "better than the champion" in attempt.why
    run = runs.find(world.store, attempt.run)
    assert run.trigger == "person"


def test_the_test_rows_are_the_newest_and_new_to_both(world: World) -> None:
    days(world, 0, 10, turned=True)
    attempt = challenger.retrain(world.store, NAME, START + 11 * DAY)
    assert attempt.rows == {"old": 400, "new": 1500, "test": 600}
    run = runs.find(world.store, attempt.run)
    folder = world.store.folder
    assert folder is not None
    table = pl.read_parquet(folder / keys.dataset(run.dataset_digest) / "data.parquet")
    test, rest = table.filter(pl.col("mlcl_split") == "test"), table.filter(pl.col("mlcl_split") != "test")
    assert len(test) == 600
    assert test["mlcl_id"].null_count() == 0
    assert rest["mlcl_time"].max() <= test["mlcl_time"].min()
    documents = runs.documents(world.store, run)
    assert documents["evaluation"]["rows"]["test"] == 600
    assert documents["evaluation"]["champion"]["bundle_digest"] == world.result.run.bundle_digest
    features = {column["name"] for column in documents["profile"]["columns"] if column["role"] == "feature"}
    assert features == {"age", "job", "income"}


def test_a_challenger_that_is_no_better_is_kept_with_the_reason(world: World) -> None:
    days(world, 0, 1, turned=False, count=50)
    attempt = challenger.retrain(world.store, NAME, START + 4 * DAY)
    assert attempt.state == "kept"
    assert attempt.version is None
    assert attempt.why.startswith("Version 1 stays in use.")
    assert "champion" in attempt.why
    champion = registry.champion(world.store, NAME)
    assert champion is not None
    assert champion.version == 1


def test_each_row_is_learnt_from_once(world: World) -> None:
    days(world, 0, 10, turned=True)
    assert challenger.retrain(world.store, NAME, START + 11 * DAY).state == "deployed"
    waiting = challenger.retrain(world.store, NAME, START + 12 * DAY)
    assert waiting.state == "waiting"
    assert "1,500 have arrived" in waiting.why
    days(world, 12, 14, turned=True)
    again = challenger.retrain(world.store, NAME, START + 15 * DAY)
    assert again.rows == {"old": 1900, "new": 300, "test": 120}


def test_no_outcomes_yet(world: World) -> None:
    world.live(rows(50, 1), START)
    attempt = challenger.retrain(world.store, NAME, START + DAY)
    assert attempt.state == "waiting"
    assert "Only 0 outcomes" in attempt.why
    assert len(runs.recent(world.store)) == 1


def test_outcomes_of_immature_days_are_not_learnt_from(world: World) -> None:
    told = world.live(rows(200, 1), START)
    world.tell(told.head(60), START + timedelta(hours=20))
    attempt = challenger.retrain(world.store, NAME, START + DAY)
    assert attempt.state == "waiting"
    assert "60 have arrived" in attempt.why


def test_the_endpoints_strategy_decides_how(world: World) -> None:
    lifecycle.run(world.problem, overrides=["train.parameters.n_estimators=30"], store=world.store)
    lifecycle.deploy(NAME, "latest", strategy="shadow", store=world.store)
    endpoints.promote(world.store, NAME)
    days(world, 0, 10, turned=True)
    attempt = challenger.retrain(world.store, NAME, START + 11 * DAY)
    assert attempt.state == "trying", attempt.why
    state = endpoints.find(world.store, NAME)
    assert state.live is not None
    assert state.variant("shadow") is not None
    assert (state.live.version, state.variant("shadow").version) == (2, 3)  # type: ignore[union-attr]


def test_what_a_person_deployed_meanwhile_stays(world: World) -> None:
    days(world, 0, 10, turned=True)
    other = lifecycle.run(world.problem, overrides=["train.parameters.n_estimators=30"], store=world.store)

    def meddle(step: object) -> None:
        lifecycle.deploy(NAME, str(other.run.model_version), store=world.store)

    attempt = challenger.retrain(world.store, NAME, START + 11 * DAY, watch=meddle)
    assert attempt.state == "kept"
    assert "another model was deployed meanwhile" in attempt.why
    live = endpoints.find(world.store, NAME).live
    assert live is not None
    assert live.version == other.run.model_version


def test_never_twice_at_once(world: World) -> None:
    lease = attempts.begin(world.store, NAME, "drift", START)
    with pytest.raises(Conflict, match="being retrained already"):
        challenger.retrain(world.store, NAME, START)
    mine = attempts.history(world.store, NAME)[-1]
    attempts.end(world.store, lease, mine.model_copy(update={"state": "kept"}))
    assert challenger.retrain(world.store, NAME, START).state == "waiting"


def test_a_lease_runs_out(world: World) -> None:
    attempts.begin(world.store, NAME, "drift", START)
    assert challenger.retrain(world.store, NAME, START + attempts.LEASE).state == "waiting"
    assert [one.state for one in attempts.history(world.store, NAME)] == ["failed", "waiting"]


def test_an_error_is_recorded_and_raised(world: World) -> None:
    days(world, 0, 3, turned=True)
    folder = world.store.folder
    assert folder is not None
    (folder / keys.dataset(world.result.run.dataset_digest) / "data.parquet").unlink()
    with pytest.raises(NotFound):
        challenger.retrain(world.store, NAME, START + 4 * DAY)
    assert attempts.history(world.store, NAME)[-1].state == "failed"


def test_an_endpoint_out_of_use(world: World) -> None:
    endpoints.undeploy(world.store, NAME)
    with pytest.raises(NotFound):
        challenger.retrain(world.store, NAME, START)


KILLED = """
import sys
from datetime import datetime
from mlcl.retraining import challenger
from mlcl.stores import Store
challenger.retrain(Store(sys.argv[1]), "small", datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.parametrize("delay", [0.6, 1.0, 1.4])
def test_killed_in_the_middle_the_next_one_goes_on(world: World, delay: float) -> None:
    days(world, 0, 10, turned=True)
    now = START + 11 * DAY
    command = [sys.executable, "-c", KILLED, world.store.address, now.isoformat()]
    child = subprocess.Popen(command, env={**os.environ})
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    child.wait()
    store = Store(world.store.address)
    live = endpoints.find(store, NAME).live
    assert live is not None
    attempt = challenger.retrain(store, NAME, now + DAY)
    assert attempt.state == "deployed" if live.version == 1 else "waiting"
    live = endpoints.find(store, NAME).live
    assert live is not None
    assert live.version == 2
    assert [model.version for model in registry.models(store, NAME)] == [1, 2]
