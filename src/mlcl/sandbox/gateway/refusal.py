"""API Gateway's own answers, which an API may word otherwise (gateway responses)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mlcl.sandbox.gateway.mapping import rendered
from mlcl.sandbox.wire import Reply

_STATUS = {
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "UNAUTHORIZED": 401,
    "ACCESS_DENIED": 403,
    "EXPIRED_TOKEN": 403,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "REQUEST_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "QUOTA_EXCEEDED": 429,
    "THROTTLED": 429,
    "API_CONFIGURATION_ERROR": 500,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
}
_TYPES = {
    "INVALID_API_KEY": "ForbiddenException",
    "ACCESS_DENIED": "AccessDeniedException",
    "MISSING_AUTHENTICATION_TOKEN": "MissingAuthenticationTokenException",
    "INVALID_SIGNATURE": "InvalidSignatureException",
    "THROTTLED": "TooManyRequestsException",
    "QUOTA_EXCEEDED": "LimitExceededException",
}


class Refusal(Exception):
    """kind: the gateway response's type; detail: what a validator found."""

    def __init__(self, kind: str, message: str, *, detail: str = "", api: Any = None) -> None:
        super().__init__(message)
        self.kind, self.message, self.detail, self.api = kind, message, detail, api

    def reply(self, context: Mapping[str, Any]) -> Reply:
        status = _STATUS[self.kind]
        told = {"error": {"message": self.message, "validationErrorString": self.detail, "responseType": self.kind}}
        told["error"]["messageString"] = json.dumps(self.message)
        own = _own(self.api, self.kind, status)
        status = int(own.get("statusCode") or status)
        template = (own.get("responseTemplates") or {}).get("application/json")
        body = rendered(template, {**context, **told}, b"", {}) if template else json.dumps({"message": self.message})
        headers = [
            ("Content-Type", "application/json"),
            ("x-amzn-ErrorType", _TYPES.get(self.kind, "BadRequestException")),
        ]
        for name, value in (own.get("responseParameters") or {}).items():
            headers.append((name.removeprefix("gatewayresponse.header."), value.strip("'")))
        return Reply(status, headers, body.encode())


def _own(api: Any, kind: str, status: int) -> dict[str, Any]:
    """The API's wording for a type, or for all of its class."""
    given: dict[str, Any] = getattr(api, "gateway_responses", {}) or {}
    found = given.get(kind) or given.get("DEFAULT_4XX" if status < 500 else "DEFAULT_5XX")
    return dict(found.to_json()) if found else {}
