"""What GitHub Actions may do: plan reads, deploy changes this environment and not itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mlcl.infra import leftovers
from tests.infra.conftest import Account
from tests.infra.iam import evaluate, may_assume, roles
from tests.infra.rights import ACCOUNT, EC2, OTHERS, REGION, ROLE, STATE, STORE, Case, give, logs, sm, tagged

pytestmark = pytest.mark.timeout(600)

PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
ISSUER = "token.actions.githubusercontent.com"
ANY_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"

READ: list[Case] = [
    ("s3:GetObject", f"{STATE}/dev/terraform.tfstate"),
    ("s3:GetBucketPolicy", STORE),
    ("s3:GetLifecycleConfiguration", STORE),
    ("ec2:DescribeVpcs", "*"),
    ("iam:GetRolePolicy", f"{ROLE}-job"),
    ("kms:GetKeyPolicy", ANY_KEY, tagged("Resource")),
    ("sagemaker:DescribeNotebookInstance", sm("notebook-instance", "mlcl-dev-notebook")),
    ("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/mlcl/dev/settings"),
    ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/restapis/abc/stages/live"),
]
CHANGE: list[Case] = [
    ("s3:PutObject", f"{STATE}/dev/terraform.tfstate"),
    ("s3:PutObject", f"{STATE}/dev/terraform.tfstate.tflock"),
    ("s3:DeleteObject", f"{STATE}/dev/terraform.tfstate.tflock"),
    ("s3:CreateBucket", STORE),
    ("s3:PutBucketPolicy", STORE),
    ("kms:CreateKey", "*", tagged("Request")),
    ("kms:ScheduleKeyDeletion", ANY_KEY, tagged("Resource")),
    ("ec2:CreateVpc", f"{EC2}:vpc/*", tagged("Request")),
    ("ec2:CreateSubnet", f"{EC2}:subnet/*", tagged("Request")),
    ("ec2:CreateSubnet", f"{EC2}:vpc/vpc-1", tagged("Resource")),
    ("ec2:CreateTags", f"{EC2}:security-group/sg-default", tagged("Request")),
    ("ec2:DeleteVpc", f"{EC2}:vpc/vpc-1", tagged("Resource")),
    ("iam:CreateRole", f"{ROLE}-job"),
    ("iam:AttachRolePolicy", f"{ROLE}-server", {"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/mlcl-dev-work"}),
    give(f"{ROLE}-notebook", "sagemaker.amazonaws.com"),
    ("ecr:PutImage", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/mlcl-dev-mlcl"),
    ("ssm:PutParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/mlcl/dev/settings"),
    ("sts:AssumeRole", f"{ROLE}-operator"),
]
NEVER: list[Case] = [
    ("s3:GetObject", f"{STATE}/production/terraform.tfstate"),
    ("s3:DeleteObject", f"{STATE}/dev/terraform.tfstate"),
    ("s3:GetObject", f"{STORE}/mlcl/datasets/1/data.parquet"),
    ("s3:GetObject", f"{OTHERS}/x"),
    ("s3:DeleteBucket", f"arn:aws:s3:::mlcl-production-data-{ACCOUNT}-{REGION}"),
    ("kms:CreateKey", "*", tagged("Request", "production")),
    ("kms:ScheduleKeyDeletion", ANY_KEY, tagged("Resource", "production")),
    ("kms:ScheduleKeyDeletion", ANY_KEY),
    ("ec2:DeleteVpc", f"{EC2}:vpc/vpc-1"),
    ("ec2:DeleteVpc", f"{EC2}:vpc/vpc-1", tagged("Resource", "production")),
    ("ec2:CreateTags", f"{EC2}:vpc/vpc-1", {**tagged("Request"), **tagged("Resource", "production")}),
    ("ec2:RunInstances", f"{EC2}:instance/*", tagged("Request")),
    ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/eve"),
    ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/Admin"),
    ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/mlcl-github-dev-deploy"),
    ("iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/mlcl-github-dev-deploy"),
    ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/mlcl-github-dev-deploy-identity"),
    ("iam:AttachRolePolicy", f"{ROLE}-job", {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    give(f"{ROLE}-job", "lambda.amazonaws.com"),
    ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/Admin"),
    ("sagemaker:DeleteEndpoint", sm("endpoint", "mlcl-production-churn")),
    ("sagemaker:CreateEndpoint", sm("endpoint", "mlcl-dev-churn")),
    ("sagemaker:CreateTrainingJob", sm("training-job", "mlcl-dev-train-1")),
    ("sagemaker:InvokeEndpoint", sm("endpoint", "mlcl-dev-churn")),
]


@pytest.fixture(scope="module")
def known(account: Account) -> dict[str, Any]:
    return roles({**account.dev.resources, **account.bootstrap.resources})


def answers(known: dict[str, Any], role: str, cases: list[Case]) -> dict[Case, str]:
    asked = [(*case, {}) if len(case) == 2 else case for case in cases]
    return {
        (action, resource, str(context)): evaluate(known[f"mlcl-github-dev-{role}"][1], action, resource, context)
        for action, resource, context in asked
    }


def test_plan_reads_and_changes_nothing(known: dict[str, Any]) -> None:
    assert {case: a for case, a in answers(known, "plan", READ).items() if a != "allowed"} == {}
    assert {case: a for case, a in answers(known, "plan", [*CHANGE, *NEVER]).items() if a == "allowed"} == {}


def test_plan_has_no_action_that_writes(known: dict[str, Any]) -> None:
    reading = ("Get", "List", "Describe", "View", "GET", "Decrypt")
    actions = {a for p in known["mlcl-github-dev-plan"][1] for s in p["Statement"] for a in _listed(s["Action"])}
    assert {a for a in actions if not a.split(":")[1].startswith(reading)} == set()


def test_deploy_changes_its_environment_and_not_itself(known: dict[str, Any]) -> None:
    assert {case: a for case, a in answers(known, "deploy", [*READ, *CHANGE]).items() if a != "allowed"} == {}
    assert {case: a for case, a in answers(known, "deploy", NEVER).items() if a == "allowed"} == {}


def ending() -> Iterator[Case]:
    """What a destruction asks of AWS to end what mlcl has made beside Terraform."""
    arns = {
        "alarm": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:mlcl-dev-churn-errors",
        "schedule": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/mlcl-dev-churn",
        "log group": logs("/aws/sagemaker/Endpoints/mlcl-dev-churn"),
        "tuning job": sm("hyper-parameter-tuning-job", "mlcl-dev-tune-1"),
        "endpoint configuration": sm("endpoint-config", "mlcl-dev-churn-3"),
    }
    for kind in leftovers.KINDS:
        yield f"{kind.service}:{_action(kind.listing[0])}", "*"
        yield (
            f"{kind.service}:{_action(kind.ending[0])}",
            arns.get(kind.words, sm(kind.words.replace(" ", "-"), "mlcl-dev-1")),
        )
    yield "sagemaker:ListModelPackages", sm("model-package-group", "mlcl-dev-models")
    yield "sagemaker:DeleteModelPackage", sm("model-package", "mlcl-dev-models/1")
    yield "sagemaker:StopPipelineExecution", sm("pipeline", "mlcl-dev-churn/execution/abc")


def _action(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))


def test_deploy_ends_what_a_destruction_ends_and_plan_does_not(known: dict[str, Any]) -> None:
    asked = list(ending())
    assert {case: a for case, a in answers(known, "deploy", asked).items() if a != "allowed"} == {}
    ends = [(action, arn) for action, arn in asked if ":Delete" in action or ":Stop" in action]
    assert {case: a for case, a in answers(known, "plan", ends).items() if a == "allowed"} == {}


def claims(**changed: str) -> dict[str, str]:
    told = {
        "aud": "sts.amazonaws.com",
        "sub": "repo:acme/churn:environment:dev",
        "repository": "acme/churn",
        "environment": "dev",
        "ref": "refs/heads/main",
        **changed,
    }
    return {f"{ISSUER}:{name}": value for name, value in told.items()}


def takes(known: dict[str, Any], role: str, context: dict[str, str]) -> bool:
    trust = known[f"mlcl-github-dev-{role}"][0]
    return may_assume(trust, "Federated", PROVIDER, context, "sts:AssumeRoleWithWebIdentity")


@pytest.mark.parametrize(
    ("changed", "deploys"),
    [
        ({}, True),
        ({"ref": "refs/heads/feature"}, False),
        ({"environment": "production", "sub": "repo:acme/churn:environment:production"}, False),
        ({"sub": "repo:acme/churn:pull_request"}, False),
        ({"repository": "eve/churn", "sub": "repo:eve/churn:environment:dev"}, False),
        ({"aud": "somebody-else"}, False),
    ],
)
def test_who_may_deploy(known: dict[str, Any], changed: dict[str, str], deploys: bool) -> None:
    assert takes(known, "deploy", claims(**changed)) is deploys


def test_who_may_plan(known: dict[str, Any]) -> None:
    assert takes(known, "plan", claims(sub="repo:acme/churn:pull_request"))
    assert takes(known, "plan", claims(sub="repo:acme/churn:ref:refs/heads/main"))
    assert not takes(known, "plan", claims(sub="repo:acme/churn:ref:refs/heads/feature"))
    assert not takes(known, "plan", claims(sub="repo:eve/churn:pull_request", repository="eve/churn"))


def test_delivery_becomes_the_operator_and_nobody_else_does(known: dict[str, Any]) -> None:
    trust, root = known["mlcl-dev-operator"][0], f"arn:aws:iam::{ACCOUNT}:root"
    deploy = f"arn:aws:iam::{ACCOUNT}:role/mlcl-github-dev-deploy"
    assert may_assume(trust, "AWS", root, {"aws:PrincipalArn": deploy})
    assert not may_assume(trust, "AWS", root, {"aws:PrincipalArn": deploy.replace("dev", "production")})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
