"""Endpoints: real servers, variants, shadows, capture, guardrails, serverless, asynchronous."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.started import IMAGE, ROLE, World

pytestmark = pytest.mark.xdist_group("sandbox")


def model(world: World, name: str, **environment: str) -> str:
    """A model whose answers begin with its name."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        data = json.dumps({"name": name}).encode()
        member = tarfile.TarInfo("model.json")
        member.size = len(data)
        packed.addfile(member, io.BytesIO(data))
    uri = world.put(f"models/{name}.tar.gz", out.getvalue())
    made = f"{name}-{uuid4().hex[:6]}"
    container = {"Image": IMAGE, "ModelDataUrl": uri, "Environment": environment}
    world.sagemaker.create_model(ModelName=made, ExecutionRoleArn=ROLE, PrimaryContainer=container)
    return made


def variant(model_name: str, name: str = "main", weight: float = 1.0, **more: Any) -> dict[str, Any]:
    given = {"VariantName": name, "ModelName": model_name, "InitialVariantWeight": weight}
    instances = {} if "ServerlessConfig" in more else {"InstanceType": "ml.m5.large", "InitialInstanceCount": 2}
    return {**given, **instances, **more}


def config(world: World, *variants: dict[str, Any], **more: Any) -> str:
    name = f"config-{uuid4().hex[:8]}"
    world.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=list(variants), **more)
    return name


def endpoint(world: World, config_name: str, status: str = "InService") -> str:
    name = f"endpoint-{uuid4().hex[:8]}"
    world.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config_name)
    world.wait("endpoint", name, status)
    return name


def ask(world: World, name: str, body: str = "1,2,3\n", **more: Any) -> tuple[str, str]:
    """(the answer, the variant that gave it)"""
    runtime = world.client("sagemaker-runtime")
    found = runtime.invoke_endpoint(EndpointName=name, Body=body, ContentType="text/csv", **more)
    return found["Body"].read().decode(), found["InvokedProductionVariant"]


def captured(world: World, prefix: str, count: int) -> list[dict[str, Any]]:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        records = [
            json.loads(line)
            for key in world.keys(prefix)
            for line in world.get(f"s3://{world.bucket}/{key}").decode().splitlines()
        ]
        if len(records) >= count:
            return records
        time.sleep(0.2)
    raise AssertionError(records)


def test_variants_answer_by_weight_and_are_captured(world: World) -> None:
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{world.bucket}/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    }
    one, two = variant(model(world, "one"), "one", 3.0), variant(model(world, "two"), "two", 1.0)
    name = endpoint(world, config(world, one, two, DataCaptureConfig=capture))
    told = Counter(ask(world, name)[1] for _ in range(40))
    assert told["one"] > told["two"] > 0
    assert ask(world, name, TargetVariant="two", InferenceId="mine") == ("two3\n", "two")
    with pytest.raises(ClientError, match="Variant three"):
        ask(world, name, TargetVariant="three")
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=name, DesiredWeightsAndCapacities=[{"VariantName": "one", "DesiredWeight": 0.0}]
    )
    assert {ask(world, name)[1] for _ in range(10)} == {"two"}

    records = captured(world, f"capture/{name}/two/", told["two"] + 11)
    record = next(each for each in records if each["eventMetadata"].get("inferenceId") == "mine")
    assert record["eventVersion"] == "0"
    assert record["captureData"]["endpointInput"] == {
        "observedContentType": "text/csv",
        "mode": "INPUT",
        "data": "1,2,3\n",
        "encoding": "CSV",
    }
    assert record["captureData"]["endpointOutput"]["data"] == "two3\n"
    described = world.sagemaker.describe_endpoint(EndpointName=name)
    assert described["DataCaptureConfig"]["CaptureStatus"] == "Started"
    assert [v["CurrentWeight"] for v in described["ProductionVariants"]] == [0.0, 1.0]
    world.sagemaker.delete_endpoint(EndpointName=name)
    with pytest.raises(ClientError, match=r"not in service|not found"):
        ask(world, name)


def test_shadows_get_copies_and_give_nothing(world: World) -> None:
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{world.bucket}/capture",
        "CaptureOptions": [{"CaptureMode": "InputAndOutput"}],
    }
    live, shadow = variant(model(world, "live"), "live"), variant(model(world, "dark"), "shadow")
    name = endpoint(world, config(world, live, ShadowProductionVariants=[shadow], DataCaptureConfig=capture))
    assert {ask(world, name) for _ in range(5)} == {("live3\n", "live")}
    records = captured(world, f"capture/{name}/shadow/", 5)
    assert {record["captureData"]["endpointOutput"]["data"] for record in records} == {"dark3\n"}


