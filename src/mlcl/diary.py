"""What a run says while it works, kept in the store so that others can watch: lines, and how far its present step is.

A thread writes what is new once a second and looks whether somebody wants the run to end. Nothing of this can make a
run fail: a store that is away for a while only misses some lines.
"""

from __future__ import annotations

import _thread
import logging
import threading
from collections import deque
from types import TracebackType
from typing import Any, NamedTuple, Self

import orjson

from mlcl import progress
from mlcl.errors import MlclError
from mlcl.records import Step, now
from mlcl.stores import Store, keys

log = logging.getLogger("mlcl.diary")

SECONDS = 1.0
LINES = 5000  # that are kept of one run; the first ones go


class Line(NamedTuple):
    number: int
    at: str
    level: str
    text: str


class Diary:
    """A run's diary, as a context in the thread that does the work; it goes on after the lines that are there. When
    somebody asks for an end (`ask_to_stop`), KeyboardInterrupt is raised in the main thread, if that is who works."""

    def __init__(self, store: Store, run_id: str) -> None:
        self.store, self.run_id = store, run_id
        self._lines = deque((Line(**line) for line in lines(store, run_id)), maxlen=LINES)
        self._step, self._progress = "", (0.0, 0.0, "")
        self._said = self._lines[-1].number if self._lines else 0
        self._written = (self._said, self._progress)
        self._ended, self._lock = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._live, daemon=True, name="mlcl-diary")
        self._can_stop = threading.current_thread() is threading.main_thread()
        self._listening = progress.listening(self._heard)

    def __enter__(self) -> Self:
        self._listening.__enter__()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listening.__exit__(kind, error, at)
        if error is not None:
            self.say(str(error) or type(error).__name__, "error")
        self._ended.set()
        self._thread.join(SECONDS * 5)
        self._write()

    def watch(self, step: Step) -> None:
        """A step's state has changed."""
        self._step, self._progress = step.name, (0.0, 0.0, "")
        took = f" in {step.seconds:.2f} s" if step.state in ("done", "failed") else ""
        self.say(f"{step.name}: {step.state}{took}{f': {step.note}' if step.note else ''}")

    def say(self, text: str, level: str = "info") -> None:
        with self._lock:
            self._said += 1
            self._lines.append(Line(self._said, now(), level, text))

    def _heard(self, done: float, total: float, text: str) -> None:
        if text and text != self._progress[2]:
            self.say(f"{self._step}: {text}")
        self._progress = (done, total, text)

    def _live(self) -> None:
        while not self._ended.wait(SECONDS):
            self._write()
            if self._can_stop and self._wanted_to_stop():
                self.say("Somebody asked this run to end.", "warning")
                _thread.interrupt_main()
                return

    def _wanted_to_stop(self) -> bool:
        try:
            return self.store.exists(keys.run_stop(self.run_id))
        except MlclError:
            return False

    def _write(self) -> None:
        with self._lock:
            lines, state = list(self._lines), (self._said, self._progress)
        try:
            if state[0] != self._written[0]:
                self.store.put(keys.run_said(self.run_id), b"".join(map(_json, lines)))
            if state[1] != self._written[1]:
                done, total, text = state[1]
                document = {"step": self._step, "done": done, "total": total, "text": text}
                self.store.put(keys.run_progress(self.run_id), orjson.dumps(document))
        except MlclError as error:
            log.warning("Run %s: %s", self.run_id, error)
            return
        self._written = state


def lines(store: Store, run_id: str) -> list[dict[str, Any]]:
    """What a run said so far: number, at, level, text."""
    try:
        text = store.get(keys.run_said(run_id))
    except MlclError:
        return []
    return [orjson.loads(line) for line in text.splitlines()]


def present(store: Store, run_id: str) -> dict[str, Any] | None:
    """step, done, total and text of the step that works, or None."""
    try:
        found: dict[str, Any] = orjson.loads(store.get(keys.run_progress(run_id)))
    except (MlclError, orjson.JSONDecodeError):
        return None
    return found


def ask_to_stop(store: Store, run_id: str) -> None:
    """Asks the run to end, on whatever machine it works; it does within seconds."""
    store.put(keys.run_stop(run_id), b"{}")


def _json(line: Line) -> bytes:
    return orjson.dumps(line._asdict(), option=orjson.OPT_APPEND_NEWLINE)
