"""What goes over the wire: a request read once, an answer, and the errors that AWS's clients understand."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

ACCOUNT = "123456789012"
REGION = "us-east-1"
Start = Callable[[str, list[tuple[str, str]]], Any]
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_PHRASES = {
    200: "OK",
    202: "Accepted",
    204: "No Content",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    424: "Failed Dependency",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Slow Down",
    504: "Gateway Timeout",
}


class AwsError(Exception):
    """An error as AWS's JSON services tell it. code: such as 'ValidationException'; status: of HTTP."""

    def __init__(self, code: str, message: str, status: int = 400, **more: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.more = code, message, status, more


def invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)


def not_found() -> AwsError:
    return AwsError("ResourceNotFound", "Requested resource not found.")


def in_use(message: str) -> AwsError:
    return AwsError("ResourceInUse", message)


class Request(NamedTuple):
    """A request with its body read. service: the signing name ('' when unsigned); access_key likewise."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    service: str
    region: str
    access_key: str
    environ: dict[str, Any]

    @property
    def target(self) -> str:
        """The operation that X-Amz-Target names ('' when there is none)."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]

    @property
    def arguments(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))


class Reply(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def read(environ: dict[str, Any]) -> Request:
    """Read a request whole; the environment is left so that another application can read it again."""
    body = _body(environ)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    headers = {k[5:].replace("_", "-").lower(): str(v) for k, v in environ.items() if k.startswith("HTTP_")}
    headers |= {k.replace("_", "-").lower(): environ[k] for k in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(k)}
    query = environ.get("QUERY_STRING", "")
    access_key, region, service = _scope(headers.get("authorization", ""), query)
    path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
    return Request(environ["REQUEST_METHOD"], path, query, headers, body, service.lower(), region, access_key, environ)


def as_json(value: Any, status: int = 200, kind: str = "application/x-amz-json-1.1") -> Reply:
    return Reply(status, [("Content-Type", kind)], json.dumps(value, default=plain).encode())


def as_error(error: AwsError) -> Reply:
    reply = as_json(
        {"__type": error.code, "message": error.message, "Message": error.message, **error.more}, error.status
    )
    return reply._replace(headers=[*reply.headers, ("x-amzn-ErrorType", error.code)])


def send(reply: Reply, start: Start, identity: str) -> Iterable[bytes]:
    """Answer with `reply`; identity: the id of the request."""
    line = f"{reply.status} {_PHRASES.get(reply.status, 'Other')}"
    start(line, [*reply.headers, ("Content-Length", str(len(reply.body))), ("x-amzn-RequestId", identity)])
    return [reply.body]


def plain(value: Any) -> Any:
    """JSON of what JSON has not: times are seconds since 1970, bytes base64."""
    if isinstance(value, dt.datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no JSON")


def _body(environ: dict[str, Any]) -> bytes:
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdigit():
        return bytes(stream.read(int(length)))
    return bytes(stream.read()) if environ.get("wsgi.input_terminated") else b""


def _scope(authorization: str, query: str) -> tuple[str, str, str]:
    found = _CREDENTIAL.search(authorization)
    if not found and "X-Amz-Credential=" in query:
        found = _CREDENTIAL.search("Credential=" + dict(parse_qsl(query)).get("X-Amz-Credential", ""))
    return (found[1], found[2], found[3]) if found else ("", REGION, "")
