"""Every environment, with everything that can be asked for, applied to AWS on loopback and taken away again.

An apply takes two minutes: the provider waits 55 s until it trusts a bucket's lifecycle rules, 25 for a queue, and
a minute for a load balancer. So these tests are slow ones; what the default run applies is in test_applied.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlcl.sandbox.server import Running, start
from tests.infra import terraform
from tests.infra.aws import client, left_over
from tests.infra.terraform import REGION

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ENVIRONMENTS = ("dev", "staging", "production", "sandbox")


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Running]:
    running = start(tmp_path / "sandbox")
    yield running
    running.stop()


def asked_for(environment: str) -> dict[str, Any]:
    """Everything that costs and so is off by default, with one of each schedule."""
    pipeline = f"mlcl-{environment}-churn"
    return {
        "region": REGION,
        "image": f"123456789012.dkr.ecr.{REGION}.amazonaws.com/mlcl-{environment}-mlcl@sha256:{'0' * 64}",
        "notebook": {},
        "page": {"server": True},
        "page_folder": str(terraform.INFRA / "modules" / "web" / "tests" / "page"),
        "api": {"authorization": "API_KEY", "api_keys": ["shop"], "firewall": True},
        "alerts": {"emails": ["ops@example.com"], "endpoints": [f"mlcl-{environment}-churn"]},
        "destroy": {"data": True, "artefacts": True, "images": True},
        "schedules": {
            "retraining": {"churn": {"pipeline": pipeline, "expression": "rate(7 days)", "parameters": {"A": "b"}}},
            "monitoring": {"churn": {"endpoint": "churn", "expression": "rate(1 hour)"}},
            "new_data": {"churn": {"pipeline": pipeline, "prefix": "churn/", "parameters": {"A": "b"}}},
        },
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_apply_again_destroy(environment: str, aws: Running, tmp_path: Path) -> None:
    root = terraform.init(terraform.copy(tmp_path) / "environments" / environment, aws.environment)
    outputs = root.apply(**asked_for(environment))
    assert outputs["settings"]["environment"] == environment
    assert outputs["page_url"].startswith("https://")
    assert not set(outputs["api_key_ids"]) - {"shop"}
    assert root.plan() == {}, "a second plan changes nothing"

    told = client(aws.environment, "ssm").get_parameter(Name=f"/mlcl/{environment}/settings")["Parameter"]["Value"]
    assert json.loads(told) == outputs["settings"]

    assert root.destroy() == []
    assert left_over(aws.environment, environment) == {}
