"""The phases of the life cycle and how a problem stands in each, in one line for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mlcl.monitoring.alerts import Alert
from mlcl.problem.sections import Problem
from mlcl.records import Model
from mlcl.server.index import Known
from mlcl.server.schemas.problems import LiveEndpoint, Phase, PhaseName, PhaseState
from mlcl.serving.endpoints import EndpointState

LABELS: dict[PhaseName, str] = {
    "frame": "Question and goals",
    "data": "Data",
    "train": "Training",
    "evaluate": "Evaluation",
    "deploy": "Deployment",
    "predict": "Predictions",
    "monitor": "Monitoring",
    "retrain": "Retraining",
}
# The steps of a run that each phase consists of.
_STEPS: dict[str, tuple[str, ...]] = {
    "data": ("collect", "validate", "prepare"),
    "train": ("train",),
    "evaluate": ("evaluate", "judge", "register"),
}
_ORDER = [step for steps in _STEPS.values() for step in steps]

How = tuple[PhaseState, str]


class Facts(NamedTuple):
    """problem: as saved, when it has no mistakes; run: the newest; data: rows and columns of its table; latest: the
    model that it registered; look, retraining: newest states of these jobs."""

    problem: Problem | None
    mistaken: bool
    run: Known | None
    data: Any
    latest: Model | None
    champion: Model | None
    endpoint: EndpointState | None
    live: LiveEndpoint | None
    open_alerts: Sequence[Alert]
    look: Mapping[str, Any] | None
    retraining: Mapping[str, Any] | None


def phases(facts: Facts) -> list[Phase]:
    """All phases, in order."""
    return [
        Phase(name=name, label=LABELS[name], state=state, text=text, at=at) for name, (state, text), at in _all(facts)
    ]


def _all(facts: Facts) -> Iterator[tuple[PhaseName, How, str | None]]:
    run = facts.run
    at = (run.finished_at or run.started_at) if run else None
    yield "frame", _frame(facts), None
    yield "data", _data(facts), at
    yield "train", _train(facts), at
    yield "evaluate", _evaluate(facts), at
    yield "deploy", _deploy(facts), facts.endpoint.changed_at if facts.endpoint else None
    yield "predict", _predict(facts), None
    yield "monitor", _monitor(facts), _at(facts.look)
    yield "retrain", _retrain(facts), _at(facts.retraining)


def _frame(facts: Facts) -> How:
    if facts.mistaken:
        return "attention", "The problem file has mistakes."
    if facts.problem is None:
        return ("done", "Run from a file.") if facts.run else ("not started", "No problem file yet.")
    goals = len(facts.problem.goal)
    if not goals:
        return "attention", "No goals are set: every model passes."
    return "done", f"{goals} goal{'s' if goals > 1 else ''}"


def _data(facts: Facts) -> How:
    how = _of_run(facts, "data")
    if how[0] == "done" and facts.data:
        return "done", f"{facts.data.rows:,} rows, {facts.data.columns} columns"
    return how


def _train(facts: Facts) -> How:
    how = _of_run(facts, "train")
    return ("done", facts.latest.learner) if how[0] == "done" and facts.latest else how


def _evaluate(facts: Facts) -> How:
    how = _of_run(facts, "evaluate")
    if how[0] == "done" and facts.run and facts.latest:
        return ("done" if facts.run.state == "passed" else "attention"), facts.latest.why
    return how


def _of_run(facts: Facts, phase: str) -> How:
    """How the steps of a phase stand in the newest run."""
    run = facts.run
    if run is None:
        return "not started", "No run yet."
    steps = _STEPS[phase]
    ends = max(_ORDER.index(step) for step in steps) + 1
    if run.steps_done >= ends:
        return "done", ""
    if run.step in steps:
        return (
            ("running", run.step)
            if run.state == "running"
            else ("failed", _first_sentence(run.error or f"{run.step}: {run.state}"))
        )
    begun = run.steps_done > min(_ORDER.index(step) for step in steps) or phase == "data"
    if begun and run.state == "running":
        return "running", ""
    if begun:
        return "failed", _first_sentence(run.error or f"The run was {run.state}.")
    return "not started", ""


def _deploy(facts: Facts) -> How:
    state, best = facts.endpoint, facts.champion
    if state is None or state.live is None:
        return ("attention", f"Version {best.version} passed and is not deployed.") if best else ("not started", "")
    if state.rival:
        return "running", f"{state.rival.label} as a {state.rival.role} at {state.rival.weight:g} %"
    if state.forced:
        return "attention", f"{state.live.label} is live without having met its goals."
    if best and best.version and (state.live.version or 0) < best.version:
        return "attention", f"{state.live.label} is live; version {best.version} passed."
    return "done", f"{state.live.label} is live"


def _predict(facts: Facts) -> How:
    live = facts.live
    if live is None or live.state == "out of use":
        return "not started", ""
    if live.error_share:
        return "attention", f"{live.error_share:.1%} of the requests fail."
    if live.predictions_total is None:
        return "done", ""
    if not live.predictions_total:
        return "not started", "No traffic since the server started."
    return "done", f"{live.predictions_total:,} predictions since the server started"


def _monitor(facts: Facts) -> How:
    if facts.open_alerts:
        count = len(facts.open_alerts)
        return "attention", f"{count} open alert{'s' if count > 1 else ''}"
    if facts.look is None:
        return "not started", ""
    state = facts.look.get("state")
    if state == "failed":
        return "failed", str(facts.look.get("error") or "The last look failed.").splitlines()[0]
    return ("running", "") if state == "running" else ("done", "No alerts.")


def _retrain(facts: Facts) -> How:
    last = facts.retraining
    if last is None or last.get("state") == "watching":
        wanted = facts.problem.retrain.on if facts.problem else ()
        return "not started", f"On {', '.join(wanted)}." if wanted else ""
    state, why = str(last.get("state")), str(last.get("why") or "")
    known: dict[str, PhaseState] = {"running": "running", "trying": "running", "failed": "failed"}
    return known.get(state, "done"), _first_sentence(why)


def _first_sentence(text: str) -> str:
    first, more, _ = text.partition(". ")
    return f"{first}." if more else text


def _at(document: Mapping[str, Any] | None) -> str | None:
    if document is None:
        return None
    return document.get("finished_at") or document.get("ended_at") or document.get("started_at") or document.get("at")
