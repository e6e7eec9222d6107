"""Captured predictions without their inputs, or with a few named columns of them by which outcomes find them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from mlcl.data.target import label_text
from mlcl.errors import UsageError
from mlcl.features.parts import Input
from mlcl.features.recipe import Recipe
from mlcl.monitoring.answered import Answered
from mlcl.monitoring.deployed import Deployed, Model
from mlcl.monitoring.received import Unreadable
from mlcl.monitoring.window import captured
from mlcl.serving import events
from mlcl.serving.content import Columns, Decoder, Row
from mlcl.serving.events import Captured
from mlcl.serving.web import JSON, Fault
from mlcl.stores import Store

KEY = "key:"  # before the names of key columns in the tables
_MOST_ROWS = 2**31


def answers(
    store: Store,
    endpoint: str,
    since: datetime,
    until: datetime,
    models: Deployed,
    *,
    by: Sequence[str] = (),
    most_bytes: int | None = None,
) -> Iterator[pl.DataFrame]:
    """The predictions with since <= time < until (aware times), one table per segment, variant and version.

    Columns: those of window.Part.outputs, variant, version, and KEY + name of each column in `by`, as text (null where
    the caller did not send it). Events that cannot be read are left out. most_bytes: UsageError when more than so much
    must be looked through.
    """
    seen = 0
    for variant, key in events.segments(store, endpoint, since, until):
        segment = store.get(key)
        seen += len(segment)
        if most_bytes is not None and seen > most_bytes:
            raise UsageError(
                "There is too much traffic in this span to look through in one request.",
                found=f"more than {most_bytes:,} bytes from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M}",
                fix="Narrow it with since and until, give prediction ids, or use: mlcl feedback NAME FILE",
            )
        found: dict[int | None, _Table] = {}
        for event in captured(segment, variant, key):
            if since <= event.time < until:
                if event.version not in found:
                    found[event.version] = _Table(models(event.version), by)
                found[event.version].add(event)
        for version, table in found.items():
            place = (pl.lit(variant).alias("variant"), pl.lit(version, pl.Int64).alias("version"))
            yield table.frame().with_columns(*place)


class KeyReader:
    """The values of named columns in what callers sent, whether the model uses these columns or not."""

    def __init__(self, recipe: Recipe, names: Sequence[str]) -> None:
        self.names = names
        known = {column.name for column in recipe.inputs}
        extra = [Input(name=name, kind="text") for name in names if name not in known]
        # A CSV body without a header has the model's columns and no others.
        self._decoders = [Decoder([*recipe.inputs, *extra]), Decoder(recipe.inputs)]

    def read(self, event: Captured, rows: Sequence[int]) -> list[list[str | None]]:
        """For each name the values of those rows, as text. Raises Unreadable."""
        return [[key_text(value) for value in column] for column in self._values(event, rows)]

    def _values(self, event: Captured, rows: Sequence[int]) -> Iterator[list[Any]]:
        sent = self._sent(event)
        for name in self.names:
            try:
                if isinstance(sent, Columns):
                    values = sent.values.get(name)
                    yield [None if values is None else values[row] for row in rows]
                else:
                    yield [sent[row].get(name) for row in rows]
            except (IndexError, AttributeError) as error:
                raise Unreadable from error

    def _sent(self, event: Captured) -> list[Row] | Columns:
        for decoder in self._decoders:
            try:
                return decoder.decode(event.input_type, event.input, _MOST_ROWS)
            except Fault:
                continue
        raise Unreadable


def key_text(value: object) -> str | None:
    """A key's canonical text: 5, 5.0 and ' 5 ' are '5'. None for a missing one."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        return value.strip() or None
    return label_text(value)


class _Table:
    def __init__(self, model: Model, by: Sequence[str]) -> None:
        self._answered = Answered(model.task, list(model.labels or ()))
        self._inputs = [column.name for column in model.recipe.inputs]
        self._reader = KeyReader(model.recipe, by) if by else None
        self._keys: dict[str, list[Any]] = {name: [] for name in by}
        self._events: list[Captured] = []

    def add(self, event: Captured) -> None:
        self._events.append(event)

    def frame(self) -> pl.DataFrame:
        if not self._read_singles():
            for event in self._events:
                self._read(event)
        keys = [pl.Series(KEY + name, values, dtype=pl.String) for name, values in self._keys.items()]
        return self._answered.frame().with_columns(keys)

    def _read_singles(self) -> bool:
        """Reads all events together, where that can be done: several times as fast."""
        if self._reader or not {event.output_type for event in self._events} <= {JSON}:
            return False
        answer = self._answered.read_singles(self._events)
        if answer:
            self._answered.keep(self._events, answer)
        return answer is not None

    def _read(self, event: Captured) -> None:
        try:
            answer = self._answered.read(event, self._inputs)
            found = self._reader.read(event, answer.rows) if self._reader else []
        except Unreadable:
            return
        self._answered.keep([event] * len(answer.rows), answer)
        for column, values in zip(self._keys.values(), found, strict=True):
            column.extend(values)
