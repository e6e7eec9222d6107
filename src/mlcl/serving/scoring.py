"""Answers for many requests at once: what is waiting whenever the loop is free is encoded and scored in one call.

No request waits for others to come: coalescing only uses the time that the model spends on the ones before. Since a
row's features and score never depend on the other rows of a batch, every answer is the one that the row would get
alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np

from mlcl.features.parts import Encoded
from mlcl.models.table import Floats, Matrix

Score = Callable[[Matrix], Floats]
Tell = Callable[[Floats], list[list[str]]]
Encode = Callable[[], Encoded]

_SMALL = 64  # rows; a request with more gains nothing from being scored with others, and would hold up the loop
_FEW = 3  # requests that are encoded one by one in less time


class Scored(NamedTuple):
    """Rows and their scores. texts: what JSON says of them (see Meaning.texts), where it was made with others'."""

    encoded: Encoded
    scores: Floats
    texts: list[list[str]] | None = None


class Short(NamedTuple):
    """A request of few rows. body: JSON that may be read with that of others; encode: reads it alone."""

    body: bytes
    encode: Encode


Together = Callable[[Sequence[bytes]], list[Encoded] | None]
Waiting = tuple[Short | Encoded, asyncio.Future[Scored]]


class Batcher:
    """score: float32 [n, features] -> float64 [n] or [n, classes], callable from several threads at once; tell: see
    Meaning.texts; together: encodes several bodies, None when one of them must be looked at alone."""

    def __init__(self, score: Score, tell: Tell, together: Together, threads: Executor) -> None:
        self._score, self._tell, self._together, self._threads = score, tell, together, threads
        self._waiting: list[Waiting] = []

    async def score(self, request: Short | Encoded) -> Scored:
        loop = asyncio.get_running_loop()
        if isinstance(request, Encoded) and len(request.matrix) > _SMALL:
            return Scored(request, await loop.run_in_executor(self._threads, self._score, request.matrix))
        future: asyncio.Future[Scored] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._flush)
        self._waiting.append((request, future))
        return await future

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        encoded = self._encoded(waiting)
        try:
            self._answer(encoded)
        except Exception as error:  # noqa: BLE001 - whatever it is, the requests that wait for it must hear of it
            for _, future in encoded:
                if not future.done():
                    future.set_exception(error)

    def _encoded(self, waiting: list[Waiting]) -> list[tuple[Encoded, asyncio.Future[Scored]]]:
        """The requests that can be encoded; the others hear why not."""
        bodies = [one.body for one, _ in waiting if isinstance(one, Short)]
        many = iter(self._together(bodies) or ()) if len(bodies) > _FEW else iter(())
        found = []
        for one, future in waiting:
            try:
                found.append((next(many, None) or one.encode() if isinstance(one, Short) else one, future))
            except Exception as error:  # noqa: BLE001 - whatever it is, its own request must hear of it
                if not future.done():
                    future.set_exception(error)
        return found

    def _answer(self, encoded: list[tuple[Encoded, asyncio.Future[Scored]]]) -> None:
        if not encoded:
            return
        matrices = [one.matrix for one, _ in encoded]
        scores = self._score(matrices[0] if len(matrices) == 1 else np.concatenate(matrices))
        texts = self._tell(scores)
        start = 0
        for one, future in encoded:
            end = start + len(one.matrix)
            if not future.done():
                future.set_result(Scored(one, scores[start:end], [column[start:end] for column in texts]))
            start = end
