"""The section [aws]: on which machines the steps run and how the model is hosted, when a run is made with --on aws:ENV.

None of it makes another model, so it is no part of the problem's digest; what does change the fit (several machines,
tuning jobs) is part of the key of the step `train`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from mlcl.problem.base import Duration, Section, duration

_INSTANCE = r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$"
Tag = Annotated[str, Field(max_length=256)]
LONGEST_JOB = 28  # days: the longest that SageMaker lets a training job run


def _of_a_job(text: str) -> str:
    if duration(text).days > LONGEST_JOB:
        raise ValueError(f"a job runs {LONGEST_JOB} days at most")
    return text


JobTime = Annotated[Duration, AfterValidator(_of_a_job)]


class Process(Section):
    """The processing jobs: collect, validate and prepare in one; evaluate, judge and register in another."""

    instance: str = Field(default="ml.m5.large", pattern=_INSTANCE, description="Instance type.")
    instances: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Machines that prepare together, each on its share of the rows: above 1, in a job of its own.",
    )
    volume: int = Field(default=30, ge=1, le=16_384, description="Disk of each, in GB.")
    max_run: JobTime = Field(default="1h", description="Longest time that one job may take.")


class TrainJob(Section):
    """The training job, or each of the tuning's."""

    instance: str = Field(default="ml.m5.xlarge", pattern=_INSTANCE, description="Instance type.")
    instances: int = Field(
        default=1, ge=1, le=64, description="Machines that train together, each on its share of the rows."
    )
    volume: int = Field(default=30, ge=1, le=16_384, description="Disk of each, in GB.")
    max_run: JobTime = Field(default="1h", description="Longest time that the job may train.")
    spot: bool = Field(
        default=False, description="Spare capacity at a lower price; what was done so far is kept by checkpoints."
    )
    max_wait: JobTime = Field(default="4h", description="With spot: longest time with all the waiting.")
    warm: Duration | None = Field(
        default=None, description="Keep the machines so long for the next job (at most 1h). Left out: not at all."
    )

    @model_validator(mode="after")
    def _coherent(self) -> TrainJob:
        if self.spot and duration(self.max_wait) < duration(self.max_run):
            raise ValueError("max_wait is less than max_run: a spot job waits and trains in it")
        if self.spot and self.warm:
            raise ValueError("machines at spot prices cannot be kept warm: leave out spot or warm")
        if self.warm and duration(self.warm).total_seconds() > 3600:
            raise ValueError("machines are kept warm for 1h at most")
        return self


class Tune(Section):
    """A SageMaker tuning job instead of mlcl's own search: each trial is a training job."""

    jobs: int = Field(ge=1, le=750, description="Training jobs in all.")
    parallel: int = Field(default=2, ge=1, le=100, description="How many at the same time.")
    strategy: Literal["Bayesian", "Random", "Hyperband"] = Field(default="Bayesian", description="How it searches.")
    early_stopping: bool = Field(default=False, description="Stop jobs that lag behind the best.")

    @model_validator(mode="after")
    def _coherent(self) -> Tune:
        if self.parallel > self.jobs:
            raise ValueError("parallel is more than jobs")
        if self.strategy == "Hyperband" and self.early_stopping:
            raise ValueError("Hyperband stops jobs by itself: leave out early_stopping")
        return self


class EndpointOnAws(Section):
    """How `mlcl deploy --on aws:ENV` hosts the model."""

    kind: Literal["serverless", "real-time", "asynchronous"] = Field(
        default="serverless",
        description="serverless costs nothing while idle; real-time keeps machines; asynchronous takes large requests.",
    )
    memory: Literal[1024, 2048, 3072, 4096, 5120, 6144] = Field(default=2048, description="Serverless: memory in MB.")
    concurrency: int = Field(default=5, ge=1, le=200, description="Serverless: requests answered at the same time.")
    instance: str = Field(default="ml.m5.large", pattern=_INSTANCE, description="Real-time and asynchronous: type.")
    instances: int = Field(default=1, ge=0, le=100, description="Machines to begin with (asynchronous: 0 allowed).")
    instances_most: int = Field(default=1, ge=1, le=100, description="Most machines; above `instances` it scales.")
    per_instance: float = Field(
        default=1000.0, gt=0, description="Requests a minute (asynchronous: waiting requests) that one machine is for."
    )
    capture: float = Field(default=1.0, ge=0, le=1, description="Share of the predictions captured.")
    canary_wait: Duration = Field(default="10m", description="How long a canary is watched before it takes over.")
    alarms: tuple[str, ...] = Field(
        default=(), description="CloudWatch alarms that roll a deployment back, beside those that mlcl makes."
    )
    on_pass: bool = Field(default=False, description="Deploy by itself when the goals are met.")
    expires: Duration | None = Field(
        default=None, description="Remove the endpoint so long after its last deployment. Left out: it stays."
    )

    @model_validator(mode="after")
    def _coherent(self) -> EndpointOnAws:
        if self.instances > self.instances_most:
            raise ValueError("instances is more than instances_most")
        if self.kind != "asynchronous" and self.instances == 0:
            raise ValueError("only an asynchronous endpoint can be left with no machine")
        return self


class Aws(Section):
    """Machines, limits and hosting of a run with --on aws:ENV. A local run leaves it aside."""

    ceiling: float | None = Field(
        default=None, gt=0, description="Most that one run may cost, in US dollars: a dearer one is not started."
    )
    cache: Duration = Field(default="30d", description="How long SageMaker may reuse the result of an unchanged job.")
    retries: int = Field(default=2, ge=0, le=20, description="How often a job is retried for want of capacity.")
    tags: dict[str, Tag] = Field(default_factory=dict, description="Tags of everything that the run makes.")
    process: Process = Field(default_factory=Process, description="The processing jobs.")
    train: TrainJob = Field(default_factory=TrainJob, description="The training job.")
    tune: Tune | None = Field(default=None, description="Tune with a SageMaker tuning job.")
    endpoint: EndpointOnAws = Field(default_factory=EndpointOnAws, description="How the model is hosted.")
