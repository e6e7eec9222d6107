"""Errors as application/problem+json (RFC 9457): every MlclError has a status, and nothing else leaves the API."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from mlcl.errors import (
    BundleError,
    Conflict,
    Corrupt,
    DataError,
    ExpectationError,
    InputError,
    MlclError,
    NotFound,
    ProblemError,
    SourceError,
    StoreError,
    UsageError,
)
from mlcl.server.schemas.base import Fault, Mistake

log = logging.getLogger("mlcl.server")

JSON = "application/problem+json"
MOST_FAULTS = 100

# 424: what was asked for depends on a source that failed, not on this server. 503: the store may be back soon.
STATUS: dict[type[MlclError], int] = {
    MlclError: 500,
    UsageError: 422,
    ProblemError: 422,
    NotFound: 404,
    InputError: 422,
    DataError: 422,
    ExpectationError: 422,
    SourceError: 424,
    StoreError: 503,
    Conflict: 409,
    Corrupt: 500,
    BundleError: 500,
}


class Refused(HTTPException):
    """A request that is refused before it reaches a route's own work."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(status, detail)
        self.fault = fault(status, detail, **more)


class MistakesError(ProblemError):
    """A problem file with mistakes, each with its place in the text."""

    def __init__(self, mistakes: list[Mistake], where: str) -> None:
        what = "The problem file has a mistake." if len(mistakes) == 1 else "The problem file has mistakes."
        super().__init__(what, where=where, found=mistakes[0].message if mistakes else "")
        self.mistakes = mistakes


def status_of(error: MlclError) -> int:
    """The HTTP status of the nearest class that has one."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def fault(status: int, detail: str, **more: Any) -> Fault:
    return Fault(title=HTTPStatus(status).phrase, status=status, detail=detail, **more)


def of(error: MlclError) -> Fault:
    """What the caller is told of an error of mlcl."""
    return fault(
        status_of(error),
        error.what,
        where=error.where,
        found=error.found,
        fix=error.fix,
        error=type(error).__name__,
        retryable=error.retryable,
        mistakes=error.mistakes if isinstance(error, MistakesError) else [],
        faults=error.faults[:MOST_FAULTS] if isinstance(error, InputError) else [],
    )


def reply(found: Fault, headers: dict[str, str] | None = None) -> Response:
    return Response(found.model_dump_json(), status_code=found.status, media_type=JSON, headers=headers)


def install(app: FastAPI) -> None:
    """Makes the application answer every error so."""

    @app.exception_handler(MlclError)
    def _own(request: Request, error: MlclError) -> Response:
        found = of(error)
        if found.status >= 500:
            log.error("%s %s: %s", request.method, request.url.path, error)
        return reply(found)

    @app.exception_handler(Refused)
    def _refused(request: Request, error: Refused) -> Response:
        return reply(error.fault)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        faults = [
            {"column": ".".join(map(str, one["loc"])), "found": _short(one.get("input")), "allowed": one["msg"]}
            for one in error.errors()[:MOST_FAULTS]
        ]
        first = faults[0] if faults else {"column": "", "found": "", "allowed": ""}
        return reply(
            fault(
                422,
                "The request is not as it should be.",
                where=first["column"],
                found=first["found"],
                fix=first["allowed"],
                error="InputError",
                faults=faults,
            )
        )

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        return reply(fault(error.status_code, str(error.detail)), dict(error.headers or {}))

    @app.exception_handler(Exception)
    def _unforeseen(request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return reply(fault(500, "The server failed. The fault is logged.", error=type(error).__name__))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:199]}…"
