"""Attempts to replace a model as the API shows them: what was tried, by what, and how both models did."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from mlcl.errors import MlclError
from mlcl.metrics import METRICS
from mlcl.problem.base import duration
from mlcl.problem.watching import Retrain
from mlcl.records import time_text
from mlcl.retraining import attempts
from mlcl.retraining.attempts import Attempt as Record
from mlcl.server.briefs import moment
from mlcl.server.context import Server
from mlcl.server.index import Known, present
from mlcl.server.monitoring_jobs import Work
from mlcl.server.monitoring_watched import watched
from mlcl.server.schemas.retraining import (
    Attempt,
    AttemptBrief,
    Retraining,
    RetrainPolicy,
    RivalFigure,
    TrainingRows,
)
from mlcl.server.schemas.runs import GoalResult, Step
from mlcl.serving.endpoints import EndpointState


class Numbered(NamedTuple):
    """number: of the attempt among the endpoint's, from 1."""

    number: int
    record: Record


def numbered(server: Server, name: str) -> list[Numbered]:
    """All attempts, oldest first."""
    found = [one for one in attempts.history(server.store, name) if one.state != "watching"]
    return [Numbered(number, one) for number, one in enumerate(found, 1)]


def brief(server: Server, one: Numbered) -> AttemptBrief:
    return AttemptBrief(**_fields(server, one))


def detail(server: Server, one: Numbered) -> Attempt:
    record, run = one.record, _run_id(server, one.record)
    verdict, known = server.facts(run, "verdict", _verdict) if run else None, server.live.runs.known.get(run)
    return Attempt(
        **_fields(server, one),
        goals=[GoalResult.model_validate(goal) for goal in record.goals],
        figures=[RivalFigure.model_validate(figure) for figure in (verdict or {}).get("figures", ())],
        unit=known.unit if known else "",
        verdict=(verdict or {}).get("why", ""),
        process=record.process,
        steps=_steps(server, run),
    )


def standing(server: Server, state: EndpointState) -> Retraining:
    """How retraining stands, without looking through the outcomes."""
    name = state.name
    found = numbered(server, name)
    busy = bool(found) and found[-1].record.busy(datetime.now(UTC))
    policy, why_not = _policy(server, state)
    ended = found[:-1] if busy else found
    started = server.part(Work).attempting(name, len(ended))
    failed = _failed(ended)
    return Retraining(
        endpoint=name,
        policy=RetrainPolicy.model_validate(policy.model_dump()) if policy else None,
        busy=busy or started,
        running=brief(server, found[-1]) if busy else None,
        last=brief(server, ended[-1]) if ended else None,
        attempts=len(found),
        failed_in_a_row=failed,
        held=_held(policy, ended, failed) if policy else "",
        next_at=_next(policy, ended) if policy else None,
        possible=not why_not,
        why_not=why_not,
    )


def _fields(server: Server, one: Numbered) -> dict[str, Any]:
    record = one.record
    end = moment(record.ended_at) if record.ended_at else datetime.now(UTC).timestamp()
    known = record.state == "running" or record.ended_at
    outcomes = {goal.get("outcome") for goal in record.goals}
    return {
        **record.model_dump(include={"endpoint", "trigger", "state", "at", "ended_at", "why", "live", "version"}),
        "number": one.number,
        "seconds": _seconds(server, record, end) if known else None,
        "run": _run_id(server, record),
        "rows": TrainingRows.model_validate(record.rows),
        "outcome": next((one for one in ("not met", "undecided", "met") if one in outcomes), None),
    }


def _seconds(server: Server, record: Record, end: float) -> float:
    """Of the run, where there is one: an attempt's own times come from the clock of whoever asked."""
    run = server.live.runs.known.get(record.run)
    return run.seconds if run else round(max(0.0, end - moment(record.at)), 1)


def _run_id(server: Server, record: Record) -> str:
    """Of an attempt that goes on: the run of this problem that began after it, with its trigger."""
    if record.run or record.state != "running":
        return record.run

    def fits(run: Known) -> bool:
        same = (run.problem, run.trigger, run.state) == (record.endpoint, record.trigger, "running")
        return same and run.started_at >= record.at

    return max((run.id for run in list(server.live.runs.known.values()) if fits(run)), default="")


def _steps(server: Server, run_id: str) -> list[Step]:
    if not run_id:
        return []
    try:
        run = present(server.store, run_id)
    except MlclError:
        return []
    return [
        Step(name=step.name, label=step.name.capitalize(), state=step.state, seconds=step.seconds, note=step.note)
        for step in run.steps
    ]


def _verdict(document: dict[str, Any]) -> dict[str, Any]:
    """why, and the metrics of challenger and champion on the same rows."""
    champion = (document.get("against") or {}).get("champion") or {}
    between = champion.get("differences") or {}
    known = (champion.get("metrics") or {}).items()
    figures = [_figure(name, value, between.get(name) or {}) for name, value in known if name in METRICS]
    return {"why": document.get("why", ""), "figures": figures}


def _figure(name: str, champion: float | None, between: dict[str, Any]) -> dict[str, Any]:
    """The challenger's figure is the champion's and the difference."""
    greater = METRICS[name].greater_is_better
    difference, low, high = (between.get(key) for key in ("difference", "low", "high"))
    known = champion is not None and difference is not None
    challenger = champion + difference if known else None  # type: ignore[operator]
    better = None
    if low is not None and high is not None:
        better = "undecided" if low <= 0 <= high else "challenger" if (low > 0) == greater else "champion"
    return {
        "metric": name,
        "label": METRICS[name].label,
        "greater_is_better": greater,
        "champion": champion,
        "challenger": challenger,
        "difference": difference,
        "low": low,
        "high": high,
        "better": better,
    }


def _policy(server: Server, state: EndpointState) -> tuple[Retrain | None, str]:
    """[retrain] of the live model's problem file, and why nothing can be trained."""
    if state.live is None:
        return None, "The endpoint is out of use."
    try:
        problem = watched(server, state.name).problem
    except MlclError as error:
        return None, error.what
    if problem is None:
        return None, "The live model was not made by a run of this store."
    return problem.retrain, ""


def _failed(ended: list[Numbered]) -> int:
    """Challengers in a row that did not replace the model, as the policy counts them."""
    failed = 0
    for one in reversed([one.record for one in ended if one.record.counts]):
        if one.state in ("deployed", "trying") or one.trigger == "person":
            break
        failed += 1
    return failed


def _held(policy: Retrain, ended: list[Numbered], failed: int) -> str:
    if not policy.on:
        return "Nothing starts a training by itself: [retrain] names nothing."
    if failed >= policy.attempts:
        return f"{failed} challengers in a row did not replace the live model: a person must look."
    trained = [one.record for one in ended if one.record.counts]
    if trained and datetime.now(UTC) - trained[-1].began < duration(policy.cooldown):
        return f"The last training was less than {policy.cooldown} ago."
    return ""


def _next(policy: Retrain, ended: list[Numbered]) -> str | None:
    """When the schedule asks for a training: counted from the last one."""
    trained = [one.record for one in ended if one.record.counts]
    if "schedule" not in policy.on or not trained:
        return None
    return time_text(trained[-1].began + duration(policy.every))
