"""Statistics of the inputs, in a form that monitoring compares later rows with.

{schema_version, rows, columns: {name: {kind, count, missing (share), …}}}. Numbers, truth values (0, 1), dates and
times (days since 1970-01-01) have mean, std, min, max, and edges and counts of at most 20 bins (each [edge, next),
the last one closed); texts have distinct, values (the 100 most frequent: count) and rest (how many are others).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from mlcl.features.coerce import coerce
from mlcl.features.describe import Summary, describe
from mlcl.features.parts import Parts


def baseline(parts: Parts, frame: pl.DataFrame) -> dict[str, Any]:
    """Statistics of a recipe's inputs in `frame`, a table of any types; values that do not fit count as missing."""
    typed = coerce(frame, parts.inputs, parts.missing).frame
    return document(parts, {column.name: describe(typed[column.name]) for column in parts.inputs})


def document(parts: Parts, summaries: Mapping[str, Summary]) -> dict[str, Any]:
    columns = {column.name: {"kind": column.kind, **summaries[column.name].as_dict()} for column in parts.inputs}
    rows = max(summary.rows for summary in summaries.values())
    return {"schema_version": 1, "rows": rows, "columns": columns}
