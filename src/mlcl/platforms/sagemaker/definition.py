"""The ordered steps as the definition of a SageMaker pipeline: plain dicts of the public schema 2020-12-01.

Data (collect, validate, prepare) -> Train or Tune -> Judge (evaluate, judge, register) -> Passed: Register, Deploy; or
Fail. What one job leaves is named by its content, and the next one is told the name through the property file
`steps.json`; so a job whose inputs have not changed is asked for in the same words, and SageMaker takes its cached
result. The run itself appears in outputs only, which the step cache leaves aside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from mlcl.platforms.sagemaker import algorithm
from mlcl.platforms.sagemaker.orders import ALGORITHM, Orders
from mlcl.platforms.sagemaker.settings import Settings, tag_list
from mlcl.platforms.sagemaker.tune import tuning
from mlcl.problem import Problem
from mlcl.problem.base import duration

VERSION = "2020-12-01"
DATA, TRAIN, TUNE, JUDGE, PASSED, REGISTER, DEPLOY, FAIL = (
    "Data",
    "Train",
    "Tune",
    "Judge",
    "Passed",
    "Register",
    "Deploy",
    "Fail",
)
INPUT, OUTPUT = "/opt/ml/processing/input", "/opt/ml/processing/output"
_FAULTS = ["Step.SERVICE_FAULT", "Step.THROTTLING"]
_JOB_FAULTS = ["SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT"]

Json = dict[str, Any]


class Request(NamedTuple):
    """What a definition is made from. orders: by job; file: folder of the uploaded data file, or ''; champion: folder
    of the champion's bundle, or ''."""

    settings: Settings
    problem: Problem
    orders: Mapping[str, Orders]
    file: str = ""
    champion: str = ""

    @property
    def tags(self) -> list[dict[str, str]]:
        named = {"mlcl:environment": self.settings.environment, "mlcl:problem": self.problem.name}
        return tag_list({**self.settings.tags, **self.problem.aws.tags, **named})

    def uri(self, key: str) -> str:
        return f"{self.settings.store}/{key}"


def definition(request: Request) -> Json:
    """The whole definition. The parameter Run is given at the start; Definition guards the start against a pipeline
    that somebody else changed in between: only this digest is allowed."""
    steps = [_data(request), _fit(request), _judge(request), _passed(request)]
    digest = hashlib.sha256(json.dumps(steps, sort_keys=True).encode()).hexdigest()[:32]
    return {
        "Version": VERSION,
        "Metadata": {"Generator": "mlcl", "Problem": request.problem.name},
        "Parameters": [
            {"Name": "Run", "Type": "String"},
            {"Name": "Definition", "Type": "String", "DefaultValue": digest, "EnumValues": [digest]},
        ],
        "Steps": steps,
    }


def digest(document: Json) -> str:
    """The digest that a definition allows at its start."""
    return str(document["Parameters"][1]["DefaultValue"])


def steps_file(step: str, path: str) -> Json:
    """A value of a job's property file."""
    return json_get(step, "Facts", path)


def json_get(step: str, file: str, path: str) -> Json:
    return {"Std:JsonGet": {"PropertyFile": {"Get": f"Steps.{step}.PropertyFiles.{file}"}, "Path": path}}


def join(*parts: Any, on: str = "") -> Json:
    return {"Std:Join": {"On": on, "Values": list(parts)}}


def _data(request: Request) -> Json:
    inputs = [_input("plan", request.uri(request.orders["data"].key))]
    if request.file:
        inputs.append(_input("source", request.file))
    return _processing(request, DATA, "process", inputs, files={"Facts": "steps.json"})


def _fit(request: Request) -> Json:
    arguments = training(request)
    tune = request.problem.aws.tune
    named = {"TrainingJobName": _prefix(request, TRAIN)}
    step: Json = {"Name": TRAIN, "Type": "Training", "Arguments": {**named, **arguments}}
    if tune:
        named = {"HyperParameterTuningJobName": _prefix(request, TUNE, longest=20)}
        asked = tuning(request.problem, arguments, tune, request.tags)
        step = {"Name": TUNE, "Type": "Tuning", "Arguments": {**named, **asked}}
    return {**step, "CacheConfig": _cache(request), "RetryPolicies": _retries(request)}


def _prefix(request: Request, step: str, longest: int = 50) -> str:
    """What SageMaker begins a job's name with; it adds the rest, and writes "pipelines-" where none is given. The
    environment's roles may make and log only what bears its name."""
    return request.settings.name(f"{step.lower()}-{request.problem.name}")[:longest].rstrip("-")


def training(request: Request) -> Json:
    """Arguments of CreateTrainingJob, but for the name, which the pipeline gives."""
    settings, asked = request.settings, request.problem.aws.train
    own = request.problem.train.learner == ALGORITHM
    image = algorithm.image(settings.region) if own else settings.container
    resources: Json = {"InstanceType": asked.instance, "InstanceCount": asked.instances, "VolumeSizeInGB": asked.volume}
    if settings.kms_key:
        resources["VolumeKmsKeyId"] = settings.kms_key
    if asked.warm:
        resources["KeepAlivePeriodInSeconds"] = seconds(asked.warm)
    stopping = {"MaxRuntimeInSeconds": seconds(asked.max_run)}
    if asked.spot:
        stopping["MaxWaitTimeInSeconds"] = seconds(asked.max_wait)
    arguments: Json = {
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "InputDataConfig": _tables() if own else _channels(request),
        "OutputDataConfig": _encrypted({"S3OutputPath": request.uri("fits")}, settings),
        "ResourceConfig": resources,
        "RoleArn": settings.roles["job"],
        "StoppingCondition": stopping,
        "EnableManagedSpotTraining": asked.spot,
        "Tags": request.tags,
    }
    if own:
        arguments["HyperParameters"] = _hyperparameters(request.problem)
    else:
        arguments["Environment"] = _environment(request)
    if settings.subnets:
        arguments["VpcConfig"] = _vpc(settings)
    if asked.instances > 1:
        # The hosts of one job speak with each other beyond loopback, in the clear unless AWS encrypts between them.
        arguments["EnableInterContainerTrafficEncryption"] = True
    if asked.spot:
        arguments["CheckpointConfig"] = {
            "S3Uri": request.uri(f"checkpoints/{request.orders['train'].digest}"),
            "LocalPath": "/opt/ml/checkpoints",
        }
    return arguments


