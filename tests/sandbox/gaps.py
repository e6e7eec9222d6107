"""What moto gets wrong, each as a function that is True when it is right."""

from __future__ import annotations

import json
import threading
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from tests.sandbox import gaps_edge
from tests.sandbox.started import client

Environment = dict[str, str]


def tls_only_policy_lets_in(environment: Environment) -> bool:
    """A statement that denies what is not over TLS (or not encrypted) must not lock everybody out."""
    s3, name = client("s3", environment), _bucket(environment)
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    try:
        s3.put_object(Bucket=name, Key="k", Body=b"1")
        s3.get_object(Bucket=name, Key="k")["Body"].read()
    except ClientError:
        return False
    return True


def notification_tells_eventbridge(environment: Environment) -> bool:
    s3, name = client("s3", environment), _bucket(environment)
    s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}})
    return "EventBridgeConfiguration" in s3.get_bucket_notification_configuration(Bucket=name)


def delete_markers_can_be_deleted(environment: Environment) -> bool:
    """What Terraform's force_destroy does with a versioned bucket."""
    s3, name = client("s3", environment), _bucket(environment)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=name, Key="a/k", Body=b"1")
    s3.delete_object(Bucket=name, Key="a/k")
    listed = s3.list_object_versions(Bucket=name)
    for kind in ("Versions", "DeleteMarkers"):
        objects = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in listed.get(kind, ())]
        if s3.delete_objects(Bucket=name, Delete={"Objects": objects}).get("Errors"):
            return False
    try:
        s3.delete_bucket(Bucket=name)
    except ClientError:
        return False
    return True


def delete_markers_can_be_deleted_once_suspended(environment: Environment) -> bool:
    """What is left to do by hand after Terraform could not destroy a bucket: it has suspended the versioning first."""
    s3, name = client("s3", environment), _bucket(environment)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=name, Key="k", Body=b"1")
    s3.delete_object(Bucket=name, Key="k")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    listed = s3.list_object_versions(Bucket=name)
    objects = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in [*listed["Versions"], *listed["DeleteMarkers"]]]
    try:
        s3.delete_objects(Bucket=name, Delete={"Objects": objects})
        s3.delete_bucket(Bucket=name)
    except ClientError:
        return False
    return True


def cloudtrail_starts_by_arn(environment: Environment) -> bool:
    trails, name = client("cloudtrail", environment), _bucket(environment)
    arn = trails.create_trail(Name=f"trail-{name}", S3BucketName=name)["TrailARN"]
    try:
        trails.start_logging(Name=arn)
        started = trails.get_trail_status(Name=arn)["IsLogging"]
        trails.stop_logging(Name=arn)
        trails.update_trail(Name=arn, IncludeGlobalServiceEvents=True)
        trails.put_event_selectors(
            TrailName=arn, EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}]
        )
        trails.get_event_selectors(TrailName=arn)
        trails.add_tags(ResourceId=arn, TagsList=[{"Key": "a", "Value": "b"}])
        trails.list_tags(ResourceIdList=[arn])
        trails.delete_trail(Name=arn)
    except ClientError:
        return False
    return bool(started)


def budgets_keep_subscribers(environment: Environment) -> bool:
    budgets, name = client("budgets", environment), uuid4().hex
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    subscriber = {"SubscriptionType": "EMAIL", "Address": "a@example.org"}
    _budget(budgets, name, NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [subscriber]}])
    try:
        kept = budgets.describe_subscribers_for_notification(
            AccountId="123456789012", BudgetName=name, Notification=notification
        )
    except ClientError:
        return False
    return bool(kept["Subscribers"] == [subscriber])


def budgets_keep_tags(environment: Environment) -> bool:
    budgets, name = client("budgets", environment), uuid4().hex
    _budget(budgets, name, ResourceTags=[{"Key": "a", "Value": "b"}])
    arn = f"arn:aws:budgets::123456789012:budget/{name}"
    try:
        tags = budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]
        budgets.tag_resource(ResourceARN=arn, ResourceTags=[{"Key": "c", "Value": "d"}])
        budgets.untag_resource(ResourceARN=arn, ResourceTagKeys=["a"])
        after = budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]
    except ClientError:
        return False
    return bool(tags == [{"Key": "a", "Value": "b"}] and after == [{"Key": "c", "Value": "d"}])


