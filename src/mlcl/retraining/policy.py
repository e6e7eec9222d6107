"""When a challenger is trained without being asked for: [retrain] in the problem file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from mlcl.errors import Conflict, MlclError
from mlcl.monitoring import alerts
from mlcl.problem.base import duration
from mlcl.problem.watching import Retrain
from mlcl.records import Record
from mlcl.retraining import attempts, challenger
from mlcl.retraining.attempts import Attempt
from mlcl.retraining.challenger import Champion, Watch
from mlcl.stores import Store

# The kinds of alert that each trigger goes by.
ALERTS: dict[str, frozenset[str]] = {
    "drift": frozenset({"drift", "predictions", "multivariate"}),
    "performance": frozenset({"performance", "estimated"}),
}


class Outcome(Record):
    """What the policy did. state: not due; held back (due, but something forbids it now); busy (somebody else is at
    it); tried (see attempt); failed (the attempt ended with an error)."""

    endpoint: str
    state: Literal["not due", "held back", "busy", "tried", "failed"]
    trigger: str = ""
    why: str
    attempt: Attempt | None = None


class Due(NamedTuple):
    trigger: str
    why: str


def retrain_if_due(store: Store, name: str, now: datetime, *, watch: Watch = lambda step: None) -> Outcome:
    """Trains a challenger when [retrain] of the live model's problem says so, and nothing holds it back.

    To be called after each look, as often as one likes. NotFound when the endpoint is not in use. An attempt that
    fails is a recorded outcome, not an error.
    """
    champion = challenger.champion_of(store, name)
    known = [attempt for attempt in attempts.history(store, name) if attempt.counts]
    attempts.watched_since(store, name, now)
    due = next(_due(store, champion, known, now), None)
    if due is None:
        return Outcome(endpoint=name, state="not due", why=_not_due(champion.problem.retrain))
    held = next(_held(store, champion, known, now), "")
    if held:
        return Outcome(endpoint=name, state="held back", trigger=due.trigger, why=f"{due.why} {held}")
    try:
        attempt = challenger.retrain(store, name, now, due.trigger, watch=watch)
    except Conflict as error:
        return Outcome(endpoint=name, state="busy", trigger=due.trigger, why=f"{due.why} {error.what}")
    except MlclError as error:
        return Outcome(endpoint=name, state="failed", trigger=due.trigger, why=f"{due.why} {error.what}")
    return Outcome(endpoint=name, state="tried", trigger=due.trigger, why=f"{due.why} {attempt.why}", attempt=attempt)


def _due(store: Store, champion: Champion, known: list[Attempt], now: datetime) -> Iterator[Due]:
    """The triggers that ask for a challenger, the most urgent first."""
    checks: dict[str, Callable[[], str]] = {
        "performance": lambda: _alerted(store, champion, "performance"),
        "drift": lambda: _alerted(store, champion, "drift"),
        "schedule": lambda: _scheduled(store, champion, known, now),
        "new_data": lambda: _new_data(store, champion, known, now),
    }
    for trigger, check in checks.items():
        if trigger in champion.problem.retrain.on and (why := check()):
            yield Due(trigger, why)


def _alerted(store: Store, champion: Champion, trigger: str) -> str:
    """Alerts of an earlier model say nothing of the live one."""
    firing = [
        alert
        for alert in alerts.present(store, champion.state.name)
        if alert.kind in ALERTS[trigger] and alert.state == "firing" and alert.version == champion.model.version
    ]
    more = f" (and {len(firing) - 1} more)" if len(firing) > 1 else ""
    return f"An alert fires: {firing[0].message}{more}" if firing else ""


def _scheduled(store: Store, champion: Champion, known: list[Attempt], now: datetime) -> str:
    last = known[-1].began if known else attempts.watched_since(store, champion.state.name, now)
    every = champion.problem.retrain.every
    return f"The last training was {every} ago or more." if now - last >= duration(every) else ""


def _new_data(store: Store, champion: Champion, known: list[Attempt], now: datetime) -> str:
    """New since the last attempt too: the same rows would give the same challenger."""
    found = challenger.known_since(store, champion, now)
    used = known[-1].rows.get("new", 0) if known and known[-1].live == champion.model.version else 0
    new, least = len(found) - used, champion.problem.retrain.minimum_rows
    return f"{new:,} new rows with an outcome are there ({least:,} are wanted)." if new >= least else ""


def _held(store: Store, champion: Champion, known: list[Attempt], now: datetime) -> Iterator[str]:
    """What forbids a training now."""
    settings = champion.problem.retrain
    if known and now - known[-1].began < duration(settings.cooldown):
        yield f"But the last training was less than {settings.cooldown} ago."
    if (failed := _failed_in_a_row(known)) >= settings.attempts:
        yield (
            f"But {failed} challengers in a row did not replace the live model: a person must look. "
            f"After that: mlcl retrain {champion.state.name}"
        )
    rows = len(challenger.known_since(store, champion, now))
    if rows < settings.minimum_rows:
        yield f"But only {rows:,} new rows with an outcome are there; {settings.minimum_rows:,} are needed."


def _failed_in_a_row(known: list[Attempt]) -> int:
    """Counted back to the last one that replaced the model, or that a person asked for."""
    failed = 0
    for attempt in reversed(known):
        if attempt.state in ("deployed", "trying") or attempt.trigger == "person":
            break
        failed += 1
    return failed


def _not_due(settings: Retrain) -> str:
    if not settings.on:
        return "[retrain] names nothing that starts a training."
    return f"Nothing asks for a training (of: {', '.join(settings.on)})."
