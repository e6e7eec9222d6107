"""What docs/sandbox.md says about a restart: nothing is left but the files that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.started import client, sandbox

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sandbox")]


def test_state_does_not_survive_a_restart(tmp_path: Path) -> None:
    with sandbox(tmp_path) as running:
        client("s3", running.environment).create_bucket(Bucket="kept")
        client("sagemaker", running.environment).create_model_package_group(ModelPackageGroupName="kept")
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    with sandbox(tmp_path) as again:
        assert client("s3", again.environment).list_buckets()["Buckets"] == []
        assert client("sagemaker", again.environment).list_model_package_groups()["ModelPackageGroupSummaryList"] == []
    assert left == {"server.log", "actions.jsonl"}
