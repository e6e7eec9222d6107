"""/batches: files that are scored, each by a process of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path as File
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from mlcl.errors import NotFound
from mlcl.server import predictions_files as files
from mlcl.server.context import Caller, Context
from mlcl.server.endpoints_shown import known
from mlcl.server.paging import offset_page, page
from mlcl.server.predictions_scored import BatchState, find
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.parameters import Cursor, EndpointName, Limit
from mlcl.server.schemas.predictions import Batch, BatchBrief, RowFault, StartBatch

router = APIRouter(tags=["batches"])

BatchId = Annotated[str, Path(max_length=64, description="Id of the batch.")]
_BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.get("/batches")
def list_batches(
    server: Context,
    limit: Limit = 50,
    cursor: Cursor = None,
    endpoint: Annotated[str | None, Query(max_length=128, description="Only of this endpoint.")] = None,
    state: Annotated[list[BatchState] | None, Query(description="Only in these states.")] = None,
) -> Page[BatchBrief]:
    """Files that were or are being scored, newest first."""
    found = [
        one for one in files.every(server) if endpoint in (None, one.endpoint) and (not state or one.state in state)
    ]
    by_id = {"id": lambda one: one.id}
    part = page(found, by_id, lambda one: one.id, sort="-id", limit=limit, cursor=cursor)
    return Page(items=[files.brief(server.store, one) for one in part.items], next=part.next, total=part.total)


@router.post("/endpoints/{name}/batches", status_code=202)
def start_batch(name: EndpointName, body: StartBatch, server: Context, caller: Caller) -> Batch:
    """Starts to score an uploaded CSV, Parquet or JSON Lines file (CSV and JSON Lines also gzipped)."""
    known(server, name)
    return files.shown(server.store, files.start(server, name, body, caller))


@router.get("/batches/{batch}")
def get_batch(batch: BatchId, server: Context) -> Batch:
    """How far it is, and what came of it."""
    return files.shown(server.store, find(server.store, batch))


@router.get("/batches/{batch}/faults")
def list_batch_faults(batch: BatchId, server: Context, limit: Limit = 50, cursor: Cursor = None) -> Page[RowFault]:
    """The wrong values of the file, row by row; of very many the first thousand."""
    found = files.faults(server.store, find(server.store, batch))
    return offset_page(found, limit=limit, cursor=cursor)


@router.post("/batches/{batch}/stop")
def stop_batch(batch: BatchId, server: Context) -> Batch:
    """Asks its process to end; it can go on later."""
    return files.shown(server.store, files.stop(server, batch))


@router.post("/batches/{batch}/resume", status_code=202)
def resume_batch(batch: BatchId, server: Context) -> Batch:
    """Goes on with one that was interrupted or stopped, where it stopped."""
    return files.shown(server.store, files.resume(server, batch))


@router.get("/batches/{batch}/result", response_class=Response, responses={200: {"content": _BINARY}})
def download_batch(batch: BatchId, server: Context) -> Response:
    """The file of predictions."""
    scored, store = find(server.store, batch), server.store
    if scored.state != "done":
        raise NotFound("There is no result yet.", where=batch, found=scored.state)
    if store.folder:
        return FileResponse(store.folder / scored.result_key, filename=scored.result_name)
    with tempfile.NamedTemporaryFile(prefix="mlcl-result-", delete=False) as temporary:
        file = File(temporary.name)
    store.save(scored.result_key, file)
    return FileResponse(file, filename=scored.result_name, background=BackgroundTask(file.unlink, missing_ok=True))
