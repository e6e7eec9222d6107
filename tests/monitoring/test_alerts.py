"""Alerts: one while it fires, acknowledged, resolved, and again a new one; and what is still to be told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.errors import Corrupt, NotFound, UsageError
from mlcl.monitoring import alerts
from mlcl.monitoring.alerts import Alert, Board
from mlcl.records import time_text
from mlcl.stores import Log, Store, keys

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
KINDS = ("drift", "missing", "performance")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def finding(kind: str = "drift", column: str | None = "age", money: float | None = 10.0, value: float = 0.3) -> Any:
    told = {"severity": "warning", "value": value, "limit": 0.1, "money_at_risk": money}
    return {"kind": kind, "column": column, "message": f"{kind} of {column}", **told}


def report(*findings: Any, at: datetime = NOW, judged: Any = KINDS) -> dict[str, Any]:
    about = {"id": f"{at:%Y%m%d-%H%M%S}", "endpoint": "bank-marketing", "version": 3, "unit": "EUR"}
    return {**about, "until": time_text(at), "judged": list(judged), "findings": list(findings)}


def settle(store: Store, *findings: Any, hours: int = 0, **more: Any) -> list[tuple[str, str]]:
    at = NOW + hours * HOUR
    changed = alerts.settle(store, "bank-marketing", report(*findings, at=at, **more), at, ["webhook"])
    return [(alert.id, alert.state) for alert in changed]


def test_it_fires_once_and_is_resolved_by_the_first_look_that_no_longer_finds_it(store: Store) -> None:
    assert settle(store, finding()) == [("bank-marketing-1", "firing")]
    assert settle(store, finding(value=0.5), hours=1) == []
    assert alerts.present(store)[0].value == 0.5
    assert settle(store, hours=2) == [("bank-marketing-1", "resolved")]
    assert alerts.present(store) == []
    assert settle(store, finding(), hours=3) == [("bank-marketing-2", "firing")]
    states = [(alert.id, alert.state) for alert in alerts.present(store, resolved=True)]
    assert states == [("bank-marketing-2", "firing"), ("bank-marketing-1", "resolved")]


def test_columns_and_kinds_have_their_own_alerts(store: Store) -> None:
    settle(store, finding(), finding(column="job"), finding("missing"), finding("performance", None))
    assert len(alerts.present(store)) == 4
    assert settle(store, finding(), finding(column="job"), finding("missing"), hours=1) == [
        ("bank-marketing-4", "resolved")
    ]


def test_a_look_that_could_not_judge_changes_nothing(store: Store) -> None:
    settle(store, finding(), finding("performance", None))
    assert settle(store, hours=1, judged=[]) == []
    assert settle(store, hours=2, judged=["drift"]) == [("bank-marketing-1", "resolved")]
    assert [alert.kind for alert in alerts.present(store)] == ["performance"]


def test_a_look_at_an_earlier_window_changes_nothing(store: Store) -> None:
    settle(store, finding(), hours=5)
    assert settle(store, hours=4) == []
    assert settle(store, finding("missing"), hours=4) == []
    assert len(alerts.present(store)) == 1


def test_the_dearest_come_first(store: Store) -> None:
    settle(store, finding(money=5), finding(column="b", money=None), finding(column="c", money=50))
    assert [alert.column for alert in alerts.present(store)] == ["c", "age", "b"]


def test_acknowledged_until_resolved(store: Store) -> None:
    settle(store, finding())
    first = alerts.acknowledge(store, "bank-marketing-1", NOW + HOUR, ["webhook"])
    again = alerts.acknowledge(store, "bank-marketing-1", NOW + 2 * HOUR, ["webhook"])
    assert (first.state, again) == ("acknowledged", first)
    assert settle(store, finding(value=9), hours=3) == []
    assert alerts.present(store)[0].state == "acknowledged"
    assert settle(store, hours=4) == [("bank-marketing-1", "resolved")]
    with pytest.raises(UsageError, match="resolved already"):
        alerts.acknowledge(store, "bank-marketing-1", NOW)
    told = [notice.id for notice in alerts.board(store, "bank-marketing").notices]
    assert told == [f"bank-marketing-1-{state}" for state in ("firing", "acknowledged", "resolved")]


@pytest.mark.parametrize("name", ["nothing", "bank-marketing-2", "", "-1", "../x-1", "bank-marketing-"])
def test_an_alert_that_is_not_there(store: Store, name: str) -> None:
    settle(store, finding())
    with pytest.raises(UsageError):
        alerts.acknowledge(store, name, NOW)


def test_did_you_mean(store: Store) -> None:
    settle(store, finding())
    with pytest.raises(NotFound, match="bank-marketing-1"):
        alerts.acknowledge(store, "bank-marketin-1", NOW)


def test_the_log_keeps_the_history(store: Store) -> None:
    settle(store, finding())
    settle(store, hours=1)
    states = [entry.document["alerts"][0]["state"] for entry in Log(store, keys.alerts("bank-marketing")).history()]
    assert states == ["firing", "resolved"]


def test_quiet_looks_do_not_fill_the_log(store: Store) -> None:
    for hour in range(3):
        settle(store, hours=hour)
    settle(store, finding(), hours=3)
    settle(store, finding(), hours=3)
    assert len(Log(store, keys.alerts("bank-marketing")).history()) <= 4


def test_a_damaged_board_is_named(store: Store) -> None:
    store.put(f"{keys.alerts('bank-marketing')}/00000001.json", b'{"alerts": [{"id": 7}]}')
    with pytest.raises(Corrupt, match="damaged"):
        alerts.present(store)


def test_looks_at_the_same_time_make_one_alert(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        changed = list(threads.map(lambda _: settle(store, finding()), range(16)))
    assert sorted(filter(None, changed)) == [[("bank-marketing-1", "firing")]]
    assert len(alerts.board(store, "bank-marketing").notices) == 1


def test_a_claimed_notice_is_nobody_else_s_until_it_is_due_again(store: Store) -> None:
    settle(store, finding())
    later = NOW + HOUR
    assert len(alerts.claim(store, "bank-marketing", NOW, later, 10)) == 1
    assert alerts.claim(store, "bank-marketing", NOW, later, 10) == []
    assert not alerts.waiting(alerts.board(store, "bank-marketing"), NOW)
    (again,) = alerts.claim(store, "bank-marketing", later, later + HOUR, 10)
    assert again.attempts == 2


@pytest.mark.parametrize("attempts", [1, 2])
def test_given_up_in_the_end_and_kept(store: Store, attempts: int) -> None:
    settle(store, finding())
    (notice,) = alerts.claim(store, "bank-marketing", NOW, NOW + HOUR, 10)
    failed = notice.model_copy(update={"error": "it answered 500"})
    alerts.tried(store, "bank-marketing", {(notice.id, notice.channel): failed}, attempts)
    board = alerts.board(store, "bank-marketing")
    assert (len(board.failed), len(board.notices)) == ((1, 0) if attempts == 1 else (0, 1))


PLACES = st.sets(st.tuples(st.sampled_from(KINDS), st.sampled_from(["a", "b", ""])))
LOOK = st.tuples(PLACES, st.sets(st.sampled_from(KINDS)))
STEPS = st.lists(st.one_of(LOOK, st.integers(0, 5)), max_size=25)


@given(STEPS)
def test_the_state_machine_against_a_plain_model(steps: list[Any]) -> None:
    """The model: a dict of what is open. A look opens what it finds, closes what it could judge and did not find."""
    board, model, made, at = Board(), {}, 0, NOW
    for step in steps:
        at += HOUR
        before = board
        if isinstance(step, int):
            board, expected = acknowledged(board, model, step)
        else:
            found = {place for place in step[0] if place[0] in step[1]}
            look = report(*(finding(kind, column) for kind, column in sorted(found)), at=at, judged=step[1])
            board = alerts.settled(board, look, at)
            expected = list(judged(model, found, step[1]))
            made += sum(state == "firing" for _, state in expected)
        changed = [(alert.place, alert.state) for alert in alerts.changes(board, before)]
        assert sorted(changed) == sorted(expected)
        assert {alert.place: alert.state for alert in board.open} == model
        assert len({alert.id for alert in board.alerts}) == board.made == made


def acknowledged(board: Board, model: dict[Any, str], place: int) -> tuple[Board, list[Any]]:
    firing = [alert for alert in board.open if alert.state == "firing"]
    if place >= len(firing):
        return board, []
    chosen = firing[place]
    model[chosen.place] = "acknowledged"
    known: list[Alert] = [
        alert.model_copy(update={"state": "acknowledged"}) if alert.id == chosen.id else alert for alert in board.alerts
    ]
    return board.model_copy(update={"alerts": tuple(known)}), [(chosen.place, "acknowledged")]


def judged(model: dict[Any, str], found: set[Any], kinds: set[str]) -> Iterator[tuple[Any, str]]:
    for place in [place for place in model if place[0] in kinds and place not in found]:
        del model[place]
        yield place, "resolved"
    for place in found - model.keys():
        model[place] = "firing"
        yield place, "firing"
