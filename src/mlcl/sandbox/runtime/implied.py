"""What AWS does in a job's or an endpoint's role besides what the sandbox's own clients do: recorded, so that a role's
policy can be compared with what a real run needs.

Source: SageMaker developer guide, "How to use SageMaker AI execution roles" (CreateTrainingJob, CreateProcessingJob,
CreateModel, with VpcConfig, with KMS keys).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mlcl.sandbox.control.resources import Record

Note = Callable[[str, str, str], None]
_ECR = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[^/]+/([^:@]+)")
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_VPC = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)


def job(note: Note, record: Record, image: str) -> None:
    """Of a training or processing job."""
    role = record["RoleArn"]
    pull(note, role, image)
    note(role, "cloudwatch:PutMetricData", "*")
    note(role, "logs:DescribeLogStreams", "*")
    if record.get("VpcConfig") or record.get("NetworkConfig", {}).get("VpcConfig"):
        vpc(note, role)
    volume = _volume_key(record)
    if volume:
        note(role, "kms:CreateGrant", volume)
    output = _output_key(record)
    if output:
        note(role, "kms:GenerateDataKey", output)


def pull(note: Note, role: str, image: str) -> None:
    found = _ECR.match(image)
    if not found:
        return
    note(role, "ecr:GetAuthorizationToken", "*")
    arn = f"arn:aws:ecr:{found[2]}:{found[1]}:repository/{found[3]}"
    for action in _PULL:
        note(role, action, arn)


def vpc(note: Note, role: str) -> None:
    for action in _VPC:
        note(role, action, "*")


def _volume_key(record: Record) -> str:
    cluster = record.get("ResourceConfig") or record.get("ProcessingResources", {}).get("ClusterConfig", {})
    return str(cluster.get("VolumeKmsKeyId", ""))


def _output_key(record: Record) -> str:
    output = record.get("OutputDataConfig") or record.get("ProcessingOutputConfig", {})
    return str(output.get("KmsKeyId", ""))
