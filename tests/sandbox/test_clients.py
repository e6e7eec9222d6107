"""Other people's clients: the AWS CLI and the sagemaker SDK (boto3 is what all the other tests use)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.sandbox.started import IMAGE, PROGRAMS, ROLE, World, channel

pytestmark = pytest.mark.xdist_group("sandbox")
CLIENTS = ROOT / ".venv-clients" / "bin"


def environment(world: World, home: Path) -> dict[str, str]:
    """Nothing but what leads to the sandbox: no profile, no credentials of this machine.

    The SDK reports its use to AWS unless told not to, and not by AWS_ENDPOINT_URL; what would leave loopback all the
    same meets a proxy that is not there.
    """
    quiet = home / "sagemaker.yaml"
    quiet.write_text(
        'SchemaVersion: "1.0"\nSageMaker:\n  PythonSDK:\n    Modules:\n      TelemetryOptOut: true\n', encoding="utf-8"
    )
    passed = {"PATH": f"{CLIENTS}:{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8"}
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    own = {"SAGEMAKER_USER_CONFIG_OVERRIDE": str(quiet), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    return {**passed, **nowhere, **own, **world.running.environment}


@pytest.fixture
def tools() -> Path:
    if not (CLIENTS / "aws").exists():
        pytest.skip("no .venv-clients: make .make/clients")
    return CLIENTS


@pytest.mark.slow
def test_the_aws_cli(world: World, tools: Path, tmp_path: Path) -> None:
    def aws(*arguments: str) -> Any:
        done = subprocess.run(
            [tools / "aws", *arguments],
            env=environment(world, tmp_path),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout

    (tmp_path / "n.csv").write_text("5\n")
    aws("s3", "cp", str(tmp_path / "n.csv"), f"s3://{world.bucket}/cli/n.csv")
    request = {
        "TrainingJobName": "cli",
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": f"s3://{world.bucket}/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "InputDataConfig": [channel(f"s3://{world.bucket}/cli/")],
    }
    made = aws("sagemaker", "create-training-job", "--cli-input-json", json.dumps(request))
    assert made["TrainingJobArn"].endswith(":training-job/cli")
    world.wait("training_job", "cli")
    job = aws("sagemaker", "describe-training-job", "--training-job-name", "cli")
    assert job["TrainingJobStatus"] == "Completed"
    assert "cli/output/model.tar.gz" in aws("s3", "ls", "--recursive", f"s3://{world.bucket}/out/cli")


@pytest.mark.slow
def test_the_sagemaker_sdk(world: World, tools: Path, tmp_path: Path) -> None:
    world.put("sdk-in/n.csv", "3\n")
    world.client("iam").create_role(RoleName="job", AssumeRolePolicyDocument=TRUST)
    done = subprocess.run(
        [
            tools / "python",
            "-W",
            "ignore",
            str(Path(__file__).with_name("sdk.py")),
            IMAGE,
            ROLE,
            world.bucket,
            PROGRAMS,
        ],
        env={**environment(world, tmp_path), "PYTHONPATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "score=6.0;" in done.stdout  # the job's log, followed by the SDK
    assert "telemetry?" not in done.stdout + done.stderr
    told = json.loads(done.stdout.rstrip().splitlines()[-1])
    assert told["model"].startswith(f"s3://{world.bucket}/sdk/")
    assert told["predicted"] == [["3"], ["3"]]
    assert told["processing"] == "Completed"
    assert told["pipeline"] == "Succeeded"
    assert told["best"].endswith(tuple("0123456789abcdef"))


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
