"""A random sample of rows that pass by in parts, for what needs rows and not only counts."""

from __future__ import annotations

import numpy as np
import polars as pl


class Sample:
    """At most `most` of the rows added, each with the same chance: every row draws a number, the lowest stay."""

    def __init__(self, most: int, seed: int) -> None:
        self.most, self._rng = most, np.random.default_rng(seed)
        self._draws = np.zeros(0)
        self.frame = pl.DataFrame()

    def add(self, frame: pl.DataFrame) -> None:
        draws = np.concatenate([self._draws, self._rng.random(len(frame))])
        joined = pl.concat([self.frame, frame]) if len(self.frame) else frame
        if len(draws) > self.most:
            kept = np.sort(np.argpartition(draws, self.most)[: self.most])
            draws, joined = draws[kept], joined[kept]
        self._draws, self.frame = draws, joined

    def head(self, rows: int) -> pl.DataFrame:
        """A sample of the sample."""
        if len(self.frame) <= rows:
            return self.frame
        return self.frame[np.sort(np.argpartition(self._draws, rows)[:rows])]
