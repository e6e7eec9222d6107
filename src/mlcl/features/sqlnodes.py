"""What each kind of SQL node means: one handler each, for the whitelist in `grammar`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlglot import exp

from mlcl.errors import did_you_mean, listing
from mlcl.features.backends import PARTS
from mlcl.features.terms import Term, Type, call, common, convert, literal
from mlcl.features.values import bounded_number

FUNCTIONS = (
    *("ABS", "CAST", "CEIL", "COALESCE", "CONCAT", "EXP", "EXTRACT", "FLOOR", "GREATEST", "LEAST", "LENGTH", "LN"),
    *("LOG", "LOG10", "LOWER", "MOD", "NULLIF", "POWER", "ROUND", "SQRT", "SUBSTRING", "TRIM", "UPPER"),
)
OPERATORS = "+ - * / % || = <> != < <= > >= AND OR NOT IN BETWEEN IS NULL LIKE ILIKE CASE"


CONVERSION = {
    "number": "CAST(… AS DOUBLE) makes a number of a text.",
    "boolean": "Write a condition, such as column = 1.",
    "text": "CAST(… AS TEXT) makes a text of a number.",
    "datetime": "CAST(… AS DATE) makes a date of a text.",
}


class Refused(Exception):
    """what: the mistake; node: where; fix: what to do."""

    def __init__(self, what: str, node: exp.Expr | None = None, fix: str = "") -> None:
        super().__init__(what)
        self.what, self.node, self.fix = what, node, fix


class Translator(Protocol):
    """What a handler needs to translate the parts of its node."""

    def term(self, node: exp.Expr) -> Term: ...
    def typed(self, node: exp.Expr, wanted: Type) -> Term: ...
    def alike(self, nodes: Sequence[exp.Expr]) -> list[Term]: ...


Handler = Callable[[Any, Any], Term]


def word(node: exp.Expr) -> str:
    return node.sql_name() if isinstance(node, exp.Func) else type(node).__name__


def shown(node: exp.Expr) -> str:
    text = node.sql()
    return text if len(text) <= 60 else text[:57] + "..."


def allowed() -> str:
    return f"Allowed: {OPERATORS}; functions {listing(FUNCTIONS, 40)}."


def not_allowed(node: exp.Expr) -> Refused:
    if not isinstance(node, exp.Func):
        return Refused(f"{shown(node)} ({word(node)}) is not allowed", node, allowed())
    name = node.name.upper() if isinstance(node, exp.Anonymous) else word(node)
    return Refused(f"{name} is not allowed", node, f"{did_you_mean(name, FUNCTIONS)} {allowed()}".strip())


def written(_: Translator, node: exp.Literal) -> Term:
    if node.is_string:
        return literal("text", node.this)
    value = bounded_number(node.this)
    if value is None:
        raise Refused(f"The number {node.this} is out of range", node)
    return literal("number", value)


def subtract(t: Translator, node: exp.Sub) -> Term:
    sides = [t.term(node.this), t.term(node.expression)]
    if not any(side.type in ("date", "datetime") for side in sides):
        return call("number", "subtract", *[must_be(side, "number", node) for side in sides])
    return call("number", "days_between", *[must_be(side, "datetime", node) for side in sides])


def must_be(term: Term, wanted: Type, node: exp.Expr) -> Term:
    converted = convert(term, wanted)
    if converted is None:
        raise Refused(f"{shown(node)} needs a {wanted}, not a {term.type}", node, CONVERSION.get(wanted, ""))
    return converted


def numbers(op: str) -> Handler:
    return lambda t, node: call("number", op, t.typed(node.this, "number"), t.typed(node.expression, "number"))


def number(op: str) -> Handler:
    return lambda t, node: call("number", op, t.typed(node.this, "number"))


def compare(op: str) -> Handler:
    return lambda t, node: call("boolean", op, *t.alike([node.this, node.expression]))


def logic(op: str) -> Handler:
    def handler(t: Translator, node: exp.Connector) -> Term:
        # a AND b AND c is one operation of three arguments, so that long chains are not deep.
        return call("boolean", op, *[t.typed(part, "boolean") for part in node.flatten()])

    return handler


def not_(t: Translator, node: exp.Not) -> Term:
    return call("boolean", "not", t.typed(node.this, "boolean"))


def negated(node: exp.Expr, term: Term) -> Term:
    return call("boolean", "not", term) if node.args.get("negate") else term


def in_(t: Translator, node: exp.In) -> Term:
    if not node.expressions:
        raise Refused("IN needs a list of values", node, "For instance: column IN ('a', 'b')")
    subject, *options = t.alike([node.this, *node.expressions])
    if not all(option.constant for option in options):
        raise Refused("IN needs a list of plain values", node, "Write a = b OR a = c.")
    tests = [call("boolean", "eq", subject, option) for option in options]
    if subject.type in ("number", "text", "boolean"):
        values = [option.value for option in options]
        tests = [call("boolean", "in", subject, value=[value for value in values if value is not None])]
        tests += [literal("boolean", None)] * (None in values)
    return negated(node, tests[0] if len(tests) == 1 else call("boolean", "or", *tests))


def between(t: Translator, node: exp.Between) -> Term:
    subject, low, high = t.alike([node.this, node.args["low"], node.args["high"]])
    inside = [call("boolean", "ge", subject, low), call("boolean", "le", subject, high)]
    return negated(node, call("boolean", "and", *inside))


def is_(t: Translator, node: exp.Is) -> Term:
    if not isinstance(node.expression, exp.Null):
        raise Refused("IS stands before NULL or NOT NULL only", node, "Compare values with =.")
    return negated(node, call("boolean", "is_null", t.term(node.this)))


def like(op: str) -> Handler:
    def handler(t: Translator, node: exp.Expr) -> Term:
        pattern = node.expression
        if not (isinstance(pattern, exp.Literal) and pattern.is_string):
            raise Refused("A pattern is a text in single quotes", pattern, "For instance: column LIKE 'a%'")
        return negated(node, call("boolean", op, t.typed(node.this, "text"), value=pattern.this))

    return handler


def case(t: Translator, node: exp.Case) -> Term:
    branches = node.args["ifs"]
    if any(branch.args.get("false") for branch in branches):
        raise not_allowed(node)
    default = node.args.get("default") or exp.Null()
    results = t.alike([*(branch.args["true"] for branch in branches), default])
    conditions = [condition(t, node, branch) for branch in branches]
    pairs = [term for pair in zip(conditions, results, strict=False) for term in pair]
    return call(common([term.type for term in results]) or "null", "case", *pairs, results[-1])


def condition(t: Translator, node: exp.Case, branch: exp.If) -> Term:
    if node.this is None:
        return t.typed(branch.this, "boolean")
    return call("boolean", "eq", *t.alike([node.this, branch.this]))


def many(op: str) -> Handler:
    def handler(t: Translator, node: exp.Expr) -> Term:
        terms = t.alike([node.this, *node.expressions])
        type_ = common([term.type for term in terms]) or "null"
        if op != "coalesce":
            terms, type_ = [must_be(term, "number", node) for term in terms], "number"
        return terms[0] if len(terms) == 1 else call(type_, op, *terms)

    return handler


def nullif(t: Translator, node: exp.Nullif) -> Term:
    first, second = t.alike([node.this, node.expression])
    return call(first.type, "nullif", first, second)


def whole(node: exp.Expr | None, what: str, least: int, most: int) -> int:
    """A whole number written out, as an argument that must be known beforehand."""
    sign, node = (-1, node.this) if isinstance(node, exp.Neg) else (1, node)
    if isinstance(node, exp.Literal) and not node.is_string and node.this.isascii() and node.this.isdigit():
        number = sign * int(node.this[:9])
        if least <= number <= most:
            return number
    raise Refused(f"{what} is a whole number from {least} to {most}, written out", node)


def rounded(t: Translator, node: exp.Round) -> Term:
    decimals = node.args.get("decimals")
    digits = whole(decimals, "The number of digits of ROUND", -15, 15) if decimals else 0
    return call("number", "round", t.typed(node.this, "number"), value=digits)


def log(t: Translator, node: exp.Log) -> Term:
    if node.expression is None:
        return call("number", "log10", t.typed(node.this, "number"))
    if not (isinstance(node.this, exp.Literal) and node.this.this == "10"):
        raise Refused("LOG takes one number, and means base 10", node, "Write LN(x) / LN(base).")
    return call("number", "log10", t.typed(node.expression, "number"))


def text(op: str, type_: Type = "text") -> Handler:
    return lambda t, node: call(type_, op, t.typed(node.this, "text"))


def substring(t: Translator, node: exp.Substring) -> Term:
    length = node.args.get("length")
    bounds = [whole(node.args.get("start"), "The start of SUBSTRING", 1, 10**6), None]
    if length is not None:
        bounds[1] = whole(length, "The length of SUBSTRING", 0, 10**6)
    return call("text", "substring", t.typed(node.this, "text"), value=bounds)


def concat(t: Translator, node: exp.Expr) -> Term:
    parts = node.expressions or [node.this, node.expression]
    return call("text", "concat", *[t.typed(part, "text") for part in parts])


_CASTS: dict[tuple[Type, Type], tuple[str, ...]] = {
    ("text", "number"): ("number_of_text",),
    ("boolean", "number"): ("number_of_boolean",),
    ("number", "text"): ("text_of_number",),
    ("boolean", "text"): ("text_of_boolean",),
    ("text", "datetime"): ("datetime_of_text",),
    ("date", "datetime"): ("datetime_of_date",),
    ("text", "date"): ("datetime_of_text", "date_of_datetime"),
    ("datetime", "date"): ("date_of_datetime",),
}


def cast(t: Translator, node: exp.Cast) -> Term:
    to = node.args["to"]
    wanted = "" if to.expressions or to.args.get("nested") else _TYPES.get(to.this.name, "")
    if not wanted:
        fix = f"Allowed: {listing(sorted(_TYPES), 40)}."
        raise Refused(f"CAST to {to.sql()} is not allowed", node, fix)
    term = t.term(node.this)
    aim = wanted.removeprefix("whole ")
    if term.type not in (aim, "null") and (term.type, aim) not in _CASTS:
        raise Refused(f"A {term.type} cannot be cast to a {aim}", node)
    for op in _CASTS.get((term.type, aim), ()):
        term = call("datetime" if op == "datetime_of_text" else aim, op, term)
    return call(aim, "truncate", term) if wanted != aim else Term(aim, term.program)


_TYPES = {
    **dict.fromkeys(("DOUBLE", "FLOAT", "DECIMAL"), "number"),
    **dict.fromkeys(("INT", "BIGINT", "SMALLINT", "TINYINT"), "whole number"),
    **dict.fromkeys(("TEXT", "VARCHAR", "CHAR"), "text"),
    "DATE": "date",
    **dict.fromkeys(("TIMESTAMP", "DATETIME"), "datetime"),
}


def extract(t: Translator, node: exp.Extract) -> Term:
    return part(t, node, node.this.name.lower(), node.expression)


def part(t: Translator, node: exp.Expr, part: str, moment: exp.Expr) -> Term:
    if part not in PARTS:
        names = [name.upper() for name in PARTS]
        raise Refused(f"EXTRACT knows no {part.upper()}", node, f"Parts: {listing(names)}.")
    return call("number", "part", t.typed(moment, "datetime"), value=part)
