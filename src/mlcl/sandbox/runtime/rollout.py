"""Deployment guardrails: traffic moves from the blue fleet to the green one in steps, and back when an alarm rings.

Source: developer guide, "Blue/Green Deployments" (all at once, canary, linear) and "Rolling deployments".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from mlcl.sandbox.control.resources import Record
from mlcl.sandbox.runtime.files import Failed
from mlcl.sandbox.runtime.watch import alarmed
from mlcl.sandbox.wire import invalid

_LOOK = 0.5  # seconds between two looks at the alarms


class Plan(NamedTuple):
    """shares: parts of the traffic for green, one step after the other; wait: seconds after each; keep_blue: seconds
    until blue is ended; alarms: names."""

    shares: tuple[float, ...]
    wait: float
    keep_blue: float
    alarms: tuple[str, ...]


def plan(config: Record, instances: int, region: str) -> Plan:
    """Of a DeploymentConfig. Raises ValidationException for one that AWS refuses."""
    alarms = tuple(each["AlarmName"] for each in config.get("AutoRollbackConfiguration", {}).get("Alarms", ()))
    try:
        ringing = alarmed(alarms, region) if alarms else []
    except KeyError as error:
        raise invalid(f"The alarm {error.args[0]} of AutoRollbackConfiguration does not exist.") from None
    if ringing:
        raise invalid(f"The alarms {', '.join(ringing)} of AutoRollbackConfiguration are in state ALARM already.")
    if "RollingUpdatePolicy" in config:
        rolling = config["RollingUpdatePolicy"]
        size = _share(rolling["MaximumBatchSize"], instances)
        return Plan(_steps(size), rolling["WaitIntervalInSeconds"], 0, alarms)
    policy = config.get("BlueGreenUpdatePolicy")
    if not policy:
        return Plan((1.0,), 0, 0, alarms)
    routing = policy["TrafficRoutingConfiguration"]
    kind, wait = routing["Type"], routing["WaitIntervalInSeconds"]
    if kind == "CANARY":
        if "CanarySize" not in routing:
            raise invalid("CanarySize is required for traffic routing of type CANARY.")
        share = _share(routing["CanarySize"], instances)
        if share > 0.5:
            raise invalid("CanarySize must be at most 50 percent of the capacity.")
        shares: tuple[float, ...] = (share, 1.0)
    elif kind == "LINEAR":
        if "LinearStepSize" not in routing:
            raise invalid("LinearStepSize is required for traffic routing of type LINEAR.")
        shares = _steps(_share(routing["LinearStepSize"], instances))
    else:
        shares = (1.0,)
    return Plan(shares, wait, policy.get("TerminationWaitInSeconds", 0), alarms)


def carry_out(plan: Plan, region: str, shift: Callable[[float], None], give_up: threading.Event) -> None:
    """Move the traffic step by step. Raises Failed when an alarm rings; the caller goes back."""
    for share in plan.shares:
        shift(share)
        end = time.monotonic() + plan.wait
        while True:
            ringing = alarmed(plan.alarms, region) if plan.alarms else []
            if ringing:
                raise Failed(
                    f"Alarm(s) {', '.join(ringing)} went into ALARM while {share:.0%} of the traffic was shifted."
                )
            left = end - time.monotonic()
            if left <= 0:
                break
            if give_up.wait(min(_LOOK, left)):
                raise Failed("The endpoint was deleted.")
    give_up.wait(plan.keep_blue)


def _share(size: Record, instances: int) -> float:
    if size["Type"] == "INSTANCE_COUNT":
        return min(1.0, float(size["Value"]) / max(1, instances))
    return float(size["Value"]) / 100


def _steps(size: float) -> tuple[float, ...]:
    count = max(1, round(1 / size))
    return (*(round(size * step, 6) for step in range(1, count)), 1.0)
