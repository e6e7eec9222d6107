"""Every error that AWS's services declare for the operations called here becomes one of ours, with what to do."""

from __future__ import annotations

import re
from pathlib import Path

import botocore.exceptions as foreign
import botocore.session
import pytest

from mlcl.errors import MlclError
from mlcl.platforms import sagemaker
from mlcl.platforms.sagemaker import errors
from mlcl.platforms.sagemaker.errors import (
    CapacityError,
    CloudError,
    CredentialsError,
    JobError,
    PermissionDenied,
    QuotaError,
    translated,
)
from mlcl.platforms.sagemaker.failures import of_job

_CALL = re.compile(r'"(?P<service>[a-z-]+)",\s*"(?P<operation>[a-z]+_[a-z_]+)"')
_LISTED = re.compile(r'"(?P<operation>(?:list|describe|create|delete|update)_[a-z_]+)"')
SERVICES = ("sagemaker", "sagemaker-runtime", "logs", "cloudwatch", "scheduler", "application-autoscaling", "ssm")


def operations() -> list[tuple[str, str]]:
    """(service, operation) of every call in the sources of the platform."""
    session = botocore.session.get_session()
    names = {}
    for service in SERVICES:
        model = session.get_service_model(service)
        names[service] = {botocore.xform_name(name): name for name in model.operation_names}
    made = ("CreateEndpointConfig", "CreateModel", "DescribeModel", "DescribeEndpointConfig")  # by kind, in one helper
    found = {("ssm", "GetParameter"), *(("sagemaker", name) for name in made)}
    for file in Path(sagemaker.__file__).parent.glob("*.py"):
        text = file.read_text()
        for match in _CALL.finditer(text):
            if match["service"] in names:
                found.add((match["service"], names[match["service"]][match["operation"]]))
        for match in _LISTED.finditer(text):
            if match["operation"] in names["sagemaker"]:
                found.add(("sagemaker", names["sagemaker"][match["operation"]]))
    return sorted(found)


def raised(code: str, message: str = "no", status: int = 400, operation: str = "CreatePipeline") -> CloudError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(CloudError) as caught, translated("here"):
        raise foreign.ClientError(response, operation)  # type: ignore[arg-type]
    return caught.value


def test_the_calls_are_found() -> None:
    found = operations()
    assert ("sagemaker", "StartPipelineExecution") in found
    assert ("sagemaker", "CreateEndpointConfig") in found
    assert ("cloudwatch", "PutMetricData") in found
    assert len(found) > 25


def test_every_declared_error_is_known() -> None:
    session = botocore.session.get_session()
    unknown = set()
    for service, operation in operations():
        for shape in session.get_service_model(service).operation_model(operation).error_shapes:
            code = shape.error_code or shape.name
            error = raised(code, operation=operation)
            assert error.fix, code
            if code not in errors._CODES and code not in PLAIN:
                unknown.add((service, operation, code))
    assert not unknown


# Mistakes in what was asked for: AWS's own words say it best.
PLAIN = {
    "ValidationException",
    "ValidationError",
    "InvalidParameterValue",
    "InvalidParameterCombination",
    "InvalidParameterValueException",
    "InvalidParameterCombinationException",
    "InvalidParameterException",
    "MissingParameter",
    "MissingRequiredParameterException",
    "InvalidNextToken",
    "InvalidKeyId",
    "InvalidFormat",
    "FailedResourceAccessException",
    "ObjectNotFoundException",
}


@pytest.mark.parametrize(
    ("code", "kind", "retryable"),
    [
        ("ExpiredTokenException", CredentialsError, True),
        ("ExpiredToken", CredentialsError, True),
        ("UnrecognizedClientException", CredentialsError, False),
        ("AccessDeniedException", PermissionDenied, False),
        ("ResourceLimitExceeded", QuotaError, False),
        ("ThrottlingException", CloudError, True),
        ("InternalFailure", CloudError, True),
    ],
)
def test_kinds(code: str, kind: type[CloudError], retryable: bool) -> None:
    error = raised(code)
    assert isinstance(error, kind)
    assert error.retryable is retryable


