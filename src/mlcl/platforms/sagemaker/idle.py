"""What costs by the hour and is not used: endpoints without a request, notebooks that run for long.

The infrastructure's hourly check (infra/modules/observe) runs this as `mlcl costs --idle 4h --notify`. It looks and
tells; it stops nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from mlcl.platforms.sagemaker.settings import Cloud


class Idle(NamedTuple):
    """since: start of the thing, UTC, ISO 8601; hourly: US dollars, None = unknown; why: what makes it idle."""

    kind: str
    name: str
    what: str
    since: str
    hourly: float | None
    why: str


def idle(cloud: Cloud, period: timedelta, now: datetime | None = None) -> list[Idle]:
    """Endpoints with machines of their own that answered nothing for `period`, notebooks that run longer than it."""
    end = now or datetime.now(UTC)
    start = f"{cloud.settings.name('')}-"
    listed = cloud.pages("sagemaker", "list_endpoints", "Endpoints", NameContains=start, StatusEquals="InService")
    named = [one for one in listed if one["EndpointName"].startswith(start) and end - one["CreationTime"] >= period]
    endpoints = [_endpoint(cloud, one, period, end) for one in named]
    return [*(one for one in endpoints if one), *_notebooks(cloud, period, end)]


def notify(cloud: Cloud, found: Sequence[Idle]) -> None:
    """Tell the environment's topic; nothing when nothing idles."""
    if not found:
        return
    environment = cloud.settings.environment
    lines = [f"- {one.kind} {one.name} ({one.what}): {one.why}, {_money(one.hourly)}" for one in found]
    text = "\n".join(
        [f"In {environment} this costs and is not used:", *lines, f"See: mlcl costs --on aws:{environment}"]
    )
    subject = f"mlcl {environment}: {len(found)} idle"
    cloud.call("sns", "publish", TopicArn=cloud.settings.alerts_topic, Subject=subject, Message=text)


def _endpoint(cloud: Cloud, listed: Mapping[str, Any], period: timedelta, end: datetime) -> Idle | None:
    name = listed["EndpointName"]
    config = cloud.call("sagemaker", "describe_endpoint", name, EndpointName=name)["EndpointConfigName"]
    described = cloud.call("sagemaker", "describe_endpoint_config", name, EndpointConfigName=config)
    machines = [one for one in described["ProductionVariants"] if "ServerlessConfig" not in one]
    if not machines or any(_requests(cloud, name, one["VariantName"], period, end) for one in machines):
        return None
    prices = [cloud.settings.hourly("hosting", one["InstanceType"]) for one in machines]
    counts = [one.get("InitialInstanceCount", 1) for one in machines]
    known = [value * count for value, count in zip(prices, counts, strict=True) if value is not None]
    what = ", ".join(f"{count} x {one['InstanceType']}" for one, count in zip(machines, counts, strict=True))
    hourly = sum(known) if len(known) == len(machines) else None
    return Idle("endpoint", name, what, _text(listed["CreationTime"]), hourly, f"no request for {_hours(period)} hours")


def _requests(cloud: Cloud, endpoint: str, variant: str, period: timedelta, end: datetime) -> float:
    answer = cloud.call(
        "cloudwatch",
        "get_metric_statistics",
        endpoint,
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}],
        StartTime=end - period,
        EndTime=end,
        Period=max(60, int(period.total_seconds()) // 60 * 60),
        Statistics=["Sum"],
    )
    return sum(float(point["Sum"]) for point in answer.get("Datapoints", ()))


def _notebooks(cloud: Cloud, period: timedelta, end: datetime) -> list[Idle]:
    start = f"{cloud.settings.name('')}-"
    listed = cloud.pages(
        "sagemaker", "list_notebook_instances", "NotebookInstances", NameContains=start, StatusEquals="InService"
    )
    return [
        Idle(
            "notebook",
            one["NotebookInstanceName"],
            one["InstanceType"],
            _text(one["LastModifiedTime"]),
            cloud.settings.hourly("notebook", one["InstanceType"]),
            f"runs for more than {_hours(period)} hours",
        )
        for one in listed
        if one["NotebookInstanceName"].startswith(start) and end - one["LastModifiedTime"] >= period
    ]


def _hours(period: timedelta) -> str:
    return f"{period.total_seconds() / 3600:g}"


def _money(hourly: float | None) -> str:
    return "price unknown" if hourly is None else f"{hourly:.3f} USD an hour"


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
