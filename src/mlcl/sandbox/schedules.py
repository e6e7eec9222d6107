"""EventBridge Scheduler: what a schedule is there for, done on demand, since nothing here waits for a clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from mlcl.sandbox import identity
from mlcl.sandbox.runtime.core import client
from mlcl.sandbox.wire import REGION, AwsError, invalid

_UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"


def fire(name: str, group: str) -> dict[str, Any]:
    """Do now, in the name of the target's role, what the schedule would do when its time came; gives AWS's answer."""
    from botocore.exceptions import ClientError

    scheduler = client("scheduler", REGION)
    try:
        schedule = scheduler.get_schedule(Name=name, GroupName=group)
        if schedule["State"] != "ENABLED":
            raise invalid(f"The schedule {group}/{name} is switched off.")
        answer = _call(schedule["Target"], str(schedule["Arn"]))
        if schedule.get("ActionAfterCompletion") == "DELETE" and schedule["ScheduleExpression"].startswith("at("):
            scheduler.delete_schedule(Name=name, GroupName=group)
    except ClientError as error:
        told = error.response["Error"]
        raise AwsError(told["Code"], told["Message"]) from error
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def start_pipeline(arn: str, role: str, parameters: Mapping[str, str], service: str) -> dict[str, Any]:
    """Start the pipeline as `service` does it for the user: with the role's rights."""
    region, name = arn.split(":")[3], arn.rpartition("/")[2]
    given = [{"Name": key, "Value": value} for key, value in parameters.items()]
    sagemaker = _as(role, service, "sagemaker", region)
    answer: dict[str, Any] = sagemaker.start_pipeline_execution(PipelineName=name, PipelineParameters=given)
    return answer


def _call(target: Mapping[str, Any], schedule: str) -> dict[str, Any]:
    from botocore import xform_name

    arn, role = target["Arn"], target["RoleArn"]
    if ":pipeline/" in arn:
        asked = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
        return start_pipeline(arn, role, {one["Name"]: one["Value"] for one in asked}, "scheduler.amazonaws.com")
    if not arn.startswith(_UNIVERSAL):
        raise invalid(f"The sandbox does not start {arn}; it does SageMaker pipelines and calls of an API (aws-sdk).")
    service, _, operation = arn.removeprefix(_UNIVERSAL).partition(":")
    given = json.loads(_filled(target.get("Input", "{}"), schedule))
    made = _as(role, "scheduler.amazonaws.com", service, REGION)
    answer: dict[str, Any] = getattr(made, xform_name(operation[0].upper() + operation[1:]))(**given)
    return answer


def _filled(text: str, schedule: str) -> str:
    """The input with Scheduler's own keywords in it replaced."""
    words = {
        "schedule-arn": schedule,
        "scheduled-time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "execution-id": uuid4().hex[:16],
        "attempt-number": "1",
    }
    for word, value in words.items():
        # Terraform's jsonencode writes < and > so.
        for written in (f"<aws.scheduler.{word}>", f"\\u003caws.scheduler.{word}\\u003e"):
            text = text.replace(written, value)
    return text


def _as(role: str, service: str, called: str, region: str) -> Any:
    """A client of `called` with the rights of a role that `service` has taken."""
    return client(called, region, identity.assume(role, "eventbridge", region, service=service))
