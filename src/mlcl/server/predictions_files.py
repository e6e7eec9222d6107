"""Uploaded files that are scored: what the store knows of each, and the process that does it.

A file is a log of states in the store; its process writes how far it is beside it, and leaves the file of predictions
there. It works in a folder of its own, so that what was interrupted goes on where it stopped.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import orjson
from pydantic import Field

from mlcl import runs
from mlcl.errors import Conflict, MlclError, NotFound, UsageError
from mlcl.monitoring.deployed import Deployed
from mlcl.records import Record, now
from mlcl.server import uploaded
from mlcl.server.context import Server
from mlcl.server.monitoring_jobs import Children, address, spawn
from mlcl.server.schemas.predictions import Batch, BatchBrief, BatchError, BatchState, RowFault, StartBatch
from mlcl.serving.batch_input import format_of
from mlcl.stores import Log, Store, keys

MOST_AT_ONCE = 2  # files: each takes all cores
FAULTS = 1000  # wrong values that are kept of a file
SHOWN = 20  # of them, with the file itself
_FAULTS, _PROGRESS, _STOP = "faults.json", "progress.json", "stop"
_OPEN = ("waiting", "running")


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


class _NotEnded(Exception):
    """Nothing to remember yet."""

    def __init__(self, scored: Scored) -> None:
        self.scored = scored


def start(server: Server, name: str, wish: StartBatch, by: str) -> Scored:
    """Begins to score an uploaded file. UsageError: its format is not known; NotFound: no such file or version;
    Conflict: too many files are being scored."""
    file = uploaded.check(server.store, wish.source)
    format_of(Path(file))
    deployed = Deployed(server.store, name)
    model = deployed.live() if wish.version is None else deployed(wish.version)
    _refuse_many(server)
    scored = Scored(
        id=runs.new_id(),
        endpoint=name,
        name=file,
        source=wish.source,
        format=wish.format,
        on_error=wish.on_error,
        keep=tuple(wish.keep),
        version=model.version,
        bundle_digest=model.digest,
        by=by,
    )
    _log(server.store, scored.id).append(scored.model_dump(mode="json"), after=0)
    return _begin(server, scored)


def resume(server: Server, batch_id: str) -> Scored:
    """Goes on with a file whose process was ended from outside. UsageError: nothing is left to do."""
    scored = find(server.store, batch_id)
    if scored.state not in ("interrupted", "stopped"):
        raise UsageError("Only what was interrupted can go on.", where=batch_id, found=scored.state)
    uploaded.check(server.store, scored.source)
    _refuse_many(server)
    server.store.delete(keys.batch_file(batch_id, _STOP))
    return _begin(server, scored)


def stop(server: Server, batch_id: str) -> Scored:
    """Asks the process to end, wherever it works; it does within seconds."""
    scored = find(server.store, batch_id)
    if scored.state in _OPEN:
        server.store.put(keys.batch_file(batch_id, _STOP), b"{}")
    return scored


def find(store: Store, batch_id: str) -> Scored:
    """A file as it stands now. NotFound: there is none of this id."""
    entry = _log(store, keys.name(batch_id)).latest()
    if entry is None:
        raise NotFound("There is no such batch.", where=batch_id, fix="List them: GET /api/v1/batches")
    scored = Scored.model_validate(entry.document)
    if scored.state in _OPEN and scored.process and not runs.alive(scored.process):
        return scored.model_copy(update={"state": "interrupted"})
    return scored


def every(server: Server) -> list[Scored]:
    """All files, newest first."""
    found = []
    for batch_id in reversed(server.store.children("batches")):
        try:
            found.append(_remembered(server, batch_id))
        except (MlclError, ValueError):
            continue
    return found


def change(store: Store, scored: Scored, **values: Any) -> Scored:
    """Writes the next state."""
    changed = scored.model_copy(update=values)
    _log(store, scored.id).append(changed.model_dump(mode="json"))
    return changed


def wanted_to_stop(store: Store, batch_id: str) -> bool:
    return store.exists(keys.batch_file(batch_id, _STOP))


def keep_progress(store: Store, batch_id: str, done: float, total: float) -> None:
    store.put(keys.batch_file(batch_id, _PROGRESS), orjson.dumps([int(done), int(total)]))


def keep_faults(store: Store, batch_id: str, faults: list[dict[str, Any]]) -> None:
    store.put(keys.batch_file(batch_id, _FAULTS), orjson.dumps(faults, default=str))


def faults(store: Store, scored: Scored) -> list[RowFault]:
    """The wrong values that are kept, row by row."""
    if not scored.faults:
        return []
    found = orjson.loads(store.get(keys.batch_file(scored.id, _FAULTS)))
    return [_fault(one, scored.header) for one in found]


def folder(store: Store, batch_id: str) -> Path:
    """Where a file's predictions grow."""
    root = store.folder.absolute() if store.folder else Path(tempfile.gettempdir()) / "mlcl"
    return root / "scoring" / keys.name(batch_id)


