"""The ordered steps as the definition of a SageMaker pipeline: plain dicts of the public schema 2020-12-01.

Data (collect, validate, prepare) -> Train or Tune -> Judge (evaluate, judge, register) -> Passed: Register, Deploy; or
Fail. Where several machines prepare, they do so in a job of its own: Data -> Prepare -> Train. What one job leaves is
named by its content, and the next one is told the name through the property file `steps.json`; so a job whose inputs
have not changed is asked for in the same words, and SageMaker takes its cached result. What differs from one execution
to the next stands in outputs, which the step cache leaves aside, and in the variables of jobs that are never answered
by it: the one that looks at a source, and the one that keeps the records.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from mlcl.platforms.sagemaker import unasked
from mlcl.platforms.sagemaker.jobs import (
    DATA,
    DEPLOY,
    FAIL,
    JUDGE,
    PASSED,
    PREPARE,
    REGISTER,
    TRAIN,
    TUNE,
    Json,
    Request,
    given,
    join,
    json_get,
    prefix,
    processing,
    steps_file,
    training,
)
from mlcl.platforms.sagemaker.tune import tuning
from mlcl.problem.base import duration

VERSION = "2020-12-01"
_FAULTS = ["Step.SERVICE_FAULT", "Step.THROTTLING"]
_JOB_FAULTS = ["SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT"]


def definition(request: Request) -> Json:
    """The whole definition. A client gives the parameter Run at the start; Definition guards its start against a
    pipeline that somebody else changed in between: only this digest is allowed."""
    prepare = [_prepare(request)] if request.prepares == PREPARE else []
    steps = [_data(request), *prepare, _fit(request), _judge(request), _passed(request)]
    digest = hashlib.sha256(json.dumps(steps, sort_keys=True).encode()).hexdigest()[:32]
    return {
        "Version": VERSION,
        "Metadata": {"Generator": "mlcl", "Problem": request.problem.name},
        "Parameters": [
            {"Name": "Definition", "Type": "String", "DefaultValue": digest, "EnumValues": [digest]},
            *unasked.parameters(),
        ],
        "Steps": steps,
    }


def digest(document: Json) -> str:
    """The digest that a definition allows at its start."""
    return str(document["Parameters"][0]["DefaultValue"])


def _data(request: Request) -> Json:
    inputs = [given("plan", request.uri(request.orders["data"].key))]
    if request.file:
        inputs.append(given("source", request.file))
    # Of a source that is known by its address alone nobody can tell without looking whether it is what it was.
    looks = request.orders["data"].source == request.problem.data.source
    return _processing(request, DATA, "process", inputs, files={"Facts": "steps.json"}, cached=not looks)


def _prepare(request: Request) -> Json:
    """Every machine gets all of the table on its disk, and reads its share."""
    inputs = [
        given("plan", request.uri(request.orders["prepare"].key)),
        given("collect", steps_file(DATA, "collect.uri")),
        given("validate", steps_file(DATA, "validate.uri")),
    ]
    return _processing(request, PREPARE, "process", inputs, files={"Facts": "steps.json"}, cached=True)


def _fit(request: Request) -> Json:
    arguments = training(request)
    tune = request.problem.aws.tune
    named = {"TrainingJobName": prefix(request, TRAIN)}
    step: Json = {"Name": TRAIN, "Type": "Training", "Arguments": {**named, **arguments}}
    if tune:
        named = {"HyperParameterTuningJobName": prefix(request, TUNE, longest=20)}
        asked = tuning(request.problem, arguments, tune, request.tags)
        step = {"Name": TUNE, "Type": "Tuning", "Arguments": {**named, **asked}}
    return {**step, "CacheConfig": _cache(request), "RetryPolicies": _retries(request)}


def _judge(request: Request) -> Json:
    inputs = [
        given("plan", request.uri(request.orders["judge"].key)),
        *(given(name, steps_file(DATA, f"{name}.uri")) for name in ("collect", "validate")),
        given("prepare", steps_file(request.prepares, "prepare.uri")),
        given("train", fitted(request)),
    ]
    files = {"Facts": "steps.json", "Verdict": "verdict.json"}
    return _processing(request, JUDGE, "process", inputs, files=files, cached=False)


def fitted(request: Request) -> Json:
    """Address of the fitted model's archive."""
    if not request.problem.aws.tune:
        return {"Get": f"Steps.{TRAIN}.ModelArtifacts.S3ModelArtifacts"}
    best = {"Get": f"Steps.{TUNE}.BestTrainingJob.TrainingJobName"}
    return join(request.uri("fits"), best, "output/model.tar.gz", on="/")


