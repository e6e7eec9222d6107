"""Looks at everything that an environment needs, and says what to do about what is missing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from mlcl.errors import MlclError
from mlcl.infra import folder, terraform
from mlcl.infra.account import Account, Clients, Refused
from mlcl.infra.places import SANDBOX, Place

State = Literal["ok", "warning", "missing", "unknown"]


class Check(NamedTuple):
    """One thing looked at. found: what is there; fix: what to do, '' where nothing."""

    name: str
    state: State
    found: str
    fix: str = ""


class Need(NamedTuple):
    """A quota that mlcl's defaults use. code: of Service Quotas; least: what a first run takes."""

    service: str
    code: str
    words: str
    least: float


# By the code or the name that Service Quotas lists them under; what an account does not list is told as unknown.
QUOTAS = (
    Need("vpc", "L-F678F1CE", "VPCs in the region", 1),
    Need("sagemaker", "ml.m5.large for processing job usage", "ml.m5.large for processing jobs", 1),
    Need("sagemaker", "ml.m5.xlarge for training job usage", "ml.m5.xlarge for training jobs", 1),
    Need("sagemaker", "ml.m5.large for endpoint usage", "ml.m5.large for endpoints", 1),
)

# One action of each service that an apply begins with; who may do these may most likely do the rest.
ACTIONS = (
    "s3:CreateBucket",
    "kms:CreateKey",
    "ec2:CreateVpc",
    "ec2:CreateVpcEndpoint",
    "iam:CreateRole",
    "iam:PassRole",
    "ecr:CreateRepository",
    "sagemaker:CreateModelPackageGroup",
    "apigateway:POST",
    "logs:CreateLogGroup",
    "cloudwatch:PutMetricAlarm",
    "sns:CreateTopic",
    "sqs:CreateQueue",
    "events:PutRule",
    "scheduler:CreateSchedule",
    "budgets:ModifyBudget",
    "ssm:PutParameter",
)


def checks(place: Place, clients: Clients) -> Iterator[Check]:
    """Every check in the order in which their faults should be mended."""
    yield _terraform()
    region, told = _region(place)
    yield told
    if not region:
        return
    account = Account(clients, region)
    who = _who(account)
    yield who
    if who.state != "ok":
        return
    for check in (_permissions, _quotas):
        yield from check(account)
    yield _state(place, account)
    yield _settings(place, account)


def _terraform() -> Check:
    try:
        found = terraform.version()
    except MlclError as error:
        return Check("Terraform", "missing", error.what, error.fix)
    text = ".".join(map(str, found))
    if found[:2] < terraform.LEAST:
        return Check("Terraform", "missing", f"{text}, too old", "Install Terraform 1.11 or newer.")
    return Check("Terraform", "ok", text)


def _region(place: Place) -> tuple[str, Check]:
    try:
        region = folder.region(place)
    except MlclError as error:
        return "", Check("Region", "missing", error.what, error.fix)
    session = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or region
    if session != region and place.environment != SANDBOX:
        found = f"{region} in {place.variables.name}, {session} in AWS_REGION"
        return region, Check(
            "Region", "warning", found, f"export AWS_REGION={region}: --on aws:{place.environment} looks there."
        )
    return region, Check("Region", "ok", region)


def _who(account: Account) -> Check:
    try:
        return Check("Credentials", "ok", account.who())
    except Refused as refused:
        fix = "Log in with aws configure sso (or aws sso login), or set AWS_PROFILE."
        return Check("Credentials", "missing", str(refused), fix)
    except MlclError as error:
        return Check("Credentials", "missing", error.what, error.fix)


def _permissions(account: Account) -> Iterator[Check]:
    """Asks IAM's own simulator; who may not ask it gets 'unknown', not a guess."""
    try:
        answer = account.call(
            "iam", "simulate_principal_policy", PolicySourceArn=_principal(account.who()), ActionNames=list(ACTIONS)
        )
    except Refused as refused:
        found = f"IAM's simulator does not answer ({refused.code or 'no answer'})"
        yield Check("Permissions", "unknown", found, "mlcl infra plan needs to read, apply to make; see docs/aws.md.")
        return
    denied = [one["EvalActionName"] for one in answer["EvaluationResults"] if one["EvalDecision"] != "allowed"]
    if denied:
        fix = "Ask for these actions, or apply with a role that has them."
        yield Check("Permissions", "missing", f"not allowed: {', '.join(denied)}", fix)
    else:
        yield Check("Permissions", "ok", f"{len(ACTIONS)} actions that an apply begins with are allowed")


def _principal(arn: str) -> str:
    """The role behind a session, which is what the simulator takes."""
    if ":assumed-role/" not in arn:
        return arn
    head, _, tail = arn.partition(":assumed-role/")
    return f"{head.replace(':sts:', ':iam:')}:role/{tail.split('/')[0]}"


def _quotas(account: Account) -> Iterator[Check]:
    names: dict[str, dict[str, float]] = {}
    for need in QUOTAS:
        if need.service not in names:
            names[need.service] = _values(account, need.service)
        value = names[need.service].get(need.code)
        name = f"Quota: {need.words}"
        if value is None:
            yield Check(name, "unknown", "Service Quotas does not tell", "Look in the Service Quotas console.")
        elif value < need.least:
            yield Check(name, "missing", f"{value:g}", f"Ask for {need.least:g} or more in the Service Quotas console.")
        else:
            yield Check(name, "ok", f"{value:g}")


def _values(account: Account, service: str) -> dict[str, float]:
    """Quota by code and by name; {} where AWS does not tell."""
    found: dict[str, float] = {}
    try:
        for one in account.pages("service-quotas", "list_service_quotas", "Quotas", ServiceCode=service):
            found[one["QuotaCode"]] = found[one["QuotaName"]] = float(one["Value"])
    except Refused:
        return found
    return found


def _state(place: Place, account: Account) -> Check:
    if place.local:
        here = place.state.exists()
        return Check("State", "ok", str(place.state) if here else "a file, not there before the first apply")
    found = json.loads(terraform_backend(place))
    bucket = found.get("bucket", "")
    try:
        there = account.bucket_exists(bucket)
    except Refused as refused:
        return Check(
            "State", "missing", f"bucket {bucket}: {refused}", "Ask for s3:ListBucket, GetObject, PutObject on it."
        )
    if there:
        return Check("State", "ok", f"bucket {bucket}")
    fix = f"mlcl infra init --env {place.environment} --bootstrap"
    return Check("State", "missing", f"no bucket {bucket}", fix)


def terraform_backend(place: Place) -> str:
    """backend.hcl as JSON text: one string or truth value a line."""
    pairs = (
        line.split("=", 1) for line in place.backend.read_text("utf-8").splitlines() if "=" in line and line[0] != "#"
    )
    return "{" + ", ".join(f"{json.dumps(key.strip())}: {value.strip()}" for key, value in pairs) + "}"


def _settings(place: Place, account: Account) -> Check:
    name = f"/mlcl/{place.environment}/settings"
    try:
        text = account.call("ssm", "get_parameter", Name=name)["Parameter"]["Value"]
    except Refused as refused:
        if "ParameterNotFound" in f"{refused.code} {refused}":
            return Check("Settings", "missing", f"no parameter {name}", f"mlcl infra apply --env {place.environment}")
        return Check("Settings", "missing", f"{name}: {refused}", "Ask for ssm:GetParameter on it.")
    settings: dict[str, Any] = json.loads(text)
    if not settings.get("image"):
        fix = f"mlcl infra image --env {place.environment}"
        return Check("Settings", "warning", f"{name}: no container image yet", fix)
    return Check("Settings", "ok", name)
