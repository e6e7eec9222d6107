"""From a prediction back to everything that it came from. What is not known is null."""

from __future__ import annotations

from mlcl.problem.sections import Problem as ProblemFile
from mlcl.server.schemas.base import Cell, Figures, Out


class PredictionOrigin(Out):
    """output: probability (or probability_LABEL …) and decision, or prediction."""

    id: str
    event_id: str
    time: str
    input: dict[str, Cell] = {}
    output: dict[str, Cell] = {}


class EndpointOrigin(Out):
    """The state of the endpoint that the prediction was made in."""

    name: str
    variant: str
    revision: int | None = None
    strategy: str | None = None
    why: str | None = None
    forced: bool | None = None
    changed_at: str | None = None
    weight: float | None = None


class ModelOrigin(Out):
    problem: str
    version: int | None = None
    bundle_digest: str
    stage: str | None = None
    why: str | None = None
    created_at: str | None = None
    learner: str | None = None
    metrics: Figures | None = None


class RunOrigin(Out):
    id: str
    state: str
    trigger: str = ""
    platform: str = ""
    started_at: str = ""
    finished_at: str = ""


class DatasetOrigin(Out):
    digest: str
    name: str | None = None
    source: str | None = None
    licence: str | None = None
    citation: str | None = None
    url: str | None = None
    rows: int | None = None
    fetched_at: str | None = None


class ProblemOrigin(Out):
    name: str
    question: str | None = None
    decision: str | None = None
    target: str | None = None
    digest: str | None = None
    file: ProblemFile | None = None


class CodeOrigin(Out):
    version: str | None = None
    mlcl: str | None = None


class OutcomeKnown(Out):
    """What turned out to be true of the prediction, once it was told. corrections: how often it was changed."""

    label: str
    arrived_at: str
    corrections: int = 0


class Lineage(Out):
    """Everything a prediction came from."""

    prediction: PredictionOrigin
    endpoint: EndpointOrigin
    model: ModelOrigin
    run: RunOrigin | None = None
    dataset: DatasetOrigin | None = None
    problem: ProblemOrigin
    code: CodeOrigin
    outcome: OutcomeKnown | None = None
