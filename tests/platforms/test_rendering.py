"""What is asked of SageMaker for an endpoint: whole, comparable, and as its service model wants it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from mlcl.errors import UsageError
from mlcl.platforms.sagemaker import watching
from mlcl.platforms.sagemaker.rendering import Hosted, Wanted, deployment, differences, wanted
from mlcl.problem.aws import EndpointOnAws
from tests.platforms.test_definition import SETTINGS, look

LIVE, NEW = Hosted("small", "a" * 64, 1), Hosted("small", "b" * 64, 2)
KINDS: dict[str, dict[str, Any]] = {
    "serverless": {"kind": "serverless", "memory": 3072, "concurrency": 7},
    "real-time": {"kind": "real-time", "instances": 2, "instances_most": 6, "capture": 0.5},
    "asynchronous": {"kind": "asynchronous", "instances": 0, "instances_most": 3},
}


def render(kind: str, **changes: Any) -> Wanted:
    shadow = changes.pop("shadow", None)
    return wanted(SETTINGS, EndpointOnAws.model_validate({**KINDS[kind], **changes}), LIVE, shadow)


@pytest.mark.parametrize("kind", KINDS)
def test_each_request_is_one_that_the_service_takes(kind: str) -> None:
    service = botocore.session.get_session().get_service_model("sagemaker")
    made = render(kind)
    requests = [("CreateModel", one) for one in made.models] + [("CreateEndpointConfig", made.config)]
    for operation, request in requests:
        shape = service.operation_model(operation).input_shape
        assert not ParamValidator().validate(request, shape).has_errors(), operation
        look(request, shape, operation)


@pytest.mark.parametrize("strategy", ["all-at-once", "canary", "blue-green"])
def test_each_strategy_is_one_that_the_service_takes(strategy: str) -> None:
    service = botocore.session.get_session().get_service_model("sagemaker")
    how = deployment(EndpointOnAws(kind="real-time"), strategy, 20, ["alarm"])
    shape = service.operation_model("UpdateEndpoint").input_shape
    request = {"EndpointName": "e", "EndpointConfigName": "c", "DeploymentConfig": how}
    assert not ParamValidator().validate(request, shape).has_errors()
    look(request, shape, "UpdateEndpoint")


def test_a_canary_is_watched_and_rolled_back_by_its_alarms() -> None:
    how = deployment(EndpointOnAws(kind="real-time", canary_wait="15m"), "canary", 20, ["errors", "latency"])
    assert how is not None
    routing = how["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    assert (routing["Type"], routing["CanarySize"]["Value"], routing["WaitIntervalInSeconds"]) == ("CANARY", 20, 900)
    assert [one["AlarmName"] for one in how["AutoRollbackConfiguration"]["Alarms"]] == ["errors", "latency"]


def test_capture_is_sagemakers_where_it_can_and_the_containers_where_not() -> None:
    real, serverless = render("real-time"), render("serverless")
    assert real.config["DataCaptureConfig"]["InitialSamplingPercentage"] == 50
    assert "MLCL_CAPTURE_STORE" not in real.models[0]["PrimaryContainer"]["Environment"]
    assert "DataCaptureConfig" not in serverless.config
    assert serverless.models[0]["PrimaryContainer"]["Environment"]["MLCL_CAPTURE_STORE"] == SETTINGS.store


def test_serverless_has_no_network_and_no_key() -> None:
    made = render("serverless")
    assert "VpcConfig" not in made.models[0]
    assert "KmsKeyId" not in made.config
    assert render("real-time").models[0]["VpcConfig"]["Subnets"] == list(SETTINGS.subnets)


def test_names_say_what_is_in_them() -> None:
    assert render("real-time") == render("real-time")
    assert (
        render("real-time").config["EndpointConfigName"] != render("real-time", capture=1).config["EndpointConfigName"]
    )
    for made in map(render, KINDS):
        assert all(len(one["ModelName"]) <= 63 for one in made.models)


def test_a_shadow_is_a_variant_of_its_own() -> None:
    made = render("real-time", shadow=NEW)
    [shadow] = made.config["ShadowProductionVariants"]
    assert shadow["ModelName"] == made.models[1]["ModelName"] != made.models[0]["ModelName"]
    with pytest.raises(UsageError, match="shadows"):
        render("serverless", shadow=NEW)


def test_a_serverless_endpoint_has_no_canary() -> None:
    with pytest.raises(UsageError, match="canary"):
        deployment(EndpointOnAws(), "canary", 10, [])
    assert deployment(EndpointOnAws(), "all-at-once", 10, []) is None


def test_differences_are_named_and_what_aws_adds_is_none() -> None:
    made = render("real-time")
    own = {key: value for key, value in made.config.items() if key != "Tags"}
    assert differences({**own, "CreationTime": "now"}, own) == []
    lost = {key: value for key, value in own.items() if key != "DataCaptureConfig"}
    assert differences(lost, own) == ["DataCaptureConfig"]
    other = render("real-time", instance="ml.m5.xlarge").config
    assert "ProductionVariants[0].InstanceType" in differences(other, own)


def test_the_clock_asks_for_the_same_look_as_a_person() -> None:
    """infra/modules/schedule writes the request of the job by itself; its own test proves the values."""
    asked = watching.request(SETTINGS, "small")
    shape = botocore.session.get_session().get_service_model("sagemaker").operation_model("CreateProcessingJob")
    assert not ParamValidator().validate(asked, shape.input_shape).has_errors()
    module = (Path(__file__).parents[2] / "infra" / "modules" / "schedule" / "looks.tf").read_text()
    assert "aws-sdk:sagemaker:createProcessingJob" in module
    assert set(re.findall(r"\b(AWS_REGION|MLCL_[A-Z]+) +=", module)) == set(asked["Environment"])
    assert f"ContainerArguments = {json.dumps(asked['AppSpecification']['ContainerArguments'])}" in module
    assert re.fullmatch(r"mlcl-dev-monitor-small-[0-9a-f]{12}", asked["ProcessingJobName"])
    longest = watching.request(SETTINGS, "a" * 128, window="15m")
    assert len(longest["ProcessingJobName"]) <= 63
    assert longest["Environment"]["MLCL_WINDOW"] == "15m"
