"""What the store knows of an uploaded file that is scored: a log of its states, and beside it how far it is, what was
wrong with it, and the file of predictions. Free of the server, for the process that does the work."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import Field

from mlcl import runs
from mlcl.errors import NotFound
from mlcl.records import Record, now
from mlcl.stores import Log, Store, keys

BatchState = Literal["waiting", "running", "done", "failed", "stopped", "interrupted"]

FAULTS = 1000  # wrong values that are kept of a file
OPEN = ("waiting", "running")
FAULTS_FILE, PROGRESS_FILE, STOP_FILE = "faults.json", "progress.json", "stop"


class Scored(Record):
    """One state of a file being scored. name: of the uploaded file; result: see mlcl.serving.batch.BatchResult;
    faults: how many wrong values are kept; header: lines before the first row, None where rows are no lines."""

    id: str
    endpoint: str
    name: str
    source: str
    format: str
    on_error: str
    keep: tuple[str, ...]
    version: int | None
    bundle_digest: str
    by: str = ""
    state: BatchState = "waiting"
    process: str = ""
    started_at: str = Field(default_factory=now)
    finished_at: str = ""
    result: dict[str, Any] = Field(default_factory=dict)
    error: dict[str, Any] | None = None
    faults: int = 0
    header: int | None = None

    @property
    def result_name(self) -> str:
        stem = self.name.partition(".")[0] or "data"
        return f"{stem}-scored.{self.format}"

    @property
    def result_key(self) -> str:
        return keys.batch_file(self.id, self.result_name)


def find(store: Store, batch_id: str) -> Scored:
    """A file as it stands now. NotFound: there is none of this id."""
    entry = log_of(store, keys.name(batch_id)).latest()
    if entry is None:
        raise NotFound("There is no such batch.", where=batch_id, fix="List them: GET /api/v1/batches")
    scored = Scored.model_validate(entry.document)
    if scored.state in OPEN and scored.process and not runs.alive(scored.process):
        return scored.model_copy(update={"state": "interrupted"})
    return scored


def change(store: Store, scored: Scored, **values: Any) -> Scored:
    """Writes the next state."""
    changed = scored.model_copy(update=values)
    log_of(store, scored.id).append(changed.model_dump(mode="json"))
    return changed


def wanted_to_stop(store: Store, batch_id: str) -> bool:
    return store.exists(keys.batch_file(batch_id, STOP_FILE))


def keep_progress(store: Store, batch_id: str, done: float, total: float) -> None:
    store.put(keys.batch_file(batch_id, PROGRESS_FILE), orjson.dumps([int(done), int(total)]))


def keep_faults(store: Store, batch_id: str, faults: list[dict[str, Any]]) -> None:
    store.put(keys.batch_file(batch_id, FAULTS_FILE), orjson.dumps(faults, default=str))


def folder(store: Store, batch_id: str) -> Path:
    """Where a file's predictions grow."""
    root = store.folder.absolute() if store.folder else Path(tempfile.gettempdir()) / "mlcl"
    return root / "scoring" / keys.name(batch_id)


def log_of(store: Store, batch_id: str) -> Log:
    return Log(store, keys.batch(batch_id))
