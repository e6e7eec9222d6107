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


class StoppedError(JobError):
    """Somebody has ended the run, or a job of it."""


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
LAPSED = _Kind(
    CredentialsError,
    "The credentials of the job have expired.",
    "Run it again: what is done is kept, and a new job gets new ones from its role.",
    True,
)
_NO_CREDENTIALS = _Kind(
    CredentialsError,
    "There are no usable AWS credentials.",
    "Log in with `aws configure sso`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
)
DENIED = _Kind(PermissionDenied, "AWS does not permit this.", "Ask for the permission in an IAM policy.")
QUOTA = _Kind(
    QuotaError,
    "A quota of the AWS account is used up.",
    "Ask for more in the Service Quotas console, choose another instance in [aws], or stop what runs (mlcl costs).",
)
CAPACITY = _Kind(
    CapacityError,
    "AWS has no such machine free at the moment.",
    "Repeat later, or choose another instance type or spot = false in [aws].",
    True,
)
_THROTTLED = _Kind(CloudError, "AWS is being asked too often.", "Repeat in a minute.", True)
DOWN = _Kind(CloudError, "The service of AWS has a fault.", "Repeat in some minutes; see health.aws.amazon.com.", True)
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
        ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "Forbidden", "403"), DENIED
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
        QUOTA,
    ),
    **dict.fromkeys(("CapacityError", "InsufficientCapacity", "InsufficientInstanceCapacity"), CAPACITY),
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
        DOWN,
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
        kind.what, where=place, found=message, fix=advice(kind, message, service), code=code, retryable=kind.retryable
    )


def _told(message: str) -> _Kind | None:
    """What a ValidationException is really about: SageMaker names several things so."""
    text = message.lower()
    if "not authorized" in text or "access denied" in text or "cannot assume" in text or "passrole" in text:
        return DENIED
    if any(words in text for words in ("could not find", "does not exist", "not found", "no scalable target")):
        return _MISSING
    if "limit" in text and "exceed" in text:
        return QUOTA
    return None


def _by_status(error: Any) -> _Kind:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return DOWN if status >= 500 else _THROTTLED if status == 429 else DENIED if status == 403 else _REFUSED


def advice(kind: _Kind, message: str, operation: str) -> str:
    """What to do about it: the permission or quota that the message names, if it names one."""
    if kind is DENIED:
        action = _ACTION.search(message)
        if action:
            on = f" on {action['resource'].rstrip('.')}" if action["resource"] else ""
            return f"Give the caller the permission {action['action']}{on} (roles: infra/modules/identity)."
        return f"Give the caller the permission for {operation} (roles: infra/modules/identity)."
    if kind is QUOTA and (limit := _LIMIT.search(message)):
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
