"""Typed pieces of a formula: what the translation of SQL is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from mlcl.features.ops import Program, to_row
from mlcl.features.values import parse_datetime

Type = str  # number | boolean | text | date | datetime | null (of no type yet)

_CONVERSIONS = {("boolean", "number"): "number_of_boolean", ("date", "datetime"): "datetime_of_date"}


class Term(NamedTuple):
    """A translated expression. Constant when its program reads no column."""

    type: Type
    program: Program

    @property
    def constant(self) -> bool:
        return len(self.program) == 1 and self.program[0][0] != "column"

    @property
    def value(self) -> Any:
        """What a constant is worth."""
        return to_row(self.program)({})


def literal(type_: Type, value: Any) -> Term:
    if value is None:
        return Term(type_, (("null", type_, 0),))
    return Term(type_, ((type_, value.isoformat() if isinstance(value, dt.date) else value, 0),))


def call(type_: Type, op: str, *terms: Term, value: Any = None) -> Term:
    """The operation `op` of `terms`; constants are computed at once."""
    steps = [step for term in terms for step in term.program]
    term = Term(type_, (*steps, (op, value, len(terms))))
    return literal(type_, term.value) if all(part.constant for part in terms) else term


def convert(term: Term, wanted: Type) -> Term | None:
    """The term as type `wanted` where that needs no CAST."""
    if term.type == wanted:
        return term
    if term.type == "null":
        return literal(wanted, None)
    if (term.type, wanted) in _CONVERSIONS:
        return call(wanted, _CONVERSIONS[term.type, wanted], term)
    if term.type == "text" and wanted == "datetime" and term.constant:
        try:
            return literal("datetime", parse_datetime(term.value or ""))
        except ValueError:
            return None
    return None


def common(types: Sequence[Type]) -> Type | None:
    """The type that all can become; None: there is none."""
    kinds = set(types) - {"null"}
    if len(kinds) <= 1:
        return next(iter(kinds), "null")
    if kinds <= {"number", "boolean"}:
        return "number"
    return "datetime" if kinds <= {"date", "datetime", "text"} else None
