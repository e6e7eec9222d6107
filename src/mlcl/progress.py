"""Progress of long work: whoever works reports, whoever watches listens. Nobody listening costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[float, float, str], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def report(done: float, total: float, text: str = "") -> None:
    """`done` of `total` units (total 0: unknown) of the work that `text` names."""
    listener = _listener.get()
    if listener:
        listener(done, total, text)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Sends every report made inside the block to `listener`, and to who listened before."""
    outer = _listener.get()

    def both(done: float, total: float, text: str) -> None:
        listener(done, total, text)
        if outer:
            outer(done, total, text)

    token = _listener.set(both)
    try:
        yield
    finally:
        _listener.reset(token)
