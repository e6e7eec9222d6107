"""What moto lacks and Terraform or the flow needs, one function each with its reason.

Each mend has a function in tests/sandbox/gaps.py; tests/sandbox/test_mends.py fails when moto has mended the gap
itself: then take the mend out. (Notebooks' lifecycle configurations without tags need no mend: SageMaker is ours. The
conditional S3 put, which in moto looks and writes in two steps, is mended by answering one request at a time: app.py.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any


def apply() -> None:
    """Mend moto in this process (once is enough; twice does no harm)."""
    for mend in MENDS:
        mend()


def policies_with_conditions() -> None:
    """moto reads a Deny whose Condition does not hold (TLS only) as a Deny: everybody is locked out.

    Statements with a Condition are left out of its judgement; loopback has no TLS, no VPC and no organisation.
    """
    from moto.iam.access_control import IAMPolicy, PermissionResult
    from moto.s3.models import FakeBucket

    def get_permission(self: Any, action: str, resource: str) -> Any:
        if self.policy is None:
            return PermissionResult.NEUTRAL
        policy = json.loads(self.policy)
        statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
        policy["Statement"] = [statement for statement in statements if "Condition" not in statement]
        return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)

    FakeBucket.get_permission = get_permission


def notification_of_eventbridge() -> None:
    """GetBucketNotification leaves out EventBridge, so that Terraform wants to set it for ever."""
    from moto.s3.responses import S3Response

    told = getattr(S3Response.get_bucket_notification, "told", S3Response.get_bucket_notification)

    def get_bucket_notification(self: Any) -> Any:
        status, headers, body = told(self)
        kept = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if kept and kept.event_bridge is not None:
            text = body.decode() if isinstance(body, bytes) else body
            text = re.sub(r"<(NotificationConfiguration)([^>]*)/>$", r"<\1\2></\1>", text)
            body = re.sub(r"(</NotificationConfiguration>)$", r"<EventBridgeConfiguration/>\1", text)
        return status, headers, body

    get_bucket_notification.told = told  # type: ignore[attr-defined]
    S3Response.get_bucket_notification = get_bucket_notification


def delete_markers_once_suspended() -> None:
    """moto cannot delete a delete marker once versioning is suspended: it wants to close it like a file."""
    from moto.s3.models import FakeDeleteMarker

    FakeDeleteMarker.dispose = lambda self, garbage=False: None


def budgets() -> None:
    """moto's budgets drop subscribers and tags and cannot be updated."""
    from mlcl.sandbox import mends_budgets

    mends_budgets.apply()


def logs() -> None:
    """moto takes few spellings of what lets logs be delivered to a bucket."""
    from mlcl.sandbox import mends_logs

    mends_logs.access_log_policies()
    mends_logs.flow_logs_in_folders()


def services() -> None:
    """moto's API Gateway and ECS forget some of what they were told."""
    from mlcl.sandbox import mends_services

    mends_services.binary_types_of_an_api()
    mends_services.details_of_a_container_service()


def cloudfront() -> None:
    """moto knows neither response headers policies nor origins in a VPC, and forgets functions of a distribution."""
    from mlcl.sandbox import mends_cloudfront

    mends_cloudfront.apply()


def events() -> None:
    """moto's rules start no SageMaker pipelines."""
    from mlcl.sandbox import mends_events

    mends_events.pipelines_as_targets()


def network() -> None:
    """moto drops what rules of security groups are for, and says otherwise than AWS that one is gone."""
    from mlcl.sandbox import mends_network

    mends_network.descriptions_of_rules()
    mends_network.rules_that_are_gone()


MENDS: tuple[Callable[[], None], ...] = (
    policies_with_conditions,
    notification_of_eventbridge,
    delete_markers_once_suspended,
    budgets,
    logs,
    network,
    cloudfront,
    services,
    events,
)
