"""The IAM actions and resources that the life cycle on loopback really used, against the roles that Terraform made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.e2e.conftest import Lived
from tests.e2e.unused_rights import UNUSED
from tests.infra.iam import Policy, evaluate, roles

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("cloud")]

START = "mlcl-sandbox-"
# Who takes part. The other roles are of schedules, the notebook, the page's server and API Gateway's logs.
ACTIVE = {"api", "endpoint", "job", "operator", "pipeline"}
_PASSED_TO = {"-schedule": "scheduler.amazonaws.com"}


def used(lived: Lived) -> Iterator[tuple[str, str, str]]:
    """(role, action, resource) of everything that was done in a role's name; the role without its start."""
    for line in lived.actions:
        role = str(line["caller"]).rpartition("/")[2]
        if role.startswith(START):
            for resource in line["resources"]:
                yield role.removeprefix(START), f"{line['service']}:{line['action']}", str(resource)


def policies(lived: Lived) -> dict[str, list[Policy]]:
    return {name.removeprefix(START): own for name, (_, own) in roles(lived.made).items()}


def context(lived: Lived, resource: str) -> dict[str, Any]:
    """What AWS tells IAM of such a request, as far as a policy here asks for it."""
    network = [values for address, values in lived.made.items() if ".aws_subnet." in address]
    groups = [values["id"] for address, values in lived.made.items() if ".aws_security_group.workload" in address]
    service = next((to for end, to in _PASSED_TO.items() if resource.endswith(end)), "sagemaker.amazonaws.com")
    return {
        "sagemaker:VpcSubnets": [values["id"] for values in network],
        "sagemaker:VpcSecurityGroupIds": groups,
        "ec2:Vpc": str(network[0]["arn"]).rpartition(":")[0] + f":vpc/{network[0]['vpc_id']}",
        "kms:GrantIsForAWSResource": "true",
        "kms:ViaService": "sns.us-east-1.amazonaws.com",
        "iam:PassedToService": service,
        "cloudwatch:namespace": "mlcl",
        "s3:prefix": "mlcl/runs/",
        "application-autoscaling:service-namespace": "sagemaker",
    }


def somewhere(own: list[Policy], action: str) -> set[str]:
    """The resources for which policies name an action: one at least, where the sandbox cannot tell which it was."""
    statements = [statement for policy in own for statement in listed(policy["Statement"])]
    return {r for s in statements if any(fits(a, action) for a in listed(s["Action"])) for r in listed(s["Resource"])}


def fits(pattern: str, action: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_none_is_missing(lived: Lived) -> None:
    own = policies(lived)
    refused = set()
    for role, action, resource in used(lived):
        if resource == "*":
            allowed = bool(somewhere(own[role], action))
        else:
            allowed = evaluate(own[role], action, resource, context(lived, resource)) == "allowed"
        if not allowed:
            refused.add((role, action, resource))
    assert refused == set()


def test_none_is_superfluous_without_a_reason(lived: Lived) -> None:
    took_part: dict[str, set[str]] = {}
    for role, action, _ in used(lived):
        took_part.setdefault(role, set()).add(action)
    assert set(took_part) == ACTIVE
    unexplained = {
        (role, action)
        for role in ACTIVE
        for action in allowed(policies(lived)[role])
        if not any(fits(action, one) for one in took_part[role]) and not reason(role, action)
    }
    assert unexplained == set()


def test_no_reason_is_for_what_is_used_or_gone(lived: Lived) -> None:
    done = {(role, action) for role, action, _ in used(lived)}
    given = {(role, action) for role in ACTIVE for action in allowed(policies(lived)[role])} - done
    stale = {(who, what) for who, what in UNUSED if not any(means((who, what), one) for one in given)}
    assert stale == set()


def allowed(own: list[Policy]) -> set[str]:
    return {action for policy in own for s in listed(policy["Statement"]) for action in listed(s["Action"])}


def reason(role: str, action: str) -> str:
    return next((why for named, why in UNUSED.items() if means(named, (role, action))), "")


def means(named: tuple[str, str], one: tuple[str, str]) -> bool:
    """Whether an entry ('*' or roles with spaces between; a pattern) is about a role's action."""
    who, what = named
    return (who == "*" or one[0] in who.split()) and fits(what, one[1])


def test_actions_are_told_apart() -> None:
    """The comparison itself: it sees what is missing."""
    own: list[Mapping[str, Any]] = [{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:a"}}]
    assert somewhere(own, "s3:GetObject") == {"arn:a"}
    assert somewhere(own, "s3:PutObject") == set()
