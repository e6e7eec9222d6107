"""Every error of AWS as one of ours, which says what permission, quota or setting to mend.

`translated` is put around every call. Codes come from botocore's own models of the operations that are called here
(tests/platforms/test_errors.py goes through all of them); a code that nobody knows still becomes a CloudError that
says what AWS said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from mlcl.errors import Conflict, MlclError, NotFound


class CloudError(MlclError):
    """AWS refused or failed. code: AWS's own; retryable: whether the same call may go well later."""

    def __init__(self, what: str, *, code: str = "", retryable: bool = False, **rest: str) -> None:
        super().__init__(what, **rest)
        self.code, self.retryable = code, retryable

    @property
    def missing(self) -> bool:
        """Whether AWS has no such thing."""
        return _CODES.get(self.code) is _MISSING or _told(self.found) is _MISSING


class CredentialsError(CloudError):
    """Nobody is logged in, or no longer."""


class PermissionDenied(CloudError):
    """The caller may not do this."""


class QuotaError(CloudError):
    """A quota of the account is used up."""


class CapacityError(CloudError):
    """AWS has no such machine free now."""


class JobError(CloudError):
    """A job failed for a reason that is not the step's own."""


class _Kind(NamedTuple):
    error: type[CloudError]
    what: str
    fix: str
    retryable: bool = False


_EXPIRED = _Kind(
    CredentialsError,
    "The AWS credentials have expired.",
    "Log in again (aws sso login, or renew the session's keys) and repeat: what runs in AWS goes on meanwhile.",
    True,
)
_NO_CREDENTIALS = _Kind(
    CredentialsError,
    "There are no usable AWS credentials.",
    "Log in with `aws configure sso`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
)
_DENIED = _Kind(PermissionDenied, "AWS does not permit this.", "Ask for the permission in an IAM policy.")
_QUOTA = _Kind(
    QuotaError,
    "A quota of the AWS account is used up.",
    "Ask for more in the Service Quotas console, choose another instance in [aws], or stop what runs (mlcl costs).",
)
_CAPACITY = _Kind(
    CapacityError,
    "AWS has no such machine free at the moment.",
    "Repeat later, or choose another instance type or spot = false in [aws].",
    True,
)
_THROTTLED = _Kind(CloudError, "AWS is being asked too often.", "Repeat in a minute.", True)
_DOWN = _Kind(CloudError, "The service of AWS has a fault.", "Repeat in some minutes; see health.aws.amazon.com.", True)
_REFUSED = _Kind(CloudError, "AWS refused the request.", "Correct what it names; see docs/aws-run.md.")
_MISSING = _Kind(
    CloudError, "There is no such thing in AWS.", "Check name, region and environment (mlcl infra doctor)."
)
_BUSY = _Kind(CloudError, "Something else is changing this in AWS just now.", "Repeat when that is done.", True)
_CLOCK = _Kind(CredentialsError, "AWS does not accept this machine's clock.", "Set the clock.")
_MODEL = _Kind(
    CloudError,
    "The model at the endpoint failed or did not answer in time.",
    "See its logs with: mlcl logs NAME --on aws:ENV.",
    True,
)

_NO_REGION = _Kind(CloudError, "No AWS region is set.", "Set AWS_REGION, or a region in the profile.")
_NO_PROFILE = _Kind(CredentialsError, "There is no such AWS profile.", "Set AWS_PROFILE to one of: aws configure list")
_SLOW = _Kind(CloudError, "AWS did not get ready in time.", "Repeat in a while.", True)
_AWAY = _Kind(
    CloudError,
    "AWS cannot be reached.",
    "Check the network, HTTPS_PROXY and AWS_ENDPOINT_URL, and repeat: what runs goes on.",
    True,
)

_CODES: dict[str, _Kind] = {
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"), _EXPIRED),
    **dict.fromkeys(
        (
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "AuthFailure",
            "InvalidToken",
            "IncompleteSignature",
            "OptInRequired",
        ),
        _NO_CREDENTIALS,
    ),
    **dict.fromkeys(
        ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "Forbidden", "403"), _DENIED
    ),
    **dict.fromkeys(
        (
            "ResourceLimitExceeded",
            "ResourceLimitExceededException",
            "LimitExceededException",
            "LimitExceededFault",
            "LimitExceeded",
            "ServiceQuotaExceededException",
            "ParameterLimitExceeded",
            "TooManyBuckets",
        ),
        _QUOTA,
    ),
    **dict.fromkeys(("CapacityError", "InsufficientCapacity", "InsufficientInstanceCapacity"), _CAPACITY),
    **dict.fromkeys(
        (
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "SlowDown",
            "ConcurrentUpdateException",
        ),
        _THROTTLED,
    ),
    **dict.fromkeys(
        (
            "InternalError",
            "InternalFailure",
            "InternalFailureException",
            "InternalServerError",
            "InternalServerException",
            "InternalServiceFault",
            "InternalServiceException",
            "InternalServiceError",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "InternalDependencyException",
            "InternalStreamFailure",
            "500",
            "502",
            "503",
        ),
        _DOWN,
    ),
    **dict.fromkeys(
        (
            "ResourceNotFound",
            "ResourceNotFoundException",
            "ParameterNotFound",
            "ParameterVersionNotFound",
            "NoSuchKey",
            "NoSuchBucket",
            "NoSuchUpload",
            "ObjectNotFoundException",
            "404",
        ),
        _MISSING,
    ),
    **dict.fromkeys(
        (
            "ResourceInUse",
            "ResourceConflict",
            "ConflictException",
            "OperationAborted",
            "OperationAbortedException",
            "ConcurrentModificationException",
            "ConcurrentResourceModification",
            "ModelNotReadyException",
        ),
        _BUSY,
    ),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestInTheFuture"), _CLOCK),
    "ModelError": _MODEL,
}
_ACTION = re.compile(r"not authorized to perform:? ?(?P<action>[\w-]+:\w+)(?: on resource:? (?P<resource>\S+))?")
_LIMIT = re.compile(r"service limit '(?P<limit>[^']+)'")


