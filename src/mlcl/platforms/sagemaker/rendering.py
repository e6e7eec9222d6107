"""What an endpoint in AWS is to be, as the requests that make it so: model, configuration, endpoint.

Names of models and configurations are digests of what they say, so that two equal configurations are one, and the live
one is compared with the wanted one as a whole: nothing that was set before is lost in an update.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from mlcl.errors import UsageError
from mlcl.platforms.sagemaker.processing import PACKAGE
from mlcl.platforms.sagemaker.settings import Settings, tag_list
from mlcl.problem.aws import EndpointOnAws
from mlcl.problem.base import duration

LIVE, SHADOW = "live", "shadow"
_JSON_TYPES, _CSV_TYPES = ["application/json", "application/jsonlines"], ["text/csv"]
_LARGEST_NAME = 63

Json = dict[str, Any]


class Hosted(NamedTuple):
    """One model that is to be hosted. name: of the problem; version: in mlcl's registry, None for a model without."""

    name: str
    digest: str
    version: int | None


class Wanted(NamedTuple):
    """The requests, in the order in which they are made."""

    models: list[Json]
    config: Json
    endpoint: str


def wanted(settings: Settings, asked: EndpointOnAws, live: Hosted, shadow: Hosted | None = None) -> Wanted:
    """UsageError for what SageMaker does not do with this kind of endpoint."""
    if shadow and asked.kind != "real-time":
        raise UsageError(
            "Only real-time endpoints have shadows.",
            where="aws.endpoint.kind",
            found=asked.kind,
            fix="Set kind = 'real-time', or deploy without --strategy shadow.",
        )
    models = [model(settings, asked, one) for one in (live, shadow) if one]
    config = configuration(settings, asked, live.name, [one["ModelName"] for one in models])
    return Wanted(models, config, endpoint_name(settings, live.name))


def endpoint_name(settings: Settings, name: str) -> str:
    return settings.name(name)


def model(settings: Settings, asked: EndpointOnAws, hosted: Hosted) -> Json:
    """CreateModel."""
    uri = f"{settings.store}/packages/{hosted.digest}/{PACKAGE}"
    container = {"Image": settings.container, "ModelDataUrl": uri, "Environment": _environment(settings, asked, hosted)}
    request: Json = {"PrimaryContainer": container, "ExecutionRoleArn": settings.roles["endpoint"]}
    if settings.subnets and asked.kind != "serverless":
        request["VpcConfig"] = {
            "Subnets": list(settings.subnets),
            "SecurityGroupIds": list(settings.security_groups),
        }
    return {
        "ModelName": _named(settings, hosted.name, request),
        **request,
        "Tags": tags(settings, hosted.name),
    }


def _environment(settings: Settings, asked: EndpointOnAws, hosted: Hosted) -> dict[str, str]:
    found = {"MLCL_NAME": hosted.name, "AWS_REGION": settings.region}
    if hosted.version is not None:
        found["MLCL_VERSION"] = str(hosted.version)
    if asked.kind == "serverless" and asked.capture:
        # SageMaker captures nothing there: the container does.
        found |= {"MLCL_CAPTURE_STORE": settings.store, "MLCL_CAPTURE_RATE": f"{asked.capture:g}"}
    return found


def configuration(settings: Settings, asked: EndpointOnAws, name: str, models: list[str]) -> Json:
    """CreateEndpointConfig. models: the live one, and the shadow if there is one."""
    request: Json = {"ProductionVariants": [_variant(asked, LIVE, models[0])]}
    if len(models) > 1:
        request["ShadowProductionVariants"] = [_variant(asked, SHADOW, models[1])]
    if asked.kind != "serverless":
        if settings.kms_key:
            request["KmsKeyId"] = settings.kms_key
        if asked.capture:
            request["DataCaptureConfig"] = _capture(settings, asked, name)
    if asked.kind == "asynchronous":
        request["AsyncInferenceConfig"] = {
            "OutputConfig": {
                "S3OutputPath": f"{settings.store}/asynchronous/{name}/answers",
                "S3FailurePath": f"{settings.store}/asynchronous/{name}/failures",
                **({"KmsKeyId": settings.kms_key} if settings.kms_key else {}),
            },
            "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4},
        }
    return {"EndpointConfigName": _named(settings, name, request), **request, "Tags": tags(settings, name)}


def _variant(asked: EndpointOnAws, role: str, model_name: str) -> Json:
    found: Json = {"VariantName": role, "ModelName": model_name, "InitialVariantWeight": 1.0}
    if asked.kind == "serverless":
        return {**found, "ServerlessConfig": {"MemorySizeInMB": asked.memory, "MaxConcurrency": asked.concurrency}}
    # Machines are added and taken away by the scaling policy; an asynchronous endpoint begins with one, too.
    count = max(1, asked.instances)
    return {**found, "InstanceType": asked.instance, "InitialInstanceCount": count}


def _capture(settings: Settings, asked: EndpointOnAws, name: str) -> Json:
    found: Json = {
        "EnableCapture": True,
        "InitialSamplingPercentage": round(asked.capture * 100),
        "DestinationS3Uri": f"{settings.store}/captures/{name}",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": _CSV_TYPES, "JsonContentTypes": _JSON_TYPES},
    }
    return {**found, "KmsKeyId": settings.kms_key} if settings.kms_key else found


def deployment(asked: EndpointOnAws, strategy: str, weight: float, alarms: list[str]) -> Json | None:
    """DeploymentConfig of UpdateEndpoint: how traffic moves over, and what rolls it back. None: as SageMaker does it
    by itself (serverless)."""
    if asked.kind == "serverless":
        if strategy == "canary":
            raise UsageError(
                "A serverless endpoint has no canary.",
                where="aws.endpoint.kind",
                found=asked.kind,
                fix="Set kind = 'real-time', or deploy with --strategy all-at-once.",
            )
        return None
    wait = int(duration(asked.canary_wait).total_seconds())
    routing: Json = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": wait if strategy == "blue-green" else 0}
    if strategy == "canary":
        size = {"Type": "CAPACITY_PERCENT", "Value": max(1, min(50, round(weight)))}
        routing = {"Type": "CANARY", "WaitIntervalInSeconds": wait, "CanarySize": size}
    found: Json = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": routing,
            "TerminationWaitInSeconds": wait if strategy == "blue-green" else 0,
            "MaximumExecutionTimeoutInSeconds": min(14_400, 2 * wait + 3600),
        }
    }
    if alarms:
        found["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": name} for name in alarms]}
    return found


def tags(settings: Settings, name: str) -> list[dict[str, str]]:
    named = {"mlcl:environment": settings.environment, "mlcl:problem": name}
    return tag_list({**settings.tags, **named})


def _named(settings: Settings, name: str, request: Json) -> str:
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()[:12]
    return f"{settings.name(name)[: _LARGEST_NAME - 13]}-{digest}"


def differences(found: Any, asked: Any, path: str = "") -> list[str]:
    """Where what AWS has differs from what is wanted: paths; what AWS adds by itself is no difference."""
    if isinstance(asked, dict) and isinstance(found, dict):
        return [one for key, value in asked.items() for one in differences(found.get(key), value, f"{path}.{key}")]
    if isinstance(asked, list) and isinstance(found, list) and len(asked) == len(found):
        pairs = zip(found, asked, strict=True)
        return [
            one for place, (left, right) in enumerate(pairs) for one in differences(left, right, f"{path}[{place}]")
        ]
    return [] if found == asked else [path.lstrip(".") or "."]
