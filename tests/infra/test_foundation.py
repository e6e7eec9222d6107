"""The modules that every environment stands on, applied for real to AWS on loopback."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from tests.infra.conftest import Account, Applied
from tests.infra.terraform import REGION

pytestmark = [pytest.mark.xdist_group("foundation"), pytest.mark.timeout(600)]


@pytest.fixture
def applied(account: Account) -> Applied:
    return account.foundation


def client(account: Account, service: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=REGION,
        endpoint_url=account.aws["AWS_ENDPOINT_URL"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def test_a_second_plan_changes_nothing(applied: Applied) -> None:
    assert applied.root.plan() == {}


def test_all_names_begin_with_project_and_environment(applied: Applied) -> None:
    names = {
        address: values[key]
        for address, values in applied.resources.items()
        for key in ("name", "bucket", "model_package_group_name")
        if isinstance(values.get(key), str)
    }
    named = {
        address: name.removeprefix("alias/")
        for address, name in names.items()
        if "_policy." not in address and "_default_" not in address
    }
    assert {address: name for address, name in named.items() if not name.startswith("mlcl-dev-")} == {}


def test_the_store_takes_and_gives_encrypted_objects(account: Account, applied: Applied) -> None:
    s3, storage = client(account, "s3"), applied.outputs["storage"]
    s3.put_object(Bucket=storage["artefact_bucket"], Key="mlcl/runs/1/state", Body=b"{}")
    kept = s3.get_object(Bucket=storage["artefact_bucket"], Key="mlcl/runs/1/state")
    assert kept["ServerSideEncryption"] == "aws:kms"
    assert kept["SSEKMSKeyId"] == storage["data_key_arn"]
    assert kept["VersionId"] not in ("", "null")


def test_every_bucket_is_closed_versioned_and_tells_eventbridge(account: Account, applied: Applied) -> None:
    s3, storage = client(account, "s3"), applied.outputs["storage"]
    for name in (storage["artefact_bucket"], storage["data_bucket"], storage["log_bucket"]):
        assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
        assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
        assert "EventBridgeConfiguration" in s3.get_bucket_notification_configuration(Bucket=name)
        denied = [s["Sid"] for s in json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]]
        assert {"OnlyTls", "OnlyTls12"} <= set(denied)


def test_captures_end_and_runs_move_to_cheaper_storage(account: Account, applied: Applied) -> None:
    bucket = applied.outputs["storage"]["artefact_bucket"]
    rules = client(account, "s3").get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    found = {rule["ID"]: rule for rule in rules}
    assert found["captures"]["Expiration"]["Days"] == 90
    assert found["captures"]["Filter"]["Prefix"] == "mlcl/captures/"
    assert found["runs"]["Transitions"] == [{"Days": 90, "StorageClass": "STANDARD_IA"}]
    assert found["old-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_keys_rotate(account: Account, applied: Applied) -> None:
    kms = client(account, "kms")
    for name in ("data_key_arn", "operations_key_arn"):
        key = applied.outputs["storage"][name]
        assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]


def test_nothing_reaches_the_internet(account: Account, applied: Applied) -> None:
    ec2, network = client(account, "ec2"), applied.outputs["network"]
    of_vpc = [{"Name": "vpc-id", "Values": [network["vpc_id"]]}]
    assert ec2.describe_nat_gateways(Filters=of_vpc)["NatGateways"] == []
    assert (
        ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [network["vpc_id"]]}])[
            "InternetGateways"
        ]
        == []
    )
    groups = [g["GroupId"] for g in ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])["SecurityGroupRules"]
    assert [rule for rule in rules if rule.get("CidrIpv4") or rule.get("CidrIpv6")] == []
    assert {rule["FromPort"] for rule in rules if "PrefixListId" in rule} == {443}


def test_every_service_has_an_endpoint(account: Account, applied: Applied) -> None:
    found = client(account, "ec2").describe_vpc_endpoints()["VpcEndpoints"]
    ours = {e["ServiceName"].removeprefix(f"com.amazonaws.{REGION}.") for e in found}
    asked = {
        "s3",
        "sagemaker.api",
        "sagemaker.runtime",
        "monitoring",
        "logs",
        "ecr.api",
        "ecr.dkr",
        "sts",
        "kms",
        "ssm",
    }
    assert asked <= ours


def test_flow_logs_go_to_the_log_bucket(account: Account, applied: Applied) -> None:
    [flow_log] = client(account, "ec2").describe_flow_logs()["FlowLogs"]
    assert flow_log["ResourceId"] == applied.outputs["network"]["vpc_id"]
    assert flow_log["LogDestination"] == f"{applied.outputs['storage']['log_bucket_arn']}/flow/"


def test_the_notebook_is_private(account: Account, applied: Applied) -> None:
    name = applied.outputs["notebook"]["name"]
    notebook = client(account, "sagemaker").describe_notebook_instance(NotebookInstanceName=name)
    assert notebook["DirectInternetAccess"] == "Disabled"
    assert notebook["RootAccess"] == "Disabled"
    assert notebook["KmsKeyId"] == applied.outputs["storage"]["data_key_arn"]
    assert notebook["SubnetId"] in applied.outputs["network"]["subnet_ids"]


def test_images_cannot_be_changed_once_pushed(account: Account, applied: Applied) -> None:
    [repository] = client(account, "ecr").describe_repositories()["repositories"]
    assert repository["repositoryUri"] == applied.outputs["registry"]["repository_url"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["encryptionConfiguration"]["kmsKey"] == applied.outputs["storage"]["data_key_arn"]


def test_destroy_leaves_nothing(applied: Applied) -> None:
    """Last in this file: the store holds an object by now, which destroy_artefacts lets go."""
    assert applied.root.destroy() == []
