"""When a challenger is trained by itself: triggers, cool-down, attempts, and never twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mlcl.monitoring import alerts, look
from mlcl.records import time_text
from mlcl.retraining import attempts, challenger, policy
from tests.retraining.world import DAY, NAME, START, World, rows

RETRAIN = '\n[monitor]\nminimum_rows = 50\n[retrain]\non = {on}\nevery = "7d"\ncooldown = "2d"\nminimum_rows = 100\n'


def world_with(folder: Path, *on: str, more: str = "") -> World:
    return World(folder, RETRAIN.format(on=str(list(on)).replace("'", '"')) + more)


def live_through(world: World, first: int, last: int, *, turned: bool = True) -> None:
    for day in range(first, last):
        told = world.live(rows(150, 100 + day, turned=turned), START + day * DAY)
        world.tell(told, START + (day + 1) * DAY)


def alert(world: World, kind: str, at: int) -> None:
    finding: dict[str, Any] = {"kind": kind, "column": None, "severity": "critical", "value": 1.0, "limit": 0.1}
    finding |= {"money_at_risk": 100.0, "message": f"{kind} was found"}
    report = {
        "endpoint": NAME,
        "id": f"look-{at}",
        "version": world.result.run.model_version,
        "unit": "EUR",
        "judged": [kind],
    }
    report |= {"until": time_text(START + at * DAY), "findings": [finding]}
    alerts.settle(world.store, NAME, report, START + at * DAY)


def due(world: World, day: int) -> policy.Outcome:
    return policy.retrain_if_due(world.store, NAME, START + day * DAY)


def test_without_triggers_nothing_is_due(tmp_path: Path) -> None:
    world = World(tmp_path)
    live_through(world, 0, 2)
    alert(world, "drift", 2)
    outcome = due(world, 400)
    assert outcome.state == "not due"
    assert "names nothing" in outcome.why


@pytest.mark.parametrize(
    ("trigger", "kind"), [("drift", "multivariate"), ("drift", "drift"), ("performance", "performance")]
)
def test_an_alert_that_fires_starts_a_training(tmp_path: Path, trigger: str, kind: str) -> None:
    world = world_with(tmp_path, trigger)
    live_through(world, 0, 10)
    assert due(world, 10).state == "not due"
    alert(world, kind, 11)
    outcome = due(world, 11)
    assert (outcome.state, outcome.trigger) == ("tried", trigger)
    assert f"{kind} was found" in outcome.why
    assert outcome.attempt is not None
    assert outcome.attempt.state == "deployed"
    # The alert was of the model that has gone.
    assert due(world, 14).state == "not due"


def test_an_alert_of_another_kind_does_not(tmp_path: Path) -> None:
    world = world_with(tmp_path, "performance")
    live_through(world, 0, 3)
    alert(world, "drift", 4)
    assert due(world, 4).state == "not due"


def test_real_looks_start_it_too(tmp_path: Path) -> None:
    world = world_with(tmp_path, "performance", more="attempts = 20\n")
    outcome = None
    for day in range(12):
        live_through(world, day, day + 1)
        look.monitor(world.store, NAME, START + (day + 1) * DAY, DAY)
        outcome = due(world, day + 1)
        if outcome.attempt and outcome.attempt.state == "deployed":
            break
    assert outcome is not None
    assert outcome.attempt is not None
    assert (outcome.trigger, outcome.attempt.state) == ("performance", "deployed")


def test_the_schedule_counts_from_the_first_question(tmp_path: Path) -> None:
    world = world_with(tmp_path, "schedule")
    live_through(world, 0, 10)
    assert due(world, 5).state == "not due"
    assert due(world, 11).state == "not due"
    assert due(world, 12).state == "tried"
    live_through(world, 12, 19)
    assert due(world, 18).state == "not due"
    assert due(world, 20).state == "tried"


def test_new_data_are_counted_since_the_last_attempt(tmp_path: Path) -> None:
    world = world_with(tmp_path, "new_data", more='[[goal]]\nmetric = "roc_auc"\nat_least = 0.999\n')
    outcome = due(world, 0)
    assert outcome.state == "not due"
    live_through(world, 0, 1)
    assert due(world, 2).state == "tried"
    assert due(world, 9).state == "not due"
    live_through(world, 9, 10)
    assert due(world, 11).state == "tried"


def test_too_few_outcomes_hold_it_back(tmp_path: Path) -> None:
    world = world_with(tmp_path, "drift")
    world.live(rows(150, 1), START)
    alert(world, "drift", 1)
    outcome = due(world, 2)
    assert outcome.state == "held back"
    assert "only 0 new rows" in outcome.why
    assert attempts.history(world.store, NAME)[-1].state == "watching"


def test_cooldown_and_attempts_hold_it_back_until_a_person_looks(tmp_path: Path) -> None:
    world = world_with(tmp_path, "drift", more='[[goal]]\nmetric = "roc_auc"\nat_least = 0.999\n')
    live_through(world, 0, 2)
    alert(world, "drift", 3)
    states = [due(world, day).state for day in (3, 4, 5, 7, 9)]
    assert states == ["tried", "held back", "tried", "tried", "held back"]
    held = due(world, 30)
    assert "3 challengers in a row" in held.why
    challenger.retrain(world.store, NAME, START + 31 * DAY)
    assert due(world, 34).state == "tried"


def test_busy(tmp_path: Path) -> None:
    world = World(tmp_path, RETRAIN.format(on='["drift"]').replace('"2d"', '"1h"'))
    live_through(world, 0, 2)
    alert(world, "drift", 3)
    attempts.begin(world.store, NAME, "person", START + 3 * DAY - timedelta(hours=2))
    outcome = due(world, 3)
    assert outcome.state == "busy"
    assert "already" in outcome.why


def test_a_failure_is_an_outcome(tmp_path: Path) -> None:
    world = world_with(tmp_path, "drift", more="[data.expect.age]\nmax = 200\n")
    live_through(world, 0, 2)
    odd = rows(100, 5).with_columns(age=rows(100, 5)["age"] + 500)
    world.tell(world.live(odd, START + 2 * DAY), START + 3 * DAY)
    alert(world, "drift", 3)
    outcome = due(world, 3)
    assert outcome.state == "failed"
    assert attempts.history(world.store, NAME)[-1].state == "failed"
    assert due(world, 4).state == "held back"
