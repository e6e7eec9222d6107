"""/runs: what was run."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from mlcl.records import RunState
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.parameters import Cursor, Limit, ProblemFilter, RunId, Search, Sort
from mlcl.server.schemas.runs import Comparison, Run, RunBrief, RunLog

router = APIRouter(tags=["runs"])


@router.get("/runs")
def list_runs(limit: Limit = 50, cursor: Cursor = None, sort: Sort = "-started_at", q: Search = "", problem: ProblemFilter = None, state: Annotated[list[RunState] | None, Query()] = None) -> Page[RunBrief]:
    raise NotImplementedError


@router.get("/runs/{run}")
def get_run(run: RunId) -> Run:
    raise NotImplementedError


@router.get("/runs/{run}/log")
def get_run_log(run: RunId, after: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=5000)] = 1000) -> RunLog:
    raise NotImplementedError


@router.post("/runs/{run}/stop")
def stop_run(run: RunId) -> Run:
    raise NotImplementedError


@router.get("/comparison")
def compare_runs(run: Annotated[list[str], Query(min_length=2, max_length=8, description="Run ids, two to eight.")]) -> Comparison:
    raise NotImplementedError
