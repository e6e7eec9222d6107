"""Definitions of small problems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlcl import problem as problem_file
from mlcl.data import sources
from mlcl.platforms.base import Plan
from mlcl.platforms.sagemaker import orders as ordering
from mlcl.platforms.sagemaker.jobs import Request
from mlcl.platforms.sagemaker.settings import Settings
from tests import small

SETTINGS = Settings(
    environment="dev",
    region="eu-west-2",
    store="s3://bucket/mlcl",
    kms_key="arn:aws:kms:eu-west-2:123456789012:key/11111111-2222-3333-4444-555555555555",
    roles={name: f"arn:aws:iam::123456789012:role/mlcl-dev-{name}" for name in ("job", "endpoint", "pipeline")},
    subnets=("subnet-0a1b2c3d4e5f60718",),
    security_groups=("sg-0a1b2c3d4e5f60718",),
    image="123456789012.dkr.ecr.eu-west-2.amazonaws.com/mlcl-dev/mlcl@sha256:" + "0" * 64,
    model_package_group="mlcl-dev-models",
    tags={"team": "risk"},
)


def request(folder: Path, *overrides: str, fresh: bool = False, settings: Settings = SETTINGS) -> Request:
    problem = problem_file.load(small.problem(folder), overrides)
    ordering.check(problem)
    plan = Plan(problem, sources.fingerprint(problem.data, problem.base), (Path(), "c" * 64), fresh)
    made = ordering.orders(settings, plan, "uploads/abc/small.csv")
    return Request(settings, problem, made, "s3://bucket/mlcl/uploads/abc/")


def steps(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for step in document["Steps"]:
        found[step["Name"]] = step
        for inner in (*step["Arguments"].get("IfSteps", ()), *step["Arguments"].get("ElseSteps", ())):
            found[inner["Name"]] = inner
    return found
