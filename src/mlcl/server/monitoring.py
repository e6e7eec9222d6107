"""/endpoints/NAME/monitoring, looks and feedback: how the traffic compares with what the model was made from."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from mlcl.server.schemas.base import Page
from mlcl.server.schemas.monitoring import (
    ColumnLook,
    FeedbackResult,
    Job,
    Labels,
    Look,
    LookBrief,
    Monitoring,
    MonitoringSeries,
    SendFeedback,
    StartLook,
)
from mlcl.server.schemas.parameters import Cursor, EndpointName, Limit, LookId, Since, Until

router = APIRouter(tags=["monitoring"])


@router.get("/endpoints/{name}/monitoring")
def get_monitoring(name: EndpointName) -> Monitoring:
    """How the endpoint is watched: settings, newest look, what is done next."""
    raise NotImplementedError


@router.get("/endpoints/{name}/looks")
def list_looks(
    name: EndpointName, limit: Limit = 50, cursor: Cursor = None, since: Since = None, until: Until = None
) -> Page[LookBrief]:
    """Looks at the endpoint's traffic, newest first."""
    raise NotImplementedError


@router.post("/endpoints/{name}/looks", status_code=202)
def start_look(name: EndpointName, body: StartLook) -> Job:
    """Looks at the traffic now, in a process of its own; settles the alerts."""
    raise NotImplementedError


@router.get("/endpoints/{name}/look-series")
def get_look_series(
    name: EndpointName,
    since: Since = None,
    until: Until = None,
    most: Annotated[int, Query(ge=1, le=400, description="The newest looks, at most so many.")] = 60,
    columns: Annotated[int, Query(ge=1, le=1000, description="At most so many columns, most drifted first.")] = 100,
) -> MonitoringSeries:
    """Looks side by side: drift of each column, quality, performance and value over time."""
    raise NotImplementedError


@router.get("/endpoints/{name}/looks/{look}")
def get_look(name: EndpointName, look: LookId) -> Look:
    """One look in full. 'latest': the newest."""
    raise NotImplementedError


@router.get("/endpoints/{name}/looks/{look}/column")
def get_look_column(
    name: EndpointName,
    look: LookId,
    column: Annotated[str, Query(min_length=1, max_length=1000, description="Name of the column.")],
) -> ColumnLook:
    """One column: its distribution in training beside that in the window."""
    raise NotImplementedError


@router.get(
    "/endpoints/{name}/looks/{look}/report",
    response_class=Response,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
def get_look_report(name: EndpointName, look: LookId) -> Response:
    """The look as one self-contained HTML page."""
    raise NotImplementedError


@router.get(
    "/endpoints/{name}/looks/{look}/files/{file}",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {}}}}},
)
def get_look_file(
    name: EndpointName, look: LookId, file: Literal["report", "statistics", "constraints", "constraint_violations"]
) -> Response:
    """One of the files that SageMaker Model Monitor would write, or the report, as JSON."""
    raise NotImplementedError


@router.get("/endpoints/{name}/labels")
def get_labels(name: EndpointName) -> Labels:
    """The label-maturity ledger, as the newest look saw it."""
    raise NotImplementedError


@router.post("/endpoints/{name}/feedback")
def send_feedback(name: EndpointName, body: SendFeedback) -> FeedbackResult:
    """Tells what became of predictions, by an uploaded file. Late, repeated and corrected outcomes are welcome."""
    raise NotImplementedError


@router.get("/endpoints/{name}/jobs")
def list_jobs(name: EndpointName) -> list[Job]:
    """What is done by itself, or was asked for: looks, retraining, notices."""
    raise NotImplementedError
