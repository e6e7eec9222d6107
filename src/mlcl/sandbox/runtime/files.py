"""Data from S3 into a container's folders and back, with the credentials of the job's role."""

from __future__ import annotations

import gzip
import json
import shutil
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit


class Failed(Exception):
    """A job has failed; the text is its FailureReason."""


class Files:
    """S3 as one role sees it. clients: gives a boto3 client by service name."""

    def __init__(self, s3: Any, role: str, region: str) -> None:
        self._s3, self._role, self._region = s3, role, region

    def keys(self, uri: str) -> list[str]:
        """All keys below a prefix, in order. Raises Failed with the words of SageMaker when there are none."""
        bucket, prefix = split(uri)
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            found = [
                item["Key"] for page in pages for item in page.get("Contents", ()) if not item["Key"].endswith("/")
            ]
        except Exception as error:
            raise Failed(f"ClientError: Data download failed:{error} ({uri})") from error
        if not found:
            raise Failed(
                f'ClientError: Data download failed:No S3 objects found under S3 URL "{uri}" given in input data '
                f"source. Please ensure that the bucket exists in the selected region ({self._region}), that objects "
                f'exist under that S3 prefix, and that the role "{self._role}" has "s3:ListBucket" permissions on '
                f'bucket "{bucket}".'
            )
        return found

    def get(self, uri: str, target: Path) -> None:
        """One object into a file."""
        bucket, key = split(uri)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("wb") as out:
                shutil.copyfileobj(self._s3.get_object(Bucket=bucket, Key=key)["Body"], out)
        except Exception as error:
            raise Failed(f"ClientError: Data download failed:{error} ({uri})") from error

    def read(self, uri: str) -> bytes:
        bucket, key = split(uri)
        try:
            return bytes(self._s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except Exception as error:
            raise Failed(f"ClientError: Data download failed:{error} ({uri})") from error

    def put(self, uri: str, source: Path | bytes, kms_key: str = "", content_type: str = "") -> None:
        bucket, key = split(uri)
        more: dict[str, str] = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
        if content_type:
            more["ContentType"] = content_type
        try:
            if isinstance(source, bytes):
                self._s3.put_object(Bucket=bucket, Key=key, Body=source, **more)
            else:
                with source.open("rb") as body:
                    self._s3.put_object(Bucket=bucket, Key=key, Body=body, **more)
        except Exception as error:
            raise Failed(f"ClientError: Data upload failed:{error} ({uri})") from error

    def download(self, uri: str, folder: Path, *, shard: tuple[int, int] = (0, 1), gunzip: bool = False) -> None:
        """All objects below a prefix (or the one object) into a folder; shard: (which, of how many) parts of them."""
        bucket, prefix = split(uri)
        folder.mkdir(parents=True, exist_ok=True)
        for key in self.keys(uri)[shard[0] :: shard[1]]:
            self._fetch(f"s3://{bucket}/{key}", inside(folder, below(prefix, key)), gunzip)

    def manifest(self, uri: str, folder: Path, *, shard: tuple[int, int] = (0, 1), gunzip: bool = False) -> None:
        """All objects that a manifest names: [{"prefix": …}, "key", …]."""
        first, *names = json.loads(self.read(uri))
        for name in names[shard[0] :: shard[1]]:
            self._fetch(first["prefix"] + name, inside(folder, name), gunzip)

    def upload(self, folder: Path, uri: str, kms_key: str = "") -> list[str]:
        """All files of a folder (links are left out) below a prefix; gives the addresses."""
        made = []
        for file in tree(folder):
            made.append(f"{uri.rstrip('/')}/{file.relative_to(folder).as_posix()}")
            self.put(made[-1], file, kms_key)
        return made

    def _fetch(self, uri: str, target: Path, gunzip: bool) -> None:
        self.get(uri, target)
        if gunzip and target.suffix == ".gz":
            plain = target.with_suffix("")
            with gzip.open(target, "rb") as source, plain.open("wb") as out:
                shutil.copyfileobj(source, out)
            target.unlink()


def split(uri: str) -> tuple[str, str]:
    """(bucket, key) of an S3 address; an access point's host is taken as the bucket's name."""
    parts = urlsplit(uri)
    if parts.scheme not in ("s3", "https") or not parts.netloc:
        raise Failed(f"ClientError: '{uri}' is no S3 address.")
    if parts.scheme == "https":  # https://s3.amazonaws.com/bucket/key
        bucket, _, key = parts.path.lstrip("/").partition("/")
        return bucket, key
    return parts.netloc, uri.split("/", 3)[3] if uri.count("/") >= 3 else ""


def below(prefix: str, key: str) -> str:
    """Where a key lies in a folder that stands for the prefix."""
    if key == prefix:
        return PurePosixPath(key).name
    folder = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
    if key.startswith(folder):
        return key[len(folder) :]
    return key[prefix.rfind("/") + 1 :]


def inside(folder: Path, name: str) -> Path:
    """A path below `folder`; keys with '..' do not lead out of it."""
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise Failed(f"ClientError: The key '{name}' leads out of its folder.")
    return target


def tree(folder: Path) -> list[Path]:
    return (
        sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        if folder.is_dir()
        else []
    )


def pack(folders: Sequence[Path], target: Path) -> bool:
    """model.tar.gz of what lies in the folders (of all hosts: a later one's file counts). False: there is nothing."""
    names: dict[str, Path] = {}
    for folder in folders:
        names |= {file.relative_to(folder).as_posix(): file for file in tree(folder)}
    if not names:
        return False
    with tarfile.open(target, "w:gz", compresslevel=1) as archive:
        for name, file in sorted(names.items()):
            archive.add(file, arcname=name, recursive=False)
    return True


def unpack(archive: Path, folder: Path) -> None:
    """Raises Failed for what is no gzipped tar or leads out of the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive, "r:*") as packed:
            packed.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise Failed(f"ClientError: Failed to extract model data archive: {error}") from error


def lines(records: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)
