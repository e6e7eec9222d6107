"""A real-time endpoint's whole life in AWS on loopback: release, capture, look, canary, rollback, shadow, end."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest

from mlcl import lifecycle, registry
from mlcl.errors import UsageError
from mlcl.platforms.sagemaker import endpoints as hosting
from mlcl.platforms.sagemaker.errors import JobError
from mlcl.platforms.sagemaker.rendering import Hosted
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.platforms.sagemaker.transform import transform
from mlcl.problem.aws import EndpointOnAws
from mlcl.serving import endpoints as states
from tests import small
from tests.platforms import clouds

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.slow, pytest.mark.timeout(600)]
TEXT = (
    small.PROBLEM
    + """
[monitor]
minimum_rows = 20

[aws.endpoint]
kind = "real-time"
instances_most = 3
canary_wait = "4s"
expires = "8h"
"""
)
ROW = {"age": 70, "job": "student", "income": 2000.0}


class Site:
    """Two model versions of one problem in one environment; the first is in use."""

    def __init__(self, world: clouds.World, folder: Path) -> None:
        self.world, self.on = world, world.environment()
        self.file = small.problem(folder, text=TEXT)
        lifecycle.run(self.file, on=self.on)
        lifecycle.run(self.file, overrides=["train.parameters.n_estimators=30"], on=self.on)
        self.cloud = Cloud.open(self.on)
        self.asked = EndpointOnAws.model_validate(
            {"kind": "real-time", "instances_most": 3, "canary_wait": "4s", "expires": "8h"}
        )

    @property
    def name(self) -> str:
        return self.cloud.settings.name("small")

    def put(self, version: int, **how: Any) -> hosting.Applied:
        model = registry.find(self.cloud.store, "small", version)
        release = hosting.Release("small", model.bundle_digest, version, self.asked, **how)
        return hosting.deploy(self.cloud, release, poll=0.2)

    def ask(self, rows: int = 1) -> dict[str, Any]:
        body = orjson.dumps({"rows": [ROW] * rows})
        found: dict[str, Any] = orjson.loads(
            hosting.invoke(self.cloud, "small", body, "application/json", "application/json")
        )
        return found

    def captures(self) -> int:
        return sum(
            len(self.cloud.store.get(key).splitlines())
            for key in self.cloud.store.keys("captures/small")
            if key.endswith(".jsonl")
        )


@pytest.fixture(scope="module")
def site(world: clouds.World, tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Site(world, tmp_path_factory.mktemp("endpoint"))
    assert made.put(1).changed == ["endpoint"]
    return made


def test_it_answers_scales_and_expires(site: Site) -> None:
    assert site.ask()["model"]["version"] == 1
    [target] = site.world.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[f"endpoint/{site.name}/variant/live"]
    )["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 3)
    schedule = site.world.client("scheduler").get_schedule(Name=f"{site.name}-expires", GroupName=site.name[:-6])
    assert json.loads(schedule["Target"]["Input"]) == {"EndpointName": site.name}
    [one] = clouds.command("costs", "--on", site.on)["running"]
    assert one["expires"][:13] in schedule["ScheduleExpression"]


def test_what_sagemaker_captures_is_looked_at(site: Site) -> None:
    """Its captures name no version of a model; drift gets into the store, the alerts and CloudWatch all the same."""
    for _ in range(30):
        site.ask()
    clouds.until(lambda: site.captures() >= 30)
    report = clouds.command("monitor", "small", "--on", site.on)
    assert report["rows"] >= 30
    assert report["others"] == report["unreadable"] == 0
    assert "age" in report["drift"]["drifted"]
    shown = site.world.client("cloudwatch").list_metrics(Namespace="mlcl", MetricName="MonitoringDrift")["Metrics"]
    named = [{d["Name"]: d["Value"] for d in one["Dimensions"]} for one in shown]
    assert {"Environment": site.cloud.settings.environment, "Problem": "small"} in named
    assert clouds.command("alerts", "small", "--store", site.cloud.settings.store)


def test_a_canary_takes_over_and_is_rolled_back(site: Site) -> None:
    said: list[str] = []
    seen: set[int] = set()
    model = registry.find(site.cloud.store, "small", 2)
    release = hosting.Release("small", model.bundle_digest, 2, site.asked, strategy="canary", weight=50)
    moving = threading.Thread(target=lambda: hosting.deploy(site.cloud, release, say=said.append, poll=0.2))
    moving.start()
    while moving.is_alive():
        seen.add(site.ask()["model"]["version"])
    moving.join()
    assert seen == {1, 2}  # never without an answer, and both answered
    assert said[-1].endswith("InService")
    assert site.ask()["model"]["version"] == 2
    live = states.find(site.cloud.store, "small").live
    assert live is not None
    assert live.version == 2
    assert clouds.command("rollback", "small", "--on", site.on)["variants"][0]["version"] == 1
    assert site.ask()["model"]["version"] == 1


def test_an_alarm_rolls_a_canary_back(site: Site) -> None:
    watch = site.world.client("cloudwatch")
    watch.put_metric_alarm(
        AlarmName="own",
        Namespace="mine",
        MetricName="Complaints",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    asked = site.asked.model_copy(update={"alarms": ("own",), "canary_wait": "30s"})
    model = registry.find(site.cloud.store, "small", 2)
    release = hosting.Release("small", model.bundle_digest, 2, asked, strategy="canary", weight=50)

    def complain(text: str) -> None:
        if text.endswith("Updating"):
            watch.put_metric_data(Namespace="mine", MetricData=[{"MetricName": "Complaints", "Value": 1}])

    with pytest.raises(JobError, match="stays live"):
        hosting.deploy(site.cloud, release, say=complain, poll=0.2)
    assert site.ask()["model"]["version"] == 1
    live = states.find(site.cloud.store, "small").live
    assert live is not None
    assert live.version == 1
    watch.delete_alarms(AlarmNames=["own"])


def test_a_shadow_is_asked_and_promoted(site: Site) -> None:
    site.put(2, strategy="shadow")
    roles = {variant.role: variant.version for variant in states.find(site.cloud.store, "small").variants}
    assert roles == {"live": 1, "shadow": 2}
    before = site.captures()
    assert site.ask()["model"]["version"] == 1
    clouds.until(lambda: site.captures() >= before + 2)
    assert clouds.command("promote", "small", "--on", site.on)["variants"][0]["version"] == 2
    assert site.ask()["model"]["version"] == 2
    with pytest.raises(UsageError, match="no shadow"):
        hosting.promote(site.cloud, "small", site.asked)


def test_a_transform_job_is_among_the_costs(site: Site) -> None:
    model = registry.find(site.cloud.store, "small", 1)
    hosted, rows = Hosted("small", model.bundle_digest, 1), orjson.dumps(ROW) + b"\n"
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(transform, site.cloud, hosted, rows, poll=0.2)
        kinds: set[str] = set()
        while not answer.done():
            kinds |= {one["kind"] for one in clouds.command("costs", "--on", site.on)["running"]}
    assert b"probability" in answer.result()
    assert kinds == {"endpoint", "transform job"}


def test_it_ends_with_all_that_stood_around_it(site: Site) -> None:
    clouds.command("undeploy", "small", "--on", site.on)
    client = site.world.client("sagemaker")
    clouds.until(lambda: not client.list_endpoints(NameContains=site.name)["Endpoints"])
    assert not client.list_endpoint_configs(NameContains=site.name)["EndpointConfigs"]
    assert not client.list_models(NameContains=site.name)["Models"]
    assert not site.world.client("scheduler").list_schedules(GroupName=site.name[:-6])["Schedules"]
    assert not site.world.client("cloudwatch").describe_alarms(AlarmNamePrefix=site.name)["MetricAlarms"]
    targets = site.world.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="sagemaker")
    assert not [one for one in targets["ScalableTargets"] if site.name in one["ResourceId"]]