@contextmanager
def translated(where: str = "") -> Iterator[None]:
    """Foreign errors inside the block become ours. where: what the call was about."""
    import botocore.exceptions as foreign

    try:
        yield
    except foreign.ClientError as error:
        raise _of_response(error, where) from error
    except (foreign.BotoCoreError, OSError) as error:
        raise _of_client(error, where) from error


def _of_response(error: Any, where: str) -> CloudError | NotFound | Conflict:
    said = error.response.get("Error", {})
    code, message = str(said.get("Code", "")), str(said.get("Message", "")) or str(error)
    service = error.operation_name
    kind = _CODES.get(code) or _told(message) or _by_status(error)
    place = ", ".join(part for part in (service, where) if part)
    return kind.error(
        kind.what, where=place, found=message, fix=_fix(kind, message, service), code=code, retryable=kind.retryable
    )


def _told(message: str) -> _Kind | None:
    """What a ValidationException is really about: SageMaker names several things so."""
    text = message.lower()
    if "not authorized" in text or "access denied" in text or "cannot assume" in text or "passrole" in text:
        return _DENIED
    if any(words in text for words in ("could not find", "does not exist", "not found", "no scalable target")):
        return _MISSING
    if "limit" in text and "exceed" in text:
        return _QUOTA
    return None


def _by_status(error: Any) -> _Kind:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return _DOWN if status >= 500 else _THROTTLED if status == 429 else _DENIED if status == 403 else _REFUSED


def _fix(kind: _Kind, message: str, operation: str) -> str:
    if kind is _DENIED:
        action = _ACTION.search(message)
        if action:
            on = f" on {action['resource'].rstrip('.')}" if action["resource"] else ""
            return f"Give the caller the permission {action['action']}{on} (roles: infra/modules/identity)."
        return f"Give the caller the permission for {operation} (roles: infra/modules/identity)."
    if kind is _QUOTA and (limit := _LIMIT.search(message)):
        return f"Ask for more of '{limit['limit']}' in the Service Quotas console, or {kind.fix[48:]}"
    return kind.fix


def _of_client(error: Exception, where: str) -> CloudError:
    """Errors of the client itself: credentials, region, network, a request that breaks the model."""
    import botocore.exceptions as foreign

    said = str(error)
    table: tuple[tuple[tuple[type[Exception], ...], _Kind], ...] = (
        ((foreign.NoRegionError,), _NO_REGION),
        ((foreign.ProfileNotFound,), _NO_PROFILE),
        ((foreign.SSOTokenLoadError, foreign.UnauthorizedSSOTokenError, foreign.TokenRetrievalError), _EXPIRED),
        (
            (foreign.NoCredentialsError, foreign.PartialCredentialsError, foreign.CredentialRetrievalError),
            _NO_CREDENTIALS,
        ),
        ((foreign.WaiterError,), _SLOW),
        ((foreign.HTTPClientError, foreign.ConnectionError, OSError), _AWAY),
    )
    kind = next((kind for types, kind in table if isinstance(error, types)), _REFUSED)
    return kind.error(kind.what, where=where, found=said, fix=kind.fix, retryable=kind.retryable)


# How a job's failure reason begins, and what to do about it. SageMaker's own words.
_REASONS = (
    (re.compile(r"CapacityError|insufficient capacity|Unable to provision", re.I), _CAPACITY),
    (re.compile(r"ResourceLimitExceeded|service limit", re.I), _QUOTA),
    (re.compile(r"not authorized|AccessDenied|Access denied|403", re.I), _DENIED),
    (re.compile(r"InternalServerError|Internal ?Error", re.I), _DOWN),
)


def of_job(job: str, state: str, reason: str) -> MlclError:
    """Why a job ended that did not end well, when its steps themselves have not said."""
    for pattern, kind in _REASONS:
        if pattern.search(reason):
            return kind.error(
                kind.what, where=job, found=reason, fix=_fix(kind, reason, "the job"), retryable=kind.retryable
            )
    if "MaxRuntimeExceeded" in reason or "maximum runtime" in reason.lower() or "MaxWaitTimeExceeded" in reason:
        return JobError("The job took longer than it may.", where=job, found=reason, fix="Raise max_run in [aws].")
    if state == "Stopped":
        return JobError("The job was stopped.", where=job, found=reason or state, fix="Run it again.", retryable=True)
    memory = "137" in reason or "memory" in reason.lower()
    fix = (
        "Choose an instance with more memory in [aws]."
        if memory
        else "See its logs with `mlcl logs RUN --on aws:ENV`; run again: what is done is kept."
    )
    what = "The job was killed, probably for want of memory." if memory else "The job failed."
    return JobError(what, where=job, found=reason or state, fix=fix, retryable=memory)
