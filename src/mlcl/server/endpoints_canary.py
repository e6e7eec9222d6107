"""How a canary stands against the live model, and what would decide it (see mlcl.serving.release)."""

from __future__ import annotations

import math
from typing import Any

from mlcl.server.schemas.endpoints import Canary, Condition, TrialFigures
from mlcl.serving.endpoints import EndpointState
from mlcl.serving.release import Rules
from mlcl.serving.series import Lately

_SAID = {
    "promote": "It is about to be promoted: enough requests in enough time, and nothing speaks against it.",
    "rollback": "It is about to be rolled back: {why}.",
    "wait": "It is watched on: {why}.",
}


def progress(state: EndpointState, lately: Lately | None) -> Canary | None:
    """Of the worker that has seen most of it; None without a canary."""
    if state.variant("canary") is None:
        return None
    trials = [one for one in lately.trials if one["revision"] == state.revision] if lately else []
    if not trials:
        nothing = {"requests": 0, "errors": 0, "p50": 0.0, "p95": 0.0, "seconds": 0.0}
        trials = [{"live": nothing, "canary": nothing, "evidence": 0.0, "decision": "wait"}]
    most = max(trials, key=lambda one: one["canary"]["requests"])
    rules = state.settings.rules
    conditions = [_requests(most, rules), _seconds(most, rules), _errors(most, rules), _latency(most, rules)]
    against = [one.text for one in conditions if one.stands == "broken"]
    waiting = [one.text for one in conditions if one.stands == "waiting"]
    return Canary(
        since=state.changed_at,
        live=_figures(most["live"]),
        canary=_figures(most["canary"]),
        conditions=conditions,
        decision=most["decision"],
        why=_SAID[most["decision"]].format(why="; ".join(against or waiting) or "its figures settle"),
        workers=max(1, len(trials)),
    )


def _requests(trial: dict[str, Any], rules: Rules) -> Condition:
    got, wanted = trial["canary"]["requests"], rules.min_requests
    return Condition(
        name="requests",
        label="Requests to the canary",
        value=got,
        limit=wanted,
        unit="requests",
        stands="met" if got >= wanted else "waiting",
        text=f"{got:,} of {wanted:,} requests have reached it",
    )


def _seconds(trial: dict[str, Any], rules: Rules) -> Condition:
    got, wanted = trial["canary"]["seconds"], rules.min_seconds
    return Condition(
        name="seconds",
        label="Time watched",
        value=round(got, 1),
        limit=wanted,
        unit="s",
        stands="met" if got >= wanted else "waiting",
        text=f"it was watched for {got:,.0f} of {wanted:,.0f} seconds",
    )


def _errors(trial: dict[str, Any], rules: Rules) -> Condition:
    """Evidence is a logarithm: below 0 it speaks for the canary, at the limit it is rolled back."""
    evidence, limit = trial["evidence"], math.log(1 / rules.chance_of_error)
    canary, live = _share(trial["canary"]), _share(trial["live"])
    stands = "broken" if evidence >= limit else "met" if evidence <= 0 else "waiting"
    said = {
        "broken": "it surely fails more often than the live model",
        "met": "it does not fail more often than the live model",
        "waiting": "it may fail more often than the live model",
    }[stands]
    return Condition(
        name="errors",
        label="Errors",
        value=round(evidence, 3),
        limit=round(limit, 3),
        unit="evidence (log)",
        stands=stands,
        text=f"{said}: {canary:.2%} of its requests, {live:.2%} of the live model's",
    )


def _latency(trial: dict[str, Any], rules: Rules) -> Condition:
    live, canary = trial["live"], trial["canary"]
    limit = live["p95"] * rules.latency_ratio + rules.latency_slack
    stands, text = (
        "met",
        f"95 % of its answers take at most {canary['p95'] * 1e3:.3g} ms, {limit * 1e3:.3g} ms are allowed",
    )
    if canary["requests"] < rules.min_requests:
        stands, text = "waiting", f"too few requests to judge its latency ({canary['p95'] * 1e3:.3g} ms so far)"
    elif live["requests"] < rules.min_requests:
        text = f"the live model answered too few requests to compare latencies with ({live['requests']:,})"
    elif canary["p95"] > limit:
        stands, text = (
            "broken",
            f"95 % of its answers take up to {canary['p95'] * 1e3:.3g} ms, {limit * 1e3:.3g} ms are allowed",
        )
    return Condition(
        name="latency",
        label="Latency (95th percentile)",
        value=round(canary["p95"] * 1e3, 3) if canary["requests"] else None,
        limit=round(limit * 1e3, 3) if live["requests"] else None,
        unit="ms",
        stands=stands,
        text=text,
    )


def _figures(told: dict[str, Any]) -> TrialFigures:
    return TrialFigures(
        requests=told["requests"],
        errors=told["errors"],
        error_share=_share(told) if told["requests"] else None,
        p50_ms=round(told["p50"] * 1e3, 3) if told["requests"] else None,
        p95_ms=round(told["p95"] * 1e3, 3) if told["requests"] else None,
        seconds=round(told["seconds"], 1),
    )


def _share(told: dict[str, Any]) -> float:
    return told["errors"] / told["requests"] if told["requests"] else 0.0