def test_a_missing_permission_is_named() -> None:
    said = (
        "User: arn:aws:sts::123456789012:assumed-role/dev/me is not authorized to perform: sagemaker:CreatePipeline on "
        "resource: arn:aws:sagemaker:eu-west-2:123456789012:pipeline/mlcl-dev-small because no identity-based policy"
    )
    error = raised("AccessDeniedException", said)
    assert "sagemaker:CreatePipeline on arn:aws:sagemaker:eu-west-2:123456789012:pipeline/mlcl-dev-small" in error.fix
    assert "here" in error.where


def test_a_quota_is_named() -> None:
    said = "The account-level service limit 'ml.m5.xlarge for training job usage' is 0 Instances, with current use of 0"
    assert "'ml.m5.xlarge for training job usage'" in raised("ResourceLimitExceeded", said).fix


def test_a_validation_exception_may_be_a_permission_in_disguise() -> None:
    assert isinstance(raised("ValidationException", "Could not access: role cannot assume"), CloudError)
    said = "Cross-account pass role is not allowed: User is not authorized to perform: iam:PassRole on resource: r"
    assert isinstance(raised("ValidationException", said), PermissionDenied)
    assert raised("ValidationException", 'Could not find endpoint "x".').missing


def test_an_unknown_code_goes_by_the_status() -> None:
    assert raised("Brandnew", status=503).retryable
    assert isinstance(raised("Brandnew", status=403), PermissionDenied)
    assert raised("Brandnew").what == "AWS refused the request."


@pytest.mark.parametrize(
    "error",
    [
        foreign.NoCredentialsError(),
        foreign.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
        foreign.NoRegionError(),
        foreign.ProfileNotFound(profile="x"),
        foreign.EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        foreign.ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
        foreign.ConnectTimeoutError(endpoint_url="http://127.0.0.1:1"),
        foreign.ParamValidationError(report="bad"),
        foreign.UnauthorizedSSOTokenError(),
        foreign.SSOTokenLoadError(profile_name="x", error_msg="y"),
        foreign.CredentialRetrievalError(provider="x", error_msg="y"),
        foreign.WaiterError(name="x", reason="y", last_response={}),
        ConnectionResetError("reset"),
    ],
)
def test_errors_of_the_client_are_ours(error: Exception) -> None:
    with pytest.raises(MlclError) as caught, translated("here"):
        raise error
    assert caught.value.fix
    assert caught.value.where == "here"


def test_every_exception_of_botocore_is_ours() -> None:
    """All that can be raised at all: whatever it is, no traceback reaches the user."""
    kinds = [
        kind for kind in vars(foreign).values() if isinstance(kind, type) and issubclass(kind, foreign.BotoCoreError)
    ]
    assert len(kinds) > 50
    for kind in kinds:
        error = kind.__new__(kind)
        Exception.__init__(error, "said")
        with pytest.raises(CloudError), translated():
            raise error


@pytest.mark.parametrize(
    ("reason", "kind", "words"),
    [
        ("CapacityError: Unable to provision requested ML compute capacity.", CapacityError, "instance type"),
        ("ResourceLimitExceeded: The account-level service limit 'ml.p3' is 0", QuotaError, "Service Quotas"),
        ("ClientError: Data download failed: AccessDenied (403)", PermissionDenied, "permission"),
        ("ClientError: Failed to upload: ExpiredToken (403)", CredentialsError, "Run it again"),
        ("AlgorithmError: The credentials for the store have expired.", CredentialsError, "Run it again"),
        ("MaxRuntimeExceeded", JobError, "max_run"),
        ("AlgorithmError: ExecuteUserScriptError, exit code: 137", JobError, "more memory"),
        ("AlgorithmError: something", JobError, "mlcl logs"),
    ],
)
def test_why_a_job_ended(reason: str, kind: type[MlclError], words: str) -> None:
    error = of_job("job-1", "Failed", reason)
    assert isinstance(error, kind)
    assert words in error.fix
    assert error.where == "job-1"
