"""The little of HTTP that the server needs: requests, replies, and faults as application/problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

from mlcl.errors import Conflict, InputError, MlclError, NotFound, StoreError, UsageError

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

JSON, CSV, LINES, PARQUET = "application/json", "text/csv", "application/jsonlines", "application/x-parquet"
PROBLEM, HTML, TEXT = "application/problem+json", "text/html; charset=utf-8", "text/plain; version=0.0.4"
CLOSE = (b"connection", b"close")

_MOST_FAULTS = 100  # faults of rows that one reply lists
_STATUS: dict[type[MlclError], int] = {InputError: 422, NotFound: 404, UsageError: 422, Conflict: 409, StoreError: 503}

log = logging.getLogger("mlcl.serving")


class Disconnected(Exception):
    """The caller went away before the request was whole."""


class Reply(NamedTuple):
    status: int
    content_type: str
    body: bytes
    headers: tuple[Header, ...] = ()


class Fault(Exception):
    """A request that is answered with an error. detail: one sentence; more: further members of the problem."""

    def __init__(self, status: int, detail: str, headers: tuple[Header, ...] = (), /, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.more = status, detail, headers, more

    @property
    def reply(self) -> Reply:
        problem = {"type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status}
        body = orjson.dumps({**problem, "detail": self.detail, **self.more}, default=str)
        return Reply(self.status, PROBLEM, body, self.headers)

    @classmethod
    def of(cls, error: MlclError) -> Fault:
        """An error of mlcl: the caller's own mistakes in full, the server's without its insides."""
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
        if status >= 500:
            return cls(status, error.what)
        faults = listed(error.faults) if isinstance(error, InputError) else {}
        texts = {"found": error.found, "do": error.fix}
        return cls(status, error.what, **{key: text for key, text in texts.items() if text}, **faults)


def listed(faults: list[dict[str, Any]]) -> dict[str, Any]:
    """The first faults of the rows, and how many there are."""
    return {"faults": faults[:_MOST_FAULTS], "fault_count": len(faults)}


def json_reply(value: Any) -> Reply:
    return Reply(200, JSON, orjson.dumps(value, default=str))


class Request:
    """One request. headers: by lower-case name, the last of a name."""

    __slots__ = ("_receive", "headers", "method", "path", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope, self._receive = scope, receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        text: bytes = self.scope["query_string"]
        try:
            return dict(parse_qsl(text.decode("latin-1"), keep_blank_values=True, max_num_fields=20)) if text else {}
        except ValueError as error:
            raise Fault(400, "There are too many query parameters.") from error

    async def body(self, most: int) -> bytes:
        """The whole body; Fault 413 as soon as it is known to be longer than `most` bytes."""
        announced = self.headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced) > most:
            raise _too_large(most)
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > most:
                raise _too_large(most)
            if not message.get("more_body"):
                return part if not parts else b"".join((*parts, part))
            parts.append(part)


async def send_reply(reply: Reply, send: Send) -> None:
    headers = [
        (b"content-type", reply.content_type.encode("latin-1")),
        (b"content-length", b"%d" % len(reply.body)),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def _too_large(most: int) -> Fault:
    return Fault(413, f"A request may have at most {most:,} bytes.", (CLOSE,), allowed=most)
