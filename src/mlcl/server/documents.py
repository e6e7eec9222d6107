"""/runs/ID/…: what the steps of a run found."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from mlcl import runs
from mlcl.errors import Corrupt, NotFound
from mlcl.server.context import Context, Server
from mlcl.server.index import present
from mlcl.server.runs import find
from mlcl.server.schemas.base import Out
from mlcl.server.schemas.evaluation import Evaluation
from mlcl.server.schemas.parameters import RunId
from mlcl.server.schemas.profile import Dataset, Preparation, Profile
from mlcl.server.schemas.runs import Verdict
from mlcl.server.schemas.training import Training
from mlcl.stores import keys

router = APIRouter(tags=["runs"])

Document = TypeVar("Document", bound=Out)
Form = Annotated[Literal["html", "markdown"], Query(alias="format")]

HTML, MARKDOWN = "text/html", "text/markdown"
_TEXT = {"schema": {"type": "string"}}
# A page of a run stands alone: its own scripts run in an origin of their own, which sees nothing of the API.
_ALONE = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
)


@router.get("/runs/{run}/dataset")
def get_run_dataset(run: RunId, server: Context) -> Dataset:
    """The data set that the run worked on."""
    return _document(server, run, "dataset", Dataset)


@router.get("/runs/{run}/profile")
def get_run_profile(run: RunId, server: Context) -> Profile:
    """What is in the data, column by column, and what in it should worry."""
    return _document(server, run, "profile", Profile)


@router.get("/runs/{run}/preparation")
def get_run_preparation(run: RunId, server: Context) -> Preparation:
    """How rows were split and what became features."""
    return _document(server, run, "prepare", Preparation)


@router.get("/runs/{run}/training")
def get_run_training(run: RunId, server: Context) -> Training:
    """The trials, and what was chosen."""
    return _document(server, run, "training", Training)


@router.get("/runs/{run}/evaluation")
def get_run_evaluation(run: RunId, server: Context) -> Evaluation:
    """How good the model is on rows that it never saw."""
    return _document(server, run, "evaluation", Evaluation)


@router.get("/runs/{run}/verdict")
def get_run_verdict(run: RunId, server: Context) -> Verdict:
    """Whether the goals are met."""
    return _document(server, run, "verdict", Verdict)


@router.get("/runs/{run}/report", response_class=Response, responses={200: {"content": {HTML: _TEXT}}})
def get_run_report(run: RunId, server: Context) -> Response:
    """The run's report: one page without outside links."""
    from mlcl.report.html import render

    return alone(render(found_out(server, find(server, run).id)), HTML)


@router.get("/runs/{run}/card", response_class=Response, responses={200: {"content": {HTML: _TEXT, MARKDOWN: _TEXT}}})
def get_run_card(run: RunId, server: Context, form: Form = "html") -> Response:
    """The card of the run's model: what it is for, what it was made from, how good it is and where it ends."""
    return card(server, find(server, run).id, form)


def card(server: Server, run_id: str, form: str) -> Response:
    """A run's model card."""
    from mlcl.report.card import markdown
    from mlcl.server.cardpage import page

    text = markdown(found_out(server, run_id))
    return alone(page(text), HTML) if form == "html" else alone(text, MARKDOWN, f"{run_id}.md")


def found_out(server: Server, run_id: str) -> dict[str, Any]:
    """All that the run's steps found."""
    return runs.documents(server.store, present(server.store, run_id))


def alone(text: str, kind: str, name: str = "") -> Response:
    """A text that was made from data: shown where it can do nothing."""
    headers = {"content-security-policy": f"{_ALONE}; frame-ancestors 'self'"}
    if name:
        headers["content-disposition"] = f'attachment; filename="{name}"'
    return Response(text, media_type=kind, headers=headers)


def _document(server: Server, run: str, name: str, kind: type[Document]) -> Document:
    known = find(server, run)
    try:
        return kind.model_validate_json(server.store.get(f"{keys.run_files(known.id)}/{name}.json"))
    except NotFound:
        raise NotFound(
            "The run has not found this out." if known.state != "running" else "The run has not got so far yet.",
            where=known.id,
            found=f"state: {known.state}",
            fix="Wait for the step to end." if known.state == "running" else "",
        ) from None
    except ValidationError as error:
        raise Corrupt(
            "A document of the run is damaged.", where=f"{known.id}/{name}", found=str(error)[:300]
        ) from error
