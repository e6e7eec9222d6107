"""Uploaded files that are scored, as the API starts and shows them. A process of its own does the work, in a folder of
its own, so that what was interrupted goes on where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from mlcl import runs
from mlcl.errors import Conflict, MlclError, UsageError
from mlcl.monitoring.deployed import Deployed
from mlcl.records import now
from mlcl.server import uploaded
from mlcl.server.context import Server
from mlcl.server.monitoring_jobs import spawn
from mlcl.server.predictions_scored import FAULTS_FILE, OPEN, PROGRESS_FILE, STOP_FILE, Scored, find, log_of
from mlcl.server.schemas.predictions import Batch, BatchBrief, BatchError, RowFault, StartBatch
from mlcl.serving.batch_input import format_of
from mlcl.stores import Store, keys

MOST_AT_ONCE = 2  # files: each takes all cores
SHOWN = 20  # faults that are told with the file itself


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
    log_of(server.store, scored.id).append(scored.model_dump(mode="json"), after=0)
    return _begin(server, scored)


def resume(server: Server, batch_id: str) -> Scored:
    """Goes on with a file whose process was ended from outside. UsageError: nothing is left to do."""
    scored = find(server.store, batch_id)
    if scored.state not in ("interrupted", "stopped"):
        raise UsageError("Only what was interrupted can go on.", where=batch_id, found=scored.state)
    uploaded.check(server.store, scored.source)
    _refuse_many(server)
    server.store.delete(keys.batch_file(batch_id, STOP_FILE))
    return _begin(server, scored)


def stop(server: Server, batch_id: str) -> Scored:
    """Asks the process to end, wherever it works; it does within seconds."""
    scored = find(server.store, batch_id)
    if scored.state in OPEN:
        server.store.put(keys.batch_file(batch_id, STOP_FILE), b"{}")
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


def faults(store: Store, scored: Scored) -> list[RowFault]:
    """The wrong values that are kept, row by row."""
    if not scored.faults:
        return []
    found = orjson.loads(store.get(keys.batch_file(scored.id, FAULTS_FILE)))
    return [_fault(one, scored.header) for one in found]


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
        can_stop=scored.state in OPEN,
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
        done, total = orjson.loads(store.get(keys.batch_file(scored.id, PROGRESS_FILE)))
    except (MlclError, ValueError):
        return 0, 0
    return done, total


def _fault(one: dict[str, Any], header: int | None) -> RowFault:
    row = int(one["row"])
    line = None if header is None else row + header + 1
    return RowFault(row=row, line=line, column=one.get("column"), found=one.get("found"), allowed=one.get("allowed"))


def _begin(server: Server, scored: Scored) -> Scored:
    process = spawn("mlcl.server.predictions_worker", [server.store.absolute, scored.id])
    host = runs.this_process().rpartition(":")[0]
    update = {"state": "waiting", "process": f"{host}:{process.pid}", "finished_at": "", "error": None}
    begun = scored.model_copy(update=update)
    log = log_of(server.store, scored.id)
    last = log.latest()
    try:
        log.append(begun.model_dump(mode="json"), after=last.number if last else 0)
    except Conflict:  # the process was faster
        return find(server.store, scored.id)
    return begun


def _refuse_many(server: Server) -> None:
    busy = [one for one in every(server) if one.state in OPEN]
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
