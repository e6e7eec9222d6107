"""mlcl infra as a person types it, and the parts that need no Terraform."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlcl.infra import folder, leftovers, places
from mlcl.infra.account import Account
from mlcl.sandbox.server import Running, start
from tests.infra import terraform
from tests.infra.aws import client
from tests.infra.terraform import REGION

MLCL = str(Path(sys.executable).with_name("mlcl"))


class Person:
    """Somebody in a folder with a sandbox of their own, or none."""

    def __init__(self, home: Path) -> None:
        self.home = home
        mirror = terraform.plugins()
        self.rc = home / "terraform.rc"
        lines = f'provider_installation {{\n filesystem_mirror {{\n  path = "{mirror}"\n }}\n}}\n' if mirror else ""
        self.rc.write_text(lines + "disable_checkpoint = true\n")

    def types(self, *words: str, code: int = 0, **variables: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        environment = {**kept, "TF_CLI_CONFIG_FILE": str(self.rc), "AWS_EC2_METADATA_DISABLED": "true", **variables}
        done = subprocess.run(
            [MLCL, *words], cwd=self.home, env=environment, capture_output=True, text=True, timeout=800, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def gets(self, *words: str, **variables: str) -> Any:
        return json.loads(self.types(*words, "--json", **variables))


@pytest.fixture
def person(tmp_path: Path) -> Person:
    terraform.program()
    return Person(tmp_path)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


def test_mistakes_say_what_to_do(person: Person) -> None:
    assert "mlcl sandbox up" in person.types("infra", "apply", "--env", "sandbox", code=2)
    assert "Did you mean 'staging'" in person.types("infra", "plan", "--env", "stagin", code=2)
    assert "mlcl infra init --env dev" in person.types("infra", "plan", "--env", "dev", code=2)
    assert "--region" in person.types("infra", "init", "--env", "dev", code=2)
    assert "Install Terraform" in person.types("infra", "init", "--env", "sandbox", code=2, PATH="/nowhere")


def test_doctor_without_credentials(person: Person) -> None:
    found = person.home / "infra" / "dev"
    found.mkdir(parents=True)
    (found / "terraform.tfvars").write_text('region = "eu-west-2"\n')
    (found / "backend.hcl").write_text('bucket = "mlcl-state"\n')
    told = person.types("infra", "doctor", "--env", "dev", code=1)
    assert "✓ Terraform" in told
    assert "✗ Credentials" in told
    assert "aws configure sso" in told


def test_init_with_state_in_a_bucket(person: Person, aws: Running) -> None:
    """The state's bucket is asked for, not guessed; files of the user's are never overwritten."""
    told = person.types("infra", "init", "--env", "dev", "--region", REGION, code=2, **aws.environment)
    assert "--bootstrap" in told
    name = folder.state_bucket("mlcl", "123456789012", REGION)
    key = client(aws.environment, "kms").create_key()["KeyMetadata"]["Arn"]
    s3 = client(aws.environment, "s3")
    s3.create_bucket(Bucket=name)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})

    words = ("infra", "init", "--env", "dev", "--region", REGION, "--email", "ops@example.com", "--budget", "80")
    written = person.gets(*words, **aws.environment)["written"]
    assert {Path(path).name for path in written} == {".gitignore", "terraform.tfvars", "backend.hcl"}
    backend = (person.home / "infra" / "dev" / "backend.hcl").read_text()
    assert f'"{name}"' in backend
    assert f'"{key}"' in backend
    variables = person.home / "infra" / "dev" / "terraform.tfvars"
    assert 'emails = ["ops@example.com"]' in variables.read_text()
    assert "budget_usd = 80" in variables.read_text()

    variables.write_text(variables.read_text() + "# mine\n")
    assert person.gets(*words, **aws.environment)["written"] == []
    assert "# mine" in variables.read_text()

    image = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/mlcl-dev-mlcl@sha256:{'a' * 64}"
    place = places.place("dev", person.home)
    folder.set_image(place, image)
    folder.set_image(place, image.replace("a" * 64, "b" * 64))
    assert re.findall(r'^image = "(.*)"$', variables.read_text(), re.M) == [image.replace("a" * 64, "b" * 64)]


def test_what_mlcl_made_beside_terraform_is_found_and_ended(aws: Running) -> None:
    sagemaker, cloudwatch = client(aws.environment, "sagemaker"), client(aws.environment, "cloudwatch")
    role = "arn:aws:iam::123456789012:role/x"
    image = {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mlcl-dev-mlcl:1"}
    for name in ("mlcl-dev-churn", "mlcl-staging-churn"):
        sagemaker.create_model(ModelName=name, PrimaryContainer=image, ExecutionRoleArn=role)
    for name in ("mlcl-dev-churn-errors", "mlcl-dev-api-errors"):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="x",
            MetricName="x",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1.0,
            ComparisonOperator="GreaterThanThreshold",
        )
    client(aws.environment, "logs").create_log_group(logGroupName="/aws/sagemaker/Endpoints/mlcl-dev-churn")
    account = Account(lambda service: client(aws.environment, service), REGION)
    found = leftovers.find(account, "mlcl-dev-", frozenset({"mlcl-dev-api-errors"}))
    assert {(one.kind, one.name) for one in found} == {
        ("model", "mlcl-dev-churn"),
        ("alarm", "mlcl-dev-churn-errors"),
        ("log group", "/aws/sagemaker/Endpoints/mlcl-dev-churn"),
    }
    leftovers.end(account, found)
    assert leftovers.find(account, "mlcl-dev-", frozenset({"mlcl-dev-api-errors"})) == []
    assert [one["ModelName"] for one in sagemaker.list_models()["Models"]] == ["mlcl-staging-churn"]


def test_versions_of_a_bucket_are_emptied(aws: Running) -> None:
    s3 = client(aws.environment, "s3")
    s3.create_bucket(Bucket="full")
    s3.put_bucket_versioning(Bucket="full", VersioningConfiguration={"Status": "Enabled"})
    for _ in range(2):
        s3.put_object(Bucket="full", Key="a", Body=b"x")
    s3.delete_object(Bucket="full", Key="a")
    account = Account(lambda service: client(aws.environment, service), REGION)
    assert account.holds("full")
    account.empty("full")
    assert not account.holds("full")
    account.empty("absent")


def test_idle_endpoints_and_notebooks_are_told(aws: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlcl.platforms.sagemaker import idle
    from mlcl.platforms.sagemaker.settings import Cloud, Settings

    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    topic = client(aws.environment, "sns").create_topic(Name="mlcl-dev-alerts")["TopicArn"]
    sagemaker = client(aws.environment, "sagemaker")
    sagemaker.create_notebook_instance(
        NotebookInstanceName="mlcl-dev-notebook",
        InstanceType="ml.t3.medium",
        RoleArn="arn:aws:iam::123456789012:role/x",
    )
    settings = Settings(
        environment="dev",
        region=REGION,
        store="s3://x/mlcl",
        roles={},
        alerts_topic=topic,
        model_package_group="mlcl-dev-models",
    )
    cloud = Cloud(settings)
    assert idle.idle(cloud, timedelta(hours=4)) == []
    (found,) = idle.idle(cloud, timedelta(hours=4), datetime.now(UTC) + timedelta(hours=5))
    assert (found.kind, found.name, found.hourly) == ("notebook", "mlcl-dev-notebook", 0.05)
    idle.notify(cloud, [found])
    sagemaker.stop_notebook_instance(NotebookInstanceName="mlcl-dev-notebook")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_from_nothing_to_an_environment_and_back(person: Person) -> None:
    """Apply, nothing to change, data survive a destruction, and then go, too."""
    sandbox = start(person.home / ".mlcl" / "sandbox")
    try:
        person.types("infra", "init", "--env", "sandbox")
        told = person.types("infra", "apply", "--env", "sandbox", "--yes")
        assert "is ready" in told
        assert "USD a month" in told
        assert person.gets("infra", "plan", "--env", "sandbox")["changes"] == []
        checks = {one["name"]: one["state"] for one in person.gets("infra", "doctor", "--env", "sandbox")}
        assert checks["Settings"] == checks["Credentials"] == checks["State"] == "ok"

        s3 = client(sandbox.environment, "s3")
        bucket = f"mlcl-sandbox-data-123456789012-{REGION}"
        s3.put_object(Bucket=bucket, Key="churn.csv", Body=b"a\n1\n")
        told = person.types("infra", "destroy", "--env", "sandbox", "--yes")
        assert f"Keeps the bucket {bucket}" in told
        assert "--data" in told
        assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == [bucket]
        assert s3.get_object(Bucket=bucket, Key="churn.csv")["Body"].read() == b"a\n1\n"

        told = person.types("infra", "destroy", "--env", "sandbox", "--yes")
        assert f"Keeps the bucket {bucket}" in told
        assert "This deletes" not in told
        key = s3.head_object(Bucket=bucket, Key="churn.csv")["SSEKMSKeyId"]
        kept = client(sandbox.environment, "kms").describe_key(KeyId=key)["KeyMetadata"]
        assert kept["KeyState"] == "Enabled", "without its key nobody reads the data again"

        person.types("infra", "destroy", "--env", "sandbox", "--data", "--yes")
        assert s3.list_buckets()["Buckets"] == []
    finally:
        sandbox.stop()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_states_bucket_goes_too_and_a_broken_destruction_goes_on(person: Person, aws: Running) -> None:
    """Deleting the bucket is written into the bucket of its access logs, which then is not empty any more: it is
    emptied again, and here the second attempt to delete it is refused."""
    person.types("infra", "init", "--env", "dev", "--region", REGION, "--bootstrap", **aws.environment)
    s3 = client(aws.environment, "s3")
    named = {one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].startswith("mlcl-state-")}
    assert len(named) == 2
    refused = {"service": "s3", "action": "DeleteBucket", "path": "/mlcl-state-logs-*", "code": "AccessDenied"}
    fault(aws, {**refused, "status": 403, "times": -1, "after": 1})
    words = ("infra", "destroy", "--env", "dev", "--state")
    told = person.types(*words, "--yes", code=1, **aws.environment)
    assert "AccessDenied" in told
    fault(aws, None)
    told = person.types(*words, "--yes", **aws.environment)
    assert "Terraform's state went, too" in told
    assert named & {one["Name"] for one in s3.list_buckets()["Buckets"]} == set()


def fault(aws: Running, asked: dict[str, Any] | None) -> None:
    """Requests fail from now on as is asked; None = no more."""
    body = json.dumps(asked).encode() if asked else None
    request = urllib.request.Request(f"{aws.url}/_sandbox/faults", body, method="POST" if asked else "DELETE")
    urllib.request.urlopen(request, timeout=10).close()
