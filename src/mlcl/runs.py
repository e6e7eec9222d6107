"""Runs in the store: a log of states for each, the documents of its steps, and which run answered a question before."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from mlcl.errors import NotFound, UsageError
from mlcl.problem import Problem
from mlcl.records import Model, Run, Step, now
from mlcl.stores import Log, Store, keys
from mlcl.version import code_version

# What a run keeps of each step's output: small JSON facts. Matrices stay in the platform's cache.
DOCUMENTS = {
    "dataset": ("collect", "dataset.json"),
    "profile": ("validate", "profile.json"),
    "prepare": ("prepare", "prepare.json"),
    "training": ("train", "training.json"),
    "evaluation": ("evaluate", "evaluation.json"),
    "verdict": ("judge", "verdict.json"),
    "model": ("register", "model.json"),
}


def new_id() -> str:
    """Sorts by time: '20261123-142501-9f3a'."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid4().hex[:4]}"


def this_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


class Journal:
    """Writes one run's states."""

    def __init__(self, store: Store, run: Run) -> None:
        self.store, self.run = store, run
        self._log = Log(store, keys.run(run.id))
        self._write()

    def watch(self, step: Step) -> None:
        steps = [step if known.name == step.name else known for known in self.run.steps]
        self.change(steps=tuple(steps))

    def change(self, **values: Any) -> None:
        self.run = self.run.model_copy(update=values)
        self._write()

    def finish(self, state: str, **values: Any) -> None:
        self.change(state=state, finished_at=now(), **values)

    def keep(self, folders: Mapping[str, Path]) -> None:
        """Keeps the documents of the steps that have ended."""
        for name, (step, file) in DOCUMENTS.items():
            path = folders.get(step, Path()) / file
            if step in folders and path.exists():
                self.store.put(f"{keys.run_files(self.run.id)}/{name}.json", path.read_bytes())

    def _write(self) -> None:
        self._log.append(self.run.model_dump(mode="json"))


def find(store: Store, run_id: str) -> Run:
    """The run `run_id` (its beginning is enough when it is the only such one; 'latest' is the newest)."""
    try:
        return _present(store, run_id)
    except UsageError:  # no such run, or no whole id: only then are all of them looked through
        ids = store.children("runs")
    matches = ids[-1:] if run_id == "latest" else [known for known in ids if known.startswith(run_id)]
    if run_id in matches:
        matches = [run_id]
    if len(matches) != 1:
        raise NotFound.among("run", run_id, ids, fix="Start one with: mlcl run problem.toml")
    return _present(store, matches[0])


def recent(store: Store, problem: str | None = None, limit: int | None = None) -> list[Run]:
    """Runs, newest first."""
    found: list[Run] = []
    for run_id in reversed(store.children("runs")):
        run = _present(store, run_id)
        if problem in (None, run.problem):
            found.append(run)
        if limit and len(found) >= limit:
            break
    return found


def maker(store: Store, bundle_digest: str) -> Run | None:
    """The newest run that made this bundle."""
    found = (_present(store, run_id) for run_id in reversed(store.children("runs")))
    return next((run for run in found if run.bundle_digest == bundle_digest), None)


def documents(store: Store, run: Run) -> dict[str, Any]:
    """What the run's steps found, by name (see DOCUMENTS), with the run itself and its problem."""
    found: dict[str, Any] = {"run": run.model_dump(mode="json"), "problem": run.problem_json}
    for name in DOCUMENTS:
        try:
            found[name] = orjson.loads(store.get(f"{keys.run_files(run.id)}/{name}.json"))
        except NotFound:
            continue
    return found


def question(problem: Problem, source: str, champion: Model | None, *more: str) -> str:
    """Digest of all that a run's result depends on. source: what the data are now; champion: the model that the run is
    asked to compare with; more: what else makes it another question."""
    parts = (problem.to_json(), source, code_version(), champion.bundle_digest if champion else "", *more)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def remember(store: Store, question: str, run_id: str) -> None:
    store.put(keys.answer(question), run_id.encode())


def answered(store: Store, question: str) -> Run | None:
    """The run that answered the same question (same problem, data and code) before."""
    try:
        return find(store, store.get(keys.answer(question)).decode())
    except NotFound:
        return None


def seconds(steps: Iterable[Step]) -> dict[str, float]:
    return {step.name: round(step.seconds, 4) for step in steps}


def _present(store: Store, run_id: str) -> Run:
    entry = Log(store, keys.run(run_id)).latest()
    if entry is None:
        raise NotFound("This run has no state.", where=run_id)
    run = Run.model_validate(entry.document)
    if run.state == "running" and not alive(run.process):
        return run.model_copy(update={"state": "interrupted"})
    return run


def alive(process: str) -> bool:
    """Whether a process (as `this_process` names it) still runs, as far as can be seen from here."""
    host, _, pid = process.rpartition(":")
    if host != socket.gethostname():
        return True  # another machine's process cannot be seen from here
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
