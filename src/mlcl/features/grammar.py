"""The whitelist: which kinds of SQL node there are, what each means, and which of its arguments are understood.

What is not listed does not exist, and no argument is ignored.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from mlcl.features import sqlnodes as n
from mlcl.features.sqlnodes import Handler
from mlcl.features.terms import literal

_TWO, _ONE = ("this", "expression"), ("this",)

NODES: dict[type[exp.Expr], tuple[Handler, Sequence[str]]] = {
    exp.Column: (lambda t, node: t.column(node), ("this", "table", "db", "catalog")),
    exp.Dot: (lambda t, node: t.column(node), _TWO),
    exp.Paren: (lambda t, node: t.term(node.this), _ONE),
    exp.Literal: (n.written, ("this", "is_string")),
    exp.Boolean: (lambda _, node: literal("boolean", node.this), _ONE),
    exp.Null: (lambda _, __: literal("null", None), ()),
    exp.Add: (n.numbers("add"), _TWO),
    exp.Sub: (n.subtract, _TWO),
    exp.Mul: (n.numbers("multiply"), _TWO),
    exp.Div: (n.numbers("divide"), _TWO),
    exp.Mod: (n.numbers("modulo"), _TWO),
    exp.Neg: (n.number("negate"), _ONE),
    exp.EQ: (n.compare("eq"), _TWO),
    exp.NEQ: (n.compare("ne"), _TWO),
    exp.LT: (n.compare("lt"), _TWO),
    exp.LTE: (n.compare("le"), _TWO),
    exp.GT: (n.compare("gt"), _TWO),
    exp.GTE: (n.compare("ge"), _TWO),
    exp.And: (n.logic("and"), _TWO),
    exp.Or: (n.logic("or"), _TWO),
    exp.Not: (n.not_, _ONE),
    exp.In: (n.in_, ("this", "expressions", "negate")),
    exp.Between: (n.between, ("this", "low", "high", "negate")),
    exp.Is: (n.is_, (*_TWO, "negate")),
    exp.Like: (n.like("like"), (*_TWO, "negate")),
    exp.ILike: (n.like("ilike"), (*_TWO, "negate")),
    exp.Case: (n.case, ("this", "ifs", "default")),
    exp.Coalesce: (n.many("coalesce"), ("this", "expressions")),
    exp.Nullif: (n.nullif, _TWO),
    exp.Least: (n.many("least"), ("this", "expressions", "ignore_nulls")),
    exp.Greatest: (n.many("greatest"), ("this", "expressions", "ignore_nulls")),
    exp.Abs: (n.number("abs"), _ONE),
    exp.Floor: (n.number("floor"), _ONE),
    exp.Ceil: (n.number("ceil"), _ONE),
    exp.Sqrt: (n.number("sqrt"), _ONE),
    exp.Ln: (n.number("ln"), _ONE),
    exp.Exp: (n.number("exp"), _ONE),
    exp.Log: (n.log, _TWO),
    exp.Pow: (n.numbers("power"), _TWO),
    exp.Round: (n.rounded, ("this", "decimals")),
    exp.Length: (n.text("length", "number"), _ONE),
    exp.Lower: (n.text("lower"), _ONE),
    exp.Upper: (n.text("upper"), _ONE),
    exp.Trim: (n.text("trim"), _ONE),
    exp.Substring: (n.substring, ("this", "start", "length")),
    exp.Concat: (n.concat, ("expressions", "safe")),
    exp.DPipe: (n.concat, (*_TWO, "safe")),
    exp.Cast: (n.cast, ("this", "to")),
    exp.TryCast: (n.cast, ("this", "to", "safe")),
    exp.Extract: (n.extract, _TWO),
}
