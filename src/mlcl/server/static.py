"""The web page: files that the build made, with a strict content security policy and caching by their names."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from mlcl.serving.web import Receive, Scope, Send

FOLDER = Path(__file__).with_name("page")
_INDEX = "index.html"
_FOREVER, _AGAIN = b"public, max-age=31536000, immutable", b"no-cache"
_CODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
_INLINE = re.compile(rb"<(script|style)(?:\s[^>]*)?>([^<]+)</\1>")
_TYPES = {".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2", ".svg": "image/svg+xml"}

# Cloudscape and React set styles through the DOM, which needs no 'unsafe-inline'; images made in the page are blobs.
_POLICY = (
    "default-src 'none'; script-src 'self'{script}; style-src 'self'{style}; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_NOT_BUILT = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>mlcl</title>
<h1>The page is not built yet</h1>
<p>The API and the model server are up: <a href="/docs">documentation of the models</a>, <a href="/api/v1/openapi.json">
OpenAPI document of the API</a>.</p>
<p>To build the page, in a copy of the source: <code>make page</code>, then start the server again.</p>
</html>"""


def built() -> bool:
    return (FOLDER / _INDEX).is_file()


class Static:
    """The page as an ASGI application. What is no file is a place in the page, which finds its own way."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(scope, send, 405, b"", [(b"allow", b"GET, HEAD")])
            return
        headers = dict(scope["headers"])
        name = scope["path"].lstrip("/")
        file = self._file(name)
        if file is None and (name.startswith("assets/") or "." in name.rsplit("/", 1)[-1]):
            await _answer(scope, send, 404, b"There is no such file.\n", [(b"content-type", b"text/plain")])
            return
        await self._send(scope, send, headers, file or self.folder / _INDEX)

    def _file(self, name: str) -> Path | None:
        """The file of that name, when it is one of the page's: never one outside of it."""
        if not name or "\\" in name or "\0" in name or {"", ".", ".."} & set(name.split("/")):
            return None
        file = self.folder / name
        return file if file.is_file() and file.suffix not in (".br", ".gz") else None

    async def _send(self, scope: Scope, send: Send, headers: dict[bytes, bytes], file: Path) -> None:
        if not file.is_file():
            policy = b"default-src 'none'; frame-ancestors 'none'"
            await _answer(
                scope,
                send,
                200,
                _NOT_BUILT,
                [(b"content-type", b"text/html; charset=utf-8"), (b"content-security-policy", policy)],
            )
            return
        asset = file.parent.name == "assets"
        accepted = {part.split(b";")[0].strip() for part in headers.get(b"accept-encoding", b"").split(b",")}
        coding, path = next(
            (
                (coding, packed)
                for coding, ending in _CODINGS
                if coding in accepted and (packed := file.with_name(file.name + ending)).is_file()
            ),
            (b"", file),
        )
        changed = path.stat().st_mtime_ns
        body, tag = _read(path, changed)
        answer = [
            (b"content-type", _type(file).encode()),
            (b"cache-control", _FOREVER if asset else _AGAIN),
            (b"etag", tag),
            (b"vary", b"accept-encoding"),
        ]
        if coding:
            answer.append((b"content-encoding", coding))
        if file.suffix == ".html":
            answer.append((b"content-security-policy", _policy(file, file.stat().st_mtime_ns)))
        if headers.get(b"if-none-match") == tag:
            await _answer(scope, send, 304, b"", answer)
            return
        await _answer(scope, send, 200, body, answer)


@lru_cache(maxsize=64)
def _read(file: Path, changed: int) -> tuple[bytes, bytes]:
    """Bytes and ETag of a file, as long as it has not changed."""
    del changed
    body = file.read_bytes()
    return body, b'"%s"' % hashlib.sha256(body).hexdigest()[:32].encode()


@lru_cache(maxsize=8)
def _policy(file: Path, changed: int) -> bytes:
    """The policy of an HTML file; what stands inline in it is allowed by its hash."""
    del changed
    hashes = {"script": "", "style": ""}
    for kind, text in _INLINE.findall(file.read_bytes()):
        digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
        hashes[kind.decode()] += f" 'sha256-{digest}'"
    return _POLICY.format(**hashes).encode()


def _type(file: Path) -> str:
    if file.suffix == ".html":
        return "text/html; charset=utf-8"
    return _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


async def _answer(scope: Scope, send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    fixed: list[tuple[bytes, Any]] = [
        (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"x-frame-options", b"DENY"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    ]
    if status == 304:
        fixed = fixed[1:]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *fixed]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
