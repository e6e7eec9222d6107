"""Who may ask: bearer tokens, sessions of browsers, and headers that keep other sites out.

Where tokens exist, or the server listens beyond loopback, every caller shows one: programs as `Authorization: Bearer`,
browsers once, to get a session. Without tokens the server answers on loopback, to loopback names only, so that no web
site reaches it under a name of its own.

A session is a cookie that only says who it is for and is signed; it holds no secret. It is sent by the browser with
whatever page asks, so what changes something must also carry the session's CSRF token in a header, which other sites
can neither read nor send, and must come from this origin.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from mlcl.server.errors import Refused, reply
from mlcl.serving.tokens import Tokens
from mlcl.stores import Log, Store, keys

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "mlcl_session"
CSRF = b"x-csrf-token"
LASTS = 12 * 3600.0  # seconds
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
NOBODY = ""  # who asks on loopback without tokens
_SAFE = {"GET", "HEAD", "OPTIONS"}
_MOST_JSON = 4 * 2**20  # bytes of a JSON body
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_FRESH = (b"cache-control", b"no-store")


class Ticket(NamedTuple):
    """What a session cookie says. caller: name of the token, NOBODY without tokens; began: seconds since 1970."""

    caller: str
    began: int
    nonce: str


class Guard:
    """Decides who may ask. open_to_all: whether the server listens beyond loopback."""

    def __init__(self, store: Store, *, open_to_all: bool = False, tokens: Tokens | None = None) -> None:
        self.open_to_all = open_to_all
        self.tokens = Tokens(store, seconds=math.inf) if tokens is None else tokens  # which may be empty
        self._store, self._known = store, b""

    @property
    def needs_token(self) -> bool:
        return self.open_to_all or len(self.tokens) > 0

    def caller(self, scope: Scope) -> str:
        """Name of who asks; Refused when nobody may ask so."""
        headers = dict(scope["headers"])
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        if authorization and self.needs_token:
            return self._bearer(authorization)
        self.check_origin(scope, headers)
        ticket = self.ticket(headers)
        if self.needs_token and (ticket is None or ticket.caller == NOBODY):
            raise Refused(401, "A token is needed.", fix="Sign in, or send it as Authorization: Bearer TOKEN.")
        if scope["method"] not in _SAFE and (ticket or _from_browser(headers)):
            self._check_csrf(ticket, headers)
        return ticket.caller if ticket else NOBODY

    def _bearer(self, authorization: str) -> str:
        scheme, _, token = authorization.partition(" ")
        name = self.tokens.check(token.strip()) if scheme.lower() == "bearer" else None
        if name is None:
            raise Refused(403, "This token is not known.", fix="mlcl token create NAME")
        return name

    def check_origin(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        """Without tokens only loopback names are answered; what changes something comes from this origin."""
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if not self.needs_token and host and _name(host) not in LOOPBACK:
            raise Refused(403, "Without tokens, the server answers to loopback names only.", found=host)
        if scope["method"] in _SAFE:
            return
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        site = headers.get(b"sec-fetch-site", b"same-origin")
        if (origin and urlsplit(origin).netloc != host) or site not in (b"same-origin", b"none"):
            raise Refused(403, "This request comes from another site.", found=origin or site.decode("latin-1"))

    def _check_csrf(self, ticket: Ticket | None, headers: dict[bytes, bytes]) -> None:
        if ticket is None:
            raise Refused(403, "The session has ended.", error="CsrfError", fix="Ask GET /api/v1/session and repeat.")
        given = headers.get(CSRF, b"").decode("latin-1")
        if not hmac.compare_digest(given.encode(), self.csrf(ticket).encode()):
            raise Refused(
                403, "The request does not carry the session's CSRF token.", error="CsrfError", where="X-CSRF-Token"
            )

    def ticket(self, headers: dict[bytes, bytes]) -> Ticket | None:
        """What the session cookie says, when it was signed here, is not too old, and its token still exists."""
        body, _, signature = _cookie(headers.get(b"cookie", b"").decode("latin-1")).partition(".")
        if not body or not hmac.compare_digest(self._sign("session", body).encode(), signature.encode()):
            return None
        try:
            ticket = Ticket(*orjson.loads(base64.urlsafe_b64decode(body)))
        except (binascii.Error, ValueError, TypeError):
            return None
        if not 0 <= time.time() - ticket.began + 60 < LASTS + 60:
            return None
        return ticket if ticket.caller == NOBODY or self.tokens.has(ticket.caller) else None

    def begin(self, caller: str, *, secure: bool) -> tuple[Ticket, str]:
        """A new session, and the cookie that keeps it."""
        ticket = Ticket(caller, int(time.time()), secrets.token_hex(8))
        body = base64.urlsafe_b64encode(orjson.dumps(list(ticket))).decode()
        return ticket, _set_cookie(f"{body}.{self._sign('session', body)}", int(LASTS), secure=secure)

    def csrf(self, ticket: Ticket) -> str:
        return self._sign("csrf", orjson.dumps(list(ticket)).decode())

    def _sign(self, kind: str, text: str) -> str:
        return hmac.new(self._secret, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()

    @property
    def _secret(self) -> bytes:
        """Kept in the store, so that sessions outlive the server and are good at each of its workers."""
        if not self._known:
            log = Log(self._store, keys.sessions())
            entry = log.latest() or log.update(lambda known: known or {"secret": secrets.token_hex(32)})
            self._known = bytes.fromhex(entry.document["secret"])
        return self._known


def ended_cookie() -> str:
    return _set_cookie("", 0, secure=False)


class Guarded:
    """The API behind its guard: access, the size of bodies, and headers on every answer."""

    def __init__(self, app: Asgi, guard: Guard, open_paths: frozenset[str]) -> None:
        self.app, self.guard, self.open_paths = app, guard, open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        armed = _armed(send)
        try:
            if scope["path"] not in self.open_paths:
                scope.setdefault("state", {})["caller"] = self.guard.caller(scope)
            await self.app(scope, _bounded(scope, receive), armed)
        except Refused as refused:
            headers = {"www-authenticate": "Bearer"} if refused.fault.status == 401 else None
            await reply(refused.fault, headers)(scope, receive, armed)


def _armed(send: Send) -> Send:
    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = list(message["headers"])
            known = {name.lower() for name, _ in headers}
            headers += [pair for pair in (*_HEADERS, _POLICY, _FRESH) if pair[0] not in known]
            message = {**message, "headers": headers}
        await send(message)

    return sent


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Of JSON, no more than _MOST_JSON bytes; routes that take files bound them themselves."""
    kind = dict(scope["headers"]).get(b"content-type", b"application/json").partition(b";")[0].strip().lower()
    if kind not in (b"application/json", b"text/plain", b""):
        return receive
    size = 0

    async def received() -> MutableMapping[str, Any]:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > _MOST_JSON:
            raise Refused(413, f"A request may have at most {_MOST_JSON:,} bytes.")
        return message

    return received


def _from_browser(headers: dict[bytes, bytes]) -> bool:
    return b"origin" in headers or b"sec-fetch-site" in headers


def _name(host: str) -> str:
    return host if host.endswith("]") else host.rsplit(":", 1)[0]


def _cookie(text: str) -> str:
    for part in text.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""


def _set_cookie(value: str, lasts: int, *, secure: bool) -> str:
    return f"{COOKIE}={value}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}"
