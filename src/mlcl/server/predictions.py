"""/endpoints/NAME/predictions and /predictions: what was captured."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from mlcl.server import predictions_batches, predictions_counts
from mlcl.server.context import Context
from mlcl.server.endpoints_shown import known, manifest
from mlcl.server.lineage import one
from mlcl.server.predictions_index import Index, Wanted
from mlcl.server.predictions_shown import Reader
from mlcl.server.schemas.parameters import Cursor, EndpointName, Limit, PredictionId, Since, Until
from mlcl.server.schemas.predictions import PredictionCounts, PredictionDetail, PredictionPage
from mlcl.server.times import moment

router = APIRouter(tags=["predictions"])
router.include_router(predictions_batches.router)


@router.get("/endpoints/{name}/predictions")
def list_predictions(
    name: EndpointName,
    server: Context,
    limit: Limit = 50,
    cursor: Cursor = None,
    since: Since = None,
    until: Until = None,
    variant: Annotated[list[str] | None, Query(max_length=20, description="Only of these variants.")] = None,
    decision: Annotated[list[str] | None, Query(max_length=50, description="Only with these decisions.")] = None,
) -> PredictionPage:
    """Captured predictions, newest first. A page may be short although `next` says that more follows."""
    state = known(server, name)
    wanted = Wanted(
        moment(since, "since"),
        moment(until, "until"),
        tuple(variant) if variant else None,
        tuple(decision) if decision else None,
    )
    part = server.part(Index).page(name, wanted, limit, cursor)
    inputs = manifest(server, state.live.bundle_digest)["recipe"]["inputs"] if state.live else []
    return PredictionPage(
        items=server.part(Reader).predictions(name, part.found),
        next=part.next,
        total=part.total,
        counted=part.counted,
        columns=[column["name"] for column in inputs],
    )


@router.get("/endpoints/{name}/prediction-counts")
def count_predictions(
    name: EndpointName,
    server: Context,
    since: Since = None,
    until: Until = None,
    every: Annotated[Literal["hour", "day"], Query(description="What to count by.")] = "hour",
) -> PredictionCounts:
    """How many predictions were captured, hour by hour or day by day (UTC). Left out: the last 24 hours, or 30 days."""
    known(server, name)
    ends: tuple[datetime | None, datetime | None] = (moment(since, "since"), moment(until, "until"))
    return predictions_counts.counts(server, name, *ends, every)


@router.get("/predictions/{prediction}")
def get_prediction(prediction: PredictionId, server: Context) -> PredictionDetail:
    """One captured prediction, with all that it came from."""
    return one(server, prediction)
