"""An environment in AWS on loopback, as Terraform leaves one: bucket, settings, model package group."""

from __future__ import annotations

import json
import os
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from mlcl.results import RunResult
from mlcl.sandbox import server

ACCOUNT = "123456789012"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/mlcl-test/mlcl@sha256:" + "0" * 64


class World:
    """One sandbox and its clients. Each `environment` in it has a bucket and settings of its own."""

    def __init__(self, running: server.Running) -> None:
        self.running = running

    def client(self, service: str) -> Any:
        import boto3

        given = self.running.environment
        return boto3.client(
            service,
            endpoint_url=given["AWS_ENDPOINT_URL"],
            region_name=given["AWS_REGION"],
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        )

    def environment(self, **changes: Any) -> str:
        """Makes an environment; gives 'aws:ENV'."""
        name = f"t{uuid4().hex[:8]}"
        self.client("s3").create_bucket(Bucket=f"mlcl-{name}")
        self.client("scheduler").create_schedule_group(Name=f"mlcl-{name}")
        group = f"mlcl-{name}-models"
        self.client("sagemaker").create_model_package_group(ModelPackageGroupName=group)
        settings = {
            "schema_version": 1,
            "environment": name,
            "region": "us-east-1",
            "store": f"s3://mlcl-{name}/mlcl",
            "roles": {
                role: f"arn:aws:iam::{ACCOUNT}:role/mlcl-{name}-{role}"
                for role in ("job", "endpoint", "pipeline", "schedule")
            },
            "image": IMAGE,
            "model_package_group": group,
            "tags": {"mlcl": name},
            **changes,
        }
        self.client("ssm").put_parameter(Name=f"/mlcl/{name}/settings", Value=json.dumps(settings), Type="String")
        return f"aws:{name}"

    def fault(self, **fault: Any) -> None:
        """Requests that match fail from now on; see mlcl.sandbox.faults."""
        self._admin("faults", json.dumps(fault).encode(), "POST")

    def mend(self) -> None:
        self._admin("faults", None, "DELETE")

    def interrupt(self, job: str) -> None:
        """Takes a spot job's machines away."""
        self._admin(f"interrupt/{job}", b"{}", "POST")

    def expire(self, role: str) -> None:
        """Lets all credentials of a role that are out end now. role: ARN."""
        self._admin("expire", json.dumps({"role": role}).encode(), "POST")

    def _admin(self, what: str, body: bytes | None, method: str) -> None:
        request = urllib.request.Request(f"{self.running.url}/_sandbox/{what}", body, method=method)
        urllib.request.urlopen(request, timeout=10).close()


@contextmanager
def sandbox(folder: Path) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        # Containers get their cache below the test's folder, not in the home of whoever tests.
        running = server.start(folder, extra={"MLCL_CACHE": str(folder / "cache")})
        try:
            for name, value in running.environment.items():
                patch.setenv(name, value)
            patch.delenv("AWS_PROFILE", raising=False)
            yield World(running)
        finally:
            running.stop()
            assert os.environ["AWS_ENDPOINT_URL"] == running.url


def plain(result: RunResult) -> dict[str, Any]:
    """A run's records without what differs from run to run: ids, times, places."""
    varies = {"id", "run", "started_at", "finished_at", "fetched_at", "created_at", "process", "platform", "seconds"}

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(one) for key, one in value.items() if key not in varies}
        return [without(one) for one in value] if isinstance(value, list) else value

    return {name: without(document) for name, document in result.documents.items()}


def command(*arguments: str) -> Any:
    """What a command of mlcl prints as JSON."""
    from typer.testing import CliRunner

    from mlcl.cli.app import app

    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code in (0, 4), result.output + str(result.exception)
    return json.loads(result.output)


def until(true: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)
