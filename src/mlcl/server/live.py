"""What the server keeps in memory of the store, refreshed by one thread, and what has changed, as events."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

from mlcl.records import Model, now
from mlcl.server.index import Known, Runs
from mlcl.server.schemas.others import Event
from mlcl.server.watch import Newest
from mlcl.stores import Store, keys
from mlcl.stores.log import Entry

log = logging.getLogger("mlcl.server")

SECONDS = 0.5  # between looks at a folder
KEPT = 1000  # events that a caller who was away is told afterwards
HEARTBEAT = 15.0  # seconds of silence after which a comment shows that the stream is alive
_NAP = 0.25

# Prefix of logs, how deep they lie, and the kind of event that a new entry is.
_LOGS = {"endpoints": 2, "alerts": 1, "models": 1, "problems": 1, "jobs": 2, "retraining": 2}
_KINDS = {
    "endpoints": "endpoint",
    "alerts": "alert",
    "models": "model",
    "problems": "problem",
    "jobs": "job",
    "retraining": "job",
}


class Told(NamedTuple):
    number: int
    event: Event


class Live:
    """runs: every run; logs: newest entry of every log, by prefix. `start` before use, `close` at the end."""

    def __init__(self, store: Store, *, stopping: Callable[[], bool] = lambda: False) -> None:
        self.store, self.stopping = store, stopping
        self.runs = Runs(store)
        self.logs = {prefix: Newest(store, prefix, depth) for prefix, depth in _LOGS.items()}
        self.boot = secrets.token_hex(4)
        self._events: deque[Told] = deque(maxlen=KEPT)
        self._count = 0
        self._models: dict[str, tuple[int, list[Model]]] = {}
        self._by_run: dict[str, tuple[list[Model], dict[str, Model]]] = {}
        self._looking, self._stop = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._extra: list[Callable[[], None]] = []

    def start(self) -> None:
        """Begins to look; the first look is made by whoever asks first."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, daemon=True, name="mlcl-live")
            self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(5)
        if self._count:
            self.runs.close()

    def each_look(self, call: Callable[[], None]) -> None:
        """Calls `call` after every look."""
        self._extra.append(call)

    def refresh(self, *, now: bool = True) -> None:
        """Looks at the store. After this, everything written before is seen."""
        with self._looking:
            first = not self._count
            for prefix, seen in self.logs.items():
                for key in seen.look(now=now):
                    if not first:
                        self._tell(_log_event(prefix, key, seen.known[key]))
            # Runs come last: when one is told as passed, its model has been told.
            for known in self.runs.refresh(now=now):
                if not first or known.state == "running":
                    self._tell(_run_event(known, self.runs.progress.get(known.id)))
            if first:
                self._count += 1

    def ready(self) -> None:
        """Makes sure that the store was looked at once."""
        if not self._count:
            self.refresh()

    def entry(self, prefix: str, key: str) -> Entry | None:
        """The newest entry of a log, as of the last look."""
        return self.logs[prefix].known.get(key)

    def entries(self, prefix: str) -> dict[str, Entry]:
        return dict(self.logs[prefix].known)

    def models(self, problem: str) -> list[Model]:
        """The registry's models of a problem, oldest first."""
        entry = self.entry("models", keys.models(problem))
        if entry is None:
            return []
        known = self._models.get(problem)
        if known is None or known[0] != entry.number:
            known = (entry.number, [Model.model_validate(model) for model in entry.document["models"]])
            self._models[problem] = known
        return known[1]

    def models_by_run(self, problem: str) -> dict[str, Model]:
        """The same by the run that registered them."""
        models = self.models(problem)
        known = self._by_run.get(problem)
        if known is None or known[0] is not models:
            known = self._by_run[problem] = (models, {model.run: model for model in models})
        return known[1]

    @property
    def models_version(self) -> int:
        """Changes with the registry."""
        return sum(entry.number for entry in self.entries("models").values())

    def model_problems(self) -> list[str]:
        return sorted(key.split("/")[1] for key in self.logs["models"].known)

    async def events(self, last: str | None) -> AsyncIterator[str]:
        """Events as server-sent ones. last: id of the last one that the caller has, None for those to come only."""
        await asyncio.to_thread(self.ready)
        yield "retry: 1000\n\n"
        at, missed = self._place(last)
        if missed:
            yield _sent(f"{self.boot}-{at}", Event(kind="lost", at=now(), text="Events were missed."))
        else:
            yield f"id: {self.boot}-{at}\n: here\n\n"
        silent = 0.0
        while not (self.stopping() or self._stop.is_set()):
            fresh = [told for told in list(self._events) if told.number > at]
            for told in fresh:
                yield _sent(f"{self.boot}-{told.number}", told.event)
                at = told.number
            silent = 0.0 if fresh else silent + _NAP
            if silent >= HEARTBEAT:
                silent = 0.0
                yield ": still here\n\n"
            await asyncio.sleep(_NAP)

    def _place(self, last: str | None) -> tuple[int, bool]:
        """Number of the last event that the caller has, and whether some after it are no longer known."""
        if not last:
            return self._count, False
        boot, _, number = last.partition("-")
        oldest = self._events[0].number if self._events else self._count + 1
        if (
            boot != self.boot
            or not number.isascii()
            or not number.isdigit()
            or not oldest - 1 <= int(number) <= self._count
        ):
            return self._count, True
        return int(number), False

    def _tell(self, event: Event) -> None:
        self._count += 1
        self._events.append(Told(self._count, event))

    def _watch(self) -> None:
        while not self._stop.wait(SECONDS):
            try:
                self.refresh(now=False)
                for call in self._extra:
                    call()
            except Exception:
                log.exception("The store could not be looked at.")


def _sent(number: str, event: Event) -> str:
    return f"id: {number}\nevent: {event.kind}\ndata: {event.model_dump_json()}\n\n"


def _run_event(known: Known, progress: dict[str, Any] | None) -> Event:
    at = progress if known.state == "running" and progress and progress["step"] == known.step else None
    return Event(
        kind="run",
        name=known.id,
        problem=known.problem,
        state=known.state,
        step=known.step,
        done=at["done"] if at else 0.0,
        total=at["total"] if at else 0.0,
        text=at["text"] if at else known.error,
        at=now(),
    )


def _log_event(prefix: str, key: str, entry: Entry) -> Event:
    parts = key.split("/")
    name = parts[2] if prefix == "jobs" and len(parts) > 2 else parts[1]
    document = entry.document
    step = parts[1] if prefix == "jobs" else "retrain" if prefix == "retraining" else ""
    state, text = document.get("state"), document.get("why") or document.get("error")
    return Event(
        kind=_KINDS[prefix],
        name=name,
        problem=name,
        state=state if isinstance(state, str) else "",
        step=step,
        text=text if isinstance(text, str) else "",
        at=now(),
    )
