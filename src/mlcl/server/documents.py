"""/runs/ID/…: what the steps of a run found."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from mlcl.server.schemas.evaluation import Evaluation
from mlcl.server.schemas.parameters import RunId
from mlcl.server.schemas.profile import Dataset, Preparation, Profile
from mlcl.server.schemas.runs import Verdict
from mlcl.server.schemas.training import Training

router = APIRouter(tags=["runs"])


@router.get("/runs/{run}/dataset")
def get_run_dataset(run: RunId) -> Dataset:
    raise NotImplementedError


@router.get("/runs/{run}/profile")
def get_run_profile(run: RunId) -> Profile:
    raise NotImplementedError


@router.get("/runs/{run}/preparation")
def get_run_preparation(run: RunId) -> Preparation:
    raise NotImplementedError


@router.get("/runs/{run}/training")
def get_run_training(run: RunId) -> Training:
    raise NotImplementedError


@router.get("/runs/{run}/evaluation")
def get_run_evaluation(run: RunId) -> Evaluation:
    raise NotImplementedError


@router.get("/runs/{run}/verdict")
def get_run_verdict(run: RunId) -> Verdict:
    raise NotImplementedError


@router.get("/runs/{run}/report", response_class=Response, responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}})
def get_run_report(run: RunId) -> Response:
    raise NotImplementedError


@router.get("/runs/{run}/card", response_class=Response, responses={200: {"content": {"text/html": {"schema": {"type": "string"}}, "text/markdown": {"schema": {"type": "string"}}}}})
def get_run_card(run: RunId, form: Annotated[Literal["html", "markdown"], Query(alias="format")] = "html") -> Response:
    raise NotImplementedError
