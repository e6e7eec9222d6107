"""Runs started from the page: each a process of its own, which does not end with the server.

Of one problem, one run at a time: who starts it writes the next number of a log, which only one can.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson

from mlcl import diary, results, runs
from mlcl.errors import Conflict, NotFound
from mlcl.library import Saved
from mlcl.problem import Problem
from mlcl.records import Run, now
from mlcl.server.index import present
from mlcl.server.live import Live
from mlcl.stores import Log, Store, keys

BEGINS = 60.0  # seconds within which a run that was announced has a state


class Wish(NamedTuple):
    """What a process is told. by: who asked."""

    store: str
    run: str
    problem: str
    revision: int
    overrides: list[str]
    fresh: bool
    by: str


class Launcher:
    def __init__(self, store: Store, live: Live) -> None:
        self.store, self.live = store, live
        self._processes: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()

    def start(self, saved: Saved, problem: Problem, *, overrides: Sequence[str], fresh: bool, by: str) -> Run:
        """Starts a run of a saved problem; Conflict while another one of the same problem is going on."""
        log = Log(self.store, keys.start(problem.name))
        last = log.latest()
        if last:
            self._refuse_second(last.document)
        run_id = runs.new_id()
        log.append({"run": run_id, "at": now(), "by": by}, after=last.number if last else 0)
        wish = Wish(self.store.absolute, run_id, problem.name, saved.revision, list(overrides), fresh, by)
        process = self._spawn(wish)
        return self._announce(problem, run_id, process.pid)

    def stop(self, run: Run) -> None:
        """Asks a run to end, wherever it works."""
        diary.ask_to_stop(self.store, run.id)

    def reap(self) -> None:
        """Lets ended processes go."""
        with self._lock:
            self._processes = [process for process in self._processes if process.poll() is None]

    def _refuse_second(self, last: dict[str, str]) -> None:
        try:
            run = present(self.store, last["run"])
        except NotFound:
            if time.time() - datetime.fromisoformat(last["at"]).timestamp() > BEGINS:
                return
            state = "about to begin"
        else:
            if run.state != "running":
                return
            state = "running"
        who = f", started by {last['by']}" if last.get("by") else ""
        raise Conflict(
            "A run of this problem is going on already.",
            where=last["run"],
            found=f"{state} since {last['at']}{who}",
            fix="Wait until it has ended, or stop it.",
        )

    def _spawn(self, wish: Wish) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "mlcl.server.worker", orjson.dumps(wish._asdict()).decode()],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with self._lock:
            self._processes.append(process)
        return process

    def _announce(self, problem: Problem, run_id: str, pid: int) -> Run:
        """Writes the run's first state, unless its process was faster."""
        run = results.new_run(problem, "page", run_id)
        host = run.process.rpartition(":")[0]
        run = run.model_copy(update={"process": f"{host}:{pid}"})
        try:
            Log(self.store, keys.run(run_id)).append(run.model_dump(mode="json"), after=0)
        except Conflict:
            run = present(self.store, run_id)
        self.live.runs.note(run)
        return run
