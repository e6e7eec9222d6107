"""/events: what changes, as server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from mlcl.server.context import Context
from mlcl.server.schemas.others import Event

router = APIRouter(tags=["events"])

_STREAM = {
    "description": "A stream that does not end; `data` of each event is an Event, its name is the event's kind.",
    "model": Event,
    "content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/Event"}}},
}


@router.get("/events", response_class=Response, responses={200: _STREAM})
async def stream_events(
    server: Context,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
    after: Annotated[str | None, Query(max_length=100, description="As Last-Event-ID.")] = None,
) -> Response:
    """What changes: runs and their progress, deployments, alerts, models, problem files, jobs. Begins after
    Last-Event-ID, where that is still known; else with an event of kind `lost`."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    stream = server.live.events(last_event_id or after)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)
