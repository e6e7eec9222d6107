"""Every environment, with everything that can be asked for, applied to AWS on loopback and taken away again.

An apply takes two minutes: the provider waits 50 s until it trusts a bucket's lifecycle rules, 50 for a queue, and
a minute for a load balancer. So these tests are slow ones; what the default run applies is in test_foundation.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from mlcl.sandbox.server import Running, start
from tests.infra import terraform
from tests.infra.terraform import REGION

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ENVIRONMENTS = ("dev", "staging", "production", "sandbox")


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Running]:
    running = start(tmp_path / "sandbox")
    yield running
    running.stop()


def asked_for(environment: str) -> dict[str, Any]:
    """Everything that costs and so is off by default, with one of each schedule."""
    pipeline = f"mlcl-{environment}-churn"
    return {
        "region": REGION,
        "image": f"123456789012.dkr.ecr.{REGION}.amazonaws.com/mlcl-{environment}-mlcl@sha256:{'0' * 64}",
        "notebook": {},
        "page": {"server": True},
        "page_folder": str(terraform.INFRA / "modules" / "web" / "tests" / "page"),
        "api": {"authorization": "API_KEY", "api_keys": ["shop"], "firewall": True},
        "alerts": {"emails": ["ops@example.com"], "endpoints": [f"mlcl-{environment}-churn"]},
        "destroy": {"data": True, "artefacts": True, "images": True},
        "schedules": {
            "retraining": {"churn": {"pipeline": pipeline, "expression": "rate(7 days)", "parameters": {"A": "b"}}},
            "monitoring": {"churn": {"endpoint": "churn", "expression": "rate(1 hour)"}},
            "new_data": {"churn": {"pipeline": pipeline, "prefix": "churn/", "parameters": {"A": "b"}}},
        },
    }


def client(aws: Running, service: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=REGION,
        endpoint_url=aws.url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def left_over(aws: Running, environment: str) -> dict[str, list[str]]:
    """What AWS itself still lists, by service."""
    found: dict[str, list[str]] = {}
    for service, operation, items, name, arguments in (
        ("s3", "list_buckets", "Buckets", "Name", {}),
        ("iam", "list_roles", "Roles", "RoleName", {}),
        ("logs", "describe_log_groups", "logGroups", "logGroupName", {}),
        ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName", {}),
        ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName", {}),
        ("sns", "list_topics", "Topics", "TopicArn", {}),
        ("sqs", "list_queues", "QueueUrls", "", {}),
        ("events", "list_rules", "Rules", "Name", {}),
        ("scheduler", "list_schedules", "Schedules", "Name", {}),
        ("apigateway", "get_rest_apis", "items", "name", {}),
        ("apigateway", "get_usage_plans", "items", "name", {}),
        ("ecr", "describe_repositories", "repositories", "repositoryName", {}),
        ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName", {}),
        ("wafv2", "list_web_acls", "WebACLs", "Name", {"Scope": "REGIONAL"}),
        ("sagemaker", "list_notebook_instances", "NotebookInstances", "NotebookInstanceName", {}),
        ("sagemaker", "list_model_package_groups", "ModelPackageGroupSummaryList", "ModelPackageGroupName", {}),
        ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", {}),
        ("ssm", "describe_parameters", "Parameters", "Name", {}),
        ("kms", "list_aliases", "Aliases", "AliasName", {}),
    ):
        listed = getattr(client(aws, service), operation)(**arguments).get(items) or []
        names = [one[name] if name else one for one in listed]
        found[f"{service} {operation}"] = [one for one in names if f"mlcl-{environment}" in one or "mlcl/" in one]
    # ECS goes on telling of what was deleted, as INACTIVE.
    ecs = client(aws, "ecs")
    clusters = ecs.describe_clusters(clusters=[f"mlcl-{environment}-page"])["clusters"]
    found["ecs clusters"] = [one["clusterName"] for one in clusters if one["status"] == "ACTIVE"]
    return {what: names for what, names in found.items() if names}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_apply_again_destroy(environment: str, aws: Running, tmp_path: Path) -> None:
    root = terraform.init(terraform.copy(tmp_path) / "environments" / environment, aws.environment)
    outputs = root.apply(**asked_for(environment))
    assert outputs["settings"]["environment"] == environment
    assert outputs["page_url"].startswith("https://")
    assert not set(outputs["api_key_ids"]) - {"shop"}
    assert root.plan() == {}, "a second plan changes nothing"

    told = client(aws, "ssm").get_parameter(Name=f"/mlcl/{environment}/settings")["Parameter"]["Value"]
    assert json.loads(told) == outputs["settings"]

    assert root.destroy() == []
    assert left_over(aws, environment) == {}
