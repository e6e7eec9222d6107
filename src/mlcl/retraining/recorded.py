"""Recorded traffic: rows that were decided on, when, what came of them, and when that became known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from mlcl.data.read import read
from mlcl.data.target import label_text
from mlcl.errors import DataError, NotFound, UsageError
from mlcl.problem import Problem

TIME, ARRIVAL, LABEL = "mlcl_time", "mlcl_arrival", "mlcl_label"
_KIND = pl.Datetime("us", "UTC")
_SHARE = 0.25  # of the rows comes before the start, where none is given
_SHAPE = 4.0  # of the gamma distribution of delays: most near the mean, a tail to about twice it


class Recorded(NamedTuple):
    """before: rows from which the first model is made, with the columns as they were; traffic: the rows after, by time,
    with TIME, ARRIVAL (when the outcome becomes known) and LABEL (its text) besides; apart: columns that are no inputs.
    """

    before: pl.DataFrame
    traffic: pl.DataFrame
    start: datetime
    end: datetime
    apart: tuple[str, ...]
    notes: tuple[str, ...]

    def periods(self, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
        """[since, until) of each period from the start until all rows have come."""
        since = self.start
        while since < self.end:
            yield since, since + length
            since += length

    def within(self, since: datetime, until: datetime, column: str = TIME) -> pl.DataFrame:
        return self.traffic.filter(pl.col(column).is_between(since, until, closed="left"))


class Delay(NamedTuple):
    """How outcomes become known: after a mean delay with a spread, or as a column says (a time, or a number of
    days)."""

    mean: timedelta
    column: str | None = None


def load(problem: Problem, table: Path, time: str, delay: Delay, start: datetime | None = None) -> Recorded:
    """Reads a table as the problem's own data are read. Raises NotFound for a file or column that is not there,
    DataError when a column holds no times or there are no rows on one side of the start."""
    if not table.is_file():
        raise NotFound("There is no such file.", where=str(table))
    options = {"source": str(table), "format": None, "rows": None, "sha256": None}
    frame = read(table, problem.data.model_copy(update=options))
    wanted = [problem.target, time, *([delay.column] if delay.column else [])]
    for name in wanted:
        if name not in frame.columns:
            raise NotFound.among("column", name, frame.columns)
    known = frame.drop_nulls(problem.target).with_columns(_times(frame.drop_nulls(problem.target)[time], time))
    labels = [label_text(value) for value in known[problem.target].to_list()]
    known = known.with_columns(pl.Series(LABEL, labels), _arrivals(known, delay, problem.split.seed))
    known = known.sort(TIME, maintain_order=True)
    begin = start.astimezone(UTC) if start else known[TIME][int(_SHARE * len(known))]
    before, traffic = known.filter(pl.col(TIME) < begin), known.filter(pl.col(TIME) >= begin)
    if not len(before) or not len(traffic):
        raise UsageError(
            "There are no rows on one side of the start.",
            where="--start",
            found=f"{len(before):,} rows before {begin:%Y-%m-%d}, {len(traffic):,} from then on",
            fix=f"Choose a time between {known[TIME][0]:%Y-%m-%d} and {known[TIME][-1]:%Y-%m-%d}.",
        )
    apart = tuple(dict.fromkeys(name for name in wanted[1:] if name != problem.split.time))
    end = traffic[TIME][-1] + timedelta(microseconds=1)
    notes = [f"{len(frame) - len(known):,} rows without an outcome are left out."] if len(known) < len(frame) else []
    return Recorded(before.drop(TIME, ARRIVAL, LABEL), traffic, begin, end, apart, tuple(notes))


def _times(column: pl.Series, name: str) -> pl.Series:
    if not column.dtype.is_temporal() or column.null_count():
        empty = f"{column.null_count():,} rows have none" if column.dtype.is_temporal() else f"{column.dtype} values"
        raise DataError(
            "Every row needs a time.",
            where=f"column '{name}'",
            found=empty,
            fix="Write times such as 2024-01-31 or 2024-01-31T14:05:00.",
        )
    return column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC").cast(_KIND).alias(TIME)


def _arrivals(frame: pl.DataFrame, delay: Delay, seed: int) -> pl.Series:
    """When each outcome becomes known: never before its row."""
    if delay.column is None:
        drawn = np.random.default_rng(seed).gamma(_SHAPE, delay.mean.total_seconds() / _SHAPE, len(frame))
        late = pl.Series((1e6 * drawn).astype(np.int64)).cast(pl.Duration("us"))
        return (frame[TIME] + late).alias(ARRIVAL)
    column = frame[delay.column]
    if column.dtype.is_numeric():
        late = (column.cast(pl.Float64) * 86_400e6).cast(pl.Int64).cast(pl.Duration("us"))
        return (frame[TIME] + late).alias(ARRIVAL)
    at = _times(column.fill_null(strategy="max"), delay.column)
    return pl.DataFrame([frame[TIME], at.alias("at")]).select(pl.max_horizontal(TIME, "at")).to_series().alias(ARRIVAL)
