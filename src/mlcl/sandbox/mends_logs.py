"""Mends of moto's deliveries of logs to buckets: S3 access logs and VPC flow logs (see mends.py)."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any


def access_log_policies() -> None:
    """moto finds the permission to deliver access logs in a policy only when its resource is one of three spellings,
    and fails on a policy whose principal is "*"."""
    from moto.s3.models import FakeBucket

    def allowed(target_bucket: Any, target_prefix: str | None) -> bool:
        statements = json.loads(target_bucket.policy or b'{"Statement": []}')["Statement"]
        logs = f"{target_bucket.arn}/{target_prefix or ''}log"
        return any(_lets_logging_write(statement, logs) for statement in statements)

    FakeBucket._log_permissions_enabled_policy = staticmethod(allowed)


def _lets_logging_write(statement: dict[str, Any], arn: str) -> bool:
    principal = statement.get("Principal")
    return (
        statement["Effect"] == "Allow"
        and isinstance(principal, dict)
        and "logging.s3.amazonaws.com" in _listed(principal.get("Service"))
        and "s3:PutObject" in _listed(statement.get("Action"))
        and any(fnmatchcase(arn, pattern) for pattern in _listed(statement.get("Resource")))
    )


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def flow_logs_in_folders() -> None:
    """moto takes a folder in a flow log's destination (BUCKET_ARN/folder/) for part of the bucket's name, and forgets
    the options of the destination (format, partitions), so that Terraform makes the flow log anew for ever."""
    from moto.ec2.models.flow_logs import FlowLogsBackend
    from moto.ec2.responses.flow_logs import FlowLogs as Responses

    plain = getattr(FlowLogsBackend.create_flow_logs, "plain", FlowLogsBackend.create_flow_logs)
    answered = getattr(Responses.create_flow_logs, "plain", Responses.create_flow_logs)

    def create(self: Any, *given: Any, log_destination: str | None, **named: Any) -> Any:
        in_bucket = bool(log_destination) and ":s3:::" in str(log_destination)
        bucket = str(log_destination).split("/")[0] if in_bucket else log_destination
        made, failed = plain(self, *given, log_destination=bucket, **named)
        for flow_log in made:
            flow_log.log_destination = log_destination
        return made, failed

    def answer(self: Any) -> Any:
        before = set(self.ec2_backend.flow_logs)
        result = answered(self)
        for name in set(self.ec2_backend.flow_logs) - before:
            self.ec2_backend.flow_logs[name].destination_options = self._get_param("DestinationOptions")
        return result

    create.plain, answer.plain = plain, answered  # type: ignore[attr-defined]
    FlowLogsBackend.create_flow_logs, Responses.create_flow_logs = create, answer
