"""/batches: files that are scored, each by a process of its own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from mlcl.server.schemas.base import Page
from mlcl.server.schemas.parameters import Cursor, EndpointName, Limit
from mlcl.server.schemas.predictions import Batch, BatchBrief, BatchState, RowFault, StartBatch

router = APIRouter(tags=["batches"])

BatchId = Annotated[str, Path(max_length=64, description="Id of the batch.")]


@router.get("/batches")
def list_batches(
    limit: Limit = 50,
    cursor: Cursor = None,
    endpoint: Annotated[str | None, Query(max_length=128, description="Only of this endpoint.")] = None,
    state: Annotated[list[BatchState] | None, Query(description="Only in these states.")] = None,
) -> Page[BatchBrief]:
    """Files that were or are being scored, newest first."""
    raise NotImplementedError


@router.post("/endpoints/{name}/batches", status_code=202)
def start_batch(name: EndpointName, body: StartBatch) -> Batch:
    """Starts to score an uploaded CSV, Parquet or JSON Lines file."""
    raise NotImplementedError


@router.get("/batches/{batch}")
def get_batch(batch: BatchId) -> Batch:
    """How far it is, and what came of it."""
    raise NotImplementedError


@router.get("/batches/{batch}/faults")
def list_batch_faults(batch: BatchId, limit: Limit = 50, cursor: Cursor = None) -> Page[RowFault]:
    """The wrong values of the file, row by row."""
    raise NotImplementedError


@router.post("/batches/{batch}/stop")
def stop_batch(batch: BatchId) -> Batch:
    """Ends it; what was scored so far is thrown away."""
    raise NotImplementedError


@router.post("/batches/{batch}/resume", status_code=202)
def resume_batch(batch: BatchId) -> Batch:
    """Goes on with one that was interrupted, where it stopped."""
    raise NotImplementedError


@router.get(
    "/batches/{batch}/result",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
    },
)
def download_batch(batch: BatchId) -> Response:
    """The file of predictions."""
    raise NotImplementedError
