"""A file on the web: cached by its address, fetched on where a broken transfer stopped, tried again after failures
that pass."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from mlcl import progress
from mlcl.data.sources.base import Fetched, Request, check_digest, without_password
from mlcl.errors import SourceError
from mlcl.records import now

if TYPE_CHECKING:
    import httpx

ATTEMPTS = 4
PAUSE = 0.5  # seconds before the second attempt; doubled before each further one
TIMEOUT = 30.0  # seconds without a byte
_BODY = 1 << 16  # bytes of a refusal that are read
_GONE = "There is no such file on the server."
_PASSING = (408, 425, 429, 500, 502, 503, 504)


class Download(NamedTuple):
    path: Path
    url: str
    fetched_at: str
    notes: tuple[str, ...] = ()


class Refused(SourceError):
    """The server's answer was an error. body: its first bytes, which may say more."""

    def __init__(self, what: str, status: int, body: bytes, **rest: Any) -> None:
        super().__init__(what, **rest)
        self.status, self.body = status, body


def fetch(request: Request) -> Fetched:
    got = download(request.source, request.cache, refresh=request.refresh)
    check_digest(got.path, request.sha256, got.url)
    return Fetched(table=got.path, name=got.path.name, url=got.url, fetched_at=got.fetched_at, notes=got.notes)


def download(url: str, cache: Path, *, refresh: bool = False) -> Download:
    """The file behind `url`, in the cache. refresh: ask whether it has changed; without an answer the cached copy
    serves, and a note says so. Raises SourceError."""
    entry = _Entry(cache, url)
    if not entry.whole or refresh:
        entry.folder.mkdir(parents=True, exist_ok=True)
        with _locked(entry.folder / "lock"):
            if not entry.whole or refresh:
                return entry.download(_brought(entry))
    return entry.download()


def document(url: str, cache: Path, *, refresh: bool = False) -> Any:
    """The JSON behind `url`, cached likewise."""
    got = download(url, cache, refresh=refresh)
    try:
        return json.loads(got.path.read_bytes())
    except ValueError as error:
        forget(url, cache)
        raise SourceError(
            "The answer is not JSON: the service may be down or moved.", where=got.url, found=str(error), retryable=True
        ) from error


def forget(url: str, cache: Path) -> None:
    """For a cached file that is not what its publisher announced."""
    _Entry(cache, url).facts.unlink(missing_ok=True)


class _Entry:
    """One address in the cache: the file, what is known about it, and what a broken transfer left."""

    def __init__(self, cache: Path, url: str) -> None:
        self.url, self.shown = url, without_password(url)
        self.folder = cache / "http" / hashlib.sha256(url.encode()).hexdigest()[:32]
        self.file = self.folder / "file" / (Path(unquote(urlsplit(url).path)).name[-100:] or "data")
        self.part = self.folder / "part"
        self.facts, self.part_facts = self.folder / "about.json", self.folder / "part.json"

    @property
    def whole(self) -> bool:
        return self.facts.exists() and self.file.exists()

    def download(self, notes: tuple[str, ...] = ()) -> Download:
        return Download(self.file, self.shown, _read(self.facts)["fetched_at"], notes)

    def finish(self) -> None:
        """The part is whole: it becomes the file."""
        facts = _read(self.part_facts)
        self.facts.unlink(missing_ok=True)
        self.file.parent.mkdir(exist_ok=True)
        self.part.replace(self.file)
        _write(self.facts, {**facts, "url": self.shown, "fetched_at": now()})
        self.part_facts.unlink(missing_ok=True)


def _brought(entry: _Entry) -> tuple[str, ...]:
    """Fetches the file, trying again; gives notes."""
    for attempt in range(ATTEMPTS):
        try:
            _transfer(entry)
        except SourceError as error:
            if not error.retryable or attempt == ATTEMPTS - 1:
                if error.retryable and entry.whole:
                    return (f"{entry.shown} could not be asked; the copy fetched before is used.",)
                raise
            time.sleep(PAUSE * 2**attempt)
        else:
            break
    return ()


