"""The registry."""

from __future__ import annotations

from pydantic import Field

from mlcl.problem.sections import Task
from mlcl.records import Stage
from mlcl.server.schemas.base import Figures, In, Out, Reason
from mlcl.server.schemas.profile import Column
from mlcl.server.schemas.training import Parameters


class ModelBrief(Out):
    """A model of the registry. version: null for one that failed its goals; champion: the one that is deployed unless
    another is named; endpoints: where it is in use; metrics: on the test rows; unit: of values, such as EUR; why: the
    verdict in words."""

    problem: str
    version: int | None
    stage: Stage
    champion: bool = False
    bundle_digest: str
    learner: str
    metrics: Figures = {}
    unit: str = ""
    run: str = ""
    dataset_digest: str = ""
    created_at: str
    why: str = ""
    endpoints: list[str] = []


class Model(ModelBrief):
    """metrics_by_split: train, validation and test; inputs: what it asks for; labels: its classes in order; size:
    bytes of the bundle."""

    parameters: Parameters = {}
    metrics_by_split: dict[str, Figures] = {}
    question: str = ""
    decision: str = ""
    target: str = ""
    task: Task | None = None
    positive: str | None = None
    labels: list[str] | None = None
    threshold: float | None = None
    inputs: list[Column] = []
    features: list[str] = []
    problem_digest: str = ""
    code_version: str = ""
    versions: dict[str, str] = Field(default={}, description="Libraries that it was made with.")
    size: int = 0
    run_state: str | None = None
    parent: int | None = Field(default=None, description="Version that was the champion when this one was judged.")


class SetStage(In):
    stage: Stage
    why: Reason = ""
