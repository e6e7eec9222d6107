"""The UCI Machine Learning Repository: uci:ID or uci:NAME.

A failure is an HTTP 200 whose body has another status; a data set without data_url is listed and cannot be fetched.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlencode

from mlcl.data.sources.base import Fetched, Request, check_digest
from mlcl.data.sources.http import document, download, forget
from mlcl.errors import SourceError

_URL = "https://archive.ics.uci.edu"
_LICENCE = "CC BY 4.0"  # of all data sets that the repository has published itself


def fetch(request: Request) -> Fetched:
    about = _about(request)
    url = about.get("data_url")
    if not url:
        raise SourceError(
            f"UCI lists '{about['name']}' but does not offer it as one table.",
            where="data.source",
            fix=f"Download it from {about['repository_url']} and name the file.",
        )
    got = download(url, request.cache, refresh=request.refresh)
    check_digest(got.path, request.sha256, got.url)
    targets = about.get("target_col") or []
    return Fetched(
        table=got.path,
        format="csv",
        name=about["name"],
        url=about.get("repository_url") or got.url,
        licence=_LICENCE,
        citation=_citation(about),
        target=targets[0] if targets else "",
        fetched_at=got.fetched_at,
        notes=(*_oddities(about, targets), *got.notes),
    )


def _about(request: Request) -> dict[str, Any]:
    key = "id" if request.source.isdigit() else "name"
    base = os.environ.get("MLCL_UCI_URL") or _URL
    url = f"{base.rstrip('/')}/api/dataset?{urlencode({key: request.source})}"
    answer = document(url, request.cache, refresh=request.refresh)
    if answer.get("status") != 200:
        forget(url, request.cache)
        raise SourceError(
            f"UCI has no data set '{request.source}'.",
            where="data.source",
            found=f"status {answer.get('status')}: {answer.get('message', '')}",
            fix="Look for it on https://archive.ics.uci.edu and give its id.",
        )
    about: dict[str, Any] = answer["data"]
    return about


def _oddities(about: dict[str, Any], targets: list[str]) -> list[str]:
    notes = [f"UCI names several targets: {', '.join(targets)}."] if len(targets) > 1 else []
    identifiers = [variable["name"] for variable in about.get("variables") or [] if variable["role"] == "ID"]
    if identifiers:
        notes.append(f"UCI calls these identifiers: {', '.join(identifiers)} (data.drop leaves them out).")
    return notes


def _citation(about: dict[str, Any]) -> str:
    creators, year = ", ".join(about.get("creators") or []), about.get("year_of_dataset_creation")
    doi = about.get("dataset_doi")
    parts = (
        f"{creators} ({year})" if creators and year else creators,
        about["name"],
        "UCI Machine Learning Repository",
    )
    return ". ".join(filter(None, parts)) + (f". https://doi.org/{doi}" if doi else ".")