def account_settings_can_be_emptied(environment: Environment) -> bool:
    """API Gateway's account: role set, and set back, as Terraform does."""
    gateway = client("apigateway", environment)
    role = "arn:aws:iam::123456789012:role/gateway"
    try:
        gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}])
        kept = gateway.get_account().get("cloudwatchRoleArn") == role
        gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": ""}])
    except ClientError:
        return False
    return kept and not gateway.get_account().get("cloudwatchRoleArn")


def conditional_puts_have_one_winner(environment: Environment) -> bool:
    """moto looks whether the key is free and writes in two steps (started.PAUSE makes that show every time)."""
    name = _bucket(environment)
    clients = [client("s3", environment) for _ in range(8)]
    return all(_winners(clients, name, f"key{turn}") == 1 for turn in range(10))


def _winners(clients: list[Any], bucket: str, key: str) -> int:
    won: list[int] = []
    barrier = threading.Barrier(len(clients))

    def put(s3: Any) -> None:
        barrier.wait()
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=b"x" * 20_000, IfNoneMatch="*")
            won.append(1)
        except ClientError:
            pass

    threads = [threading.Thread(target=put, args=(s3,)) for s3 in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


def lifecycle_configurations_have_tags(environment: Environment) -> bool:
    """list_tags on a notebook's lifecycle configuration; Terraform retries for ever when it fails."""
    sagemaker, name = client("sagemaker", environment), f"c{uuid4().hex}"
    arn = sagemaker.create_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName=name)
    try:
        sagemaker.list_tags(ResourceArn=arn["NotebookInstanceLifecycleConfigArn"])
    except ClientError:
        return False
    return True


def access_logs_reach_a_folder(environment: Environment) -> bool:
    """A policy that lets logs be written below a folder, beside a statement about everybody."""
    s3, name, target = client("s3", environment), _bucket(environment), _bucket(environment)
    deliver = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{target}/access/*",
    }
    s3.put_bucket_policy(Bucket=target, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deliver]}))
    logging = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": f"access/{name}/"}}
    try:
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus=logging)
    except ClientError:
        return False
    return True


def flow_logs_reach_a_folder(environment: Environment) -> bool:
    ec2, name = client("ec2", environment), _bucket(environment)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    options = {"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": True}
    made = ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{name}/flow/",
        DestinationOptions=options,
    )
    if not made.get("FlowLogIds"):
        return False
    [kept] = ec2.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"]
    return bool(kept["LogDestination"] == f"arn:aws:s3:::{name}/flow/" and kept.get("DestinationOptions") == options)


def rules_between_groups_keep_descriptions(environment: Environment) -> bool:
    ec2 = client("ec2", environment)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName=uuid4().hex, Description="d", VpcId=vpc)["GroupId"]
    pair = {"GroupId": group, "Description": "each other"}
    permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [pair]}
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])["SecurityGroupRules"]
    kept = ec2.describe_security_group_rules(SecurityGroupRuleIds=[made[0]["SecurityGroupRuleId"]])
    return bool(kept["SecurityGroupRules"][0].get("Description") == "each other")


def rules_that_are_gone_are_said_to_be(environment: Environment) -> bool:
    ec2 = client("ec2", environment)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName=uuid4().hex, Description="g", VpcId=vpc)["GroupId"]
    for revoke in (ec2.revoke_security_group_ingress, ec2.revoke_security_group_egress):
        try:
            revoke(GroupId=group, SecurityGroupRuleIds=["sgr-01234567890abcdef"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidSecurityGroupRuleId.NotFound":
                return False
    return True


def _bucket(environment: Environment) -> str:
    name = f"b-{uuid4().hex[:20]}"
    client("s3", environment).create_bucket(Bucket=name)
    return name


def _budget(budgets: Any, name: str, **more: Any) -> None:
    budget = {
        "BudgetName": name,
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "10", "Unit": "USD"},
    }
    budgets.create_budget(AccountId="123456789012", Budget=budget, **more)


GAPS = (
    *gaps_edge.GAPS,
    access_logs_reach_a_folder,
    budgets_keep_subscribers,
    budgets_keep_tags,
    conditional_puts_have_one_winner,
    delete_markers_can_be_deleted_once_suspended,
    flow_logs_reach_a_folder,
    lifecycle_configurations_have_tags,
    notification_tells_eventbridge,
    rules_between_groups_keep_descriptions,
    rules_that_are_gone_are_said_to_be,
    tls_only_policy_lets_in,
)
# What moto has mended since: there is no mend of ours any more, and it must stay right without one.
MENDED = (
    account_settings_can_be_emptied,
    cloudtrail_starts_by_arn,
    delete_markers_can_be_deleted,
)
