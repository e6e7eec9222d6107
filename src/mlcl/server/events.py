"""/events: what changes, as server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from mlcl.server.schemas.others import Event

router = APIRouter(tags=["events"])


@router.get("/events", response_class=Response, responses={200: {"description": "A stream of events; `data` of each is an Event.", "model": Event, "content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/Event"}}}}})
async def stream_events(request: Request, last_event_id: Annotated[str | None, Header(max_length=100)] = None, after: Annotated[str | None, Query(max_length=100)] = None) -> Response:
    raise NotImplementedError
