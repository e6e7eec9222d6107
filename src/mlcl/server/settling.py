"""Runs in AWS that nobody watches: the server sees to it that their records say how they ended.

Their own jobs write down what they can; a job that got no machine, was killed or had lost its store cannot. A process
of its own asks SageMaker (`mlcl.cloud.settle`), of all servers of a store one at a time.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from mlcl.errors import Conflict, MlclError
from mlcl.records import now
from mlcl.server.index import Runs
from mlcl.stores import Log, Store, keys

log = logging.getLogger("mlcl.server")

OPEN, SELDOM = 60.0, 600.0  # seconds between questions: while a run is open, and otherwise (one may have begun unseen)
WATCHED = 60.0  # seconds that a client which watches gets to write the end down itself
_KEPT = 5

Process = subprocess.Popen[bytes]


def begin(on: str) -> Process:
    command = [sys.executable, "-m", "mlcl.server.settling", on, str(WATCHED)]
    return subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)  # noqa: S603 - our own program


class Settler:
    """runs: of the store; begin: starts the process for an environment (aws:ENV)."""

    def __init__(self, store: Store, runs: Runs, begin: Callable[[str], Process] = begin) -> None:
        self.store, self.runs, self._begin = store, runs, begin
        self._working: Process | None = None
        self._asked: dict[str, float] = {}
        self._version, self._environments = -1, dict[str, bool]()

    def look(self) -> None:
        """Starts what is due."""
        if self._working and self._working.poll() is None:
            return
        at = time.monotonic()
        for on, open_ in self._known().items():
            pause = OPEN if open_ else SELDOM
            if at - self._asked.get(on, -pause) >= pause:
                self._asked[on] = at
                if self._claimed(on, pause):
                    self._working = self._begin(on)
                    return

    def close(self) -> None:
        """Ends the process at work; the next server asks again."""
        if self._working:
            self._working.terminate()
            self._working.wait()

    def _known(self) -> dict[str, bool]:
        """The environments that runs of the store ran in, and whether one of those is open."""
        if self._version != self.runs.version:
            self._version, found = self.runs.version, dict[str, bool]()
            for run in self.runs.all():
                if run.platform.startswith("aws:"):
                    open_ = run.state == "running" and run.process.startswith("arn:")
                    found[run.platform] = found.get(run.platform, False) or open_
            self._environments = found
        return self._environments

    def _claimed(self, on: str, pause: float) -> bool:
        """Whether it is this server's turn."""
        turns = Log(self.store, keys.settling(on.partition(":")[2]))
        last = turns.latest()
        if last and datetime.now(UTC) - datetime.fromisoformat(last.document["at"]) < timedelta(seconds=pause):
            return False
        try:
            turns.append({"at": now()}, after=last.number if last else 0)
        except Conflict:
            return False
        turns.prune(_KEPT)
        return True


def main(on: str, watched: str) -> int:
    from mlcl import cloud

    try:
        cloud.settle(on, watched=timedelta(seconds=float(watched)))
    except MlclError as error:
        log.warning("Runs in %s may have ended without a record: %s", on, error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
