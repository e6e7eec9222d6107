"""/lineage: from a prediction back to everything that it came from."""

from __future__ import annotations

from fastapi import APIRouter

from mlcl.server.schemas.lineage import Lineage
from mlcl.server.schemas.parameters import PredictionId

router = APIRouter(tags=["lineage"])


@router.get("/lineage/{prediction}")
def get_lineage(prediction: PredictionId) -> Lineage:
    """Endpoint, variant, model, run, data set, problem file and code of a captured prediction."""
    raise NotImplementedError
