"""The environment dev, applied for real to AWS on loopback: what is there then, again, and away."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from typing import Any

import pytest

from tests.infra.aws import client, left_over
from tests.infra.conftest import Account, Applied
from tests.infra.iam import may_assume, roles
from tests.infra.rights import ACCOUNT
from tests.infra.terraform import INFRA, REGION

pytestmark = pytest.mark.timeout(600)
LOGS = ".module.log_bucket.aws_s3_bucket.bucket"


@pytest.fixture
def applied(account: Account) -> Applied:
    return account.dev


@pytest.fixture
def settings(applied: Applied) -> dict[str, Any]:
    """What mlcl reads of the environment."""
    told: dict[str, Any] = applied.outputs["settings"]
    return told


def bucket(settings: dict[str, Any]) -> str:
    """Of the store."""
    return str(settings["store"]).removeprefix("s3://").partition("/")[0]


def test_a_second_plan_changes_nothing(applied: Applied) -> None:
    assert applied.root.plan() == {}


def test_the_settings_are_where_mlcl_reads_them(account: Account, settings: dict[str, Any]) -> None:
    told = client(account.aws, "ssm").get_parameter(Name="/mlcl/dev/settings")["Parameter"]["Value"]
    assert json.loads(told) == settings


def test_all_names_begin_with_project_and_environment(applied: Applied) -> None:
    names = {
        address: values[key]
        for address, values in applied.resources.items()
        for key in ("name", "bucket", "model_package_group_name", "alarm_name", "dashboard_name")
        if isinstance(values.get(key), str)
    }
    # What is named within another thing, or by AWS.
    within = (
        "_policy.",
        "_policy_attachment.",
        "_default_",
        "_api_gateway_",
        "_event_target.",
        "log_group.",
        "_filter.",
    )
    named = {
        address: name.removeprefix("alias/").removeprefix("/").replace("mlcl/dev/", "mlcl-dev-")
        for address, name in names.items()
        if not any(part in address for part in within)
    }
    assert {address: name for address, name in named.items() if not name.startswith("mlcl-dev")} == {}


def test_the_store_takes_and_gives_encrypted_objects(account: Account, settings: dict[str, Any]) -> None:
    s3 = client(account.aws, "s3")
    s3.put_object(Bucket=bucket(settings), Key="mlcl/runs/1/state", Body=b"{}")
    kept = s3.get_object(Bucket=bucket(settings), Key="mlcl/runs/1/state")
    assert kept["ServerSideEncryption"] == "aws:kms"
    assert kept["SSEKMSKeyId"] == settings["kms_key"]
    assert kept["VersionId"] not in ("", "null")


def test_every_bucket_is_closed_versioned_and_tells_eventbridge(
    account: Account, applied: Applied, settings: dict[str, Any]
) -> None:
    s3 = client(account.aws, "s3")
    for name in (bucket(settings), settings["data_bucket"], applied.one(LOGS)["bucket"]):
        assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
        assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
        assert "EventBridgeConfiguration" in s3.get_bucket_notification_configuration(Bucket=name)
        denied = [s["Sid"] for s in json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]]
        assert {"OnlyTls", "OnlyTls12"} <= set(denied)


def test_captures_end_and_runs_move_to_cheaper_storage(account: Account, settings: dict[str, Any]) -> None:
    rules = client(account.aws, "s3").get_bucket_lifecycle_configuration(Bucket=bucket(settings))["Rules"]
    found = {rule["ID"]: rule for rule in rules}
    assert found["captures"]["Expiration"]["Days"] == 90
    assert found["captures"]["Filter"]["Prefix"] == "mlcl/captures/"
    assert found["runs"]["Transitions"] == [{"Days": 90, "StorageClass": "STANDARD_IA"}]
    assert found["old-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_keys_rotate(account: Account, applied: Applied) -> None:
    kms = client(account.aws, "kms")
    for name in ("data", "operations"):
        key = applied.one(f".aws_kms_key.{name}")["arn"]
        assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]


def test_nothing_reaches_the_internet(account: Account, applied: Applied) -> None:
    ec2, vpc = client(account.aws, "ec2"), applied.one(".aws_vpc.vpc[0]")["id"]
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    assert ec2.describe_nat_gateways(Filters=of_vpc)["NatGateways"] == []
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    assert ec2.describe_internet_gateways(Filters=attached)["InternetGateways"] == []
    groups = [g["GroupId"] for g in ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])["SecurityGroupRules"]
    assert [rule for rule in rules if rule.get("CidrIpv4") or rule.get("CidrIpv6")] == []
    assert {rule["FromPort"] for rule in rules if "PrefixListId" in rule} == {443}


def test_every_service_that_mlcl_calls_has_a_private_way(account: Account) -> None:
    """Jobs, endpoints and the notebook have no other: a call without one waits until it times out."""
    found = client(account.aws, "ec2").describe_vpc_endpoints()["VpcEndpoints"]
    ours = {e["ServiceName"].removeprefix(f"com.amazonaws.{REGION}.") for e in found}
    assert {"s3", "sagemaker.api", "sagemaker.runtime", "monitoring", "logs"} <= ours
    assert {"ecr.api", "ecr.dkr", "sts", "kms", "ssm"} <= ours
    named = re.compile(r'(?:call|pages|_quietly)\(\s*(?:cloud,\s*)?"([a-z-]+)"|\bclient\("([a-z-]+)"\)')
    sources = (path.read_text() for path in (INFRA.parent / "src/mlcl/platforms").rglob("*.py"))
    called = {one or other for text in sources for one, other in named.findall(text)}
    assert {"sagemaker", "cloudwatch", "scheduler", "ssm"} <= called
    ways = {"cloudwatch": "monitoring", "sagemaker": "sagemaker.api", "sagemaker-runtime": "sagemaker.runtime"}
    assert {ways.get(service, service) for service in called} - ours == set()


def test_flow_logs_go_to_the_log_bucket(account: Account, applied: Applied) -> None:
    [flow_log] = client(account.aws, "ec2").describe_flow_logs()["FlowLogs"]
    assert flow_log["ResourceId"] == applied.one(".aws_vpc.vpc[0]")["id"]
    assert flow_log["LogDestination"] == f"{applied.one(LOGS)['arn']}/flow/"


def test_the_notebook_is_private(account: Account, applied: Applied, settings: dict[str, Any]) -> None:
    name = applied.outputs["notebook"]
    notebook = client(account.aws, "sagemaker").describe_notebook_instance(NotebookInstanceName=name)
    assert notebook["DirectInternetAccess"] == "Disabled"
    assert notebook["RootAccess"] == "Disabled"
    assert notebook["KmsKeyId"] == settings["kms_key"]
    assert notebook["SubnetId"] in settings["subnets"]


def test_images_cannot_be_changed_once_pushed(account: Account, applied: Applied, settings: dict[str, Any]) -> None:
    [repository] = client(account.aws, "ecr").describe_repositories()["repositories"]
    assert repository["repositoryUri"] == applied.outputs["repository_url"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["encryptionConfiguration"]["kmsKey"] == settings["kms_key"]


def test_people_are_told_before_the_budget_is_spent(account: Account, settings: dict[str, Any]) -> None:
    budgets = client(account.aws, "budgets")
    [budget] = budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"]
    told = budgets.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=budget["BudgetName"])
    found = [(one["NotificationType"], one["Threshold"]) for one in told["Notifications"]]
    assert sorted(found) == [("ACTUAL", 50), ("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    subscribers = budgets.describe_subscribers_for_notification(
        AccountId=ACCOUNT, BudgetName=budget["BudgetName"], Notification=told["Notifications"][0]
    )["Subscribers"]
    assert [one["Address"] for one in subscribers] == [settings["alerts_topic"]]


def test_what_starts_by_the_clock_can_start(account: Account, applied: Applied) -> None:
    """Each schedule lies in the group that the trust of its role names: Scheduler speaks for the group alone."""
    scheduler, known = client(account.aws, "scheduler"), roles(applied.resources)
    listed = scheduler.list_schedules()["Schedules"]
    assert {one["Name"] for one in listed} == {"mlcl-dev-idle", "mlcl-dev-monitor-churn", "mlcl-dev-retrain-churn"}
    for one in listed:
        role = scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])["Target"]["RoleArn"]
        trust = known[role.rpartition("/")[2]][0]
        source = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{one['GroupName']}"
        context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": source}
        assert one["State"] == "ENABLED"
        assert may_assume(trust, "Service", "scheduler.amazonaws.com", context), one["Name"]


def test_runs_that_start_by_themselves_say_by_what(account: Account) -> None:
    """And are given no id: the pipeline makes one (src/mlcl/platforms/sagemaker/unasked.py)."""
    schedule = client(account.aws, "scheduler").get_schedule(Name="mlcl-dev-retrain-churn", GroupName="mlcl-dev")
    [target] = client(account.aws, "events").list_targets_by_rule(Rule="mlcl-dev-data-churn")["Targets"]
    for asked, by in ((schedule["Target"], "schedule"), (target, "new_data")):
        assert asked["Arn"].endswith(":pipeline/mlcl-dev-churn")
        assert asked["SageMakerPipelineParameters"]["PipelineParameterList"] == [{"Name": "Trigger", "Value": by}]


def test_the_hourly_look_for_what_idles_runs(account: Account) -> None:
    """As Scheduler starts it: with its own role, which can do nothing else."""
    asked = json.dumps({"schedule": "mlcl-dev-idle", "group": "mlcl-dev"}).encode()
    with urllib.request.urlopen(f"{account.aws['AWS_ENDPOINT_URL']}/_sandbox/fire", data=asked) as answer:
        job = json.load(answer)["answer"]["ProcessingJobArn"].rpartition("/")[2]
    sagemaker, end = client(account.aws, "sagemaker"), time.monotonic() + 120
    while (found := sagemaker.describe_processing_job(ProcessingJobName=job))["ProcessingJobStatus"] == "InProgress":
        assert time.monotonic() < end, found
        time.sleep(0.2)
    assert found["ProcessingJobStatus"] == "Completed", found.get("FailureReason")
    assert found["RoleArn"].endswith("/mlcl-dev-guard")


def test_destroy_leaves_nothing(account: Account, applied: Applied) -> None:
    """Last in this file: the store holds an object by now, which destroy_artefacts lets go."""
    assert applied.root.destroy() == []
    assert left_over(account.aws, "dev") == {}
