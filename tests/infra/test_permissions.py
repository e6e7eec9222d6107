"""What each role may and may not do, on concrete resources, judged over the policies that Terraform applied."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.infra.conftest import Account
from tests.infra.iam import evaluate, may_assume, roles
from tests.infra.rights import ACCOUNT, ALLOWED, EC2, EXCEPT, FORBIDDEN, NEVER, REGION, Case, sm

pytestmark = pytest.mark.timeout(600)


class Roles:
    """The roles of the account; names in the cases above stand for what AWS called the things."""

    def __init__(self, account: Account) -> None:
        self.all = roles({**account.dev.resources, **account.bootstrap.resources})
        settings, one = account.dev.outputs["settings"], account.dev.one
        self._ids = {"SUBNET": settings["subnets"][0], "GROUP": settings["security_groups"][0]}
        self._arns = {
            "KEY": settings["kms_key"],
            "OPERATIONS": one(".aws_kms_key.operations")["arn"],
            "IMAGE": one(".aws_ecr_repository.image")["arn"],
            "VPC": f"{EC2}:vpc/{one('.aws_vpc.vpc[0]')['id']}",
            "SUBNET": f"{EC2}:subnet/{self._ids['SUBNET']}",
            "GROUP": f"{EC2}:security-group/{self._ids['GROUP']}",
        }

    def answer(self, role: str, case: Case) -> str:
        action, resource, context = case if len(case) == 3 else (*case, {})
        known = {key: self._value(value) for key, value in context.items()}
        return evaluate(self.all[role][1], action, self._arns.get(resource, resource), known)

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._ids.get(one, one) for one in value]
        return self._arns.get(value, value)


@pytest.fixture(scope="module")
def known(account: Account) -> Roles:
    return Roles(account)


@pytest.mark.parametrize("role", ALLOWED)
def test_what_a_role_needs_is_allowed(known: Roles, role: str) -> None:
    refused = [case for case in ALLOWED[role] if known.answer(f"mlcl-dev-{role}", case) != "allowed"]
    assert refused == []


@pytest.mark.parametrize("role", ALLOWED)
def test_what_a_role_does_not_need_is_not_allowed(known: Roles, role: str) -> None:
    cases = [case for case in [*NEVER, *FORBIDDEN[role]] if case not in ALLOWED[role]]
    cases = [case for case in cases if case[0] not in EXCEPT.get(role, ())]
    assert [case for case in cases if known.answer(f"mlcl-dev-{role}", case) == "allowed"] == []


def test_every_role_is_listed(known: Roles) -> None:
    ours = {name.removeprefix("mlcl-dev-") for name in known.all if name.startswith("mlcl-dev-")}
    assert ours == set(ALLOWED) == set(FORBIDDEN)


def test_no_role_allows_all_actions_or_a_whole_service(known: Roles) -> None:
    statements = [(name, s) for name, (_, policies) in known.all.items() for p in policies for s in p["Statement"]]
    wide = re.compile(r"\*|[a-z0-9-]+:\*")
    found = {
        name: a for name, s in statements if s["Effect"] == "Allow" for a in _listed(s["Action"]) if wide.fullmatch(a)
    }
    assert found == {}


def test_policies_fit_into_iam(account: Account) -> None:
    resources = {**account.dev.resources, **account.bootstrap.resources}
    managed = {a: _size(v["policy"]) for a, v in resources.items() if ".aws_iam_policy." in a}
    inline = {a: _size(v["policy"]) for a, v in resources.items() if ".aws_iam_role_policy." in a}
    assert {a: size for a, size in managed.items() if size > 6144} == {}
    assert {a: size for a, size in inline.items() if size > 10240} == {}


SERVICES = {
    "job": ("sagemaker.amazonaws.com", sm("training-job", "mlcl-dev-1")),
    "guard": ("sagemaker.amazonaws.com", sm("processing-job", "mlcl-dev-idle-1")),
    "endpoint": ("sagemaker.amazonaws.com", sm("endpoint", "mlcl-dev-churn")),
    "pipeline": ("sagemaker.amazonaws.com", sm("pipeline", "mlcl-dev-churn")),
    "notebook": ("sagemaker.amazonaws.com", sm("notebook-instance", "mlcl-dev-notebook")),
    "api": ("apigateway.amazonaws.com", ""),
    "api-logs": ("apigateway.amazonaws.com", ""),
    "schedule": ("scheduler.amazonaws.com", f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/mlcl-dev"),
    "server": ("ecs-tasks.amazonaws.com", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/mlcl-dev/1"),
    "server-execution": ("ecs-tasks.amazonaws.com", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/mlcl-dev/1"),
}


@pytest.mark.parametrize("role", SERVICES)
def test_only_its_service_on_our_behalf_becomes_a_role(known: Roles, role: str) -> None:
    trust = known.all[f"mlcl-dev-{role}"][0]
    service, source = SERVICES[role]
    ours = {"aws:SourceAccount": ACCOUNT, **({"aws:SourceArn": source} if source else {})}
    theirs = {"aws:SourceAccount": "999999999999", "aws:SourceArn": source.replace(ACCOUNT, "999999999999")}
    assert may_assume(trust, "Service", service, ours)
    assert not may_assume(trust, "Service", service, theirs)
    assert not may_assume(trust, "Service", "ec2.amazonaws.com", ours)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _size(policy: str) -> int:
    return len(json.dumps(json.loads(policy), separators=(",", ":")))
