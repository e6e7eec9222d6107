"""Columns that must not be captured: their values are taken out of a body before it is written.

A masked value becomes missing (null, or an empty CSV field), so what is left is still a valid body. When the columns
of a body cannot be told for sure, the whole body is withheld.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import orjson


class Unmaskable(Exception):
    """It cannot be told where the masked columns are."""


class Mask:
    """masked: names of the columns to hide; columns: the model's input columns in order, for CSV without a header."""

    def __init__(self, masked: Sequence[str], columns: Sequence[str] = ()) -> None:
        self.masked = {_plain(name) for name in masked}
        self.columns = [_plain(name) for name in columns]

    def input(self, content_type: str, body: bytes) -> bytes | None:
        """The body of a request without the masked values, or None when it must be withheld. No type means JSON."""
        try:
            if "json" in content_type or not content_type:
                return self._json(content_type, body, rows=True)
            if "csv" in content_type:
                return self._csv(body.decode("utf-8-sig")).encode()
            if "parquet" in content_type:
                return self._parquet(body)
        except (Unmaskable, ValueError, csv.Error):  # ValueError: broken JSON, no UTF-8
            pass
        return None

    def output(self, content_type: str, body: bytes) -> bytes | None:
        """The body of an answer without what it says of masked columns: their contributions, and wrong values."""
        try:
            return self._json(content_type, body, rows=False) if "json" in content_type else body
        except (Unmaskable, ValueError):
            return None

    def _json(self, content_type: str, body: bytes, *, rows: bool) -> bytes:
        if "jsonl" in content_type or "ndjson" in content_type:
            return b"\n".join(self._value(line, rows) for line in body.splitlines() if line.strip())
        return self._value(body, rows)

    def _value(self, text: bytes, rows: bool) -> bytes:
        value = orjson.loads(text)
        if not isinstance(value, dict | list):
            raise Unmaskable
        return orjson.dumps(self._walk(value, rows))

    def _walk(self, value: Any, rows: bool) -> Any:
        if isinstance(value, dict):
            hidden = {key for key in value if _plain(key) in self.masked}
            if not rows and _plain(str(value.get("column"))) in self.masked:
                hidden.add("found")  # a fault, which quotes the value
            return {key: None if key in hidden else self._walk(item, rows) for key, item in value.items()}
        if isinstance(value, list):
            if rows and not all(isinstance(item, dict | list) for item in value):
                raise Unmaskable  # values told apart by their place: nothing says which column they are
            return [self._walk(item, rows) for item in value]
        return value

    def _csv(self, text: str) -> str:
        table = list(csv.reader(io.StringIO(text), strict=True))
        names = self._names([_plain(field) for field in table[0]]) if table else []
        hidden = {place for place, name in enumerate(names) if name in self.masked}
        if any(row and len(row) != len(names) for row in table):
            raise Unmaskable
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        for number, row in enumerate(table):
            header = number == 0 and names is not self.columns
            writer.writerow(row if header else ["" if place in hidden else value for place, value in enumerate(row)])
        return out.getvalue()

    def _names(self, first: list[str]) -> list[str]:
        """The column names: the first row when it is a header, else the model's columns when they are as many."""
        known = {*self.columns, *self.masked}
        if 2 * sum(field in known for field in first) > len(first):
            return first
        if len(first) == len(self.columns):
            return self.columns
        raise Unmaskable

    def _parquet(self, body: bytes) -> bytes:
        import polars as pl

        try:
            table = pl.read_parquet(io.BytesIO(body))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise Unmaskable from error
        hidden = [name for name in table.columns if _plain(name) in self.masked]
        out = io.BytesIO()
        table.with_columns(pl.lit(None, dtype=table.schema[name]).alias(name) for name in hidden).write_parquet(out)
        return out.getvalue()


def _plain(name: str) -> str:
    return name.strip().casefold()
