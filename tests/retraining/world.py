"""A small endpoint in use, and a world that changes: rows arrive, and later what came of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

import mlcl
from mlcl import lifecycle
from mlcl.monitoring import feedback
from mlcl.retraining.traffic import Sender
from mlcl.stores import Store
from tests import small

NAME = "small"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def rows(count: int, seed: int, *, turned: bool = False) -> pl.DataFrame:
    """As the model was trained on; turned: now the young buy, and the old do not."""
    frame = small.frame(count, seed)
    if not turned:
        return frame
    other = pl.when(pl.col("bought") == "yes").then(pl.lit("no")).otherwise(pl.lit("yes"))
    return frame.with_columns(other.alias("bought"))


class World:
    """The store of an endpoint; `live` sends rows and gives their outcomes to `tell`."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.store = Store(folder / "store")
        self.problem = small.problem(folder / "problem", text=small.PROBLEM + more)
        self.result = mlcl.run(self.problem, store=self.store)
        lifecycle.deploy(NAME, "latest", force=not self.result.passed, store=self.store)
        self.sender = Sender(self.store, NAME)

    def live(self, frame: pl.DataFrame, at: datetime, requests: int = 4) -> pl.DataFrame:
        """Sends the rows within the day after `at`; gives a table of ids and outcomes."""
        told = []
        for place, part in enumerate(np.array_split(np.arange(len(frame)), requests)):
            rows = frame[part.tolist()]
            sent = self.sender.send(rows, at + place * DAY / requests)
            told.append(pl.DataFrame({"id": sent.ids, "label": rows["bought"].gather(sent.rows)}))
        return pl.concat(told)

    def tell(self, outcomes: pl.DataFrame, now: datetime) -> None:
        result = feedback.add(self.store, NAME, outcomes, now=now)
        assert result.stored == len(outcomes), result
