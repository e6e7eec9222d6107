"""/_sandbox/…, which AWS has not: what runs, faults, spot interruptions, expired credentials, schedules whose time has
come; for tests and people."""

from __future__ import annotations

import json
from typing import Any

from mlcl.sandbox import identity, schedules
from mlcl.sandbox.faults import Faults
from mlcl.sandbox.runtime.core import Runtime
from mlcl.sandbox.wire import Reply, Request, as_json, invalid, not_found

PREFIX = "/_sandbox/"


class Admin:
    def __init__(self, runtime: Runtime, faults: Faults) -> None:
        self._runtime, self._faults = runtime, faults

    def __call__(self, request: Request) -> Reply | None:
        if not request.path.startswith(PREFIX):
            return None
        what, _, name = request.path.removeprefix(PREFIX).partition("/")
        if what == "status" and request.method == "GET":
            running = [{"kind": kind, "name": each} for kind, each in self._runtime.names()]
            return as_json({"running": running, "faults": self._faults.all()}, kind="application/json")
        if what == "faults":
            return self._set_faults(request)
        if what == "interrupt" and request.method == "POST":
            return self._interrupt(name)
        if what == "expire" and request.method == "POST":
            return as_json({"expired": identity.expire(_body(request).get("role", "*"))}, kind="application/json")
        if what == "fire" and request.method == "POST":
            asked = _body(request)
            answer = schedules.fire(str(asked.get("schedule", "")), str(asked.get("group", "default")))
            return as_json({"answer": answer}, kind="application/json")
        raise not_found()

    def _set_faults(self, request: Request) -> Reply:
        if request.method == "DELETE":
            self._faults.clear()
        elif request.method == "POST":
            self._faults.add(_body(request))
        return as_json({"faults": self._faults.all()}, kind="application/json")

    def _interrupt(self, name: str) -> Reply:
        """AWS takes the spot instances of a training job away."""
        job = self._runtime.get("TrainingJob", name)
        if job is None:
            raise invalid(f"No training job {name} runs.")
        if not job.record.get("EnableManagedSpotTraining"):
            raise invalid(f"Training job {name} runs on no spot instances.")
        job.interrupted.set()
        return as_json({"interrupted": name}, kind="application/json")


def _body(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except ValueError as error:
        raise invalid(f"The body is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise invalid("The body must be an object.")
    return found
