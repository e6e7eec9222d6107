"""A bundle's manifest: model.json names every other file with its SHA-256; its own SHA-256 is the bundle's digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from mlcl.errors import BundleError

MANIFEST = "model.json"
FORMAT = "mlcl-bundle"
SCHEMA_VERSION = 1
_LARGEST = 64 * 2**20  # bytes of a manifest
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def write(folder: Path, parts: Mapping[str, Any]) -> str:
    """Writes the manifest for all files in `folder`; gives the bundle's digest."""
    files = {file.name: _digest(file.read_bytes()) for file in sorted(folder.iterdir()) if file.name != MANIFEST}
    manifest = {"schema_version": SCHEMA_VERSION, "format": FORMAT, **parts, "files": files}
    data = orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    (folder / MANIFEST).write_bytes(data)
    return _digest(data)


def verify(folder: Path, digest: str | None = None) -> tuple[dict[str, Any], str]:
    """The manifest and its digest, after every file it names was found whole. BundleError as in `read`."""
    return read(folder, digest)[:2]


def read(folder: Path, digest: str | None = None) -> tuple[dict[str, Any], str, dict[str, bytes]]:
    """The manifest, its digest, and the bytes of every file it names. BundleError when the bundle is damaged, too new,
    or not the one with this `digest`."""
    data = _read(folder / MANIFEST)
    found = _digest(data)
    if digest not in (None, found):
        raise _damaged(folder / MANIFEST, found, str(digest))
    manifest = _parse(folder, data)
    files = {}
    for name, expected in manifest["files"].items():
        if not _FILE.fullmatch(name):
            raise BundleError("The bundle names a file outside itself.", where=str(folder), found=repr(name))
        files[name] = _read(folder / name)
        actual = _digest(files[name])
        if actual != expected:
            raise _damaged(folder / name, actual, str(expected))
    return manifest, found, files


def _parse(folder: Path, data: bytes) -> dict[str, Any]:
    where = str(folder / MANIFEST)
    try:
        manifest = orjson.loads(data)
        known = manifest["format"] == FORMAT and isinstance(manifest["files"], dict)
        version = int(manifest["schema_version"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise BundleError("This is no bundle.", where=where, found=str(error)) from error
    if not known:
        raise BundleError("This is no bundle.", where=where, found=str(manifest["format"])[:80])
    if version > SCHEMA_VERSION:
        raise BundleError(
            "The bundle was written by a newer mlcl.", where=where, found=f"version {version}", fix="Update mlcl."
        )
    return dict(manifest)


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST and file.name == MANIFEST:
            raise BundleError("The manifest of the bundle is too large.", where=str(file))
        return file.read_bytes()
    except OSError as error:
        raise BundleError("The bundle cannot be read.", where=str(file), found=str(error.strerror)) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _damaged(file: Path, found: str, expected: str) -> BundleError:
    return BundleError(
        "The bundle is damaged.",
        where=str(file),
        found=f"SHA-256 {found[:12]}…, expected {expected[:12]}…",
        fix="Train the model again, or deploy another version.",
    )
