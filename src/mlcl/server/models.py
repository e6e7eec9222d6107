"""/models: the registry."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from mlcl.records import Stage
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.models import Model, ModelBrief, SetStage
from mlcl.server.schemas.parameters import Cursor, Limit, ProblemFilter, ProblemName, Search, Sort, Version

router = APIRouter(tags=["models"])


@router.get("/models")
def list_models(limit: Limit = 50, cursor: Cursor = None, sort: Sort = "-created_at", q: Search = "", problem: ProblemFilter = None, stage: Annotated[Stage | None, Query()] = None, versions: Annotated[bool, Query(description="Only models that have a version: those that met their goals.")] = False) -> Page[ModelBrief]:
    raise NotImplementedError


@router.get("/models/{problem}/{version}")
def get_model(problem: ProblemName, version: Version) -> Model:
    raise NotImplementedError


@router.put("/models/{problem}/{version}/stage")
def set_model_stage(problem: ProblemName, version: Version, body: SetStage) -> Model:
    raise NotImplementedError


@router.get("/models/{problem}/{version}/card", response_class=Response, responses={200: {"content": {"text/html": {"schema": {"type": "string"}}, "text/markdown": {"schema": {"type": "string"}}}}})
def get_model_card(problem: ProblemName, version: Version, form: Annotated[Literal["html", "markdown"], Query(alias="format")] = "html") -> Response:
    raise NotImplementedError
