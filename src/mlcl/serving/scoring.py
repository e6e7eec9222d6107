"""Scores for many requests at once: what is waiting whenever the loop is free is scored in one call of the model.

No request waits for others to come: coalescing only uses the time that the model spends on the ones before. Since a
row's score never depends on the other rows of a batch, every answer is the one that the row would get alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from mlcl.models.table import Floats, Matrix

Score = Callable[[Matrix], Floats]

_SMALL = 64  # rows; a request with more gains nothing from being scored with others, and would hold up the loop


class Batcher:
    """score: float32 [n, features] -> float64 [n] or [n, classes], callable from several threads at once."""

    def __init__(self, score: Score, threads: Executor) -> None:
        self._score, self._threads = score, threads
        self._waiting: list[tuple[Matrix, asyncio.Future[Floats]]] = []

    async def score(self, matrix: Matrix) -> Floats:
        loop = asyncio.get_running_loop()
        if len(matrix) > _SMALL:
            return await loop.run_in_executor(self._threads, self._score, matrix)
        future: asyncio.Future[Floats] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._flush)
        self._waiting.append((matrix, future))
        return await future

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            scores = self._score(waiting[0][0] if len(waiting) == 1 else np.concatenate([one for one, _ in waiting]))
        except Exception as error:  # noqa: BLE001 - whatever it is, the requests that wait for it must hear of it
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        start = 0
        for matrix, future in waiting:
            end = start + len(matrix)
            if not future.done():
                future.set_result(scores[start:end])
            start = end
