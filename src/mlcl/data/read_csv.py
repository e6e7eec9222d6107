"""CSV of any size into typed columns.

Small files are looked at whole. Of large ones a sample says how each column is read; the whole file is then read once
and strictly, so a value that does not fit stops it, and the columns that broke are looked at whole.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from mlcl.data import read_types
from mlcl.data.read_dialect import Dialect, check_rows, dialect, rewritten
from mlcl.data.read_text import Text, utf8
from mlcl.data.read_types import Plan
from mlcl.problem.sections import Data

Sink = Callable[[pl.LazyFrame], pl.LazyFrame]  # takes the typed table, gives it back as written

WHOLE = 16 << 20  # bytes; files up to this size are looked at whole
_HEAD, _PIECE, _PIECES = 1 << 21, 1 << 18, 16  # of larger ones: the beginning, and pieces up to the end


class _Source:
    """A UTF-8 file, its layout and what counts as missing."""

    def __init__(self, text: Text, layout: Dialect, label: str, options: Data) -> None:
        self.text, self.layout, self.label = text, layout, label
        self.missing, self.decimal = options.missing, options.decimal

    def scan(self, part: bytes | None = None) -> pl.LazyFrame:
        """All columns as texts. part: some bytes of the file instead of all."""
        return pl.scan_csv(
            self.text.path if part is None else part,
            has_header=False,
            skip_lines=self.layout.skip if part is None else 0,
            schema=dict.fromkeys(self.layout.names, pl.String),
            separator=self.layout.delimiter,
            quote_char='"' if self.text.quoted else None,
            missing_columns="insert",
            glob=False,
        )

    def typed(self, frame: pl.LazyFrame, plans: dict[str, Plan]) -> pl.LazyFrame:
        return read_types.filled(frame).select(
            read_types.expression(name, plan, self.missing) for name, plan in plans.items()
        )

    def rewritten(self, scratch: Path, options: Data) -> _Source:
        return _Source(*rewritten(self.text, self.label, self.layout, scratch), self.label, options)


def read_csv(path: Path, label: str, options: Data, scratch: Path, sink: Sink) -> list[str]:
    """Sends the typed table to `sink` and gives notes. label: name of the file in messages.

    When `sink` raises a PolarsError it is called again with what then fits. DataError: rows of unequal width, quotes
    never closed, text that is not in its encoding.
    """
    text = utf8(path, label, scratch, options.encoding)
    source = _Source(text, dialect(text, label, options), label, options)
    small = text.path.stat().st_size <= WHOLE
    read = _whole if small else _sampled
    try:
        plans, frame = read(source, sink)
    except PolarsError:
        source = source.rewritten(scratch, options)
        plans, frame = read(source, sink)
    return [*text.notes, *source.layout.notes, *read_types.notes(read_types.filled(frame), plans, options.missing)]


def _whole(source: _Source, sink: Sink) -> tuple[dict[str, Plan], pl.LazyFrame]:
    frame = source.scan().collect()
    if frame.width and frame[:, -1].null_count():
        check_rows(source.text, source.label, source.layout)
    plans = read_types.plans(read_types.distinct(frame, source.missing), source.decimal)
    sink(source.typed(frame.lazy(), plans))
    return plans, frame.lazy()


def _sampled(source: _Source, sink: Sink) -> tuple[dict[str, Plan], pl.LazyFrame]:
    texts = read_types.distinct(_sample(source), source.missing)
    plans = read_types.plans(texts, source.decimal)
    frame = source.scan()
    unsure = [name for name, plan in plans.items() if not plan.sure]
    texts |= read_types.distinct_in(frame, unsure, source.missing)
    plans = read_types.plans(texts, source.decimal)
    try:
        written = sink(source.typed(frame, plans))
    except PolarsError:
        broken = _broken(source, plans)
        if not broken:
            raise
        texts |= read_types.distinct_in(frame, broken, source.missing)
        plans = read_types.plans(texts, source.decimal)
        written = sink(source.typed(frame, plans))
    # polars fills rows that are too short with nulls, which then stand in the last column too.
    if written.select(pl.last().null_count()).collect().item():
        check_rows(source.text, source.label, source.layout)
    return plans, frame


def _sample(source: _Source) -> pl.DataFrame:
    """Rows from the beginning, from places in between and from the end."""
    size = source.text.path.stat().st_size
    starts = [_HEAD + (size - _HEAD - _PIECE) * number // _PIECES for number in range(_PIECES + 1)]
    parts = []
    with source.text.path.open("rb") as file:
        for start in starts:
            file.seek(max(start, 0))
            lines = file.read(_PIECE)
            first, last = lines.find(b"\n") + 1, lines.rfind(b"\n") + 1
            parts.append(lines[first:last])
    if not source.text.quoted:
        parts = [b"".join(parts)]
    return pl.concat(
        [source.scan().head(10_000).collect(), *(rows for part in parts for rows in _parsed(source, part))]
    )


def _parsed(source: _Source, part: bytes) -> list[pl.DataFrame]:
    """Nothing when the part makes no sense alone: perhaps it begins within a quoted text of several lines."""
    try:
        rows = source.scan(part).collect() if part else None
    except PolarsError:
        return []
    return [] if rows is None or (source.text.quoted and rows[:, -1].null_count()) else [rows]


def _broken(source: _Source, plans: dict[str, Plan]) -> list[str]:
    """Columns with a value that does not fit their plan."""
    checks = []
    for name, plan in plans.items():
        cleaned = read_types.clean(pl.col(name), source.missing)
        fits = read_types.expression(name, plan, source.missing, strict=False)
        dirty = (cleaned != pl.col(name)).any() | (cleaned.is_null() & pl.col(name).is_not_null()).any()
        broken = (cleaned.is_not_null() & fits.is_null()).any()
        checks.append((broken | dirty if plan.tidy and plan.sort != "text" else broken).alias(name))
    found = source.scan().select(checks).collect(engine="streaming").row(0, named=True)
    return [name for name, broken in found.items() if broken]
