"""/endpoints: which models answer, how they do, and how that is changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from mlcl.server import endpoints_inputs
from mlcl.server.briefs import endpoint_states
from mlcl.server.context import Caller, Context, Server
from mlcl.server.endpoints_shown import brief, change, detail, known, state_name
from mlcl.server.endpoints_traffic import Watched
from mlcl.server.errors import Refused
from mlcl.server.paging import matches, page
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.endpoints import (
    ChangeEndpoint,
    ConfigureEndpoint,
    Deploy,
    EndpointBrief,
    EndpointChange,
    EndpointDetail,
    Seen,
    Traffic,
)
from mlcl.server.schemas.inputs import InputForm
from mlcl.server.schemas.parameters import Cursor, EndpointName, Limit, Search, Sort
from mlcl.serving import endpoints as log
from mlcl.serving.endpoints import EndpointState, Settings
from mlcl.stores import keys

router = APIRouter(tags=["endpoints"])

IfMatch = Annotated[
    str | None, Header(max_length=100, description='Revision that was seen, as in the answer\'s ETag: "3".')
]
_KEYS = {
    "name": lambda state: state.name,
    "changed_at": lambda state: state.changed_at,
    "state": state_name,
}


@router.get("/endpoints")
def list_endpoints(
    server: Context,
    limit: Limit = 50,
    cursor: Cursor = None,
    sort: Sort = "name",
    q: Search = "",
    unused: Annotated[bool, Query(description="Also endpoints that are out of use.")] = False,
) -> Page[EndpointBrief]:
    """The endpoints, with what they answered in the last minute. sort: name, changed_at or state."""
    states = [one for one in endpoint_states(server).values() if (unused or one.variants) and matches(q, one.name)]
    part = page(states, _KEYS, lambda one: one.name, sort=sort, limit=limit, cursor=cursor)
    return Page(items=[brief(server, one) for one in part.items], next=part.next, total=part.total)


@router.get("/endpoints/{name}")
def get_endpoint(name: EndpointName, server: Context, response: Response) -> EndpointDetail:
    """One endpoint: variants, canary, settings, newest changes. ETag: its revision."""
    return _told(detail(server, name), response)


@router.get("/endpoints/{name}/history")
def list_endpoint_changes(
    name: EndpointName, server: Context, limit: Limit = 50, cursor: Cursor = None
) -> Page[EndpointChange]:
    """Every state that the endpoint had, newest first."""
    known(server, name)
    states = log.history(server.store, name)
    by_number = {"revision": lambda state: state.revision}
    part = page(states, by_number, lambda one: f"{one.revision:012}", sort="-revision", limit=limit, cursor=cursor)
    return Page(items=[change(server, one) for one in part.items], next=part.next, total=part.total)


@router.get("/endpoints/{name}/traffic")
def get_traffic(
    name: EndpointName, server: Context, minutes: Annotated[int, Query(ge=1, le=60, description="How far back.")] = 15
) -> Traffic:
    """What each variant answered lately: requests, errors and latencies over time."""
    return Watched(server).traffic(known(server, name), minutes)


@router.get("/endpoints/{name}/inputs")
def get_inputs(name: EndpointName, server: Context) -> InputForm:
    """What the live model asks for, with defaults and ranges for a form."""
    return endpoints_inputs.form(server, name)


@router.post("/endpoints/{name}/deploy")
def deploy(
    name: EndpointName, body: Deploy, server: Context, caller: Caller, response: Response, if_match: IfMatch = None
) -> EndpointDetail:
    """Puts a registered model into use. 409 when the endpoint was changed since."""
    from mlcl import lifecycle

    seen = _seen(body, if_match)
    lifecycle.deploy(
        keys.name(name),
        body.model,
        strategy=body.strategy,
        weight=body.weight,
        force=body.force,
        revision=seen,
        by=caller,
        store=server.store,
    )
    return _changed(server, name, response)


@router.post("/endpoints/{name}/promote")
def promote(
    name: EndpointName,
    body: ChangeEndpoint,
    server: Context,
    caller: Caller,
    response: Response,
    if_match: IfMatch = None,
) -> EndpointDetail:
    """Makes the canary or shadow the live model; lets the standby of a blue-green deployment go."""
    log.promote(server.store, name, revision=_seen(body, if_match), why=body.why or "by hand", by=caller)
    return _changed(server, name, response)


@router.post("/endpoints/{name}/rollback")
def rollback(
    name: EndpointName,
    body: ChangeEndpoint,
    server: Context,
    caller: Caller,
    response: Response,
    if_match: IfMatch = None,
) -> EndpointDetail:
    """Goes back to the models that were live before the last deployment."""
    log.rollback(server.store, name, revision=_seen(body, if_match), why=body.why or "by hand", by=caller)
    return _changed(server, name, response)


@router.post("/endpoints/{name}/undeploy")
def undeploy(
    name: EndpointName,
    body: ChangeEndpoint,
    server: Context,
    caller: Caller,
    response: Response,
    if_match: IfMatch = None,
) -> EndpointDetail:
    """Takes the endpoint out of use; a rollback brings it back."""
    log.undeploy(server.store, name, revision=_seen(body, if_match), why=body.why, by=caller)
    return _changed(server, name, response)


@router.put("/endpoints/{name}/settings")
def configure_endpoint(
    name: EndpointName,
    body: ConfigureEndpoint,
    server: Context,
    caller: Caller,
    response: Response,
    if_match: IfMatch = None,
) -> EndpointDetail:
    """Changes how the endpoint answers and captures; its models stay."""
    seen = _seen(body, if_match)
    settings = _settings(known(server, name), body)
    log.configure(server.store, name, settings, revision=seen, by=caller)
    return _changed(server, name, response)


def _seen(body: Seen, if_match: str | None) -> int:
    """The revision that a change is meant for, from the body or the header."""
    if body.revision is not None:
        return body.revision
    text = (if_match or "").removeprefix("W/").strip('" ')
    if not text:
        raise Refused(
            428,
            "A change names the revision that it was decided on.",
            where="revision",
            fix="Send the revision of the endpoint (0: there is none yet) in the body, or as If-Match.",
        )
    if not (text.isascii() and text.isdigit()):
        raise Refused(412, "This is no revision of an endpoint.", where="If-Match", found=text[:40])
    return int(text[:12])


def _settings(state: EndpointState, body: ConfigureEndpoint) -> Settings:
    changes = body.model_dump(exclude_none=True, exclude={"revision", "rules"})
    rules = {**state.settings.rules.model_dump(), **(body.rules.model_dump(exclude_none=True) if body.rules else {})}
    return Settings.model_validate({**state.settings.model_dump(), **changes, "rules": rules})


def _changed(server: Server, name: str, response: Response) -> EndpointDetail:
    server.live.refresh()
    return _told(detail(server, name), response)


def _told(found: EndpointDetail, response: Response) -> EndpointDetail:
    response.headers["etag"] = f'"{found.revision}"'
    return found
