"""/endpoints/NAME/retraining and attempts: champion and challengers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from mlcl.server.schemas.base import Page
from mlcl.server.schemas.monitoring import Job
from mlcl.server.schemas.parameters import Cursor, EndpointName, Limit
from mlcl.server.schemas.retraining import Attempt, AttemptBrief, Retraining

router = APIRouter(tags=["retraining"])


@router.get("/endpoints/{name}/retraining")
def get_retraining(name: EndpointName) -> Retraining:
    """The policy, and how retraining stands."""
    raise NotImplementedError


@router.get("/endpoints/{name}/attempts")
def list_attempts(name: EndpointName, limit: Limit = 50, cursor: Cursor = None) -> Page[AttemptBrief]:
    """Attempts to replace the model, newest first."""
    raise NotImplementedError


@router.get("/endpoints/{name}/attempts/{number}")
def get_attempt(name: EndpointName, number: Annotated[int, Path(ge=1)]) -> Attempt:
    """One attempt: champion and challenger metric by metric, and why it ended as it did."""
    raise NotImplementedError


@router.post("/endpoints/{name}/attempts", status_code=202)
def start_attempt(name: EndpointName) -> Job:
    """Trains a challenger now, in a process of its own; it replaces the live model only if it is better."""
    raise NotImplementedError
