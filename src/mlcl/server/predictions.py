"""/endpoints/NAME/predictions and /predictions: what was captured."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from mlcl.server import predictions_batches
from mlcl.server.schemas.parameters import Cursor, EndpointName, Limit, PredictionId, Since, Until
from mlcl.server.schemas.predictions import PredictionCounts, PredictionDetail, PredictionPage

router = APIRouter(tags=["predictions"])
router.include_router(predictions_batches.router)


@router.get("/endpoints/{name}/predictions")
def list_predictions(
    name: EndpointName,
    limit: Limit = 50,
    cursor: Cursor = None,
    since: Since = None,
    until: Until = None,
    variant: Annotated[list[str] | None, Query(max_length=20, description="Only of these variants.")] = None,
    decision: Annotated[list[str] | None, Query(max_length=50, description="Only with these decisions.")] = None,
) -> PredictionPage:
    """Captured predictions, newest first."""
    raise NotImplementedError


@router.get("/endpoints/{name}/prediction-counts")
def count_predictions(
    name: EndpointName,
    since: Since = None,
    until: Until = None,
    every: Annotated[Literal["hour", "day"], Query(description="What to count by.")] = "hour",
) -> PredictionCounts:
    """How many predictions were captured, hour by hour or day by day. Left out: the last 24 hours, or 30 days."""
    raise NotImplementedError


@router.get("/predictions/{prediction}")
def get_prediction(prediction: PredictionId) -> PredictionDetail:
    """One captured prediction, with all that it came from."""
    raise NotImplementedError
