"""The evaluator that judges our roles, against cases that the IAM user guide decides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.iam import evaluate, may_assume

OBJECT = "arn:aws:s3:::bucket/folder/file"


def policy(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": "s3:GetObject", "Resource": "*", **parts}]}


def test_nothing_is_allowed_by_itself() -> None:
    assert evaluate([], "s3:GetObject", OBJECT) == "not allowed"


def test_a_deny_wins() -> None:
    assert evaluate([policy(), policy("Deny")], "s3:GetObject", OBJECT) == "denied"


@pytest.mark.parametrize(
    ("action", "resource", "answer"),
    [
        ("s3:getobject", OBJECT, "allowed"),  # actions know no case
        ("s3:PutObject", OBJECT, "not allowed"),
        ("s3:GetObject", "arn:aws:s3:::bucket/Folder/file", "not allowed"),  # resources do
        ("s3:GetObject", "arn:aws:s3:::bucket/folder", "not allowed"),
    ],
)
def test_actions_and_resources(action: str, resource: str, answer: str) -> None:
    assert evaluate([policy(Resource="arn:aws:s3:::bucket/folder/*")], action, resource) == answer


def test_everything_but() -> None:
    all_but = {"Statement": {"Effect": "Deny", "NotAction": ["s3:Get*"], "NotResource": "arn:aws:s3:::other/*"}}
    allow = policy(Action="s3:*")
    assert evaluate([allow, all_but], "s3:GetObject", OBJECT) == "allowed"
    assert evaluate([allow, all_but], "s3:PutObject", OBJECT) == "denied"
    assert evaluate([allow, all_but], "s3:PutObject", "arn:aws:s3:::other/file") == "allowed"


@pytest.mark.parametrize(
    ("condition", "context", "holds"),
    [
        ({"StringEquals": {"a:b": ["x", "y"]}}, {"A:B": "y"}, True),
        ({"StringEquals": {"a:b": "x"}}, {}, False),
        ({"StringEqualsIfExists": {"a:b": "x"}}, {}, True),
        ({"StringEqualsIfExists": {"a:b": "x"}}, {"a:b": "z"}, False),
        ({"StringNotEquals": {"a:b": ["x", "y"]}}, {"a:b": "y"}, False),
        ({"StringNotEquals": {"a:b": "x"}}, {}, True),
        ({"StringLike": {"a:b": "mlcl/*"}}, {"a:b": "mlcl/x"}, True),
        ({"ArnLike": {"a:b": "arn:aws:s3:*:1:x"}}, {"a:b": "arn:aws:s3:r:2:1:x"}, False),
        ({"ArnNotLike": {"a:b": "arn:aws:iam::1:policy/ours-*"}}, {"a:b": "arn:aws:iam::aws:policy/All"}, True),
        ({"Bool": {"a:b": True}}, {"a:b": "true"}, True),
        ({"Null": {"a:b": "false"}}, {}, False),
        ({"Null": {"a:b": "true"}}, {}, True),
        ({"NumericLessThan": {"a:b": "1.2"}}, {"a:b": "1.1"}, True),
        ({"ForAllValues:StringEquals": {"a:b": ["x", "y"]}}, {"a:b": ["x", "z"]}, False),
        ({"ForAllValues:StringEquals": {"a:b": "x"}}, {}, True),
        ({"ForAnyValue:StringEquals": {"a:b": "x"}}, {"a:b": ["x", "z"]}, True),
        ({"StringEquals": {"a:b": "x", "c:d": "y"}}, {"a:b": "x", "c:d": "n"}, False),
    ],
)
def test_conditions(condition: dict[str, Any], context: dict[str, Any], holds: bool) -> None:
    answer = evaluate([policy(Condition=condition)], "s3:GetObject", OBJECT, context)
    assert answer == ("allowed" if holds else "not allowed")


@pytest.mark.parametrize("condition", [{"IpAddress": {"a:b": "1"}}, {"StringEquals": {"a:b": "x"}}])
def test_what_it_does_not_know_it_does_not_judge(condition: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"unknown|one value"):
        evaluate([policy(Condition=condition)], "s3:GetObject", OBJECT, {"a:b": ["x", "y"]})


def test_a_boundary_only_takes_away() -> None:
    assert evaluate([policy()], "s3:GetObject", OBJECT, boundary=policy(Action="s3:*")) == "allowed"
    assert evaluate([policy()], "s3:GetObject", OBJECT, boundary=policy(Action="ec2:*")) == "not allowed"
    assert evaluate([], "s3:GetObject", OBJECT, boundary=policy()) == "not allowed"


def test_trust() -> None:
    trust = {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "1"}},
            }
        ]
    }
    assert may_assume(trust, "Service", "sagemaker.amazonaws.com", {"aws:SourceAccount": "1"})
    assert not may_assume(trust, "Service", "sagemaker.amazonaws.com", {"aws:SourceAccount": "2"})
    assert not may_assume(trust, "Service", "ec2.amazonaws.com", {"aws:SourceAccount": "1"})
