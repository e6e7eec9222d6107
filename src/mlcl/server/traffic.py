"""Traffic of the endpoints that this server answers itself, from the model server's own counts."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mlcl.serving.app import App

WINDOW = 60.0  # seconds
_EVERY = 5.0


class Counts(NamedTuple):
    requests: int
    errors: int
    rows: int


class Traffic(NamedTuple):
    """rows: predicted since the server started; the rest of the last minute. None: not known."""

    rows: int | None = None
    requests_per_minute: float | None = None
    error_share: float | None = None


class Recent:
    """Samples of the counts over the last minute. `look` is called now and then by one thread."""

    def __init__(self, models: App | None) -> None:
        self.models = models
        self._samples: deque[tuple[float, dict[str, Counts]]] = deque()

    def look(self) -> None:
        now = time.monotonic()
        if self.models is None or (self._samples and now - self._samples[-1][0] < _EVERY):
            return
        self._samples.append((now, self._counts()))
        while now - self._samples[0][0] > WINDOW + _EVERY:
            self._samples.popleft()

    def of(self, name: str) -> Traffic:
        if self.models is None:
            return Traffic()
        present = self._counts().get(name, Counts(0, 0, 0))
        if not self._samples:
            return Traffic(present.rows, 0.0, None)
        began, before = self._samples[0]
        earlier = before.get(name, Counts(0, 0, 0))
        requests, errors = present.requests - earlier.requests, present.errors - earlier.errors
        minutes = max(time.monotonic() - began, _EVERY) / 60
        return Traffic(present.rows, round(requests / minutes, 1), errors / requests if requests > 0 else None)

    def _counts(self) -> dict[str, Counts]:
        found: dict[str, Counts] = {}
        if self.models is None:
            return found
        for name, _, counts in self.models.metrics.counts():
            known = found.get(name, Counts(0, 0, 0))
            stats = counts.requests
            found[name] = Counts(known.requests + stats.requests, known.errors + stats.errors, known.rows + counts.rows)
        return found
