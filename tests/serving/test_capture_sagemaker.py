"""Captures that SageMaker itself wrote lie one level deeper, below the endpoint's name in AWS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mlcl.serving.events import Body, line, read
from mlcl.stores import Store


def test_both_layouts_are_read(tmp_path: Path) -> None:
    store, now = Store(tmp_path), datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
    sent = Body("application/json", b"{}")
    for place, event in (("small/live", "ours"), ("small/mlcl-dev-small/live", "theirs")):
        text = line(event, now.isoformat(), 1, sent, sent)
        store.put(f"captures/{place}/2026/11/25/10/30-00-x.jsonl", text)
    found = list(read(store, "small", now - timedelta(hours=1), now + timedelta(hours=1)))
    assert sorted((one.event_id, one.variant) for one in found) == [("ours", "live"), ("theirs", "live")]
