"""Captures and reads again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from mlcl.serving.capture import Capture, read
from mlcl.serving.events import Captured
from mlcl.stores import Store

AT = datetime(2026, 11, 23, 14, 59, 58, tzinfo=UTC)
TIME = "2026-11-23T14:59:58.000Z"
HOUR = timedelta(hours=1)


def record(capture: Capture, event_id: str, body: bytes = b"{}", time: str = TIME, variant: str = "live") -> None:
    capture.record(event_id, time, "application/json", body, "application/json", b'{"p":0.5}', variant, 3)


def flush(capture: Capture, seconds: float = 5.0) -> bool:
    return asyncio.run(capture.flush(seconds))


def close(capture: Capture) -> bool:
    return asyncio.run(capture.close())


def everything(store: Store, endpoint: str = "bank") -> list[Captured]:
    return list(read(store, endpoint, AT - 48 * HOUR, AT + 48 * HOUR))


def ids(store: Store) -> list[str]:
    return sorted(event.event_id for event in everything(store))