def brief(store: Store, scored: Scored) -> BatchBrief:
    return BatchBrief(**_brief(store, scored))


def shown(store: Store, scored: Scored) -> Batch:
    done = scored.state == "done"
    error = scored.error or {}
    return Batch(
        **_brief(store, scored),
        on_error="skip" if scored.on_error == "skip" else "fail",
        keep=list(scored.keep),
        missing=scored.result.get("missing", 0),
        unseen=scored.result.get("unseen", 0),
        absent=scored.result.get("absent", []),
        faults=faults(store, scored)[:SHOWN],
        fault_count=scored.faults,
        failure=BatchError.model_validate(error) if error else None,
        result_name=scored.result_name if done else "",
        result_size=scored.result.get("bytes") if done else None,
        can_stop=scored.state in _OPEN,
        can_resume=scored.state in ("interrupted", "stopped"),
    )


def _brief(store: Store, scored: Scored) -> dict[str, Any]:
    from mlcl.server.briefs import moment

    done, total = _progress(store, scored)
    end = moment(scored.finished_at or now())
    return {
        **scored.model_dump(include=set(BatchBrief.model_fields) & set(Scored.model_fields)),
        "seconds": round(max(0.0, end - moment(scored.started_at)), 1),
        "done": done,
        "total": total,
        "rows": scored.result.get("rows", 0),
        "skipped": scored.result.get("skipped", 0),
    }


def _progress(store: Store, scored: Scored) -> tuple[int, int]:
    if scored.state == "done":
        rows = scored.result.get("rows", 0) + scored.result.get("skipped", 0)
        return rows, rows
    try:
        done, total = orjson.loads(store.get(keys.batch_file(scored.id, _PROGRESS)))
    except (MlclError, ValueError):
        return 0, 0
    return done, total


def _fault(one: dict[str, Any], header: int | None) -> RowFault:
    row = int(one["row"])
    line = None if header is None else row + header + 1
    return RowFault(row=row, line=line, column=one.get("column"), found=one.get("found"), allowed=one.get("allowed"))


def _begin(server: Server, scored: Scored) -> Scored:
    process = spawn("mlcl.server.predictions_worker", [address(server.store), scored.id])
    host = runs.this_process().rpartition(":")[0]
    update = {"state": "waiting", "process": f"{host}:{process.pid}", "finished_at": "", "error": None}
    begun = scored.model_copy(update=update)
    log = _log(server.store, scored.id)
    last = log.latest()
    try:
        log.append(begun.model_dump(mode="json"), after=last.number if last else 0)
    except Conflict:  # the process was faster
        return find(server.store, scored.id)
    server.part(Children).add(process)
    return begun


def _refuse_many(server: Server) -> None:
    busy = [one for one in every(server) if one.state in _OPEN]
    if len(busy) >= MOST_AT_ONCE:
        raise Conflict(
            "Enough files are being scored already.",
            found=", ".join(one.name for one in busy),
            fix="Wait until one of them is done, or stop it.",
        )


def _remembered(server: Server, batch_id: str) -> Scored:
    """Of one that has ended for good, from memory."""

    def ended() -> Scored:
        found = find(server.store, batch_id)
        if found.state not in ("done", "failed"):
            raise _NotEnded(found)
        return found

    try:
        return server.remembered(("batch", batch_id), ended)
    except _NotEnded as still:
        return still.scored


def _log(store: Store, batch_id: str) -> Log:
    return Log(store, keys.batch(batch_id))
