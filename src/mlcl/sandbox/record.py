"""actions.jsonl: which IAM actions on which resources were used, and by whom."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from mlcl.sandbox import identity, operations
from mlcl.sandbox.identity import Caller
from mlcl.sandbox.runtime.core import AWS_ITSELF
from mlcl.sandbox.wire import AwsError, Request


class Recorder:
    """Writes one line for each new (caller, action, resource): the same again adds nothing."""

    def __init__(self, file: Path) -> None:
        self._file, self._lock = file, threading.Lock()
        self._seen: set[tuple[str, str, str]] = set()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("", encoding="utf-8")

    def note(self, caller: str, action: str, resource: str) -> None:
        """caller: ARN of a role, user or the account; action: 's3:GetObject'; resource: ARN or '*'."""
        key = (caller, action, resource)
        with self._lock:
            if key in self._seen:
                return
            self._seen.add(key)
            service, _, name = action.partition(":")
            line = {"service": service, "action": name, "resources": [resource], "caller": caller}
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(line) + "\n")

    def request(self, request: Request) -> None:
        """Note what a request to AWS uses; what cannot be told from it is '*'."""
        if request.access_key == AWS_ITSELF or not request.service:
            return
        try:
            who = identity.caller(request.access_key)
        except AwsError:
            return
        for action, resource in operations.actions(request):
            self.note(principal(who), action, resource)
        for role in operations.passed_roles(request):
            self.note(principal(who), "iam:PassRole", role)


def principal(who: Caller) -> str:
    return who.role or who.arn
