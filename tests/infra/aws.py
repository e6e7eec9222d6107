"""What AWS says of an environment, service by service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3

from tests.infra.terraform import REGION


def client(aws: Mapping[str, str], service: str) -> Any:
    """Of the AWS that these variables lead to (AWS_ENDPOINT_URL)."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=REGION,
        endpoint_url=aws["AWS_ENDPOINT_URL"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def left_over(aws: Mapping[str, str], environment: str) -> dict[str, list[str]]:
    """What AWS itself still lists of an environment, by service."""
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
