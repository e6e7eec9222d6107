"""What stands around an endpoint: autoscaling, the alarms that roll a release back, and its expiry."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from mlcl.platforms.sagemaker.errors import CloudError
from mlcl.platforms.sagemaker.rendering import LIVE
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.problem.aws import EndpointOnAws
from mlcl.problem.base import duration

_SPACE, _DIMENSION = "sagemaker", "sagemaker:variant:DesiredInstanceCount"
_ALARMS = {
    # name: (metric, statistic, threshold). Latency is in microseconds.
    "errors": ("Invocation5XXErrors", "Sum", 0.0),
    "latency": ("ModelLatency", "p95", 5_000_000.0),
}


def settle(cloud: Cloud, endpoint: str, asked: EndpointOnAws) -> None:
    """Autoscaling as [aws.endpoint] asks for it; none where the number of machines is fixed, or there are none."""
    scales = asked.kind != "serverless" and asked.instances_most > max(asked.instances, 0)
    scales = scales and not (asked.kind == "real-time" and asked.instances == asked.instances_most)
    if not scales:
        _quietly(cloud, "application-autoscaling", "deregister_scalable_target", **_target(endpoint))
        return
    cloud.call(
        "application-autoscaling",
        "register_scalable_target",
        endpoint,
        **_target(endpoint),
        MinCapacity=asked.instances,
        MaxCapacity=asked.instances_most,
    )
    cloud.call(
        "application-autoscaling",
        "put_scaling_policy",
        endpoint,
        **_target(endpoint),
        PolicyName=f"{endpoint}-scaling",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=_policy(endpoint, asked),
    )


def _policy(endpoint: str, asked: EndpointOnAws) -> dict[str, Any]:
    policy: dict[str, Any] = {"TargetValue": asked.per_instance, "ScaleInCooldown": 300, "ScaleOutCooldown": 60}
    if asked.kind == "real-time":
        metric = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
        return {**policy, "PredefinedMetricSpecification": metric}
    backlog = {
        "MetricName": "ApproximateBacklogSizePerInstance",
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": endpoint}],
        "Statistic": "Average",
    }
    return {**policy, "CustomizedMetricSpecification": backlog}


def _target(endpoint: str) -> dict[str, str]:
    return {
        "ServiceNamespace": _SPACE,
        "ResourceId": f"endpoint/{endpoint}/variant/{LIVE}",
        "ScalableDimension": _DIMENSION,
    }


def alarms(cloud: Cloud, endpoint: str, asked: EndpointOnAws) -> list[str]:
    """Names of the alarms that roll a release back; those of mlcl are made when they are not there."""
    topic = cloud.settings.alerts_topic
    for name, (metric, statistic, threshold) in _ALARMS.items():
        how = {"ExtendedStatistic": statistic} if statistic.startswith("p") else {"Statistic": statistic}
        cloud.call(
            "cloudwatch",
            "put_metric_alarm",
            endpoint,
            AlarmName=f"{endpoint}-{name}",
            AlarmDescription="Rolls a release of the endpoint back.",
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": LIVE}],
            Period=60,
            EvaluationPeriods=1,
            Threshold=threshold,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[topic] if topic else [],
            **how,
        )
    return [*(f"{endpoint}-{name}" for name in _ALARMS), *asked.alarms]


def expire(cloud: Cloud, endpoint: str, after: str | None) -> None:
    """A schedule that deletes the endpoint by itself, so long from now; None: none (any more)."""
    if after is None:
        _quietly(cloud, "scheduler", "delete_schedule", **_schedule(cloud, endpoint))
        return
    at = datetime.now(UTC) + duration(after)
    request = {
        **_schedule(cloud, endpoint),
        "ScheduleExpression": f"at({at:%Y-%m-%dT%H:%M:%S})",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint",
            "RoleArn": cloud.settings.roles.get("schedule", ""),
            "Input": json.dumps({"EndpointName": endpoint}),
        },
    }
    try:
        cloud.call("scheduler", "create_schedule", endpoint, **request)
    except CloudError as error:
        if error.code != "ConflictException":
            raise
        cloud.call("scheduler", "update_schedule", endpoint, **request)


def _schedule(cloud: Cloud, endpoint: str) -> dict[str, str]:
    return {"Name": f"{endpoint[:56]}-expires", "GroupName": cloud.settings.schedules}


def expiry(cloud: Cloud, endpoint: str) -> str:
    """When the endpoint deletes itself (UTC, ISO 8601), or ''."""
    try:
        found = cloud.call("scheduler", "get_schedule", endpoint, **_schedule(cloud, endpoint))
    except CloudError as error:
        if error.missing:
            return ""
        raise
    return str(found["ScheduleExpression"]).removeprefix("at(").removesuffix(")") + "Z"


def remove(cloud: Cloud, endpoint: str) -> None:
    """Everything that stands around the endpoint."""
    _quietly(cloud, "application-autoscaling", "deregister_scalable_target", **_target(endpoint))
    _quietly(cloud, "cloudwatch", "delete_alarms", AlarmNames=[f"{endpoint}-{name}" for name in _ALARMS])
    expire(cloud, endpoint, None)


def _quietly(cloud: Cloud, service: str, operation: str, **arguments: Any) -> None:
    """Undoes what may not be there."""
    try:
        cloud.call(service, operation, **arguments)
    except CloudError as error:
        if not error.missing:
            raise
