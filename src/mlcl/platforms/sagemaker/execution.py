"""One execution of a pipeline as SageMaker describes it: its state, its steps and the jobs behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mlcl.platforms.sagemaker.settings import Cloud

RUNNING = ("Executing", "Stopping")
# Kind of job: how it is described, its name, its log group.
KINDS = {
    "ProcessingJob": ("describe_processing_job", "ProcessingJobName", "/aws/sagemaker/ProcessingJobs"),
    "TrainingJob": ("describe_training_job", "TrainingJobName", "/aws/sagemaker/TrainingJobs"),
    "TuningJob": (
        "describe_hyper_parameter_tuning_job",
        "HyperParameterTuningJobName",
        "/aws/sagemaker/TrainingJobs",
    ),
}


class Job(NamedTuple):
    """A step of the execution with its job. name: of the job, '' before it has one; hit: taken from the step cache."""

    step: str
    state: str
    reason: str
    kind: str
    name: str
    hit: bool

    @property
    def over(self) -> bool:
        return self.state in ("Succeeded", "Failed", "Stopped")

    @property
    def logs(self) -> str:
        """The log group."""
        return KINDS[self.kind][2] if self.kind in KINDS else ""


_LISTED = {
    "ProcessingJob": ("list_processing_jobs", "ProcessingJobSummaries"),
    "TrainingJob": ("list_training_jobs", "TrainingJobSummaries"),
    "TuningJob": ("list_hyper_parameter_tuning_jobs", "HyperParameterTuningJobSummaries"),
}


class Execution:
    def __init__(self, cloud: Cloud, arn: str) -> None:
        self.cloud, self.arn = cloud, arn
        self._names: dict[str, str] = {}

    def describe(self) -> Mapping[str, Any]:
        return self.cloud.call("sagemaker", "describe_pipeline_execution", self.arn, PipelineExecutionArn=self.arn)

    def jobs(self) -> dict[str, Job]:
        """The steps that have begun, by name, in their order."""
        listed = self.cloud.pages(
            "sagemaker", "list_pipeline_execution_steps", "PipelineExecutionSteps", PipelineExecutionArn=self.arn
        )
        listed.sort(key=lambda step: str(step.get("StartTime", "")))
        return {step["StepName"]: self._job(step) for step in listed}

    def detail(self, job: Job) -> Mapping[str, Any]:
        """What SageMaker says of a step's job."""
        operation, key, _ = KINDS[job.kind]
        return self.cloud.call("sagemaker", operation, job.name, **{key: job.name})

    def stop(self) -> None:
        token = self.arn.rsplit("/", 1)[-1].ljust(32, "-")
        self.cloud.call(
            "sagemaker",
            "stop_pipeline_execution",
            self.arn,
            PipelineExecutionArn=self.arn,
            ClientRequestToken=token,
        )

    def _job(self, step: Mapping[str, Any]) -> Job:
        about = step.get("Metadata") or {}
        kind = next((name for name in KINDS if name in about), "")
        arn = str((about.get(kind) or {}).get("Arn", "")) if kind else ""
        reason = step.get("FailureReason") or (about.get("Fail") or {}).get("ErrorMessage") or ""
        hit = bool(step.get("CacheHitResult"))
        return Job(step["StepName"], step.get("StepStatus", ""), reason, kind, self._name(kind, arn), hit)

    def _name(self, kind: str, arn: str) -> str:
        """The job's name as it was given: an ARN has it in small letters, logs and containers do not."""
        if not arn:
            return ""
        if arn not in self._names:
            operation, items = _LISTED[kind]
            small = arn.rsplit("/", 1)[-1]
            start = "-".join(small.split("-")[:4])  # of the prefix, which is in small letters
            name = KINDS[kind][1]
            for one in self.cloud.pages("sagemaker", operation, items, NameContains=start):
                self._names[one[name.replace("Name", "Arn")]] = one[name]
        return self._names.get(arn, arn.rsplit("/", 1)[-1])
