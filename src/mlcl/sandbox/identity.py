"""Who calls: access keys and the principals behind them, as moto's IAM and STS keep them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, NamedTuple

from mlcl.sandbox.wire import ACCOUNT, AwsError, invalid

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
_SECRET = "test"  # noqa: S105  (the secret of everybody's keys: the sandbox lets everybody in)


class Caller(NamedTuple):
    """arn: of the user, the assumed role's session or the account; role: ARN of the role behind a session, or ''."""

    arn: str = ROOT
    role: str = ""


def caller(access_key: str) -> Caller:
    """Whose key it is; keys that nobody made are the account's own. Raises ExpiredToken."""
    session = _session(access_key)
    if session is not None:
        if session.expiration < dt.datetime.now(session.expiration.tzinfo):
            raise AwsError("ExpiredTokenException", "The security token included in the request is expired", 403)
        return Caller(session.arn, session.role_arn)
    key = _key(access_key)
    if key is not None and key.user_name:
        return Caller(f"arn:aws:iam::{ACCOUNT}:user/{key.user_name}")
    return Caller()


def secret(access_key: str) -> str:
    """The secret that signs for a key."""
    session = _session(access_key)
    found = session or _key(access_key)
    return str(found.secret_access_key) if found is not None else _SECRET


SAGEMAKER = "sagemaker.amazonaws.com"


def assume(role: str, session: str, region: str, seconds: int = 43200, service: str = SAGEMAKER) -> dict[str, str]:
    """Credentials of a role that a service takes (SageMaker: for a job), as environment variables.

    Raises ValidationException when the role exists and does not trust the service. A role that does not exist is let
    pass: a caller need not set up IAM to try a job.
    """
    from moto.sts.models import sts_backends

    _trusted(role, service)
    made = sts_backends[ACCOUNT]["aws"].assume_role(region, session, role, "", seconds, "")
    return {
        "AWS_ACCESS_KEY_ID": made.access_key_id,
        "AWS_SECRET_ACCESS_KEY": made.secret_access_key,
        "AWS_SESSION_TOKEN": made.session_token,
    }


def expire(role: str) -> int:
    """Let all credentials of a role ('*': of every role) that are out end now; gives how many."""
    from moto.sts.models import sts_backends

    sessions = [each for each in sts_backends[ACCOUNT]["aws"].assumed_roles if role in ("*", each.role_arn)]
    for session in sessions:
        session.expiration -= dt.timedelta(days=1)
    return len(sessions)


def trusts(role: str, service: str = SAGEMAKER) -> bool:
    """Whether a role lets a service assume it; True for a role that does not exist."""
    found = _role(role)
    return found is None or _names(json.loads(found.assume_role_policy_document), service)


def policies(caller_: Caller) -> list[str] | None:
    """The policy documents of a caller; None for the account itself (and for roles that do not exist): all allowed."""
    from moto.iam.models import iam_backends

    backend = iam_backends[ACCOUNT]["aws"]
    if caller_.role:
        found: Any = _role(caller_.role)
    else:
        found = backend.users.get(caller_.arn.partition(":user/")[2])
    if found is None:
        return None
    inline = [text if isinstance(text, str) else json.dumps(text) for text in found.policies.values()]
    return inline + [policy.default_version.document for policy in found.managed_policies.values()]


def _trusted(role: str, service: str) -> None:
    if not trusts(role, service):
        raise invalid(
            f"Could not assume role {role}. Please ensure that the role exists and allows principal '{service}' to "
            "assume the role."
        )


def _names(policy: dict[str, Any], service: str) -> bool:
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    for statement in statements:
        principal = statement.get("Principal", {})
        named = principal.get("Service", []) if isinstance(principal, dict) else principal
        if service in ([named] if isinstance(named, str) else named) or named == "*":
            return True
    return False


def _role(arn: str) -> Any:
    from moto.iam.models import iam_backends

    return next((role for role in list(iam_backends[ACCOUNT]["aws"].roles.values()) if role.arn == arn), None)


def _session(access_key: str) -> Any:
    from moto.sts.models import sts_backends

    if not access_key.startswith("ASIA"):
        return None
    return sts_backends[ACCOUNT]["aws"].get_assumed_role_from_access_key(access_key)


def _key(access_key: str) -> Any:
    from moto.iam.models import iam_backends

    keys = list(iam_backends[ACCOUNT]["aws"].get_all_access_keys_for_all_users())
    return next((key for key in keys if key.access_key_id == access_key), None)
