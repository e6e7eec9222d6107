"""What the model server beside the API answers itself (mlcl.serving.app): in the document, so that generated clients
cover it, and never asked here."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from mlcl.server.schemas.inputs import Answer, Ask
from mlcl.server.schemas.parameters import EndpointName

beside = APIRouter(tags=["predictions"])


@beside.post("/endpoints/{name}/predict", response_model_exclude_unset=True)
def predict(
    name: EndpointName,
    body: Ask,
    explain: Annotated[
        Literal["true", "false"], Query(description="Also tell what each feature contributed.")
    ] = "false",
    on_error: Annotated[
        Literal["fail", "skip"], Query(description="What to do with rows that do not fit the schema.")
    ] = "fail",
    capture: Annotated[
        Literal["true", "false"], Query(description="Whether the predictions are kept for monitoring.")
    ] = "true",
) -> Answer:
    """Predicts with one of the endpoint's models. Outside /api/v1: the model server itself answers."""
    raise NotImplementedError
