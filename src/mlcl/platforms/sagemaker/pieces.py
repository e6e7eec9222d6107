"""One object of the bucket out of pieces that several hosts have put there; the bytes pass through no host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from mlcl.platforms.sagemaker.errors import translated
from mlcl.platforms.sagemaker.settings import client
from mlcl.stores import Store

LEAST, MOST = 5 << 20, 512 << 20  # bytes of a part: what S3 takes (but for the last), and what is copied at a time
_AT_ONCE = 8

Part = list["Piece"]


class Piece(NamedTuple):
    """Bytes start..end of a value in the store."""

    key: str
    start: int
    end: int


def join(store: Store, key: str, pieces: Iterable[Piece]) -> None:
    """Writes the pieces, in their order, as one value of a store in a bucket."""
    bucket, prefix = _place(store)
    target = {"Bucket": bucket, "Key": f"{prefix}{key}"}
    with translated(f"{store.address}/{key}"):
        s3 = client("s3")
        upload = target | {"UploadId": s3.create_multipart_upload(**target)["UploadId"]}
        try:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                tags = list(
                    pool.map(partial(_sent, s3, store, upload), *zip(*enumerate(parts(pieces), 1), strict=True))
                )
            made = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
            s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": made})
        except BaseException:
            s3.abort_multipart_upload(**upload)
            raise


def parts(pieces: Iterable[Piece]) -> Iterator[Part]:
    """The pieces cut and put together so that each part but the last has LEAST bytes, and MOST at most."""
    part: Part = []
    size = 0
    for key, start, end in pieces:
        at = start
        while at < end:
            taken = min(end - at, LEAST - size if part else MOST)
            part.append(Piece(key, at, at + taken))
            size, at = size + taken, at + taken
            if size >= LEAST:
                yield part
                part, size = [], 0
    if part:
        yield part


def _sent(s3: Any, store: Store, upload: dict[str, str], number: int, part: Part) -> str:
    """Sends one part, gives its tag. Only what is too small to be copied inside S3 passes through here."""
    to = {**upload, "PartNumber": number}
    key, start, end = part[0]
    if len(part) == 1 and end - start >= LEAST:
        bucket, prefix = _place(store)
        source = {"Bucket": bucket, "Key": f"{prefix}{key}"}
        answer = s3.upload_part_copy(**to, CopySource=source, CopySourceRange=f"bytes={start}-{end - 1}")
        return str(answer["CopyPartResult"]["ETag"])
    body = b"".join(store.part(*piece) for piece in part)
    return str(s3.upload_part(**to, Body=body)["ETag"])


def _place(store: Store) -> tuple[str, str]:
    bucket, _, prefix = store.address.removeprefix("s3://").partition("/")
    return bucket, f"{prefix}/" if prefix else ""