def _passed(request: Request) -> Json:
    passed = {"Type": "Equals", "LeftValue": verdict("passed"), "RightValue": True}
    then = [_register(request)]
    if request.problem.aws.endpoint.on_pass:
        then.append(_deploy(request))
    words = join("The goals are not met: ", verdict("why"))
    fail = {"Name": FAIL, "Type": "Fail", "Arguments": {"ErrorMessage": words}}
    return {
        "Name": PASSED,
        "Type": "Condition",
        "Arguments": {"Conditions": [passed], "IfSteps": then, "ElseSteps": [fail]},
    }


def verdict(path: str) -> Json:
    return json_get(JUDGE, "Verdict", path)


def _register(request: Request) -> Json:
    """A package version in the SageMaker Model Registry, beside mlcl's own record of the model."""
    types = ["application/json", "text/csv", "application/jsonlines", "application/x-parquet"]
    container = {
        "Image": request.settings.container,
        "ModelDataUrl": verdict("package"),
        "Environment": {"MLCL_NAME": request.problem.name},
    }
    statistics = {"ContentType": "application/json", "S3Uri": verdict("evaluation")}
    lineage = {
        "mlcl_run": verdict("run"),
        "mlcl_version": join(verdict("version")),
        "mlcl_problem": request.problem.name,
        "mlcl_problem_digest": request.problem.digest,
        "mlcl_dataset_digest": verdict("dataset"),
        "mlcl_bundle_digest": verdict("bundle"),
        "mlcl_learner": verdict("learner"),
        "mlcl_code_version": request.orders["judge"].code_version,
    }
    return {
        "Name": REGISTER,
        "Type": "RegisterModel",
        "Arguments": {
            "ModelPackageGroupName": request.settings.model_package_group,
            "ModelPackageDescription": f"{request.problem.name}: {request.problem.problem.question}"[:1024],
            "InferenceSpecification": {
                "Containers": [container],
                "SupportedContentTypes": types,
                "SupportedResponseMIMETypes": types,
                "SupportedRealtimeInferenceInstanceTypes": [request.problem.aws.endpoint.instance],
                "SupportedTransformInstanceTypes": [request.problem.aws.process.instance],
            },
            "ModelApprovalStatus": "Approved",
            "ModelMetrics": {"ModelQuality": {"Statistics": statistics}},
            "CustomerMetadataProperties": lineage,
        },
        "RetryPolicies": [_retry(_FAULTS, request.problem.aws.retries)],
    }


def _deploy(request: Request) -> Json:
    inputs = [
        given("plan", request.uri(request.orders["judge"].key)),
        given("facts", {"Get": f"Steps.{JUDGE}.ProcessingOutputConfig.Outputs['facts'].S3Output.S3Uri"}),
    ]
    return {**_processing(request, DEPLOY, "deploy", inputs, files={}, cached=False), "DependsOn": [REGISTER]}


def _processing(
    request: Request, name: str, command: str, inputs: list[Json], files: Mapping[str, str], *, cached: bool
) -> Json:
    run = {} if cached else unasked.environment()
    arguments = processing(request, name, command, inputs, facts=bool(files), run=run)
    found = [{"PropertyFileName": one, "OutputName": "facts", "FilePath": path} for one, path in sorted(files.items())]
    step: Json = {"Name": name, "Type": "Processing", "Arguments": arguments, "RetryPolicies": _retries(request)}
    if found:
        step["PropertyFiles"] = found
    return {**step, "CacheConfig": _cache(request)} if cached else step


def _cache(request: Request) -> Json:
    days = max(1, round(duration(request.problem.aws.cache).total_seconds() / 86_400))
    fresh = any(one.fresh for one in request.orders.values())
    return {"Enabled": not fresh, "ExpireAfter": f"P{days}D"}


def _retries(request: Request) -> list[Json]:
    most = request.problem.aws.retries
    return [_retry(_FAULTS, most), _retry(_JOB_FAULTS, most, 120)] if most else []


def _retry(kinds: list[str], most: int, interval: int = 5) -> Json:
    return {"ExceptionType": kinds, "IntervalSeconds": interval, "BackoffRate": 2.0, "MaxAttempts": max(1, most)}
