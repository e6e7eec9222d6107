"""What every row is looked at for, in one streaming pass; and the sample that the rest of the profile comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

EXACT_ROWS = 100_000  # tables up to this are looked at whole
SAMPLE_ROWS = 50_000
_CELLS = 20_000_000  # ... and both limits sink when there are very many columns
_LEAST_ROWS = 10_000
_NEARLY_ALL = 0.9  # estimated share of different values from which on they are counted exactly
_FEW = 1000  # ... and texts up to which
_GOLDEN = 2654435769  # 2^32 / golden ratio: the rows it picks are spread evenly over the table


class Facts(NamedTuple):
    """Of one column. NaN is missing; distinct leaves missing out; min, max, mean and std are of the finite values."""

    missing: int
    infinite: int
    distinct: int
    min: Any = None
    max: Any = None
    mean: float | None = None
    std: float | None = None


class Look(NamedTuple):
    """A table as the profile sees it. sample: all rows, or `sampled` of them; NaN replaced by null."""

    rows: int
    duplicates: int
    facts: dict[str, Facts]
    sample: pl.DataFrame

    @property
    def sampled(self) -> int | None:
        return len(self.sample) if len(self.sample) < self.rows else None


def look(frame: pl.LazyFrame, counted: Mapping[str, int] | None = None) -> Look:
    """counted: how many different values a column has, where that is known already."""
    counted = counted or {}
    schema = frame.collect_schema()
    rows = int(frame.select(pl.len()).collect().item())
    most = max(_LEAST_ROWS, _CELLS // max(len(schema), 1))
    exact = rows <= min(most, EXACT_ROWS)
    if exact:
        sample = frame.collect()
        frame = sample.lazy()
    else:
        sample = _sample(frame, min(most, SAMPLE_ROWS) / rows)
    wanted = [
        expr.alias(f"{i} {key}")
        for i, name in enumerate(schema)
        for key, expr in _wanted(name, schema, exact)
        if key != "distinct" or name not in counted
    ]
    got = frame.select(_different_rows(schema).alias("rows"), *wanted).collect(engine="streaming").row(0, named=True)
    facts = {name: _facts(got, i, rows, counted.get(name)) for i, name in enumerate(schema)}
    if not exact:
        facts |= _counted_exactly(frame, schema, {name: facts[name] for name in facts if name not in counted}, rows)
    floats = [name for name, dtype in schema.items() if dtype.is_float()]
    return Look(rows, rows - got["rows"], facts, sample.with_columns(pl.col(floats).fill_nan(None)))


def _sample(frame: pl.LazyFrame, share: float) -> pl.DataFrame:
    place = (pl.row_index().cast(pl.UInt64) * _GOLDEN) % 2**32
    return frame.filter(place < int(share * 2**32)).collect(engine="streaming")


def _different_rows(schema: pl.Schema) -> pl.Expr:
    """How many different rows there are, told by a 64-bit hash of each."""
    hashes = [pl.col(name).hash(seed) for seed, name in enumerate(schema)]
    return pl.sum_horizontal(hashes).n_unique()


def _wanted(name: str, schema: pl.Schema, exact: bool) -> list[tuple[str, pl.Expr]]:
    column, dtype = pl.col(name), schema[name]
    known = column.fill_nan(None) if dtype.is_float() else column
    wanted = [("missing", known.null_count()), ("distinct", known.n_unique() if exact else known.approx_n_unique())]
    if dtype.is_numeric() or dtype.is_temporal():
        finite = pl.when(column.is_finite()).then(column) if dtype.is_float() else column
        wanted += [("min", finite.min()), ("max", finite.max())]
        if dtype.is_numeric():
            wanted += [("mean", finite.mean()), ("std", finite.std())]
        if dtype.is_float():
            wanted += [("infinite", column.is_infinite().sum())]
    return wanted


def _facts(got: dict[str, Any], i: int, rows: int, distinct: int | None) -> Facts:
    missing = got[f"{i} missing"]
    if distinct is None:
        # Both counts take null for one value more; an estimate may exceed what is possible.
        distinct = min(got[f"{i} distinct"] - (missing > 0), rows - missing)
    return Facts(
        missing=missing,
        infinite=got.get(f"{i} infinite") or 0,
        distinct=max(distinct, int(missing < rows)),
        **{key: got.get(f"{i} {key}") for key in ("min", "max", "mean", "std")},
    )


def _counted_exactly(frame: pl.LazyFrame, schema: pl.Schema, facts: dict[str, Facts], rows: int) -> dict[str, Facts]:
    """The columns that could be identifiers or categories, with their different values counted one by one."""

    def matters(name: str) -> bool:
        text, distinct = schema[name] == pl.String, facts[name].distinct
        unique = distinct >= _NEARLY_ALL * (rows - facts[name].missing)
        return (text and distinct <= _FEW) or (unique and (text or schema[name].is_integer()))

    names = [name for name in facts if matters(name)]
    counts = frame.select(pl.col(names).n_unique()).collect(engine="streaming").row(0) if names else ()
    return {
        name: facts[name]._replace(distinct=count - (facts[name].missing > 0))
        for name, count in zip(names, counts, strict=True)
    }
