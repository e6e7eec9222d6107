"""Every run, in memory: what lists and cards need of it, read once from the store and again only while it is running.

A store may hold tens of thousands of runs. A finished run never changes, so what is known of it is kept, also in the
store (`index/runs.json`, a cache that may be deleted), and a server that starts reads the rest only. Runs that other
processes begin are seen by their new folder.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from mlcl import diary, runs
from mlcl.errors import MlclError, NotFound
from mlcl.records import Run, RunState
from mlcl.server.watch import Children
from mlcl.stores import Log, Store, keys

SCHEMA = 1
_OLD = 24 * 3600.0  # seconds after which a run that never ended on another machine is looked at seldom
_SELDOM = 60.0
_UNKEPT = 100  # finished runs that are not in the kept index yet, from which on it is written


class Known(NamedTuple):
    """What is kept of a run."""

    id: str
    problem: str
    state: RunState
    trigger: str
    platform: str
    started_at: str
    finished_at: str
    seconds: float
    step: str
    steps_done: int
    steps_total: int
    error: str
    dataset_digest: str
    bundle_digest: str
    model_version: int | None
    process: str
    question: str
    decision: str
    target: str
    unit: str

    @classmethod
    def of(cls, run: Run) -> Known:
        head = run.problem_json.get("problem") or {}
        current = next((step.name for step in run.steps if step.state in ("running", "failed")), "")
        return cls(
            id=run.id,
            problem=run.problem,
            state=run.state,
            trigger=run.trigger,
            platform=run.platform,
            started_at=run.started_at,
            finished_at=run.finished_at,
            seconds=round(sum(step.seconds for step in run.steps), 3),
            step=current,
            steps_done=sum(step.state in ("done", "cached") for step in run.steps),
            steps_total=len(run.steps),
            error=str((run.error or {}).get("what") or ""),
            dataset_digest=run.dataset_digest,
            bundle_digest=run.bundle_digest,
            model_version=run.model_version,
            process=run.process,
            question=str(head.get("question") or ""),
            decision=str(head.get("decision") or ""),
            target=str(head.get("target") or ""),
            unit=str((run.problem_json.get("value") or {}).get("unit") or ""),
        )


class Runs:
    """The runs of a store. `refresh` is called again and again by one thread; the rest by any. version: changes with
    the runs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.known: dict[str, Known] = {}
        self.progress: dict[str, dict[str, Any]] = {}
        self._running: dict[str, float] = {}
        self._folders, self._lock, self._unkept = Children(store, "runs"), threading.Lock(), 0
        self.version = 0
        self._loaded = False
        self._present: frozenset[str] = frozenset()
        self._empty: set[str] = set()  # runs that have no state yet, as far as is known
        self._changed: list[Known] = []

    def refresh(self, *, now: bool = False) -> list[Known]:
        """Looks at the store; gives the runs that are new or have changed, oldest first."""
        with self._lock:
            if not self._loaded:
                self._load()
            present = self._folders.look(now=now)
            if present is not self._present:
                self._present = present
                self._forget(self.known.keys() - present)
                self._empty = set(present - self.known.keys())
            self._read([*self._empty, *self._due()])
            if self._unkept >= _UNKEPT:
                self._keep()
            changed, self._changed = self._changed, []
        return sorted(changed, key=lambda known: known.id)

    def note(self, run: Run) -> None:
        """A run that this server has just begun or changed."""
        with self._lock:
            self._take(run.id, run)

    def all(self) -> list[Known]:
        """All runs, in no order."""
        return list(self.known.values())

    def close(self) -> None:
        """Keeps what is known for the next start."""
        with self._lock:
            if self._unkept:
                self._keep()

    def _due(self) -> list[str]:
        at = time.monotonic()
        return [name for name, due in self._running.items() if due <= at]

    def _read(self, names: Iterable[str]) -> None:
        wanted = list(names)
        if len(wanted) > 50:
            with ThreadPoolExecutor(4) as pool:
                found = list(pool.map(self._latest, wanted))
        else:
            found = [self._latest(name) for name in wanted]
        for name, run in zip(wanted, found, strict=True):
            if run is not None:
                self._take(name, run)

    def _latest(self, name: str) -> Run | None:
        """The run as it is now; None where it has no state yet, or none that can be read."""
        try:
            return present(self.store, name)
        except (MlclError, ValueError):
            return None

    def _take(self, name: str, run: Run) -> None:
        known, old = Known.of(run), self.known.get(name)
        self._empty.discard(name)
        changed = known != old
        if run.state == "running":
            self._running[name] = time.monotonic() + self._wait(run)
            progress = diary.present(self.store, name)
            if progress and progress != self.progress.get(name):
                self.progress[name] = progress
                changed = True
        elif self._running.pop(name, None) is not None or old is None:
            self.progress.pop(name, None)
            self._unkept += 1
        if changed:
            self.known[name] = known
            self.version += 1
            self._changed.append(known)

    def _forget(self, gone: Iterable[str]) -> None:
        for name in list(gone):
            self.known.pop(name, None)
            self._running.pop(name, None)
            self.version += 1

    def _wait(self, run: Run) -> float:
        """Seconds until a running run is looked at again."""
        age = time.time() - _seconds(run.started_at)
        return _SELDOM if age > _OLD else 0.0

    def _load(self) -> None:
        self._loaded = True
        try:
            document = orjson.loads(self.store.get(keys.index("runs")))
            if document["schema"] == SCHEMA:
                self.known = {row[0]: Known(*row) for row in document["runs"]}
                self.version += 1
        except (NotFound, orjson.JSONDecodeError, KeyError, TypeError):
            self.known = {}

    def _keep(self) -> None:
        rows = [known for known in self.known.values() if known.state != "running"]
        self.store.put(keys.index("runs"), orjson.dumps({"schema": SCHEMA, "runs": [list(row) for row in rows]}))
        self._unkept = 0


def present(store: Store, run_id: str) -> Run:
    """The run as it is now; NotFound where there is none."""
    entry = Log(store, keys.run(run_id)).latest()
    if entry is None:
        raise NotFound("There is no such run.", where=run_id, fix="List them: GET /api/v1/runs")
    run = Run.model_validate(entry.document)
    if run.state == "running" and not runs.alive(run.process):
        return run.model_copy(update={"state": "interrupted"})
    return run


def _seconds(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0