def _hyperparameters(problem: Problem) -> Json:
    found: Json = algorithm.hyperparameters(problem)
    if problem.problem.task == "multiclass":
        found["num_class"] = steps_file(DATA, "table.classes")
    return found


def _channels(request: Request) -> list[Json]:
    plan = request.uri(request.orders["train"].key)
    return [_channel("plan", plan), _channel("prepare", steps_file(DATA, "prepare.uri"))]


def _tables() -> list[Json]:
    """AWS's algorithm reads CSV; each of several hosts all of it: XGBoost's own ranks share the work."""
    return [
        {**_channel(name, steps_file(DATA, f"table.{name}")), "ContentType": "text/csv"}
        for name in ("train", "validation")
    ]


def _channel(name: str, uri: Any) -> Json:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, "InputMode": "File"}


def _judge(request: Request) -> Json:
    inputs = [
        _input("plan", request.uri(request.orders["judge"].key)),
        _input("collect", steps_file(DATA, "collect.uri")),
        _input("prepare", steps_file(DATA, "prepare.uri")),
        _input("train", fitted(request)),
    ]
    if request.champion:
        inputs.append(_input("champion", request.champion))
    files = {"Facts": "steps.json", "Verdict": "verdict.json"}
    return _processing(request, JUDGE, "process", inputs, files=files)


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
        "mlcl_run": {"Get": "Parameters.Run"},
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
        _input("plan", request.uri(request.orders["judge"].key)),
        _input("facts", {"Get": f"Steps.{JUDGE}.ProcessingOutputConfig.Outputs['facts'].S3Output.S3Uri"}),
    ]
    step = _processing(request, DEPLOY, "deploy", inputs, files={})
    return {**{key: value for key, value in step.items() if key != "CacheConfig"}, "DependsOn": [REGISTER]}


def _processing(request: Request, name: str, command: str, inputs: list[Json], files: Mapping[str, str]) -> Json:
    settings, asked = request.settings, request.problem.aws.process
    cluster: Json = {"InstanceType": asked.instance, "InstanceCount": 1, "VolumeSizeInGB": asked.volume}
    if settings.kms_key:
        cluster["VolumeKmsKeyId"] = settings.kms_key
    arguments: Json = {
        "ProcessingJobName": _prefix(request, name),
        "AppSpecification": {"ImageUri": settings.container, "ContainerArguments": [command]},
        "ProcessingInputs": inputs,
        "ProcessingResources": {"ClusterConfig": cluster},
        "RoleArn": settings.roles["job"],
        "StoppingCondition": {"MaxRuntimeInSeconds": seconds(asked.max_run)},
        "Environment": _environment(request),
        "Tags": request.tags,
    }
    if files:
        uri = join(request.uri("runs"), {"Get": "Parameters.Run"}, "files/facts", name.lower(), on="/")
        output = {"S3Uri": uri, "LocalPath": f"{OUTPUT}/facts", "S3UploadMode": "EndOfJob"}
        arguments["ProcessingOutputConfig"] = _encrypted(
            {"Outputs": [{"OutputName": "facts", "S3Output": output, "AppManaged": False}]}, settings
        )
    if settings.subnets:
        arguments["NetworkConfig"] = {"VpcConfig": _vpc(settings)}
    found = [{"PropertyFileName": one, "OutputName": "facts", "FilePath": path} for one, path in sorted(files.items())]
    step: Json = {"Name": name, "Type": "Processing", "Arguments": arguments, "RetryPolicies": _retries(request)}
    if found:
        step |= {"PropertyFiles": found, "CacheConfig": _cache(request)}
    return step


def _input(name: str, uri: Any) -> Json:
    return {
        "InputName": name,
        "AppManaged": False,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": f"{INPUT}/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
        },
    }


def _environment(request: Request) -> dict[str, str]:
    return {"AWS_REGION": request.settings.region}


def _vpc(settings: Settings) -> Json:
    return {"Subnets": list(settings.subnets), "SecurityGroupIds": list(settings.security_groups)}


def _encrypted(config: Json, settings: Settings) -> Json:
    return {**config, "KmsKeyId": settings.kms_key} if settings.kms_key else config


def _cache(request: Request) -> Json:
    days = max(1, round(duration(request.problem.aws.cache).total_seconds() / 86_400))
    fresh = any(one.fresh for one in request.orders.values())
    return {"Enabled": not fresh, "ExpireAfter": f"P{days}D"}


def _retries(request: Request) -> list[Json]:
    most = request.problem.aws.retries
    return [_retry(_FAULTS, most), _retry(_JOB_FAULTS, most, 120)] if most else []


def _retry(kinds: list[str], most: int, interval: int = 5) -> Json:
    return {"ExceptionType": kinds, "IntervalSeconds": interval, "BackoffRate": 2.0, "MaxAttempts": max(1, most)}


def seconds(text: str) -> int:
    return int(duration(text).total_seconds())
