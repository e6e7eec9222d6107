"""An evaluator of IAM policies: what AWS would answer to one request.

The rules are those of the IAM user guide (policy evaluation logic; condition operators): an explicit Deny wins, else
one Allow is needed, and a permissions boundary must allow too. What it does not know, it refuses to judge (ValueError).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

Answer = Literal["allowed", "denied", "not allowed"]
Context = Mapping[str, str | Sequence[str]]
Policy = Mapping[str, Any]


def evaluate(
    policies: Iterable[Policy],
    action: str,
    resource: str,
    context: Context | None = None,
    boundary: Policy | None = None,
) -> Answer:
    """The answer to `action` on `resource` ("*" for actions without resources) in `context` (condition keys)."""
    answer = _identity(list(policies), action, resource, context or {})
    if boundary is None or answer != "allowed":
        return answer
    within = _identity([boundary], action, resource, context or {})
    return within if within == "denied" else answer if within == "allowed" else "not allowed"


def may_assume(trust: Policy, kind: str, principal: str, context: Context, action: str = "sts:AssumeRole") -> bool:
    """Whether `principal` (of `kind`: Service, AWS or Federated) may take a role with this trust policy."""
    statements = [s for s in _listed(trust["Statement"]) if principal in _listed(s["Principal"].get(kind, []))]
    effects = {s["Effect"] for s in statements if _acts(s, action) and _holds(s, context)}
    return effects == {"Allow"}


def _identity(policies: Sequence[Policy], action: str, resource: str, context: Context) -> Answer:
    statements = [statement for policy in policies for statement in _listed(policy["Statement"])]
    effects = {s["Effect"] for s in statements if _acts(s, action) and _concerns(s, resource) and _holds(s, context)}
    return "denied" if "Deny" in effects else "allowed" if "Allow" in effects else "not allowed"


def _acts(statement: Policy, action: str) -> bool:
    if "NotAction" in statement:
        return not any(like(pattern.lower(), action.lower()) for pattern in _listed(statement["NotAction"]))
    return any(like(pattern.lower(), action.lower()) for pattern in _listed(statement["Action"]))


def _concerns(statement: Policy, resource: str) -> bool:
    if "NotResource" in statement:
        return not any(like(pattern, resource) for pattern in _listed(statement["NotResource"]))
    return any(like(pattern, resource) for pattern in _listed(statement["Resource"]))


def _holds(statement: Policy, context: Context) -> bool:
    known = {key.lower(): _listed(value) for key, value in context.items()}
    return all(
        _condition(operator, wanted, known.get(key.lower()))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def _condition(operator: str, wanted: Any, found: list[str] | None) -> bool:
    values = [str(value).lower() if isinstance(value, bool) else str(value) for value in _listed(wanted)]
    quantifier, _, plain = operator.rpartition(":")
    optional = plain.endswith("IfExists")
    name = plain.removesuffix("IfExists")
    if name == "Null":
        return (found is None) == (values == ["true"])
    if name not in _OPERATORS:
        raise ValueError(f"unknown condition operator {operator}")
    compare, negated = _OPERATORS[name]
    if not found:
        # No value: a negated comparison holds, as do "all of none" and an optional one.
        return optional or negated or quantifier == "ForAllValues"
    if quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise ValueError(f"unknown quantifier {quantifier}")
    if not quantifier and len(found) > 1:
        raise ValueError(f"{operator} compares one value, not {found}: use ForAllValues or ForAnyValue")
    matches = [any(compare(value, one) for value in values) != negated for one in found]
    return any(matches) if quantifier == "ForAnyValue" else all(matches)


def like(pattern: str, text: str) -> bool:
    """IAM's wildcards: * any characters, ? one."""
    if "${" in pattern:
        raise ValueError(f"policy variables are not known: {pattern}")
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(letter) or re.escape(letter) for letter in pattern), re.DOTALL)


def _arn_like(pattern: str, arn: str) -> bool:
    # Each of the six parts by itself: a wildcard does not reach over a colon, but for the last part.
    wanted, found = pattern.split(":", 5), arn.split(":", 5)
    return len(wanted) == len(found) and all(like(one, other) for one, other in zip(wanted, found, strict=True))


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, found: compare(float(found), float(wanted))


_OPERATORS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (lambda wanted, found: wanted == found, False),
    "StringNotEquals": (lambda wanted, found: wanted == found, True),
    "StringLike": (like, False),
    "StringNotLike": (like, True),
    "ArnEquals": (_arn_like, False),
    "ArnLike": (_arn_like, False),
    "ArnNotEquals": (_arn_like, True),
    "ArnNotLike": (_arn_like, True),
    "Bool": (lambda wanted, found: wanted.lower() == found.lower(), False),
    "NumericLessThan": (_number(lambda found, wanted: found < wanted), False),
    "NumericEquals": (_number(lambda found, wanted: found == wanted), False),
    "NumericGreaterThan": (_number(lambda found, wanted: found > wanted), False),
}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def roles(resources: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[Policy, list[Policy]]]:
    """Trust policy and permissions of each role in Terraform's state (Root.resources), by the role's name."""
    managed = {v["arn"]: v["policy"] for a, v in resources.items() if ".aws_iam_policy." in a}
    found: dict[str, tuple[Policy, list[Policy]]] = {
        v["name"]: (json.loads(v["assume_role_policy"]), []) for a, v in resources.items() if ".aws_iam_role." in a
    }
    for address, values in resources.items():
        if ".aws_iam_role_policy." in address:
            found[values["role"]][1].append(json.loads(values["policy"]))
        elif ".aws_iam_role_policy_attachment." in address:
            found[values["role"]][1].append(json.loads(managed[values["policy_arn"]]))
    return found
