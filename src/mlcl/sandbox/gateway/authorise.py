"""Who may call: SigV4 signatures, IAM policies, API keys."""

from __future__ import annotations

import datetime as dt
import fnmatch
import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote

from mlcl.sandbox import identity
from mlcl.sandbox.gateway.refusal import Refusal
from mlcl.sandbox.identity import Caller
from mlcl.sandbox.wire import AwsError, Request

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})"
)
_SKEW = dt.timedelta(minutes=15)


def signed(request: Request, arn: str, api: Any) -> Caller:
    """The caller of a request that must be signed for execute-api and allowed `arn`. Raises Refusal."""
    text = request.headers.get("authorization", "")
    if not text:
        raise Refusal("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token", api=api)
    found = _AUTHORIZATION.fullmatch(text.strip())
    if not found:
        raise Refusal("INVALID_SIGNATURE", "Authorization header is not a valid signature (SigV4).", api=api)
    key, date, region, service, names, signature = found.groups()
    if service != "execute-api":
        raise Refusal(
            "INVALID_SIGNATURE",
            f"Credential should be scoped to correct service: 'execute-api', not '{service}'.",
            api=api,
        )
    _check_time(request, api)
    expected = _signature(request, (identity.secret(key), date, region, service), names)
    if not hmac.compare_digest(expected, signature):
        words = "The request signature we calculated does not match the signature you provided."
        raise Refusal("INVALID_SIGNATURE", f"{words} Check your AWS Secret Access Key and signing method.", api=api)
    try:
        caller = identity.caller(key)
    except AwsError as error:
        raise Refusal("EXPIRED_TOKEN", error.message, api=api) from None
    if not allowed(identity.policies(caller), "execute-api:Invoke", arn):
        words = f"User: {caller.arn} is not authorized to perform: execute-api:Invoke on resource: {arn}"
        raise Refusal("ACCESS_DENIED", words, api=api)
    return caller


def allowed(policies: Iterable[str] | None, action: str, arn: str) -> bool:
    """Whether policies (None: of the account itself) allow an action on a resource.

    A Condition of an Allow is taken as met, a Deny with a Condition is left out: loopback has no VPC and no TLS.
    """
    if policies is None:
        return True
    found = False
    for text in policies:
        policy = json.loads(text)
        statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
        for statement in statements:
            if not _applies(statement, action, arn):
                continue
            if statement["Effect"] == "Deny" and "Condition" not in statement:
                return False
            found = found or statement["Effect"] == "Allow"
    return found


def api_key(request: Request, backend: Any, api: Any, stage: str) -> tuple[Any, Any]:
    """(the API key, its usage plan) of a request. Raises Refusal."""
    value = request.headers.get("x-api-key", "")
    key = next((each for each in list(backend.keys.values()) if value and each.value == value), None)
    if key is None or not key.enabled:
        raise Refusal("INVALID_API_KEY", "Forbidden", api=api)
    for plan in list(backend.usage_plans.values()):
        covers = any(each["apiId"] == api.id and each["stage"] == stage for each in plan.api_stages)
        if covers and key.id in backend.usage_plan_keys.get(plan.id, {}):
            return key, plan
    raise Refusal("INVALID_API_KEY", "Forbidden", api=api)


def _applies(statement: dict[str, Any], action: str, arn: str) -> bool:
    return _named(statement, "Action", action.lower(), lower=True) and _named(statement, "Resource", arn, lower=False)


def _named(statement: dict[str, Any], member: str, value: str, *, lower: bool) -> bool:
    for key, wanted in ((member, True), (f"Not{member}", False)):
        if key in statement:
            given = statement[key] if isinstance(statement[key], list) else [statement[key]]
            return any(_fits(value, each.lower() if lower else each) for each in given) is wanted
    return True


def _fits(value: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def _check_time(request: Request, api: Any) -> None:
    try:
        at = dt.datetime.strptime(request.headers.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        raise Refusal("INVALID_SIGNATURE", "The header X-Amz-Date is missing or no time.", api=api) from None
    if abs(dt.datetime.now(dt.UTC) - at) > _SKEW:
        raise Refusal(
            "INVALID_SIGNATURE", f"Signature expired: {request.headers['x-amz-date']} is too far from now.", api=api
        )


def _signature(request: Request, scope: tuple[str, str, str, str], names: str) -> str:
    """AWS Signature Version 4 of a request. Source: IAM user guide, "Create a signed AWS API request"."""
    secret, date, region, service = scope
    raw = str(request.environ.get("RAW_URI") or request.path)
    path = raw.partition("?")[0]
    query = "&".join(
        f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}"
        for key, value in sorted(parse_qsl(request.query, keep_blank_values=True))
    )
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names.split(";"))
    digest = request.headers.get("x-amz-content-sha256") or hashlib.sha256(request.body).hexdigest()
    canonical = "\n".join([request.method, quote(path, safe="/~-_."), query, headers, names, digest])
    credential = f"{date}/{region}/{service}/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers.get("x-amz-date", ""), credential, hashed])
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
