"""The profile: what is in the table, column by column, and what in it should worry.

Counts, missing values, ranges and duplicates come from every row, in one streaming pass. What needs sorting or
grouping (quantiles, histograms, top values, association, correlations) comes from a sample of large tables: `sampled`
says of how many rows, and the number of different values is then an estimate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from mlcl.data.profile_association import Known, correlations, known_target, strength
from mlcl.data.profile_columns import distribution, plain, rounded
from mlcl.data.profile_facts import Look, look
from mlcl.data.profile_warnings import Seen, warnings_of
from mlcl.data.target import Target, encode
from mlcl.records import Kind

Role = Literal["feature", "target", "dropped", "split"]
MOST_CORRELATED = 30


def profile(
    frame: pl.LazyFrame,
    target: Target,
    *,
    roles: Mapping[str, Role],
    kinds: Mapping[str, Kind],
    counted: Mapping[str, int] | None = None,
    expectations: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The profile of `frame` as a JSON-ready document.

    roles: of each column; one without a role is a feature. counted: how many different values a column has, where that
    is known already. expectations: the results of mlcl.data.expectations.check.
    """
    seen_table = look(frame, counted)
    classes = len(target.labels or ())
    known = known_target(encode(seen_table.sample[target.name], target), classes)
    seen = [
        _see(name, kinds[name], roles.get(name, "feature"), seen_table, known) for name in seen_table.sample.columns
    ]
    warnings = warnings_of(seen, seen_table, target)
    codes: dict[str | None, list[str]] = {}
    for warning in warnings:
        codes.setdefault(warning.column, []).append(warning.code)
    return {
        "schema_version": 1,
        "rows": seen_table.rows,
        "sampled": seen_table.sampled,
        "duplicates": seen_table.duplicates,
        "target": target.model_dump(mode="json"),
        "columns": [_document(each, seen_table.rows, known.measure, codes.get(each.name, [])) for each in seen],
        "correlations": _correlations(seen, seen_table.sample, target),
        "warnings": [warning._asdict() for warning in warnings],
        "expectations": [dict(result) for result in expectations],
    }


def _see(name: str, kind: Kind, role: Role, table: Look, known: Known) -> Seen:
    column = table.sample[name]
    spread = distribution(column)
    alone = None if role == "target" else strength(spread.codes, spread.bins, known)
    facts = table.facts[name]
    unique = kind == "integer" and facts.distinct == table.rows > 1
    rising = unique and bool(np.all(np.diff(column.to_numpy()) > 0))
    return Seen(name, kind, role, facts, spread, alone, rising)


def _document(each: Seen, rows: int, measure: str, codes: list[str]) -> dict[str, Any]:
    facts = each.facts
    return {
        "name": each.name,
        "kind": each.kind,
        "role": each.role,
        "missing": facts.missing,
        "missing_share": rounded(facts.missing / rows) if rows else 0.0,
        "distinct": facts.distinct,
        "infinite": facts.infinite,
        "min": plain(facts.min),
        "max": plain(facts.max),
        "mean": rounded(facts.mean),
        "std": rounded(facts.std),
        "quantiles": each.distribution.quantiles,
        "histogram": each.distribution.histogram,
        "top": each.distribution.top,
        "association": None if each.strength is None else {"measure": measure, "value": rounded(each.strength)},
        "warnings": codes,
    }


def _correlations(seen: Sequence[Seen], sample: pl.DataFrame, target: Target) -> dict[str, Any]:
    """Of the target (a number, or 1 for the positive class) and the numeric features that say most about it."""
    numeric = [each for each in seen if each.role == "feature" and each.kind in ("integer", "number")]
    strongest = sorted(numeric, key=lambda each: -(each.strength or 0.0))[:MOST_CORRELATED]
    names = [each.name for each in seen if each in strongest]
    matrix = sample.select(pl.col(names).cast(pl.Float64)).to_numpy() if names else np.empty((len(sample), 0))
    if target.task != "multiclass" and names:
        y = encode(sample[target.name], target).astype(float)
        y[y < 0] = np.nan if target.labels else y[y < 0]
        names, matrix = [target.name, *names], np.column_stack([y, matrix])
    return {
        "columns": names,
        "matrix": [[rounded(round(value, 6)) for value in row] for row in correlations(matrix).tolist()],
    }
