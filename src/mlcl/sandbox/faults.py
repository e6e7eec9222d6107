"""Faults on demand: throttling, failing services, expired credentials; set by POST /_sandbox/faults."""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from mlcl.sandbox import operations
from mlcl.sandbox.wire import AwsError, Reply, Request, as_error, invalid

_XML = {"s3", "sqs", "sns", "iam", "sts", "ec2", "monitoring", "cloudfront", "elasticloadbalancing", "autoscaling"}


class Fault(NamedTuple):
    """Requests to `service` whose action and path match fail `times` times (-1: always) after `after` have passed.

    service 'job': not a request, but the start of a job's work (action: its kind, path: '/NAME'); it fails with
    'CODE: MESSAGE' as its reason.
    """

    service: str
    action: str = "*"
    path: str = "*"
    code: str = "ThrottlingException"
    message: str = "Rate exceeded"
    status: int = 400
    times: int = 1
    after: int = 0
    caller: str = "*"


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, given: dict[str, Any]) -> None:
        """Raises ValidationException for unknown members."""
        wrong = set(given) - set(Fault._fields)
        if wrong or "service" not in given:
            raise invalid(f"A fault has the members {', '.join(Fault._fields)}; found {', '.join(sorted(given))}.")
        with self._lock:
            self._faults.append(Fault(**given))

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def all(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault._asdict() for fault in self._faults]

    def of(self, request: Request, caller: str) -> Reply | None:
        """The answer of the first fault that a request meets."""
        if not self._faults:
            return None
        names = [action.partition(":")[2] for action, _ in operations.actions(request)]
        error = self._next(request.service, names, request.path, caller)
        return answer(request, error) if error else None

    def strike(self, service: str, action: str, path: str = "/", caller: str = "") -> None:
        """For calls that come over no wire. Raises AwsError where a fault is met."""
        error = self._next(service, [action], path, caller)
        if error:
            raise error

    def _next(self, service: str, names: Sequence[str], path: str, caller: str) -> AwsError | None:
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.times == 0 or not _meets(fault, service, names, path, caller):
                    continue
                if fault.after > 0:
                    self._faults[place] = fault._replace(after=fault.after - 1)
                    continue
                self._faults[place] = fault._replace(times=fault.times - 1 if fault.times > 0 else -1)
                return AwsError(fault.code, fault.message, fault.status)
        return None


def answer(request: Request, error: AwsError) -> Reply:
    """An error in the protocol that the request's service speaks."""
    if request.service not in _XML:
        return as_error(error)
    body = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    text = (
        f"<Error>{body}</Error>" if request.service == "s3" else f"<ErrorResponse><Error>{body}</Error></ErrorResponse>"
    )
    return Reply(error.status, [("Content-Type", "application/xml")], text.encode())


def _meets(fault: Fault, service: str, names: Sequence[str], path: str, caller: str) -> bool:
    return (
        fault.service in (service, "*")
        and (fault.action == "*" or any(fnmatch.fnmatchcase(name, fault.action) for name in names))
        and fnmatch.fnmatchcase(path, fault.path)
        and fnmatch.fnmatchcase(caller, fault.caller)
    )
