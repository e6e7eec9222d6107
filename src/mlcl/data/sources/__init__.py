"""Where tables come from: one module per kind of source, each with `fetch(request)`.

Nothing here loads polars at import: asking what a source is now must cost next to nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path

from mlcl.data.sources import file
from mlcl.data.sources.base import STORE, Fetched, Request, without_password
from mlcl.errors import ProblemError, did_you_mean
from mlcl.problem.sections import Data

__all__ = ["REFRESH", "STAGED", "STORE", "Fetched", "cache_folder", "fetch", "fingerprint", "without_password"]

# Whether whoever runs the steps wants sources asked anew, whatever the cache holds (mlcl run --fresh).
REFRESH: ContextVar[bool] = ContextVar("refresh", default=False)
# Folder with a copy of the file that data.source names, where the step runs on another machine than the file lies on.
STAGED: ContextVar[Path | None] = ContextVar("staged", default=None)

_KINDS = {"http": "http", "https": "http", "s3": "s3"} | {name: name for name in ("openml", "uci", "sklearn", "upload")}


def fetch(data: Data, base: Path, cache: Path, *, refresh: bool = False) -> Fetched:
    """The table of data.source as a local file, or in memory when it is one of scikit-learn's.

    base: folder that relative paths start from; cache: folder in which fetched files are kept, by their address;
    refresh: ask the source anew (a file that has not changed is not sent again). Raises NotFound for what does not
    exist, SourceError for what cannot be fetched.
    """
    kind, rest = _parts(data.source)
    request = Request(rest, base, cache, refresh, data.sha256)
    if kind == "file" and (staged := STAGED.get()):
        return _staged(request, staged)
    fetcher: Callable[[Request], Fetched] = import_module(f"mlcl.data.sources.{kind}").fetch
    return fetcher(request)


def _staged(request: Request, folder: Path) -> Fetched:
    """The copy in the folder, known by the name that the file has where it lies."""
    from mlcl.stores import keys

    name = Path(request.source).name
    return file.fetch(request._replace(source=keys.file_name(name), base=folder))._replace(name=name)


def fingerprint(data: Data, base: Path) -> str:
    """What the source is now, as far as can be told without the network: of a file the digest of its bytes, of a
    bundled set the version of the library, of anything else its address. Raises NotFound like `fetch`."""
    kind, rest = _parts(data.source)
    if kind == "file":
        return f"sha256:{file.digest(file.located(rest, base))}"
    if kind == "sklearn":
        from mlcl.data.sources import sklearn

        return sklearn.fingerprint(rest)
    if kind == "upload":
        from mlcl.data.sources import upload

        return f"sha256:{upload.parts(rest)[0]}"
    return data.source


def is_file(data: Data) -> bool:
    """Whether the source is a file of this machine."""
    return _parts(data.source)[0] == "file"


def cache_folder() -> Path:
    """$MLCL_CACHE, else the user's cache folder as XDG has it."""
    if named := os.environ.get("MLCL_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mlcl"


def _parts(source: str) -> tuple[str, str]:
    """Kind of source, and what its module needs: the address, the id or name, or the path."""
    if match := re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", source):
        scheme = match[1].lower()
        if scheme not in ("http", "https", "s3"):
            raise ProblemError(
                "Tables are not fetched this way.",
                where="data.source",
                found=f"{scheme}://",
                fix="Give a path, https://…, s3://…, openml:ID, uci:ID or sklearn:NAME.",
            )
        return _KINDS[scheme], source
    if match := re.match(r"([a-z0-9]{2,}):(.*)", source):
        if match[1] in ("openml", "uci", "sklearn", "upload") and match[2].strip():
            return match[1], match[2].strip()
        raise ProblemError(
            "There is no such kind of source." if match[2].strip() else "The source is not named.",
            where="data.source",
            found=source,
            fix=did_you_mean(match[1], _KINDS) or "Use openml:ID, uci:ID, sklearn:NAME, an address or a path.",
        )
    return "file", source
