"""/datasets: the immutable snapshots that runs worked on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from mlcl.server.schemas.base import Page
from mlcl.server.schemas.others import DatasetBrief, DatasetDetail
from mlcl.server.schemas.parameters import Cursor, Digest, Limit, ProblemFilter, Search, Sort
from mlcl.server.schemas.profile import Preview

router = APIRouter(tags=["datasets"])


@router.get("/datasets")
def list_datasets(limit: Limit = 50, cursor: Cursor = None, sort: Sort = "-fetched_at", q: Search = "", problem: ProblemFilter = None) -> Page[DatasetBrief]:
    raise NotImplementedError


@router.get("/datasets/{digest}")
def get_dataset(digest: Digest) -> DatasetDetail:
    raise NotImplementedError


@router.get("/datasets/{digest}/rows")
def preview_dataset(digest: Digest, offset: Annotated[int, Query(ge=0)] = 0, limit: Limit = 20) -> Preview:
    raise NotImplementedError
