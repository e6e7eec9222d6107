"""An object of S3, through the store's client: credentials and endpoint from the environment, as AWS tools do."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from mlcl.data.sources.base import Fetched, Request, check_digest
from mlcl.errors import NotFound, ProblemError, SourceError, StoreError
from mlcl.records import now


def fetch(request: Request) -> Fetched:
    bucket, _, key = request.source.removeprefix("s3://").partition("/")
    name = key.rsplit("/", 1)[-1]
    if not bucket or not name:
        raise ProblemError("An S3 source names one object.", where="data.source", found=request.source)
    folder = request.cache / "s3" / hashlib.sha256(request.source.encode()).hexdigest()[:32]
    target = folder / name
    if request.refresh or not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _download(request.source, bucket, key, target)
    check_digest(target, request.sha256, request.source)
    return Fetched(table=target, name=name, url=request.source, fetched_at=now())


def _download(source: str, bucket: str, key: str, target: Path) -> None:
    from mlcl.stores import Store

    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        part = Path(folder) / target.name
        try:
            Store(f"s3://{bucket}").save(key, part)
        except NotFound as error:
            raise NotFound("There is no such object in S3.", where="data.source", found=source) from error
        except StoreError as error:
            raise SourceError(
                "The object cannot be read from S3.",
                where=source,
                found=error.found,
                fix="Check bucket, region, credentials and permissions (aws s3 ls shows what you can see).",
                retryable=True,
            ) from error
        part.rename(target)
