"""What each type of step does: it creates something, waits for it, and tells what it became."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import threading
import time
from typing import NamedTuple
from uuid import uuid4

from mlcl.sandbox.control import service
from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record
from mlcl.sandbox.pipelines.definition import CREATES, Step
from mlcl.sandbox.runtime.files import Failed
from mlcl.sandbox.wire import AwsError

KINDS = {
    "Processing": "ProcessingJob",
    "Training": "TrainingJob",
    "Tuning": "HyperParameterTuningJob",
    "Transform": "TransformJob",
    "Model": "Model",
    "RegisterModel": "ModelPackage",
}
_METADATA = {"Tuning": "TuningJob", "RegisterModel": "RegisterModel", "Model": "Model"}
_LONGEST = {"Tuning": 32}
# What makes two calls the same for the cache (developer guide, "Default cache key attributes by pipeline step type").
_CACHED = {
    "Processing": ("AppSpecification", "Environment", "ProcessingInputs"),
    "Training": ("AlgorithmSpecification", "HyperParameters", "InputDataConfig", "Environment"),
    "Tuning": ("HyperParameterTuningJobConfig", "TrainingJobDefinition", "TrainingJobDefinitions"),
    "Transform": ("ModelName", "TransformInput", "Environment", "DataProcessing"),
}
_TICK = 0.05


class Stopped(Exception):
    """The execution was stopped while a step ran."""


class Made(NamedTuple):
    """What a step made. identity: how Describe finds it; metadata: as ListPipelineExecutionSteps shows it."""

    kind: str
    identity: Record
    metadata: Record


def metadata(step: Step, arn: str) -> Record:
    return {_METADATA.get(step.type, KINDS[step.type]): {"Arn": arn}}


def request(step: Step, arguments: Record, execution: str, tags: list[Record]) -> Record:
    """The parameters of the Create call: the resolved arguments, a name of AWS's making, and AWS's tags."""
    made = copy.deepcopy(arguments)
    if step.type != "RegisterModel":
        member = service.noun(KINDS[step.type]).keys[0]
        longest = _LONGEST.get(step.type, 63)
        prefix = made.get(member) or f"pipelines-{execution}-{step.name}"
        clean = re.sub(r"[^A-Za-z0-9-]", "-", prefix)[: longest - 11].strip("-")
        made[member] = f"{clean}-{uuid4().hex[:10]}"
    if not (step.type == "RegisterModel" and made.get("ModelPackageGroupName")):  # versions take no tags
        made["Tags"] = [*made.get("Tags", []), *tags]
    return made


def create(plane: Plane, where: Where, step: Step, given: Record) -> Made:
    """Raises AwsError."""
    if step.type == "RegisterModel":
        _group(plane, where, given)
    answer = plane.call(CREATES[step.type], given, where)
    noun = service.noun(KINDS[step.type])
    arn = answer[noun.arn]
    name = given.get(noun.keys[0]) or arn
    return Made(noun.name, {noun.keys[0]: name}, metadata(step, arn))


def wait(plane: Plane, where: Where, made: Made, stopping: threading.Event) -> Record:
    """Until what a step made has ended. Raises Failed with its reason, Stopped when the execution is stopped."""
    noun = service.noun(made.kind)
    told, tick = False, _TICK
    while True:
        record = plane.records.get(where.region, noun, made.identity)
        status = record.get(noun.status, "Completed")
        if status == "Completed":
            return record
        if status == "Stopped" and stopping.is_set():
            raise Stopped
        if status in ("Failed", "Stopped"):
            reason = record.get("FailureReason") or f"the job is {status}"
            raise Failed(f"ClientError: {reason}" if ":" not in reason else reason)
        if stopping.is_set() and not told and status == "InProgress":
            told = True
            _stop(plane, where, made)
        time.sleep(tick)
        tick = min(0.3, tick * 1.1)


def described(plane: Plane, where: Where, made: Made) -> Record:
    """What references see: the answer of Describe, and for a tuning job its training jobs."""
    found = plane.call(f"Describe{made.kind}", made.identity, where)
    if made.kind == "HyperParameterTuningJob":
        listed = plane.call(
            "ListTrainingJobsForHyperParameterTuningJob",
            {**made.identity, "SortBy": "FinalObjectiveMetricValue", "MaxResults": 100, "SortOrder": _order(found)},
            where,
        )
        found["TrainingJobSummaries"] = listed["TrainingJobSummaries"]
    return found


def cache_key(step: Step, arguments: Record) -> str:
    """The digest of what counts of a step's arguments; '' for a step that is not cached."""
    config = step.body.get("CacheConfig", {})
    if not config.get("Enabled") or step.type not in _CACHED:
        return ""
    counted = {key: arguments[key] for key in _CACHED[step.type] if key in arguments}
    text = json.dumps([step.name, step.type, counted], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def expires(step: Step) -> float:
    """Seconds for which a cached result serves (ExpireAfter, ISO 8601: 'P30D', 'PT12H', '30d')."""
    text = step.body.get("CacheConfig", {}).get("ExpireAfter", "P100D").upper()
    found = re.fullmatch(r"P?(?:(\d+)W)?(?:(\d+)D)?(?:T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", text)
    if not found or not any(found.groups()):
        raise Failed(f"ClientError: '{text}' is no duration (ISO 8601).")
    sizes = (604800, 86400, 3600, 60, 1)
    return float(sum(int(part or 0) * size for part, size in zip(found.groups(), sizes, strict=True)))


def _order(found: Record) -> str:
    objective = found["HyperParameterTuningJobConfig"].get("HyperParameterTuningJobObjective", {})
    return "Ascending" if objective.get("Type") == "Minimize" else "Descending"


def _group(plane: Plane, where: Where, given: Record) -> None:
    """AWS makes the group that a RegisterModel step names when it is not there."""
    group = given.get("ModelPackageGroupName")
    if group and plane.records.find(where.region, "ModelPackageGroup", group) is None:
        plane.call("CreateModelPackageGroup", {"ModelPackageGroupName": group}, where)


def _stop(plane: Plane, where: Where, made: Made) -> None:
    try:
        plane.call(f"Stop{made.kind}", made.identity, where)
    except AwsError:  # it has ended meanwhile
        return
