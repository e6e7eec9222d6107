"""A pipeline that ends at once and says what it was told, and a rule that starts it for new objects."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

from tests.sandbox.started import client

TELLS = {
    "Version": "2020-12-01",
    "Parameters": [{"Name": "Trigger", "Type": "String", "DefaultValue": "nobody"}],
    "Steps": [{"Name": "Tell", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Parameters.Trigger"}}}],
}
ROLE = "arn:aws:iam::123456789012:role/eventbridge"


def pipeline(environment: dict[str, str]) -> tuple[str, str]:
    """(name, ARN) of a new one."""
    name = f"p-{uuid4().hex[:8]}"
    made = client("sagemaker", environment).create_pipeline(
        PipelineName=name,
        PipelineDefinition=json.dumps(TELLS),
        ClientRequestToken=name.ljust(32, "-"),
        RoleArn=ROLE,
    )
    return name, made["PipelineArn"]


def rule(environment: dict[str, str], bucket: str, target: dict[str, Any]) -> None:
    """New objects below in/ of the bucket start the target."""
    events, s3, name = client("events", environment), client("s3", environment), f"r-{uuid4().hex[:8]}"
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    detail = {"bucket": {"name": [bucket]}, "object": {"key": [{"prefix": "in/"}]}}
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "1", "RoleArn": ROLE, **target}])


def executions(environment: dict[str, str], name: str, seconds: float = 5.0) -> list[dict[str, Any]]:
    """Of a pipeline, as soon as there is one; [] when none comes in time."""
    sagemaker, end = client("sagemaker", environment), time.monotonic() + seconds
    while time.monotonic() < end:
        found = sagemaker.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"]
        if found:
            return list(found)
        time.sleep(0.05)
    return []


def told(environment: dict[str, str], execution: str, seconds: float = 10.0) -> str:
    """Why an execution of `TELLS` has failed."""
    sagemaker, end = client("sagemaker", environment), time.monotonic() + seconds
    while time.monotonic() < end:
        steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=execution)["PipelineExecutionSteps"]
        if steps and steps[0]["StepStatus"] == "Failed":
            return str(steps[0]["FailureReason"])
        time.sleep(0.05)
    raise AssertionError(steps)
