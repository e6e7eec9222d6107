"""The place of Terraform's state: applied for real, then used by another root as its backend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.infra import terraform
from tests.infra.aws import client
from tests.infra.conftest import Account

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = """
terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }}
  }}
  backend "s3" {{
    bucket                      = "{bucket}"
    key                         = "dev/terraform.tfstate"
    region                      = "{region}"
    kms_key_id                  = "{key}"
    encrypt                     = true
    use_lockfile                = true
    use_path_style              = true
    skip_credentials_validation = true
    skip_metadata_api_check     = true
    skip_requesting_account_id  = true
  }}
}}

resource "aws_ssm_parameter" "one" {{
  name  = "/mlcl/dev/one"
  type  = "String"
  value = "1"
}}
"""


def test_a_second_plan_changes_nothing(account: Account) -> None:
    assert account.bootstrap.root.plan() == {}


def test_state_is_kept_there_encrypted_and_locked(account: Account, tmp_path: Path) -> None:
    made = account.bootstrap.outputs
    bucket = made["state_bucket"]
    written = ROOT.format(bucket=bucket, region=made["region"], key=made["state_key_arn"])
    (tmp_path / "main.tf").write_text(written)
    root = terraform.init(tmp_path, account.aws, local_state=False)
    root.apply()

    s3 = client(account.aws, "s3")
    kept = s3.get_object(Bucket=bucket, Key="dev/terraform.tfstate")
    assert kept["SSEKMSKeyId"] == made["state_key_arn"]
    assert b"aws_ssm_parameter" in kept["Body"].read()

    s3.put_object(Bucket=bucket, Key="dev/terraform.tfstate.tflock", Body=b'{"ID": "somebody-else"}')
    with pytest.raises(terraform.Failed, match="Error acquiring the state lock"):
        root.run("plan", "-input=false", "-no-color")
    s3.delete_object(Bucket=bucket, Key="dev/terraform.tfstate.tflock")
    assert root.plan() == {}
    assert root.destroy() == []


def test_a_bucket_with_state_is_not_destroyed(account: Account) -> None:
    """Last in this file: afterwards the state is deleted by hand, and everything goes."""
    root, bucket = account.bootstrap.root, account.bootstrap.outputs["state_bucket"]
    s3 = client(account.aws, "s3")
    s3.put_object(Bucket=bucket, Key="dev/terraform.tfstate", Body=b"{}")
    with pytest.raises(terraform.Failed, match="BucketNotEmpty"):
        root.destroy()
    for name in (one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].startswith("mlcl-state-")):
        _empty(s3, name)  # also that of the access logs, which the requests above have written
    assert root.destroy() == []


def _empty(s3: Any, bucket: str) -> None:
    versions = s3.list_object_versions(Bucket=bucket)
    kept = [*versions.get("Versions", []), *versions.get("DeleteMarkers", [])]
    objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in kept]
    if objects:
        s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
