"""Which IAM action a request is, and on which resources.

The operation is found with botocore's service models (target, Action parameter or path); S3 and API Gateway name their
actions otherwise than their operations. Source: Service Authorization Reference (actions, resources of each service).
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote

from mlcl.sandbox.wire import ACCOUNT, Request

# Signing names whose service model has another name in botocore.
_MODELS = {"monitoring": "cloudwatch", "execute-api": "", "email": "ses", "tagging": "resourcegroupstaggingapi"}
_PREFIXES = {"monitoring": "cloudwatch"}
_S3 = {
    ("GET", True): "GetObject",
    ("HEAD", True): "GetObject",
    ("PUT", True): "PutObject",
    ("POST", True): "PutObject",
    ("DELETE", True): "DeleteObject",
    ("GET", False): "ListBucket",
    ("HEAD", False): "ListBucket",
    ("PUT", False): "CreateBucket",
    ("DELETE", False): "DeleteBucket",
    ("POST", False): "DeleteObject",
}
# Sub-resources of buckets and objects whose action is not Get/Put + their name.
_S3_PARTS = {
    "versioning": "BucketVersioning",
    "encryption": "EncryptionConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "tagging": "BucketTagging",
    "acl": "BucketAcl",
    "cors": "BucketCORS",
    "logging": "BucketLogging",
    "notification": "BucketNotification",
    "ownershipControls": "BucketOwnershipControls",
    "website": "BucketWebsite",
    "replication": "ReplicationConfiguration",
    "accelerate": "AccelerateConfiguration",
    "requestPayment": "BucketRequestPayment",
    "object-lock": "BucketObjectLockConfiguration",
    "location": "BucketLocation",
}
_ARN = re.compile(r"^arn:[\w-]+:[\w-]+:")


def actions(request: Request) -> list[tuple[str, str]]:
    """(action, resource) pairs of a request."""
    if request.service == "s3":
        return _s3(request)
    if request.service == "apigateway":
        return [(f"apigateway:{request.method}", f"arn:aws:apigateway:{request.region}::{request.path}")]
    name = operation(request)
    if not name:
        return []
    prefix = _PREFIXES.get(request.service, request.service)
    return [(f"{prefix}:{name}", resource) for resource in _resources(request, name)]


def operation(request: Request) -> str:
    """The operation's name ('' when no model tells)."""
    if request.target:
        return request.target
    form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    found = parse_qs(request.body.decode("utf-8", "replace") if form else request.query).get("Action")
    return found[0] if found else _by_path(request)


def passed_roles(request: Request) -> list[str]:
    """Roles that the request hands to a service: iam:PassRole."""
    if request.service in ("iam", "sts", "s3"):
        return []
    text = request.body.decode("utf-8", "replace")
    return sorted(set(re.findall(rf"arn:aws:iam::{ACCOUNT}:role/[\w+=,.@/-]+", text)))


def parameters(request: Request) -> dict[str, Any]:
    """What the request asks with, as far as it is JSON or a form."""
    try:
        found = json.loads(request.body)
    except ValueError:
        return {key: values[0] for key, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
    return found if isinstance(found, dict) else {}


def _s3(request: Request) -> list[tuple[str, str]]:
    bucket, _, key = request.path.lstrip("/").partition("/")
    if not bucket:
        return [("s3:ListAllMyBuckets", "*")]
    query = parse_qs(request.query, keep_blank_values=True)
    arn = f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"
    part = next((part for part in _S3_PARTS if part in query), "")
    if part:
        verb = "Get" if request.method in ("GET", "HEAD") else "Put"
        name = _S3_PARTS[part].replace("Bucket", "Object", 1) if key else _S3_PARTS[part]
        verb = "Delete" if request.method == "DELETE" and part in ("policy", "website") else verb
        return [(f"s3:{verb}{name}", arn)]
    if "uploadId" in query and request.method == "DELETE":
        return [("s3:AbortMultipartUpload", arn)]
    if "versions" in query:
        return [("s3:ListBucketVersions", arn)]
    if "delete" in query:
        return [("s3:DeleteObject", f"arn:aws:s3:::{bucket}/*")]
    found = [(f"s3:{_S3.get((request.method, bool(key)), 'GetObject')}", arn)]
    source = unquote(request.headers.get("x-amz-copy-source", "")).lstrip("/")
    return [*found, ("s3:GetObject", f"arn:aws:s3:::{source}")] if source else found


def _resources(request: Request, name: str) -> list[str]:
    """ARNs in the parameters that name a resource, or the resource that a name makes; else '*'."""
    given = parameters(request)
    if request.service == "sagemaker":
        return [_sagemaker(request, name, given)]
    if request.service == "logs" and ("logGroupName" in given or "logGroupIdentifier" in given):
        group = given.get("logGroupName") or given["logGroupIdentifier"]
        stream = given.get("logStreamName", "")
        tail = f":log-stream:{stream}" if stream else ""
        return [f"arn:aws:logs:{request.region}:{ACCOUNT}:log-group:{group}{tail}"]
    if request.service == "ssm" and "Name" in given:
        return [f"arn:aws:ssm:{request.region}:{ACCOUNT}:parameter/{str(given['Name']).lstrip('/')}"]
    if request.service == "scheduler" and request.path.startswith("/schedules/"):
        group = given.get("GroupName") or parse_qs(request.query).get("groupName", ["default"])[0]
        return [f"arn:aws:scheduler:{request.region}:{ACCOUNT}:schedule/{group}/{request.path.split('/')[2]}"]
    own = [value for value in given.values() if isinstance(value, str) and _ARN.match(value)]
    own = [value for value in own if value.split(":")[2] == request.service]
    return own[:1] or ["*"]


def _sagemaker(request: Request, name: str, given: dict[str, Any]) -> str:
    from mlcl.sandbox.control import service

    path = re.fullmatch(r"/endpoints/([^/]+)/(?:async-)?invocations.*", request.path)
    if path:
        return f"arn:aws:sagemaker:{request.region}:{ACCOUNT}:endpoint/{path[1].lower()}"
    found = next((v for k, v in given.items() if k.endswith("Arn") and str(v).startswith("arn:aws:sagemaker:")), None)
    if found:
        return str(found)
    _, kind = service.split(name)
    try:
        noun = service.noun(kind)
    except Exception:  # noqa: BLE001  (an operation whose name is no verb and noun)
        return "*"
    values = [str(given[key]) for key in noun.keys if key in given]
    if values and values[-1].startswith("arn:"):
        return values[-1]
    arn = f"arn:aws:sagemaker:{request.region}:{ACCOUNT}:{noun.path}/"
    return (arn + "/".join(values)).lower() if len(values) == len(noun.keys) else "*"


def _by_path(request: Request) -> str:
    model = _model(request.service)
    if request.service == "sagemaker":
        model = _model("sagemaker-runtime")
    if model is None:
        return ""
    for method, pattern, name in _paths(model.service_name):
        if method == request.method and pattern.fullmatch(request.path):
            return name
    return ""


@cache
def _paths(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    model, found = _model(service), []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = http["requestUri"].partition("?")[0]
        parts = [
            ".+" if part.endswith("+}") else "[^/]+" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", path)
        ]
        found.append((http["method"], re.compile("".join(parts)), name))
    return sorted(found, key=lambda each: -len(each[1].pattern))


@cache
def _model(service: str) -> Any:
    import botocore.exceptions
    import botocore.session

    try:
        return botocore.session.get_session().get_service_model(_MODELS.get(service, service))
    except botocore.exceptions.BotoCoreError:
        return None
