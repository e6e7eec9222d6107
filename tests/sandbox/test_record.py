"""actions.jsonl tells which IAM actions were used on what, and by whom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sandbox.started import ROLE, World, channel

pytestmark = pytest.mark.xdist_group("sandbox")


def test_actions_are_recorded_with_resource_and_caller(world: World) -> None:
    world.put("recorded/n.csv", "1\n")
    world.train("recorded", InputDataConfig=[channel(f"s3://{world.bucket}/recorded")])
    world.wait("training_job", "recorded")
    lines = [json.loads(line) for line in Path(world.running.folder, "actions.jsonl").read_text().splitlines()]
    used = {(line["caller"], f"{line['service']}:{line['action']}", line["resources"][0]) for line in lines}
    root, bucket = "arn:aws:iam::123456789012:root", f"arn:aws:s3:::{world.bucket}"
    job = "arn:aws:sagemaker:us-east-1:123456789012:training-job/recorded"
    assert {
        (root, "sagemaker:CreateTrainingJob", job),
        (root, "sagemaker:DescribeTrainingJob", job),
        (root, "iam:PassRole", ROLE),
        (root, "s3:PutObject", f"{bucket}/recorded/n.csv"),
        (ROLE, "s3:ListBucket", bucket),
        (ROLE, "s3:GetObject", f"{bucket}/recorded/n.csv"),
        (ROLE, "s3:PutObject", f"{bucket}/out/recorded/output/model.tar.gz"),
        (ROLE, "ecr:BatchGetImage", "arn:aws:ecr:us-east-1:123456789012:repository/programs"),
        (ROLE, "cloudwatch:PutMetricData", "*"),
    } <= used
    streams = {resource for caller, action, resource in used if (caller, action) == (ROLE, "logs:PutLogEvents")}
    assert any(":log-group:/aws/sagemaker/TrainingJobs:log-stream:recorded/algo-1-" in arn for arn in streams)
