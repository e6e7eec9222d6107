"""Following an execution: the states of the steps inside its jobs, and why it ended.

The containers write the states of their steps into the store (progress/JOB.json); the jobs' own states come from
SageMaker. Looks are tolerant: what cannot be read now is read at the next look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from mlcl import errors as ours
from mlcl.errors import MlclError, NotFound, StoreError
from mlcl.platforms.base import Watch
from mlcl.platforms.sagemaker.errors import CredentialsError
from mlcl.platforms.sagemaker.execution import RUNNING, Execution, Job
from mlcl.platforms.sagemaker.failures import of_job
from mlcl.platforms.sagemaker.jobs import DATA, FAIL, JUDGE, PREPARE, TRAIN, TUNE
from mlcl.platforms.sagemaker.logs import Tail
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.records import Step
from mlcl.steps import STEPS

# What each job may do; what it has done, its facts say.
STEPS_OF = {DATA: ("collect", "validate", "prepare"), PREPARE: ("prepare",), TRAIN: ("train",), TUNE: ("train",)}
STEPS_OF |= {JUDGE: ("evaluate", "judge", "register")}
_ORDER = {state: place for place, state in enumerate(("waiting", "running", "cached", "done", "failed"))}
_OWN_FAULT = "AlgorithmError"  # SageMaker's word for a container that began and failed
_MOST_FAULTS = 30  # looks in a row that may fail before the follower gives up; the pipeline goes on


class Follower:
    """facts: of the steps that are done, by name (key, identity, address)."""

    def __init__(
        self, cloud: Cloud, execution: Execution, watch: Watch, say: Callable[[str], None] | None = None
    ) -> None:
        self.cloud, self.execution, self.watch = cloud, execution, watch
        self.facts: dict[str, dict[str, Any]] = {}
        self.state, self.reason = "Executing", ""
        self._told: dict[str, str] = {}
        self._read: set[str] = set()
        self._jobs: dict[str, Job] = {}
        self._errors: dict[str, dict[str, Any]] = {}
        self._faults = 0
        self._tail = Tail(cloud, say) if say else None

    def look(self) -> bool:
        """Tells what is new; whether the execution has ended. A fault that may pass is passed over."""
        try:
            ended = self._look()
        except MlclError as error:
            self._faults += 1
            passing = error.retryable or isinstance(error, StoreError)
            if not passing or self._faults > _MOST_FAULTS or isinstance(error, CredentialsError):
                raise
            return False
        self._faults = 0
        return ended

    def _look(self) -> bool:
        described = self.execution.describe()
        self._jobs = self.execution.jobs()
        self.state, self.reason = described["PipelineExecutionStatus"], described.get("FailureReason", "")
        for name, steps in STEPS_OF.items():
            if name in self._jobs:
                self._job(self._jobs[name], steps)
        return self.state not in RUNNING

    def _job(self, job: Job, steps: tuple[str, ...]) -> None:
        if job.step in self._read:
            return
        if job.hit:
            self._done(job, steps)
            return
        if job.name:
            self._progress(job)
        if self._tail and job.name:
            self._tail.follow(job)
        if job.state == "Succeeded":
            self._done(job, steps)

    def _progress(self, job: Job) -> None:
        try:
            document = orjson.loads(self.cloud.store.get(f"progress/{job.name}.json"))
        except NotFound:
            return
        for step in document["steps"]:
            self._tell(Step.model_validate(step))
        if document["error"]:
            self._errors[job.step] = document["error"]

    def _done(self, job: Job, steps: tuple[str, ...]) -> None:
        """The facts of a job that has ended well; its steps are told even where their progress got lost."""
        self._read.add(job.step)
        if job.step in (TRAIN, TUNE):
            if job.hit:
                self._tell(Step(name="train", state="cached"))
            elif job.step == TUNE or "train" not in self._told:
                # Jobs of a tuning, and of AWS's own algorithm, write no progress of ours.
                self._tell(Step(name="train", state="running"))
                self._tell(Step(name="train", state="done", note=job.name))
            return
        self.facts |= self._facts(job)
        for name, one in ((name, self.facts[name]) for name in steps if name in self.facts):
            cached = job.hit or one.get("cached", False)
            if not cached:
                self._tell(Step(name=name, state="running", key=one.get("key", "")))
            state = "cached" if cached else "done"
            self._tell(Step(name=name, state=state, key=one.get("key", ""), seconds=one.get("seconds", 0.0)))

    def _facts(self, job: Job) -> dict[str, dict[str, Any]]:
        outputs = self.execution.detail(job)["ProcessingOutputConfig"]["Outputs"]
        uri = next(one["S3Output"]["S3Uri"] for one in outputs if one["OutputName"] == "facts")
        key = uri.removeprefix(f"{self.cloud.settings.store}/").rstrip("/")
        found: dict[str, dict[str, Any]] = orjson.loads(self.cloud.store.get(f"{key}/steps.json"))
        return {name: one for name, one in found.items() if "key" in one}

    def _tell(self, step: Step) -> None:
        """Each state of a step once, and never an earlier one."""
        before = self._told.get(step.name, "waiting")
        if _ORDER[step.state] <= _ORDER[before]:
            return
        if step.state in ("done", "failed") and before == "waiting":
            self.watch(step.model_copy(update={"state": "running", "seconds": 0.0}))
        self._told[step.name] = step.state
        self.watch(step)

    def settle(self) -> None:
        """Raises why the execution ended, unless it came to a verdict: one that did not pass is a result."""
        if self._tail:
            self._tail.close(self._jobs.values())
        failed = next((job for job in self._jobs.values() if job.state == "Failed" and job.step != FAIL), None)
        if self.state == "Succeeded" or (FAIL in self._jobs and failed is None):
            return
        if failed is None and self.state in ("Stopped", "Failed"):
            self._lost("stopped" if self.state == "Stopped" else self.reason)
            raise of_job(self.execution.arn, self.state, self.reason)
        if failed is None:
            return
        error = self._errors.get(failed.step)
        reason = self._reason(failed)
        self._lost(error["what"] if error else reason, failed.step if _OWN_FAULT in reason else "")
        raise rebuilt(error) if error else of_job(failed.name or failed.step, failed.state, reason)

    def _reason(self, job: Job) -> str:
        if job.name and job.kind:
            detail = self.execution.detail(job)
            return str(detail.get("FailureReason") or detail.get("ExitMessage") or job.reason)
        return job.reason or self.reason

    def _lost(self, note: str, job: str = "") -> None:
        """The step that was running when its job was ended has failed with it. job: one that began and failed; where it
        could tell nothing (its store was away), that is the first step that it has not done; where it could, the step
        that failed is known."""
        running = [spec.name for spec in STEPS if self._told.get(spec.name) == "running"]
        steps = STEPS_OF.get(job, ())
        known = any(self._told.get(name) == "failed" for name in steps)
        open_ = [] if known else [name for name in steps if name not in self._told]
        for name in running or open_[:1]:
            self._tell(Step(name=name, state="failed", note=note))


def rebuilt(error: Mapping[str, Any]) -> MlclError:
    """The error of a step, as it was raised in the container."""
    kind = getattr(ours, str(error.get("error")), MlclError)
    parts = {"where": error.get("where", ""), "found": error.get("found", ""), "fix": error.get("do", "")}
    if not (isinstance(kind, type) and issubclass(kind, MlclError)):
        kind = MlclError
    found: MlclError = kind(str(error.get("what", "The job failed.")), **parts)
    if "retryable" in error:
        found.retryable = bool(error["retryable"])
    return found
