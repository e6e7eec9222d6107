"""The pipeline interpreter, with real jobs behind the steps."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.started import IMAGE, ROLE, World

pytestmark = pytest.mark.xdist_group("sandbox")
Step = dict[str, Any]


def processing(world: World, name: str, score: Any = "0.9", **more: Any) -> Step:
    out = f"s3://{world.bucket}/pipeline/{name}"
    given = {"S3Uri": f"s3://{world.bucket}/given", "LocalPath": "/opt/ml/processing/input", "S3DataType": "S3Prefix"}
    made = {"S3Uri": out, "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob"}
    return {
        "Name": name,
        "Type": "Processing",
        "Arguments": {
            "ProcessingResources": {
                "ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
            },
            "AppSpecification": {"ImageUri": IMAGE, "ContainerArguments": ["process", name]},
            "RoleArn": ROLE,
            "Environment": {"SCORE": score, **more.pop("environment", {})},
            "ProcessingInputs": [{"InputName": "data", "S3Input": {**given, "S3InputMode": "File"}}],
            "ProcessingOutputConfig": {"Outputs": [{"OutputName": "made", "S3Output": made}]},
        },
        "PropertyFiles": [{"PropertyFileName": "report", "OutputName": "made", "FilePath": "report.json"}],
        **more,
    }


def training(world: World, uri: Any, name: str = "train", **more: Any) -> Step:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri}
    return {
        "Name": name,
        "Type": "Training",
        "Arguments": {
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": f"s3://{world.bucket}/models"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
            "HyperParameters": {"factor": {"Get": "Parameters.Factor"}},
        },
        **more,
    }


def start(world: World, steps: list[Step], **values: str) -> str:
    """Create a pipeline of the steps and start it; gives the execution's ARN."""
    name = f"p-{uuid4().hex[:8]}"
    parameters = [
        {"Name": "Factor", "Type": "String", "DefaultValue": "1"},
        {"Name": "Least", "Type": "Float", "DefaultValue": 0.5},
    ]
    document = {"Version": "2020-12-01", "Metadata": {}, "Parameters": parameters, "Steps": steps}
    world.sagemaker.create_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(document), RoleArn=ROLE, ClientRequestToken=uuid4().hex
    )
    return again(world, name, **values)


def test_lists_are_filtered_or_refused(world: World) -> None:
    """An empty list because a filter is not known would be a wrong answer."""
    named = start(world, [processing(world, "listed")]).split("/")[1]
    found = world.sagemaker.list_pipelines(PipelineNamePrefix=named[:-1])["PipelineSummaries"]
    assert [one["PipelineName"] for one in found] == [named]
    assert not world.sagemaker.list_pipelines(PipelineNamePrefix=f"{named}x")["PipelineSummaries"]
    with pytest.raises(ClientError, match="ListNotebookInstances with AdditionalCodeRepositoryEquals"):
        world.sagemaker.list_notebook_instances(AdditionalCodeRepositoryEquals="mine")


def again(world: World, name: str, **values: str) -> str:
    given = [{"Name": key, "Value": value} for key, value in values.items()]
    arn: str = world.sagemaker.start_pipeline_execution(PipelineName=name, PipelineParameters=given)[
        "PipelineExecutionArn"
    ]
    return arn


def ended(world: World, arn: str, seconds: float = 60) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the execution, its steps by name) when it has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = world.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        if found["PipelineExecutionStatus"] not in ("Executing", "Stopping"):
            return found, steps_of(world, arn)
        time.sleep(0.1)
    raise AssertionError(found, steps_of(world, arn))


def steps_of(world: World, arn: str) -> dict[str, Any]:
    listed = world.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, MaxResults=100)
    return {step["StepName"]: step for step in listed["PipelineExecutionSteps"]}


def condition(steps: list[Step], otherwise: list[Step]) -> Step:
    path = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.prepare.PropertyFiles.report"}, "Path": "metrics.score"}}
    test = {"Type": "GreaterThanOrEqualTo", "LeftValue": path, "RightValue": {"Get": "Parameters.Least"}}
    return {
        "Name": "good",
        "Type": "Condition",
        "Arguments": {"Conditions": [test], "IfSteps": steps, "ElseSteps": otherwise},
    }