def test_a_server_that_never_gets_healthy_is_told(world: World) -> None:
    sick = variant(model(world, "sick", BEHAVIOUR="sick"), ContainerStartupHealthCheckTimeoutInSeconds=60)
    name = f"endpoint-{uuid4().hex[:8]}"
    world.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config(world, sick))
    with pytest.raises(ClientError, match="in-progress"):
        world.sagemaker.delete_endpoint(EndpointName=name)
    with pytest.raises(ClientError, match="is not in service"):
        ask(world, name)
    ended = variant(model(world, "gone"), ModelName=model(world, "none", PYTHONHOME="/nowhere"))
    broken = endpoint(world, config(world, ended), "Failed")
    reason = world.sagemaker.describe_endpoint(EndpointName=broken)["FailureReason"]
    assert "did not pass the ping health check" in reason
    assert "exit code" in reason


def test_a_model_error_is_a_424_with_its_words(world: World) -> None:
    name = endpoint(world, config(world, variant(model(world, "m"))))
    with pytest.raises(ClientError) as caught:
        ask(world, name, "break\n")
    assert caught.value.response["Error"]["Code"] == "ModelError"
    assert 'Received server error (500) from main with message "broken"' in str(caught.value)
    assert caught.value.response["OriginalStatusCode"] == 500
    with pytest.raises(ClientError) as caught:
        ask(world, name, "x" * (6 * 1024 * 1024 + 1))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert "of account 123456789012 not found" in _error(world, "nobody")


def _error(world: World, name: str) -> str:
    with pytest.raises(ClientError) as caught:
        ask(world, name)
    return str(caught.value)


def test_an_update_goes_over_by_canary_and_back_by_alarm(world: World) -> None:
    name = endpoint(world, config(world, variant(model(world, "old"))))
    alarm = f"alarm-{uuid4().hex[:8]}"
    world.client("cloudwatch").put_metric_alarm(
        AlarmName=alarm,
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Dimensions=[{"Name": "EndpointName", "Value": name}, {"Name": "VariantName", "Value": "main"}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    routing = {
        "Type": "CANARY",
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50},
        "WaitIntervalInSeconds": 2,
    }
    deployment = {
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing},
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm}]},
    }
    good = config(world, variant(model(world, "new")))
    world.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=good, DeploymentConfig=deployment)
    seen = set()
    while world.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "Updating":
        seen.add(ask(world, name)[0])
    assert seen == {"old3\n", "new3\n"}
    described = world.sagemaker.describe_endpoint(EndpointName=name)
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", good)
    assert ask(world, name)[0] == "new3\n"

    bad = config(world, variant(model(world, "bad", BEHAVIOUR="broken")))
    routing["WaitIntervalInSeconds"] = 20
    world.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=bad, DeploymentConfig=deployment)
    described = {"EndpointStatus": "Updating"}
    while described["EndpointStatus"] != "InService":
        with contextlib.suppress(ClientError):
            ask(world, name)
        described = world.sagemaker.describe_endpoint(EndpointName=name)
    assert described["EndpointConfigName"] == good
    assert f"Alarm(s) {alarm} went into ALARM" in described["FailureReason"]
    assert {ask(world, name)[0] for _ in range(10)} == {"new3\n"}


def test_serverless_endpoints_have_their_limits(world: World) -> None:
    serverless = {"MemorySizeInMB": 2048, "MaxConcurrency": 2}
    name = endpoint(world, config(world, variant(model(world, "less"), ServerlessConfig=serverless)))
    assert ask(world, name)[0] == "less3\n"
    described = world.sagemaker.describe_endpoint(EndpointName=name)["ProductionVariants"][0]
    assert described["CurrentServerlessConfig"]["MemorySizeInMB"] == 2048
    with pytest.raises(ClientError, match="larger than"):
        ask(world, name, "x" * (4 * 1024 * 1024 + 1))
    capture = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://b/c",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    with pytest.raises(ClientError, match="not supported for serverless"):
        config(world, variant(model(world, "cap"), ServerlessConfig=serverless), DataCaptureConfig=capture)


def test_asynchronous_inference_answers_in_s3(world: World) -> None:
    output = {"S3OutputPath": f"s3://{world.bucket}/async", "S3FailurePath": f"s3://{world.bucket}/async-failed"}
    name = endpoint(world, config(world, variant(model(world, "later")), AsyncInferenceConfig={"OutputConfig": output}))
    runtime = world.client("sagemaker-runtime")
    good, bad = world.put("async-in/good.csv", "1,2\n"), world.put("async-in/bad.csv", "break\n")
    told = runtime.invoke_endpoint_async(EndpointName=name, InputLocation=good, ContentType="text/csv")
    assert appears(world, told["OutputLocation"]) == b"later2\n"
    told = runtime.invoke_endpoint_async(EndpointName=name, InputLocation=bad, ContentType="text/csv")
    assert b"server error (500)" in appears(world, told["FailureLocation"])
    with pytest.raises(ClientError, match="use InvokeEndpointAsync"):
        ask(world, name)


def appears(world: World, uri: str) -> bytes:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            return world.get(uri)
        except ClientError:
            time.sleep(0.1)
    raise AssertionError(uri)
