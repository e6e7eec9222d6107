"""What every answer of the API is made of."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")

Cell = bool | int | float | str | None
"""One value of a table, or of a key in the problem file."""

Figures = dict[str, float | None]
"""Metrics by name (see mlcl.metrics); null where one is undefined for these rows."""


class Out(BaseModel):
    """An answer. Every key is always there (null or empty when there is nothing), so that clients need no defaults."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", protected_namespaces=(), json_schema_serialization_defaults_required=True
    )


class In(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class Page(Out, Generic[Item]):
    """Part of a list. next: cursor of what follows, null at the end; total: how many items match."""

    items: list[Item]
    next: str | None = None
    total: int


class Mistake(Out):
    """One mistake in a problem file. key: path such as 'goal.0.metric', or ''; line and column count from 1, null where
    the text does not tell."""

    key: str = ""
    line: int | None = None
    column: int | None = None
    message: str
    found: str = ""


class Fault(Out):
    """An error, as application/problem+json (RFC 9457). found, fix: what stood there, and what to do about it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    where: str = ""
    found: str = ""
    fix: str = ""
    error: str = ""
    retryable: bool = False
    mistakes: list[Mistake] = []
    faults: list[dict[str, Any]] = []


class Done(Out):
    """Something was done that has nothing to tell."""

    done: bool = True


Reason = Annotated[str, Field(max_length=500, description="Why, for those who come after.")]