def _transfer(entry: _Entry) -> None:
    import httpx

    have, known = _begun(entry)
    asked = {"Accept-Encoding": "identity", "User-Agent": "mlcl"}
    if have:
        asked |= {"Range": f"bytes={have}-", "If-Range": known.get("etag") or known["modified"]}
    elif entry.whole:
        asked |= _conditions(_read(entry.facts))
    timeout = httpx.Timeout(TIMEOUT, connect=10.0)
    with (
        _translated(entry),
        httpx.stream("GET", entry.url, headers=asked, follow_redirects=True, timeout=timeout) as response,
    ):
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return
        if response.is_error:
            entry.part_facts.unlink(missing_ok=True)
            raise _refusal(entry, response)
        _receive(entry, response, have if response.status_code == httpx.codes.PARTIAL_CONTENT else 0)
    entry.finish()


def _begun(entry: _Entry) -> tuple[int, dict[str, str]]:
    """Bytes that a broken transfer left, and what proves that the rest belongs to them; 0 without such proof."""
    known = _read(entry.part_facts)
    have = entry.part.stat().st_size if entry.part.exists() and (known.get("etag") or known.get("modified")) else 0
    return have, known


def _receive(entry: _Entry, response: httpx.Response, have: int) -> None:
    if not have:
        entry.part.unlink(missing_ok=True)
        _write(entry.part_facts, _validators(response))
    length = int(response.headers.get("content-length") or 0)
    with entry.part.open("ab") as part:
        for chunk in response.iter_bytes():
            part.write(chunk)
            have += len(chunk)
            progress.report(have, max(length, have), f"Fetching {entry.file.name}")


def _validators(response: httpx.Response) -> dict[str, str]:
    """What names this version of the file. A weak tag, or a packed transfer, cannot prove that bytes fit together."""
    if "content-encoding" in response.headers:
        return {}
    tag = response.headers.get("etag", "")
    facts = {"etag": "" if tag.startswith("W/") else tag, "modified": response.headers.get("last-modified", "")}
    return {key: value for key, value in facts.items() if value}


def _conditions(known: dict[str, str]) -> dict[str, str]:
    headers = {"If-None-Match": known.get("etag", ""), "If-Modified-Since": known.get("modified", "")}
    return {name: value for name, value in headers.items() if value}


def _refusal(entry: _Entry, response: httpx.Response) -> Refused:
    status, body = response.status_code, next(response.iter_bytes(_BODY), b"")
    what = {401: "The server wants credentials.", 403: "The server refuses access.", 404: _GONE, 410: _GONE}.get(status)
    return Refused(
        what or "The server answered with an error.",
        status,
        body,
        where=entry.shown,
        found=f"HTTP {status} {response.reason_phrase}".rstrip(),
        fix="Check the address." if status < 500 else "Try again later.",
        retryable=status in _PASSING or status == 416,
    )


@contextmanager
def _translated(entry: _Entry) -> Iterator[None]:
    """httpx's errors as ours."""
    import httpx

    try:
        yield
    except httpx.TimeoutException as error:
        raise SourceError(
            "The server did not answer in time.", where=entry.shown, fix="Try again later.", retryable=True
        ) from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.TooManyRedirects, httpx.DecodingError) as error:
        raise SourceError(
            "The address cannot be fetched.", where=entry.shown, found=str(error), fix="Check the address."
        ) from error
    except httpx.TransportError as error:
        raise SourceError(
            "The server cannot be reached, or the transfer broke.",
            where=entry.shown,
            found=str(error),
            fix="Check the network and the address; a transfer goes on where it stopped.",
            retryable=True,
        ) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process fetches an address at a time; the others wait and find it fetched."""
    import fcntl

    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _write(path: Path, facts: dict[str, str]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(facts))
    fresh.replace(path)
