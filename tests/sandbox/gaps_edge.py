"""What moto gets wrong at the edge: API Gateway, ECS, CloudFront. Each function is True when it is right."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from tests.sandbox import eventful
from tests.sandbox.started import client

Environment = dict[str, str]


def apis_keep_binary_types(environment: Environment) -> bool:
    gateway, types = client("apigateway", environment), ["application/x-parquet"]
    made = gateway.create_rest_api(name="a", binaryMediaTypes=types)["id"]
    return bool(gateway.get_rest_api(restApiId=made).get("binaryMediaTypes") == types)


def container_services_keep_their_grace_period(environment: Environment) -> bool:
    ecs, name = client("ecs", environment), uuid4().hex
    ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(family=name, containerDefinitions=[{"name": "a", "image": "a", "memory": 128}])
    ecs.create_service(
        cluster=name,
        serviceName=name,
        taskDefinition=name,
        desiredCount=1,
        healthCheckGracePeriodSeconds=60,
        enableECSManagedTags=True,
    )
    (kept,) = ecs.describe_services(cluster=name, services=[name])["services"]
    return bool(kept.get("healthCheckGracePeriodSeconds") == 60 and kept.get("enableECSManagedTags"))


def cloudfront_keeps_header_policies(environment: Environment) -> bool:
    cloudfront, name = client("cloudfront", environment), uuid4().hex
    config: dict[str, Any] = {
        "Name": name,
        "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}},
    }
    try:
        made = cloudfront.create_response_headers_policy(ResponseHeadersPolicyConfig=config)
        key = made["ResponseHeadersPolicy"]["Id"]
        kept = cloudfront.get_response_headers_policy(Id=key)
        cloudfront.update_response_headers_policy(
            Id=key, IfMatch=kept["ETag"], ResponseHeadersPolicyConfig={**config, "Comment": "c"}
        )
        told = cloudfront.get_response_headers_policy_config(Id=key)["ResponseHeadersPolicyConfig"]["Comment"]
        cloudfront.delete_response_headers_policy(Id=key)
    except (ClientError, ResponseParserError):
        return False
    return bool(told == "c")


def cloudfront_reaches_into_networks(environment: Environment) -> bool:
    cloudfront = client("cloudfront", environment)
    config = {
        "Name": uuid4().hex,
        "Arn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/1",
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "http-only",
    }
    try:
        made = cloudfront.create_vpc_origin(VpcOriginEndpointConfig=config)
        kept = cloudfront.get_vpc_origin(Id=made["VpcOrigin"]["Id"])
        cloudfront.delete_vpc_origin(Id=made["VpcOrigin"]["Id"], IfMatch=kept["ETag"])
    except (ClientError, ResponseParserError):
        return False
    return bool(kept["VpcOrigin"]["Status"] == "Deployed")


def cloudfront_publishes_functions(environment: Environment) -> bool:
    cloudfront, name = client("cloudfront", environment), uuid4().hex
    config = {"Comment": "c", "Runtime": "cloudfront-js-2.0"}
    made = cloudfront.create_function(Name=name, FunctionConfig=config, FunctionCode=b"function handler(e) {}")
    try:
        published = cloudfront.publish_function(Name=name, IfMatch=made["ETag"])
    except (ClientError, ResponseParserError):
        return False
    return bool(published["FunctionSummary"]["FunctionMetadata"]["Stage"] == "LIVE")


def rules_start_pipelines(environment: Environment) -> bool:
    bucket = f"b-{uuid4().hex[:12]}"
    client("s3", environment).create_bucket(Bucket=bucket)
    name, arn = eventful.pipeline(environment)
    eventful.rule(environment, bucket, {"Arn": arn})
    client("s3", environment).put_object(Bucket=bucket, Key="in/a", Body=b"1")
    return bool(eventful.executions(environment, name, seconds=2))


GAPS = (
    rules_start_pipelines,
    apis_keep_binary_types,
    cloudfront_keeps_header_policies,
    cloudfront_publishes_functions,
    cloudfront_reaches_into_networks,
    container_services_keep_their_grace_period,
)
