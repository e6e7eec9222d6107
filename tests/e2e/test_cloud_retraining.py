"""Runs that nobody asks for: by the clock and by new data, from what Terraform has made, in the sandbox."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import pytest

from tests.e2e.conftest import Lived
from tests.infra.aws import client

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("cloud")]

NAME = "mlcl-sandbox-breast-cancer"
VARIABLES = f"""
schedules = {{
  retraining = {{ breast = {{ pipeline = "{NAME}", expression = "rate(7 days)" }} }}
  monitoring = {{ breast = {{ endpoint = "breast-cancer", expression = "rate(1 hour)" }} }}
  new_data   = {{ breast = {{ pipeline = "{NAME}", prefix = "breast/" }} }}
}}
"""


@pytest.fixture(scope="module")
def aws(lived: Lived) -> dict[str, str]:
    """The sandbox, once the environment has its schedules and its rule."""
    from mlcl.sandbox import server

    (lived.person.home / "infra" / "sandbox" / "terraform.tfvars").write_text(VARIABLES)
    lived.person.types("mlcl infra apply --env sandbox --yes")
    url = (lived.person.home / "up.txt").read_text().split()[3]
    return server.environment(url)


def runs(lived: Lived, trigger: str) -> list[dict[str, Any]]:
    told = json.loads(lived.person.types("mlcl runs --on aws:sandbox --json"))
    return [one for one in told if one["trigger"] == trigger]


def ended(lived: Lived, trigger: str, seconds: float = 300) -> dict[str, Any]:
    """The one run that this has started, as soon as it has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = runs(lived, trigger)
        if found and found[0]["state"] not in ("running", "waiting"):
            (run,) = found
            return run
        time.sleep(2)
    raise AssertionError(found)


def fire(aws: dict[str, str], name: str) -> dict[str, Any]:
    body = json.dumps({"schedule": name, "group": "mlcl-sandbox"}).encode()
    with urllib.request.urlopen(f"{aws['AWS_ENDPOINT_URL']}/_sandbox/fire", data=body) as answer:
        found: dict[str, Any] = json.load(answer)["answer"]
    return found


def succeeds(aws: dict[str, str], job: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = client(aws, "sagemaker").describe_processing_job(ProcessingJobName=job)
        if found["ProcessingJobStatus"] not in ("InProgress", "Stopping"):
            assert found["ProcessingJobStatus"] == "Completed", found
            return
        time.sleep(0.5)
    raise AssertionError(found)


def test_the_clock_starts_a_run(lived: Lived, aws: dict[str, str]) -> None:
    fire(aws, "mlcl-sandbox-retrain-breast")
    run = ended(lived, "schedule")
    assert run["state"] in ("passed", "not passed"), run["error"]
    assert run["problem"] == "breast-cancer"


def test_new_data_start_a_run(lived: Lived, aws: dict[str, str]) -> None:
    s3 = client(aws, "s3")
    bucket = f"mlcl-sandbox-data-123456789012-{aws['AWS_REGION']}"
    s3.put_object(Bucket=bucket, Key="other/rows.csv", Body=b"a\n1\n")
    s3.put_object(Bucket=bucket, Key="breast/rows.csv", Body=b"a\n1\n")
    run = ended(lived, "new_data")
    assert run["state"] in ("passed", "not passed"), run["error"]


@pytest.mark.parametrize("name", ["idle", "monitor-breast"])
def test_looks_are_taken_by_the_clock(aws: dict[str, str], name: str) -> None:
    """The hourly look for what idles, with a role that can do nothing else, and the look of monitoring."""
    made = fire(aws, f"mlcl-sandbox-{name}")["ProcessingJobArn"]
    succeeds(aws, made.rpartition("/")[2])
