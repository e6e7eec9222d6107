"""/endpoints/NAME/retraining and attempts: champion and challengers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from mlcl.errors import Conflict, NotFound
from mlcl.server import retraining_shown as shown
from mlcl.server.context import Context
from mlcl.server.endpoints_shown import known
from mlcl.server.monitoring_jobs import Work
from mlcl.server.paging import page
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.monitoring import Job
from mlcl.server.schemas.parameters import Cursor, EndpointName, Limit
from mlcl.server.schemas.retraining import Attempt, AttemptBrief, Retraining

router = APIRouter(tags=["retraining"])


@router.get("/endpoints/{name}/retraining")
def get_retraining(name: EndpointName, server: Context) -> Retraining:
    """The policy, and how retraining stands."""
    return shown.standing(server, known(server, name))


@router.get("/endpoints/{name}/attempts")
def list_attempts(name: EndpointName, server: Context, limit: Limit = 50, cursor: Cursor = None) -> Page[AttemptBrief]:
    """Attempts to replace the model, newest first."""
    known(server, name)
    by_number = {"number": lambda one: one.number}
    found = shown.numbered(server, name)
    part = page(found, by_number, lambda one: f"{one.number:012}", sort="-number", limit=limit, cursor=cursor)
    return Page(items=[shown.brief(server, one) for one in part.items], next=part.next, total=part.total)


@router.get("/endpoints/{name}/attempts/{number}")
def get_attempt(name: EndpointName, number: Annotated[int, Path(ge=1)], server: Context) -> Attempt:
    """One attempt: champion and challenger metric by metric, and why it ended as it did."""
    known(server, name)
    found = shown.numbered(server, name)
    one = next((one for one in found if one.number == number), None)
    if one is None:
        raise NotFound.among("attempt", str(number), (str(one.number) for one in found[-20:]))
    return shown.detail(server, one)


@router.post("/endpoints/{name}/attempts", status_code=202)
def start_attempt(name: EndpointName, server: Context) -> Job:
    """Trains a challenger now, in a process of its own; it replaces the live model only if it is better."""
    from mlcl.retraining import challenger

    standing = shown.standing(server, known(server, name))
    if standing.busy:
        at = standing.running.at if standing.running else "just now"
        raise Conflict(f"'{name}' is being retrained already.", found=f"since {at}", fix="Wait until it has ended.")
    challenger.champion_of(server.store, name)
    return server.part(Work).retrain(name, standing.attempts)
