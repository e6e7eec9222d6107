"""A store with an endpoint in use, a week of its traffic, outcomes, looks and an alert. Names of columns and categories
are what hostile people would choose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from mlcl import lifecycle
from mlcl.monitoring import feedback
from mlcl.monitoring.look import monitor
from mlcl.retraining.traffic import Sender, unheard
from mlcl.stores import Store
from tests import small

NAME = "small"
TAG = "<img src=x onerror=alert(1)>"  # instead of 'job'
PATH = "a/b?c=d&e#\"'`;--"  # instead of 'income'
SCRIPT = "</script><script>alert('x')</script>"  # instead of 'clerk'
ARABIC = "\u202eطالب"  # instead of 'student'; begins with a sign that turns the text around
DAY = timedelta(days=1)
PER_DAY = 300


def rows(count: int, seed: int, *, turned: bool = False, moved: bool = False) -> pl.DataFrame:
    """turned: now the young buy, and the old do not; moved: everybody is older."""
    frame = small.frame(count, seed).rename({"job": TAG, "income": PATH})
    frame = frame.with_columns(pl.col(TAG).replace({"clerk": SCRIPT, "student": ARABIC}))
    if turned:
        frame = frame.with_columns(
            bought=pl.when(pl.col("bought") == "yes").then(pl.lit("no")).otherwise(pl.lit("yes"))
        )
    return frame.with_columns(age=(pl.col("age") + 25).clip(18, 79)) if moved else frame


class World:
    """now: the end of the traffic."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.store = Store(folder / "store")
        self.now = datetime.now(UTC)
        place = folder / "problem"
        file = small.problem(place, text=small.PROBLEM + more)
        rows(400, 0).write_csv(place / "small.csv")
        result = lifecycle.run(file, store=self.store)
        assert result.passed, result.verdict
        lifecycle.deploy(NAME, "champion", store=self.store)
        self.sender = Sender(self.store, NAME)
        self.sent: list[str] = []

    def live(self, days: int = 6, *, tell: bool = True, turned: int = 2) -> World:
        """Traffic of whole days; in the last ones (`turned`) the world has turned and people are older."""
        with unheard():
            for day in range(days, 0, -1):
                at = self.now - day * DAY
                changed = day <= turned
                told = self.day(rows(PER_DAY, day, turned=changed, moved=changed), at)
                if tell:
                    feedback.add(self.store, NAME, told, now=at + timedelta(hours=20))
                monitor(self.store, NAME, at + DAY - timedelta(seconds=1))
        return self

    def day(self, frame: pl.DataFrame, at: datetime, requests: int = 6) -> pl.DataFrame:
        """Sends rows, evenly over the day; gives ids and outcomes."""
        told = []
        size = len(frame) // requests
        for place in range(requests):
            part = frame[place * size : (place + 1) * size]
            sent = self.sender.send(part, at + place * DAY / requests)
            self.sent += sent.ids
            told.append(pl.DataFrame({"id": sent.ids, "label": part["bought"].gather(sent.rows)}))
        return pl.concat(told)
