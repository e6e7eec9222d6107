"""Captured traffic of a small model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import polars as pl

from mlcl.features.recipe import Recipe
from mlcl.monitoring.window import Part, read_window
from mlcl.serving.answers import Answer, Meaning
from mlcl.serving.events import Body, line
from mlcl.stores import Store, keys

if TYPE_CHECKING:
    from mlcl.models.bundle import Bundle

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
JSON, CSV, LINES, PARQUET = "application/json", "text/csv", "application/jsonlines", "application/x-parquet"
FRAME = pl.DataFrame(
    {
        "age": [31, 45, 27, 58] * 5,
        "job": ["clerk", "nurse", None, "clerk"] * 5,
        "member": [True, False, None, True] * 5,
        "since": ["2020-01-31", "2021-02-28", "2022-03-31", None] * 5,
    }
).with_columns(pl.col("since").str.to_date())


RECIPE = Recipe.fit(FRAME, {"age": "integer", "job": "category", "member": "boolean", "since": "date"})
ROWS = [
    {"age": 40, "job": "clerk", "member": True, "since": "2020-05-01"},
    {"age": 33.5, "job": None, "member": False, "since": "2020-05-02"},
    {"age": None, "job": "pilot", "member": None, "since": None},
]


class Model(NamedTuple):
    recipe: Recipe = RECIPE
    task: str = "binary"
    labels: tuple[str, ...] | None = ("no", "yes")
    threshold: float | None = 0.15


MODEL = Model()


class Traffic:
    """Writes captured events, and reads the window back."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lines: list[bytes] = []

    def add(
        self,
        body: bytes,
        answer: bytes,
        types: tuple[str, str] = (JSON, JSON),
        *,
        at: datetime = AT,
        version: int | None = 3,
    ) -> str:
        event = f"event-{len(self.lines)}"
        self.lines.append(line(event, at.isoformat(), version, Body(types[0], body), Body(types[1], answer)))
        return event

    def write(self, variant: str = "live", tail: bytes = b"") -> None:
        key = f"{keys.captures('bank')}/{variant}/{AT:%Y/%m/%d/%H}/part.jsonl"
        self.store.put(key, b"".join(self.lines) + tail)
        self.lines = []

    def read(self, model: Model = MODEL, **more: Any) -> list[Part]:
        return list(read_window(self.store, "bank", AT - DAY, AT + DAY, lambda version: model, **more))

    def only(self, model: Model = MODEL, **more: Any) -> Part:
        self.write()
        (part,) = self.read(model, **more)
        return part


def answer(
    event: str, rows: list[dict[str, Any]], model: Model, how: str, *, header: bool = True, **more: Any
) -> bytes:
    """What serving answers, by its own code. Scores: 0.1, 0.2, …"""
    encoded = model.recipe.compile().encode(rows, "skip")
    count = len(encoded.kept)
    shares = np.arange(1, count + 1) / 10
    classes = len(model.labels or ())
    scores = (
        shares
        if model.task != "multiclass"
        else np.column_stack([1 - shares, *[shares / (classes - 1)] * (classes - 1)])
    )
    about = {"endpoint": "bank", "variant": "live", "version": 3}
    meaning = Meaning(cast("Bundle", model), about)
    return Answer(event, meaning, scores, encoded, **more).reply(how, header=header).body
