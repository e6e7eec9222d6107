"""/models: the registry."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from mlcl import registry
from mlcl.errors import MlclError, NotFound, UsageError
from mlcl.records import Model as Record
from mlcl.records import Stage
from mlcl.server.briefs import Briefs, champion
from mlcl.server.context import Context, Server
from mlcl.server.documents import HTML, MARKDOWN, Form, card
from mlcl.server.paging import matches
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.models import Model, ModelBrief, SetStage
from mlcl.server.schemas.parameters import Cursor, Limit, ProblemFilter, ProblemName, Search, Sort, Version
from mlcl.stores import keys

router = APIRouter(tags=["models"])

_TEXT = {"schema": {"type": "string"}}


@router.get("/models")
def list_models(
    server: Context,
    limit: Limit = 50,
    cursor: Cursor = None,
    sort: Sort = "-created_at",
    q: Search = "",
    problem: ProblemFilter = None,
    stage: Annotated[Stage | None, Query()] = None,
    versions: Annotated[bool, Query(description="Only models that have a version: that met their goals.")] = False,
) -> Page[ModelBrief]:
    """Models of the registry. sort: created_at, problem, version, stage or learner; q: in problem, learner, run or
    why."""

    def keep(model: Record) -> bool:
        return (
            problem in (None, model.problem)
            and stage in (None, model.stage)
            and (model.version is not None or not versions)
            and matches(q, model.problem, model.learner, model.run, model.why)
        )

    live = server.live
    part = server.sorted_models.page(
        live.models_version,
        lambda: [model for name in live.model_problems() for model in live.models(name)],
        keep if problem is not None or stage or versions or q else None,
        sort=sort,
        limit=limit,
        cursor=cursor,
    )
    briefs = Briefs(server)
    best = {name: champion(server.live.models(name)) for name in {model.problem for model in part.items}}
    items = [briefs.model(model, best[model.problem]) for model in part.items]
    return Page(items=items, next=part.next, total=part.total)


@router.get("/models/{problem}/{version}")
def get_model(problem: ProblemName, version: Version, server: Context) -> Model:
    """One model with what it asks for and what it was made from."""
    return _shown(server, _find(server, problem, version))


@router.put("/models/{problem}/{version}/stage")
def set_model_stage(problem: ProblemName, version: Version, body: SetStage, server: Context) -> Model:
    """Approves or rejects a version by hand; the highest approved one is the champion."""
    found = _find(server, problem, version)
    if found.version is None:
        raise UsageError(
            "A model that did not meet its goals has no stage to set.", found=found.why, fix="Deploy it with force."
        )
    changed = registry.set_stage(server.store, problem, found.version, body.stage, body.why or f"{body.stage} by hand")
    server.live.refresh()
    return _shown(server, changed)


@router.get(
    "/models/{problem}/{version}/card",
    response_class=Response,
    responses={200: {"content": {HTML: _TEXT, MARKDOWN: _TEXT}}},
)
def get_model_card(problem: ProblemName, version: Version, server: Context, form: Form = "html") -> Response:
    """What the model is for, what it was made from, how good it is and where it ends."""
    found = _find(server, problem, version)
    if not found.run:
        raise NotFound("This model has no run, and so no card.", where=f"{problem} {version}")
    return card(server, found.run, form)


def _find(server: Server, problem: str, version: str) -> Record:
    keys.name(problem)
    return registry.find(server.store, problem, version)


def _shown(server: Server, model: Record) -> Model:
    brief = Briefs(server).model(model, champion(server.live.models(model.problem)))
    run = server.live.runs.known.get(model.run)
    manifest, size = _bundle(server, model.bundle_digest)
    return Model(
        **brief.model_dump(),
        parameters=model.parameters,
        metrics_by_split=model.metrics,
        question=run.question if run else "",
        decision=run.decision if run else "",
        target=str(manifest.get("target") or (run.target if run else "")),
        task=manifest.get("task"),
        positive=manifest.get("positive"),
        labels=manifest.get("labels"),
        threshold=manifest.get("threshold"),
        inputs=manifest.get("inputs") or [],
        features=manifest.get("features") or [],
        problem_digest=model.problem_digest,
        code_version=model.code_version,
        versions={name: str(text) for name, text in (manifest.get("versions") or {}).items()},
        size=size,
        run_state=run.state if run else None,
        parent=_parent(server, model),
    )


def _bundle(server: Server, digest: str) -> tuple[dict[str, Any], int]:
    """What the page shows of a bundle's manifest, and how many bytes the bundle has; nothing where it is not there."""
    from mlcl.server.bundles import summary

    try:
        return summary(server.store, digest)
    except MlclError:
        return {}, 0


def _parent(server: Server, model: Record) -> int | None:
    before = [
        other.version
        for other in server.live.models(model.problem)
        if other.version and other.created_at < model.created_at
    ]
    return max(before, default=None)