def whole(world: World) -> list[Step]:
    world.put("given/a.txt", "one\n")
    world.put("numbers/n.csv", "4\n")
    registered = {
        "Name": "register",
        "Type": "RegisterModel",
        "Arguments": {
            "ModelPackageGroupName": f"group-{uuid4().hex[:8]}",
            "InferenceSpecification": {
                "Containers": [
                    {"Image": IMAGE, "ModelDataUrl": {"Get": "Steps.train.ModelArtifacts.S3ModelArtifacts"}}
                ],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        },
    }
    message = {"Std:Join": {"On": " ", "Values": ["score below", {"Get": "Parameters.Least"}]}}
    failing = {"Name": "bad", "Type": "Fail", "Arguments": {"ErrorMessage": message}}
    return [
        processing(world, "prepare"),
        training(world, f"s3://{world.bucket}/numbers", DependsOn=["prepare"]),
        condition([registered], [failing]),
    ]


def test_from_processing_to_the_registry(world: World) -> None:
    arn = start(world, whole(world), Factor="3")
    execution, steps = ended(world, arn)
    assert execution["PipelineExecutionStatus"] == "Succeeded", steps
    assert {name: step["StepStatus"] for name, step in steps.items()} == dict.fromkeys(
        ("prepare", "train", "good", "register"), "Succeeded"
    )
    assert steps["good"]["Metadata"]["Condition"]["Outcome"] == "True"
    package = world.sagemaker.describe_model_package(
        ModelPackageName=steps["register"]["Metadata"]["RegisterModel"]["Arn"]
    )
    assert package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"].endswith("/output/model.tar.gz")
    job = world.sagemaker.describe_training_job(
        TrainingJobName=steps["train"]["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2]
    )
    assert job["HyperParameters"] == {"factor": "3"}
    tags = world.sagemaker.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"]
    assert {"Key": "sagemaker:pipeline-step-name", "Value": "train"} in tags


def test_the_other_branch_fails_with_its_words(world: World) -> None:
    execution, steps = ended(world, start(world, whole(world), Least="0.95"))
    assert execution["PipelineExecutionStatus"] == "Failed"
    assert steps["good"]["Metadata"]["Condition"]["Outcome"] == "False"
    assert steps["bad"]["FailureReason"] == "score below 0.95"
    assert steps["bad"]["Metadata"]["Fail"]["ErrorMessage"] == "score below 0.95"
    assert "register" not in steps


def test_the_cache_serves_what_has_not_changed(world: World) -> None:
    cached = {"CacheConfig": {"Enabled": True, "ExpireAfter": "PT1H"}}
    world.put("given/a.txt", "one\n")
    first = start(world, [processing(world, "prepare", **cached)])
    _, steps = ended(world, first)
    assert "CacheHitResult" not in steps["prepare"]
    name = first.split("/")[1]
    second = again(world, name)
    _, hit = ended(world, second)
    assert hit["prepare"]["CacheHitResult"]["SourcePipelineExecutionArn"] == first
    assert hit["prepare"]["Metadata"] == steps["prepare"]["Metadata"]


def test_retries_and_the_retry_of_an_execution(world: World) -> None:
    policy = {"ExceptionType": ["SageMaker.CAPACITY_ERROR"], "IntervalSeconds": 1, "BackoffRate": 1.0, "MaxAttempts": 2}
    world.put("given/a.txt", "one\n")
    fault = {"service": "job", "action": "ProcessingJob", "path": "/*-retried-*", "times": 1}
    post(world, "faults", {**fault, "code": "CapacityError", "message": "no instances"})
    arn = start(world, [processing(world, "retried", RetryPolicies=[policy])])
    execution, steps = ended(world, arn)
    assert (execution["PipelineExecutionStatus"], steps["retried"]["AttemptCount"]) == ("Succeeded", 2)

    post(world, "faults", {**fault, "path": "/*-last-*", "code": "CapacityError", "message": "no instances"})
    arn = start(world, [processing(world, "first"), processing(world, "last", DependsOn=["first"])])
    execution, steps = ended(world, arn)
    assert execution["PipelineExecutionStatus"] == "Failed"
    assert steps["last"]["FailureReason"] == "CapacityError: no instances"
    world.sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=uuid4().hex)
    execution, after = ended(world, arn)
    assert execution["PipelineExecutionStatus"] == "Succeeded"
    assert after["first"] == steps["first"]


def test_stop_ends_the_jobs(world: World) -> None:
    step = training(world, f"s3://{world.bucket}/numbers")
    step["Arguments"]["HyperParameters"] = {"behaviour": "sleep"}
    world.put("numbers/n.csv", "4\n")
    arn = start(world, [step])
    end = time.monotonic() + 20
    while "Metadata" not in steps_of(world, arn).get("train", {}) and time.monotonic() < end:
        time.sleep(0.05)
    world.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=uuid4().hex)
    execution, steps = ended(world, arn)
    assert (execution["PipelineExecutionStatus"], steps["train"]["StepStatus"]) == ("Stopped", "Stopped")
    name = steps["train"]["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2]
    assert world.sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "Stopped"


def test_independent_steps_run_at_once(world: World) -> None:
    world.put("given/a.txt", "one\n")
    _, steps = ended(world, start(world, [processing(world, "left"), processing(world, "right")]))
    left, right = steps["left"], steps["right"]
    assert left["StartTime"] < right["EndTime"]
    assert right["StartTime"] < left["EndTime"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Type": "Lambda"}, "does not do steps of type Lambda"),
        ({"DependsOn": ["nobody"]}, "refers to step 'nobody'"),
        ({"DependsOn": ["two"]}, "wait for one another"),
        ({"Arguments": {"Nonsense": 1}}, "Unknown argument Nonsense"),
        ({"Name": "two"}, "used twice"),
        ({"Extra": 1}, "unknown members Extra"),
        ({"Arguments": {"RoleArn": {"Get": "Parameters.None"}}, "PropertyFiles": []}, "'None' is not defined"),
    ],
)
def test_definitions_are_checked_when_they_are_made(world: World, change: Step, words: str) -> None:
    one, two = processing(world, "one"), processing(world, "two", DependsOn=["one"])
    with pytest.raises(ClientError, match=words):
        start(world, [{**one, **change}, two])


def test_parameters_are_checked(world: World) -> None:
    with pytest.raises(ClientError, match="must be of type Float"):
        start(world, [processing(world, "one")], Least="much")
    with pytest.raises(ClientError, match=r"Parameter \[Other\] not found"):
        start(world, [processing(world, "one")], Other="1")


def post(world: World, path: str, value: Any) -> None:
    request = urllib.request.Request(
        f"{world.running.url}/_sandbox/{path}", method="POST", data=json.dumps(value).encode()
    )
    urllib.request.urlopen(request).close()
