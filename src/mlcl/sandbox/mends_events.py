"""EventBridge: rules whose target is a SageMaker pipeline, which moto does not know."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Mapping
from typing import Any

Event = Mapping[str, Any]


def pipelines_as_targets() -> None:
    """moto's rules do not know pipelines among their targets: an event of S3 ends there without a word."""
    from moto.events.models import Rule

    plain = getattr(Rule.send_to_targets, "plain", Rule.send_to_targets)

    def send_to_targets(self: Any, original_event: Event, transform_input: bool = True) -> None:
        pipelines = [target for target in self.targets if ":pipeline/" in target["Arn"]]
        others = copy.copy(self)
        others.targets = [target for target in self.targets if target not in pipelines]
        plain(others, original_event, transform_input)
        if self.state == "ENABLED" and self.event_pattern.matches_event(original_event):
            for target in pipelines:
                # AWS does not wait for it either; and moto answers one request at a time, of which this is one.
                threading.Thread(target=_deliver, args=(target, dict(original_event)), daemon=True).start()

    send_to_targets.plain = plain  # type: ignore[attr-defined]
    Rule.send_to_targets = send_to_targets


def _deliver(target: Mapping[str, Any], event: Event) -> None:
    """Start the pipeline; what cannot be delivered goes to the target's queue, when it has one."""
    from botocore.exceptions import ClientError

    from mlcl.sandbox.runtime.jsonpath import find
    from mlcl.sandbox.schedules import start_pipeline
    from mlcl.sandbox.wire import AwsError

    asked = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
    # A value that is a path is taken from the event.
    given = {one["Name"]: one["Value"] for one in asked}
    given = {name: str(find(event, value)) if value.startswith("$.") else value for name, value in given.items()}
    try:
        start_pipeline(target["Arn"], target["RoleArn"], given, "events.amazonaws.com")
    except (ClientError, AwsError) as error:
        _undelivered(target, event, error)


def _undelivered(target: Mapping[str, Any], event: Event, error: Exception) -> None:
    from mlcl.sandbox.runtime.core import client

    queue = target.get("DeadLetterConfig", {}).get("Arn", "")
    if queue:
        *_, region, _, name = queue.split(":")
        sqs = client("sqs", region)
        told = {"ERROR_MESSAGE": str(error), "TARGET_ARN": str(target["Arn"])}
        sqs.send_message(
            QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"],
            MessageBody=json.dumps(event, default=str),
            MessageAttributes={key: {"DataType": "String", "StringValue": text} for key, text in told.items()},
        )
