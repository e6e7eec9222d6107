"""Faults on demand, and expired credentials."""

from __future__ import annotations

from uuid import uuid4

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.sandbox.started import ROLE, World, channel

pytestmark = pytest.mark.xdist_group("sandbox")


def fault(world: World, **given: object) -> None:
    answer = httpx.post(f"{world.running.url}/_sandbox/faults", json=given)
    assert answer.status_code == 200, answer.text


def test_s3_is_throttled_as_often_as_asked(world: World) -> None:
    world.put("slow/a", "1")
    s3 = boto3.client("s3", **_options(world), config=Config(retries={"total_max_attempts": 1}))
    path = f"/{world.bucket}/slow/*"
    fault(world, service="s3", action="GetObject", path=path, code="SlowDown", status=503, times=2, after=1)
    codes = []
    for _ in range(4):
        try:
            s3.get_object(Bucket=world.bucket, Key="slow/a")["Body"].read()
            codes.append("")
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    assert codes == ["", "SlowDown", "SlowDown", ""]


def test_a_job_survives_throttling_and_tells_of_failure(world: World) -> None:
    world.put("shaky/n.csv", "1\n")
    path = f"/{world.bucket}/shaky/*"
    fault(world, service="s3", action="GetObject", path=path, code="SlowDown", status=503, times=2)
    world.train("shaky", InputDataConfig=[channel(f"s3://{world.bucket}/shaky")])
    assert world.wait("training_job", "shaky")["TrainingJobStatus"] == "Completed"
    fault(world, service="s3", action="GetObject", path=path, code="AccessDenied", status=403, times=1)
    world.train("refused", InputDataConfig=[channel(f"s3://{world.bucket}/shaky")])
    assert "AccessDenied" in world.wait("training_job", "refused")["FailureReason"]


def test_a_json_service_fails_in_its_own_protocol(world: World) -> None:
    sagemaker = boto3.client("sagemaker", **_options(world), config=Config(retries={"total_max_attempts": 1}))
    fault(world, service="sagemaker", action="DescribeModel", code="ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        sagemaker.describe_model(ModelName="m")
    wrong = httpx.post(f"{world.running.url}/_sandbox/faults", json={"servise": "s3"})
    assert wrong.status_code == 400


def test_credentials_expire(world: World) -> None:
    role = f"{ROLE}-{uuid4().hex[:6]}"
    given = world.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    keys = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    clients = [boto3.client(service, **{**_options(world), **keys}) for service in ("s3", "sagemaker")]
    clients[0].list_buckets()
    told = httpx.post(f"{world.running.url}/_sandbox/expire", json={"role": role})
    assert told.json() == {"expired": 1}
    with pytest.raises(ClientError, match="ExpiredToken"):
        clients[0].list_buckets()
    with pytest.raises(ClientError, match="ExpiredToken"):
        clients[1].list_models()
    world.s3.list_buckets()


def test_what_is_not_done_is_named(world: World) -> None:
    with pytest.raises(ClientError, match="The sandbox does not do CreateCompilationJob") as caught:
        world.sagemaker.create_compilation_job(
            CompilationJobName="c", RoleArn=ROLE, OutputConfig={"S3OutputLocation": "s3://b/c"}, StoppingCondition={}
        )
    assert caught.value.response["Error"]["Code"] == "UnsupportedOperation"


def _options(world: World) -> dict[str, str]:
    environment = world.running.environment
    return {
        "endpoint_url": environment["AWS_ENDPOINT_URL"],
        "region_name": environment["AWS_REGION"],
        "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
    }
