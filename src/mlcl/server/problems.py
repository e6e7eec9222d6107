"""/problems: what is asked for."""

from __future__ import annotations

from fastapi import APIRouter

from mlcl.server.schemas.base import Page
from mlcl.server.schemas.parameters import Cursor, Limit, ProblemName, Search, Sort
from mlcl.server.schemas.problems import (
    Checked,
    CheckProblem,
    ProblemCard,
    ProblemDetail,
    ProblemVersion,
    Proposal,
    Propose,
    SaveProblem,
    Schema,
)
from mlcl.server.schemas.runs import RunBrief, StartRun

router = APIRouter(tags=["problems"])


@router.get("/problems")
def list_problems(limit: Limit = 50, cursor: Cursor = None, sort: Sort = "-changed_at", q: Search = "") -> Page[ProblemCard]:
    """All problems, with how each stands in every phase of the life cycle."""
    raise NotImplementedError


@router.get("/problems/{name}")
def get_problem(name: ProblemName) -> ProblemDetail:
    raise NotImplementedError


@router.put("/problems/{name}")
def save_problem(name: ProblemName, body: SaveProblem) -> ProblemDetail:
    raise NotImplementedError


@router.get("/problems/{name}/versions")
def list_problem_versions(name: ProblemName, limit: Limit = 50, cursor: Cursor = None) -> Page[ProblemVersion]:
    raise NotImplementedError


@router.post("/problems/{name}/runs", status_code=202)
def start_run(name: ProblemName, body: StartRun) -> RunBrief:
    raise NotImplementedError


@router.post("/problem-check")
def check_problem(body: CheckProblem) -> Checked:
    raise NotImplementedError


@router.get("/problem-schema")
def get_problem_schema() -> Schema:
    raise NotImplementedError


@router.post("/problem-proposal")
def propose_problem(body: Propose) -> Proposal:
    raise NotImplementedError
