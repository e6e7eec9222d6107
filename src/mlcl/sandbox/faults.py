"""Faults on demand: throttling, failing services, expired credentials; set by POST /_sandbox/faults."""

from __future__ import annotations

import fnmatch
import threading
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from mlcl.sandbox import operations
from mlcl.sandbox.wire import AwsError, Reply, Request, as_error, invalid

_XML = {"s3", "sqs", "sns", "iam", "sts", "ec2", "monitoring", "cloudfront", "elasticloadbalancing", "autoscaling"}


class Fault(NamedTuple):
    """Requests to `service` whose action and path match fail `times` times (-1: always) after `after` have passed."""

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
        with self._lock:
            for place, fault in enumerate(self._faults):
                if not _meets(fault, request, names, caller) or fault.times == 0:
                    continue
                if fault.after > 0:
                    self._faults[place] = fault._replace(after=fault.after - 1)
                    continue
                self._faults[place] = fault._replace(times=max(-1, fault.times - 1) if fault.times > 0 else -1)
                return answer(request, AwsError(fault.code, fault.message, fault.status))
        return None


def answer(request: Request, error: AwsError) -> Reply:
    """An error in the protocol that the request's service speaks."""
    if request.service not in _XML:
        return as_error(error)
    body = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    text = f"<Error>{body}</Error>" if request.service == "s3" else f"<ErrorResponse><Error>{body}</Error></ErrorResponse>"
    return Reply(error.status, [("Content-Type", "application/xml")], text.encode())


def _meets(fault: Fault, request: Request, names: list[str], caller: str) -> bool:
    return (
        fault.service in (request.service, "*")
        and (fault.action == "*" or any(fnmatch.fnmatchcase(name, fault.action) for name in names))
        and fnmatch.fnmatchcase(request.path, fault.path)
        and fnmatch.fnmatchcase(caller, fault.caller)
    )
