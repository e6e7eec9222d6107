"""OpenML: openml:ID, openml:NAME or openml:NAME@VERSION, by its REST interface (JSON).

All values of a description are texts; a list of one entry comes as that entry. Errors are HTTP 412 with a code.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mlcl.data.sources.base import Fetched, Request, check_digest
from mlcl.data.sources.http import Refused, document, download, forget
from mlcl.errors import SourceError

_URL = "https://www.openml.org/api/v1/json"
_NO_DATA_SET = ("111", "352", "372")


def fetch(request: Request) -> Fetched:
    notes: list[str] = []
    number = request.source if request.source.isdigit() else _find(request, notes)
    about = _ask(request, f"data/{number}")["data_set_description"]
    notes += _oddities(about)
    path, kind, fetched_at = _table(request, about, notes)
    check_digest(path, request.sha256, about["url"])
    return Fetched(
        table=path,
        format=kind,
        name=f"{about['name']} (version {about['version']})",
        url=f"https://www.openml.org/d/{number}",
        licence=about.get("licence") or "",
        citation=about.get("citation") or _citation(about, number),
        target=about.get("default_target_attribute") or "",
        fetched_at=fetched_at,
        notes=tuple(notes),
    )


def _find(request: Request, notes: list[str]) -> str:
    """Id of the data set of this name."""
    name, _, version = request.source.partition("@")
    chosen = f"data_version/{quote(version)}" if version else "status/active"
    found = _ask(request, f"data/list/data_name/{quote(name, safe='')}/limit/2/{chosen}/")["data"]["dataset"]
    first, *others = found if isinstance(found, list) else [found]
    if others:
        notes.append(f"OpenML has several data sets '{name}'; id {first['did']} was taken (say openml:ID for another).")
    return str(first["did"])


def _ask(request: Request, call: str) -> Any:
    base = os.environ.get("MLCL_OPENML_URL") or _URL
    try:
        return document(f"{base.rstrip('/')}/{call}", request.cache, refresh=request.refresh)
    except Refused as error:
        code, message = _reason(error.body)
        if error.status == 412 and code in _NO_DATA_SET:
            raise SourceError(
                f"OpenML has no data set '{request.source}'.",
                where="data.source",
                found=f"error {code}: {message}",
                fix="Look for it on https://www.openml.org and give its id.",
            ) from error
        if code:
            raise SourceError(
                "OpenML refused the request.", where=error.where, found=f"error {code}: {message}"
            ) from error
        raise


def _reason(body: bytes) -> tuple[str, str]:
    try:
        error = json.loads(body)["error"]
        return str(error["code"]), " ".join(filter(None, (error["message"], error.get("additional_information"))))
    except (ValueError, KeyError, TypeError):
        return "", ""


def _table(request: Request, about: dict[str, Any], notes: list[str]) -> tuple[Path, str, str]:
    """The ARFF file, whose digest the description names; the Parquet copy when the ARFF file is not to be had."""
    url = about["url"]
    try:
        got = download(url, request.cache, refresh=request.refresh)
    except SourceError as error:
        if not about.get("parquet_url"):
            raise
        notes.append(f"OpenML's ARFF file could not be fetched ({error.what}); its Parquet copy was.")
        copy = download(about["parquet_url"], request.cache, refresh=request.refresh)
        return copy.path, "parquet", copy.fetched_at
    try:
        check_digest(got.path, about.get("md5_checksum"), url, "md5")
    except SourceError:
        forget(url, request.cache)
        raise
    notes += got.notes
    return got.path, "arff" if about["format"].lower().endswith("arff") else "", got.fetched_at


def _oddities(about: dict[str, Any]) -> list[str]:
    notes = []
    if about.get("status", "active") != "active":
        notes.append(f"OpenML marks this data set as {about['status']}.")
    notes += [f"OpenML says: {text}" for key in ("error", "warning") for text in _listed(about.get(key))]
    for key, what in (("row_id_attribute", "row identifiers"), ("ignore_attribute", "columns to ignore")):
        names = [name for entry in _listed(about.get(key)) for name in entry.split(",")]
        if names:
            notes.append(f"OpenML calls these {what}: {', '.join(names)} (data.drop leaves them out).")
    return notes


def _citation(about: dict[str, Any], number: str) -> str:
    creators = ", ".join(_listed(about.get("creator")))
    return (
        f"{creators + '. ' if creators else ''}{about['name']}, version {about['version']}. OpenML data set {number}."
    )


def _listed(value: Any) -> list[str]:
    if not value:
        return []
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]
