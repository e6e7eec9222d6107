"""SQL expressions to programs of `ops`: parsed by sqlglot, then translated through a whitelist, with types checked.

What is not listed here does not exist: no subquery, no aggregate, no clock, no argument that would be ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from mlcl.errors import ProblemError, did_you_mean, listing
from mlcl.features.grammar import NODES
from mlcl.features.ops import reads
from mlcl.features.sqlnodes import CONVERSION, Refused, allowed, not_allowed, shown, word
from mlcl.features.terms import Term, Type, common, convert

DEEPEST = 100
LONGEST = 10_000


def translate(name: str, text: str, columns: Mapping[str, Type], *, forbidden: Mapping[str, str] | None = None) -> Term:
    """The derived feature `name` = SQL `text` over `columns` (name -> type). forbidden: columns that it must not use,
    and why. Raises ProblemError that names the feature, the expression and the position in it."""
    try:
        if len(text) > LONGEST:
            raise Refused(f"It is longer than {LONGEST:,} characters")
        term = _Translator(columns, forbidden or {}).term(_parse(text))
        if not reads(term.program):
            raise Refused("It uses no column", fix=f"Columns: {listing(sorted(columns))}.")
        return term
    except Refused as refused:
        position = _position(refused.node)
        raise ProblemError(
            f"The derived feature '{name}' cannot be computed. {refused.what}.",
            where=f"features.{name}" + ("" if position is None else f", character {position}"),
            found=text if len(text) <= 200 else text[:197] + "...",
            fix=refused.fix,
        ) from None


def _parse(text: str) -> exp.Expr:
    try:
        return parse_one(text)
    except RecursionError:
        raise Refused("It is nested too deeply") from None
    except SqlglotError as error:
        details = getattr(error, "errors", None)
        if not details:
            raise Refused(f"It is no SQL expression: {str(error).splitlines()[0]}") from None
        near, line, column = (details[0][key] for key in ("highlight", "line", "col"))
        what = re.sub(r"<class '(?:\w+\.)*(\w+)'>", r"\1", details[0]["description"])
        raise Refused(
            f"It is no SQL expression: {what}, near '{near}' (line {line}, column {column})",
            fix='Names with other characters than letters, digits and _ stand in double quotes: "my column".',
        ) from None


def _position(node: exp.Expr | None) -> int | None:
    """Where a node begins in the text, counted from 1, if the parser noted it."""
    starts = [part.meta["start"] for part in node.walk() if "start" in part.meta] if node else []
    return min(starts) + 1 if starts else None


class _Translator:
    def __init__(self, columns: Mapping[str, Type], forbidden: Mapping[str, str]) -> None:
        self.columns, self.forbidden = columns, forbidden
        self.depth = 0

    def term(self, node: exp.Expr) -> Term:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Refused("It is nested too deeply")
        entry = NODES.get(type(node))
        if entry is None:
            raise not_allowed(node)
        handler, known = entry
        ignored = [name for name, value in node.args.items() if value and name not in known and name != "_type"]
        if ignored:
            raise Refused(f"{word(node)} is not allowed with {listing(ignored)}", node, allowed())
        term = handler(self, node)
        self.depth -= 1
        return term

    def typed(self, node: exp.Expr, wanted: Type) -> Term:
        """A node as a Term of type `wanted`."""
        term = self.term(node)
        converted = convert(term, wanted)
        if converted is None:
            raise Refused(f"{shown(node)} is a {term.type} where a {wanted} belongs", node, CONVERSION.get(wanted, ""))
        return converted

    def alike(self, nodes: Sequence[exp.Expr]) -> list[Term]:
        """Nodes as Terms of one common type."""
        terms = [self.term(node) for node in nodes]
        aim = common([term.type for term in terms])
        converted = [same for term in terms if aim and (same := convert(term, aim))]
        if len(converted) < len(terms):
            types = " and ".join(sorted({term.type for term in terms if term.type != "null"}))
            raise Refused(f"{types} do not go together", nodes[0], "Convert one of them with CAST(… AS …).")
        return converted

    def column(self, node: exp.Column | exp.Dot) -> Term:
        parts = [part for part in node.parts if isinstance(part, exp.Identifier)]
        if len(parts) < len(node.parts):
            raise not_allowed(node)
        name = ".".join(part.name for part in parts)
        quoted = any(part.args.get("quoted") for part in parts)
        name = name if quoted else self._known_name(name)
        if name in self.forbidden:
            raise Refused(f"It uses the column '{name}', which is {self.forbidden[name]}", node, "Leave it out.")
        if name not in self.columns:
            hint = did_you_mean(name, self.columns) or f"Columns: {listing(list(self.columns))}."
            fix = f"{hint} Texts stand in single quotes: '{name}'." if quoted else hint
            raise Refused(f"There is no column '{name}'", node, fix)
        return Term(self.columns[name], (("column", name, 0),))

    def _known_name(self, name: str) -> str:
        """The column that an unquoted name means: itself, or the only one that differs in case alone."""
        known = [*self.columns, *self.forbidden]
        same = [other for other in known if other.lower() == name.lower()]
        return same[0] if name not in known and len(same) == 1 else name
