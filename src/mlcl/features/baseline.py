"""Statistics of the inputs, in a form that monitoring compares later rows with.

{schema_version, rows, columns: {name: {kind, count, missing (share), …}}}. Numbers, truth values (0, 1), dates and
times (days since 1970-01-01) have mean, std, min, max, and edges and counts of at most 20 bins (each [edge, next),
the last one closed), and under `fine` those of about 200 cells (each [edge, next): see describe), which hypotheses are
tested by; texts have distinct, values (the 100 most frequent: count) and rest (how many are others).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from mlcl.features.coerce import coerce
from mlcl.features.describe import FINE, Texts, describe
from mlcl.features.ops import DTYPES
from mlcl.features.parts import KINDS, TYPES, Parts


def baseline(parts: Parts, frame: pl.DataFrame) -> dict[str, Any]:
    """Statistics of a recipe's inputs in `frame`, a table of any types; values that do not fit count as missing."""
    typed = coerce(frame, parts.inputs, parts.missing).frame
    return document(parts, {column.name: describe(typed[column.name]).as_dict() for column in parts.inputs})


def document(parts: Parts, statistics: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The baseline made of the statistics of each input (Summary.as_dict)."""
    columns = {column.name: {"kind": column.kind, **statistics[column.name]} for column in parts.inputs}
    rows = max(each["count"] for each in statistics.values())
    return {"schema_version": 1, "rows": rows, "columns": columns}


def summarise(frame: pl.DataFrame, fine: int = FINE) -> dict[str, Any]:
    """Statistics of any table, such as predictions, in the same form; kinds follow from the columns' types.

    fine: about how many cells a column of numbers has."""
    columns = {}
    for name in frame.columns:
        series = canonical(frame[name])
        kind = next(kind for kind, dtype in DTYPES.items() if series.dtype == dtype)
        summary = describe(series)
        statistics = summary.as_dict() if isinstance(summary, Texts) else summary.as_dict(fine)
        columns[name] = {"kind": KINDS[kind], **statistics}
    return {"schema_version": 1, "rows": len(frame), "columns": columns}


def canonical(series: pl.Series, kind: str | None = None) -> pl.Series:
    """A column in the canonical type of a kind (None: of its own type): Float64, Boolean, String, Date or Datetime.
    Numbers that are not finite, and what cannot be cast, are missing."""
    dtype = _dtype(series.dtype) if kind is None else DTYPES[TYPES[kind]]
    series = series if series.dtype == dtype else series.cast(dtype, strict=False)
    if dtype != pl.Float64 or series.is_finite().all(ignore_nulls=True):
        return series
    return series.to_frame("x").select(pl.when(pl.col("x").is_finite()).then("x").alias(series.name)).to_series()


def _dtype(dtype: pl.DataType) -> Any:
    if dtype.is_numeric():
        return pl.Float64
    if isinstance(dtype, pl.Datetime):
        return DTYPES["datetime"]
    return dtype if dtype in (pl.Boolean, pl.Date) else pl.String
