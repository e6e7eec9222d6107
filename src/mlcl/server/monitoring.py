"""/endpoints/NAME/monitoring, looks and feedback: how the traffic compares with what the model was made from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from mlcl.monitoring import feedback
from mlcl.monitoring.look import folder
from mlcl.server import monitoring_column, uploaded
from mlcl.server.context import Context
from mlcl.server.endpoints_shown import known
from mlcl.server.monitoring_jobs import Work
from mlcl.server.monitoring_looks import between, brief, document, ids, short, shown
from mlcl.server.monitoring_series import series
from mlcl.server.monitoring_watched import watched
from mlcl.server.paging import page
from mlcl.server.predictions_shown import cell
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.looks import ColumnLook, Look, LookBrief, MonitoringSeries
from mlcl.server.schemas.monitoring import Job, Monitoring, StartLook
from mlcl.server.schemas.outcomes import FeedbackResult, Labels, LeftOutRow, Promised, SendFeedback
from mlcl.server.schemas.parameters import Cursor, EndpointName, Limit, LookId, Since, Until
from mlcl.server.times import moment

router = APIRouter(tags=["monitoring"])

_NO_OUTCOMES = "No outcome of this endpoint's predictions has come in when somebody looked."
_NO_LOOK = "Nobody has looked at this endpoint yet."
_LOOKED = 60  # newest looks among which one with a ledger is looked for


@router.get("/endpoints/{name}/monitoring")
def get_monitoring(name: EndpointName, server: Context) -> Monitoring:
    """How the endpoint is watched: settings, newest look, what is done next."""
    found = watched(server, name)
    looks = ids(server, name)
    latest = next((one for one in (short(server, name, look) for look in reversed(looks[-3:])) if one), None)
    settings, promise = found.settings, found.promise
    intervals = {metric: {"low": ends.low, "high": ends.high} for metric, ends in promise.intervals.items()}
    return Monitoring(
        endpoint=name,
        version=found.model.version,
        every=settings.every,
        window=settings.window,
        minimum_rows=settings.minimum_rows,
        limits=settings.limits,
        webhook=settings.webhook is not None,
        email=settings.email is not None,
        unit=found.unit,
        looks=len(looks),
        latest=brief(latest) if latest else None,
        jobs=server.part(Work).all(name),
        main_metric=found.main_metric(promise.metrics),
        promised=Promised.model_validate(
            {"metrics": dict(promise.metrics), "intervals": intervals, "source": promise.source}
        ),
    )


@router.get("/endpoints/{name}/looks")
def list_looks(
    name: EndpointName,
    server: Context,
    limit: Limit = 50,
    cursor: Cursor = None,
    since: Since = None,
    until: Until = None,
) -> Page[LookBrief]:
    """Looks at the endpoint's traffic, newest first."""
    known(server, name)
    found = between(server, name, moment(since, "since"), moment(until, "until"))
    by_id = {"id": lambda look: look}
    part = page(found, by_id, lambda look: look, sort="-id", limit=limit, cursor=cursor)
    shorts = (short(server, name, look) for look in part.items)
    return Page(items=[brief(one) for one in shorts if one], next=part.next, total=part.total)


@router.post("/endpoints/{name}/looks", status_code=202)
def start_look(name: EndpointName, body: StartLook, server: Context) -> Job:
    """Looks at the traffic now, in a process of its own; settles the alerts. 409 while somebody looks already."""
    watched(server, name)
    return server.part(Work).look(name, body.window)


@router.get("/endpoints/{name}/look-series")
def get_look_series(
    name: EndpointName,
    server: Context,
    since: Since = None,
    until: Until = None,
    most: Annotated[int, Query(ge=1, le=400, description="The newest looks, at most so many.")] = 60,
    columns: Annotated[int, Query(ge=1, le=1000, description="At most so many columns, most drifted first.")] = 100,
) -> MonitoringSeries:
    """Looks side by side: drift of each column, quality, performance and value over time."""
    known(server, name)
    looks = between(server, name, moment(since, "since"), moment(until, "until"))
    return series(server, name, looks[-most:], columns)


@router.get("/endpoints/{name}/looks/{look}")
def get_look(name: EndpointName, look: LookId, server: Context) -> Look:
    """One look in full. 'latest': the newest."""
    known(server, name)
    return shown(server, name, look)


@router.get("/endpoints/{name}/looks/{look}/column")
def get_look_column(
    name: EndpointName,
    look: LookId,
    server: Context,
    column: Annotated[str, Query(min_length=1, max_length=1000, description="Name of the column.")],
) -> ColumnLook:
    """One column: its distribution in training beside that in the window."""
    known(server, name)
    return monitoring_column.column(server, name, look, column)


@router.get(
    "/endpoints/{name}/looks/{look}/report",
    response_class=Response,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
def get_look_report(name: EndpointName, look: LookId, server: Context) -> Response:
    """The look as one self-contained HTML page."""
    known(server, name)
    place = folder(name, document(server, name, look)["id"])
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    page_bytes = server.store.get(f"{place}/report.html")
    return Response(page_bytes, media_type="text/html", headers={"content-security-policy": policy})


@router.get(
    "/endpoints/{name}/looks/{look}/files/{file}",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {}}}}},
)
def get_look_file(
    name: EndpointName,
    look: LookId,
    file: Literal["report", "statistics", "constraints", "constraint_violations"],
    server: Context,
) -> Response:
    """One of the files that SageMaker Model Monitor would write, or the report, as JSON."""
    known(server, name)
    found = document(server, name, look)["id"]
    data = server.store.get(f"{folder(name, found)}/{file}.json")
    headers = {"content-disposition": f'attachment; filename="{name}-{found}-{file}.json"'}
    return Response(data, media_type="application/json", headers=headers)


@router.get("/endpoints/{name}/labels")
def get_labels(name: EndpointName, server: Context) -> Labels:
    """The label-maturity ledger, as the newest look saw it."""
    known(server, name)
    looks = ids(server, name)
    for look in reversed(looks[-_LOOKED:]):
        known_of = short(server, name, look)
        if known_of and known_of["ledger"]:
            report = document(server, name, look)
            found = {"endpoint": name, "look": look, "as_of": report["made_at"], "ledger": report["ledger"]}
            return Labels.model_validate(found)
    return Labels(endpoint=name, why=_NO_OUTCOMES if looks else _NO_LOOK)


@router.post("/endpoints/{name}/feedback")
def send_feedback(name: EndpointName, body: SendFeedback, server: Context) -> FeedbackResult:
    """Tells what became of predictions, by an uploaded file. Late, repeated and corrected outcomes are welcome."""
    known(server, name)
    since, until = moment(body.since, "since"), moment(body.until, "until")
    with uploaded.opened(server.store, body.source) as file:
        more: dict[str, Any] = {"by": body.by, "label": body.label or None, "since": since, "until": until}
        result = feedback.add(server.store, name, file, now=datetime.now(UTC), **more)
    left_out = [
        LeftOutRow(
            row=one["row"],
            keys={str(key): cell(value) for key, value in one.items() if key not in ("row", "why")},
            why=one["why"],
        )
        for one in result.left_out
    ]
    return FeedbackResult(**{**result.as_dict(), "left_out": left_out})


@router.get("/endpoints/{name}/jobs")
def list_jobs(name: EndpointName, server: Context) -> list[Job]:
    """What is done by itself, or was asked for: looks, retraining, notices."""
    known(server, name)
    return server.part(Work).all(name)
