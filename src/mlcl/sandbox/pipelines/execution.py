"""An execution: steps start as soon as what they need is done, several at once, with retries, cache and stop."""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple

from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record, now
from mlcl.sandbox.pipelines import conditions, steps
from mlcl.sandbox.pipelines.definition import CREATES, Definition, Step
from mlcl.sandbox.pipelines.resolve import Context, resolved
from mlcl.sandbox.pipelines.steps import Made, Stopped
from mlcl.sandbox.runtime.core import Clients, Runtime
from mlcl.sandbox.runtime.files import Failed
from mlcl.sandbox.wire import AwsError

_TICK = 0.05


class Cached(NamedTuple):
    at: float
    made: Made
    execution: str


class Execution:
    """One execution. record: as DescribePipelineExecution shows it; steps: as ListPipelineExecutionSteps shows them;
    cache: the pipeline's, by key."""

    def __init__(
        self,
        runtime: Runtime,
        where: Where,
        definition: Definition,
        record: Record,
        cache: dict[str, Cached],
    ) -> None:
        self.runtime, self.where, self.definition, self.record = runtime, where, definition, record
        self.plane: Plane = runtime.plane
        self.steps: dict[str, Record] = {}
        self.made: dict[str, Made] = {}
        self._cache = cache
        self.lock, self.stopping = threading.RLock(), threading.Event()
        self._clients: Clients | None = None
        self.id = record["PipelineExecutionArn"].rpartition("/")[2]

    def start(self) -> None:
        self.runtime.add("PipelineExecution", self.record["PipelineExecutionArn"], self)
        threading.Thread(target=self._run, name=f"pipeline {self.id}", daemon=True).start()

    def stop(self) -> None:
        with self.lock:
            self._set("Stopping")
        self.stopping.set()

    def retry(self) -> None:
        """Go on after a failure or a stop: what succeeded stays."""
        with self.lock:
            gone = [name for name, step in self.steps.items() if step["StepStatus"] != "Succeeded"]
            gone += [name for name, step in self.steps.items() if "Condition" in step.get("Metadata", {})]
            for name in gone:
                self.steps.pop(name, None)
            self.stopping.clear()
            self.record.pop("FailureReason", None)
            self._set("Executing")
        self.start()

    def _set(self, status: str, reason: str = "") -> None:
        self.record["PipelineExecutionStatus"] = status
        self.record["LastModifiedTime"] = now()
        if reason:
            self.record["FailureReason"] = reason

    def _run(self) -> None:
        most = self.record.get("ParallelismConfiguration", {}).get("MaxParallelExecutionSteps", 10**6)
        running: dict[str, threading.Thread] = {}
        try:
            self._clients = Clients(self.record["_RoleArn"], "SageMaker", self.where.region)
            while True:
                running = {name: thread for name, thread in running.items() if thread.is_alive()}
                ready = [] if self.stopping.is_set() or self._failed() else self._ready()
                for step in ready[: max(0, most - len(running))]:
                    running[step.name] = self._begin(step)
                if not running:
                    break
                next(iter(running.values())).join(_TICK)
            self._conclude()
        except Exception as error:  # noqa: BLE001  (whatever it is, the execution ends with its reason)
            with self.lock:
                self._set("Failed", f"InternalServerError: {type(error).__name__}: {error}")
        finally:
            self.runtime.drop("PipelineExecution", self.record["PipelineExecutionArn"])

    def _conclude(self) -> None:
        with self.lock:
            failed = self._failed()
            if failed:
                self._set("Failed", f"Step failure: One or multiple steps failed. ({', '.join(failed)})")
            elif self.stopping.is_set():
                self._set("Stopped")
            else:
                self._set("Succeeded")

    def _failed(self) -> list[str]:
        with self.lock:
            return [name for name, step in self.steps.items() if step["StepStatus"] == "Failed"]

    def _ready(self) -> list[Step]:
        with self.lock:
            return [step for name, step in self.definition.steps.items() if name not in self.steps and self._may(step)]

    def _may(self, step: Step) -> bool:
        """All that it needs has succeeded, and the condition that it hangs on went its way."""
        if any(self.steps.get(need, {}).get("StepStatus") != "Succeeded" for need in step.needs):
            return False
        if step.branch is None:
            return True
        condition, outcome = step.branch
        return bool(self.steps[condition]["Metadata"]["Condition"]["Outcome"] == outcome)

    def _begin(self, step: Step) -> threading.Thread:
        with self.lock:
            shown = {"StepName": step.name, "StepStatus": "Starting", "StartTime": now(), "AttemptCount": 1}
            for member, key in (("StepDisplayName", "DisplayName"), ("StepDescription", "Description")):
                if key in step.body:
                    shown[member] = step.body[key]
            self.steps[step.name] = shown
        thread = threading.Thread(target=self._carry_out, args=(step,), daemon=True)
        thread.start()
        return thread

    def _carry_out(self, step: Step) -> None:
        try:
            self._tell(step, StepStatus="Executing")
            self._do(step)
            self._tell(step, StepStatus="Succeeded", EndTime=now())
        except Stopped:
            self._tell(step, StepStatus="Stopped", EndTime=now())
        except Failed as failure:
            self._tell(step, StepStatus="Failed", FailureReason=str(failure)[:1024], EndTime=now())
        except Exception as error:  # noqa: BLE001
            import traceback

            traceback.print_exc()
            reason = f"InternalServerError: {type(error).__name__}: {error}"
            self._tell(step, StepStatus="Failed", FailureReason=reason[:1024], EndTime=now())

    def _tell(self, step: Step, **fields: Any) -> None:
        with self.lock:
            self.steps[step.name] |= fields

    def _do(self, step: Step) -> None:
        context = self._context()
        if step.type == "Condition":
            outcome = all(conditions.holds(each, context) for each in step.arguments["Conditions"])
            self._tell(step, Metadata={"Condition": {"Outcome": str(outcome)}})
            return
        arguments = resolved(step.arguments, context)
        if step.type == "Fail":
            self._tell(step, Metadata={"Fail": {"ErrorMessage": str(arguments.get("ErrorMessage", ""))}})
            raise Failed(str(arguments.get("ErrorMessage", "")))
        key = steps.cache_key(step, arguments)
        if key and self._from_cache(step, key):
            return
        self._with_retries(step, arguments)
        if key:
            with self.lock:
                made = self.made[step.name]
                self._cache[key] = Cached(time.time(), made, self.record["PipelineExecutionArn"])

    def _from_cache(self, step: Step, key: str) -> bool:
        found = self._cache.get(key)
        if found is None or time.time() - found.at > steps.expires(step):
            return False
        try:
            steps.described(self.plane, self.where, found.made)
        except AwsError:  # deleted meanwhile
            return False
        with self.lock:
            self.made[step.name] = found.made
        hit = {"SourcePipelineExecutionArn": found.execution}
        self._tell(step, CacheHitResult=hit, Metadata=found.made.metadata)
        return True

    def _with_retries(self, step: Step, arguments: Record) -> None:
        """Retry as the step's policies say: by the kind of exception, with growing pauses."""
        attempts: dict[int, int] = {}
        started = time.monotonic()
        while True:
            try:
                self._once(step, arguments)
                return
            except Failed as failure:
                place, policy = _policy(step, str(failure))
                attempts[place] = attempts.get(place, 0) + 1
                over = time.monotonic() - started > policy.get("ExpireAfterMin", 10**6) * 60
                if (
                    self.stopping.is_set()
                    or over
                    or attempts[place] > policy.get("MaxAttempts", 0 if not policy else 5)
                ):
                    raise
                pause = policy.get("IntervalSeconds", 1) * policy.get("BackoffRate", 2.0) ** (attempts[place] - 1)
                if self.stopping.wait(pause):
                    raise Stopped from None
                self._tell(step, AttemptCount=sum(attempts.values()) + 1)

    def _once(self, step: Step, arguments: Record) -> None:
        role = self.record["_RoleArn"]
        tags = [{"Key": "sagemaker:pipeline-execution-arn", "Value": self.record["PipelineExecutionArn"].lower()}]
        tags.append({"Key": "sagemaker:pipeline-step-name", "Value": step.name})
        given = steps.request(step, arguments, self.id, tags)
        operation = CREATES[step.type]
        try:
            self.runtime.strike("sagemaker", operation, "/", role)
            made = steps.create(self.plane, self.where, step, given)
        except AwsError as error:
            kind = "ServiceFault" if error.status >= 500 else error.code
            raise Failed(
                f"ClientError: Failed to invoke sagemaker:{operation}. Error Details: {error.message} ({kind})"
            ) from error
        self._note(role, operation, made, given)
        with self.lock:
            self.made[step.name] = made
        self._tell(step, Metadata=made.metadata)
        steps.wait(self.plane, self.where, made, self.stopping)

    def _note(self, role: str, operation: str, made: Made, given: Record) -> None:
        arn = next(iter(made.metadata.values()))["Arn"]
        verbs = [operation, f"Describe{made.kind}"] + (["AddTags"] if "Tags" in given else [])
        for action in verbs:
            self.runtime.note(role, f"sagemaker:{action}", arn)
        for passed in _roles(given):
            self.runtime.note(role, "iam:PassRole", passed)

    def _context(self) -> Context:
        execution = {
            "PipelineName": self.record["_PipelineName"],
            "PipelineArn": self.record["PipelineArn"],
            "PipelineExecutionId": self.id,
            "PipelineExecutionArn": self.record["PipelineExecutionArn"],
            "StartDateTime": self.record["CreationTime"].isoformat(),
            "CurrentDateTime": now().isoformat(),
        }
        return Context(self.record["_Parameters"], execution, self._described, self._file)

    def _described(self, name: str) -> Record:
        if name not in self.made:
            return dict(self.steps.get(name, {}).get("Metadata", {}).get("Condition", {}))
        return steps.described(self.plane, self.where, self.made[name])

    def _file(self, step: str, name: str) -> bytes:
        """A property file, read from where the processing step wrote its output."""
        body = self.definition.steps[step].body
        file = next((each for each in body.get("PropertyFiles", []) if each["PropertyFileName"] == name), None)
        if file is None or self._clients is None:
            raise Failed(f"ClientError: Step {step} has no property file {name}.")
        outputs = self._described(step)["ProcessingOutputConfig"]["Outputs"]
        uri = next(each["S3Output"]["S3Uri"] for each in outputs if each["OutputName"] == file["OutputName"])
        return self._clients.files.read(f"{uri.rstrip('/')}/{file['FilePath']}")


def _policy(step: Step, reason: str) -> tuple[int, Record]:
    """The retry policy that a failure falls under: (its place, itself), or (-1, {})."""
    kinds = _exceptions(reason)
    for place, policy in enumerate(step.body.get("RetryPolicies", [])):
        if set(policy["ExceptionType"]) & kinds:
            return place, policy
    return -1, {}


def _exceptions(reason: str) -> set[str]:
    found = set()
    for word, kind in (
        ("ServiceFault", "Step.SERVICE_FAULT"),
        ("Throttling", "Step.THROTTLING"),
        ("InternalServerError", "SageMaker.JOB_INTERNAL_ERROR"),
        ("CapacityError", "SageMaker.CAPACITY_ERROR"),
        ("ResourceLimitExceeded", "SageMaker.RESOURCE_LIMIT"),
    ):
        if word in reason:
            found.add(kind)
    return found


def _roles(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {item for key, item in value.items() if key in ("RoleArn", "ExecutionRoleArn") and isinstance(item, str)}
        return own.union(*(_roles(item) for item in value.values()))
    return set().union(*(_roles(item) for item in value)) if isinstance(value, list) else set()
