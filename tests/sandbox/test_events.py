"""EventBridge: rules that start pipelines, and schedules whose time has come."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.sandbox import eventful
from tests.sandbox.started import World

pytestmark = pytest.mark.xdist_group("sandbox")


def fire(world: World, **asked: str) -> dict[str, Any]:
    body = json.dumps(asked).encode()
    with urllib.request.urlopen(f"{world.running.url}/_sandbox/fire", data=body) as answer:
        found: dict[str, Any] = json.load(answer)["answer"]
    return found


def schedule(world: World, name: str, target: dict[str, Any], **more: Any) -> None:
    world.client("scheduler").create_schedule(
        Name=name,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"RoleArn": eventful.ROLE, **target},
        **{"ScheduleExpression": "rate(7 days)", **more},
    )


def test_new_objects_start_a_pipeline_and_others_do_not(world: World) -> None:
    environment = world.running.environment
    name, arn = eventful.pipeline(environment)
    given = [{"Name": "Trigger", "Value": "$.detail.object.key"}]
    target = {"Arn": arn, "SageMakerPipelineParameters": {"PipelineParameterList": given}}
    eventful.rule(environment, world.bucket, target)
    world.put("elsewhere/a.csv", "1")
    world.put("in/b.csv", "1")
    (execution,) = eventful.executions(environment, name)
    assert "in/b.csv" in eventful.told(environment, execution["PipelineExecutionArn"])


def test_what_cannot_be_started_waits_in_the_queue(world: World) -> None:
    sqs = world.client("sqs")
    queue = sqs.create_queue(QueueName="undelivered")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    gone = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/nothing"
    eventful.rule(world.running.environment, world.bucket, {"Arn": gone, "DeadLetterConfig": {"Arn": arn}})
    world.put("in/c.csv", "1")
    end, found = time.monotonic() + 5, []
    while not found and time.monotonic() < end:
        found = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"]).get("Messages", [])
    assert json.loads(found[0]["Body"])["detail"]["object"]["key"] == "in/c.csv"
    assert "not found" in found[0]["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"]


def test_a_schedule_starts_a_pipeline(world: World) -> None:
    name, arn = eventful.pipeline(world.running.environment)
    given = [{"Name": "Trigger", "Value": "schedule"}]
    schedule(world, name, {"Arn": arn, "SageMakerPipelineParameters": {"PipelineParameterList": given}})
    execution = fire(world, schedule=name)["PipelineExecutionArn"]
    assert "schedule" in eventful.told(world.running.environment, execution)
    noted = (json.loads(line) for line in (world.running.folder / "actions.jsonl").read_text().splitlines())
    used = {(one["caller"], one["action"]) for one in noted}
    assert (eventful.ROLE, "StartPipelineExecution") in used, "with the rights of the schedule's role"


def test_a_schedule_calls_an_api_and_goes_when_it_was_for_once(world: World) -> None:
    target = {
        "Arn": "arn:aws:scheduler:::aws-sdk:sqs:createQueue",
        "Input": json.dumps({"QueueName": "at-<aws.scheduler.execution-id>"}),
    }
    schedule(world, "once", target, ScheduleExpression="at(2030-01-01T00:00:00)", ActionAfterCompletion="DELETE")
    made = fire(world, schedule="once")["QueueUrl"].rpartition("/")[2]
    assert len(made) == len("at-") + 16
    with pytest.raises(urllib.error.HTTPError, match="400"):
        fire(world, schedule="once")


def test_a_schedule_that_is_switched_off_starts_nothing(world: World) -> None:
    _, arn = eventful.pipeline(world.running.environment)
    schedule(world, "off", {"Arn": arn}, State="DISABLED")
    with pytest.raises(urllib.error.HTTPError) as refused:
        fire(world, schedule="off")
    assert "switched off" in refused.value.read().decode()
