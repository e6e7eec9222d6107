"""Which model made a prediction whose capture does not say it (SageMaker's own captures name no version)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mlcl.monitoring.deployed import Deployed
from mlcl.serving import endpoints
from mlcl.serving.events import Captured
from mlcl.serving.web import CSV, JSON
from mlcl.stores import Store
from tests.monitoring.truth import endpoint
from tests.serving.served import bundled

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Version 1 was live first, version 2 is now."""
    made = Store(tmp_path)
    endpoint(made, version=1, seed=1)
    endpoint(made, version=2, seed=2)
    return made


def captured(at: datetime, output: bytes = b"0.25,no\n", version: int | None = None) -> Captured:
    kind = JSON if output.startswith(b"{") else CSV
    return Captured("e", at, "live", version, CSV, b"", kind, output)


def test_what_the_capture_says_holds(store: Store) -> None:
    assert Deployed(store, "bank").version(captured(datetime.now(UTC) + DAY, version=1)) == 1


def test_else_it_is_what_was_live_at_the_time(store: Store) -> None:
    known = Deployed(store, "bank")
    first, second = (datetime.fromisoformat(state.changed_at) for state in known.states)
    assert known.version(captured(first - DAY)) == 1
    assert known.version(captured(first)) == 1
    assert known.version(captured(second)) == 2
    assert known.version(captured(second + DAY)) == 2


def test_an_answer_in_json_tells_it_better(store: Store) -> None:
    """Also of a canary that SageMaker has rolled back, which no state of the endpoint knows."""
    digest = bundled(store, seed=3)
    output = b'{"predictions":[{"decision":"\\"model\\":{"}],"model":{"name":"bank","version":3,"digest":"%b"}}'
    known = Deployed(store, "bank")
    assert known.version(captured(datetime.now(UTC) + DAY, output % digest.encode())) == 3
    assert known(3).digest == digest
    live = endpoints.find(store, "bank").live
    assert live is not None
    assert known.live().digest == live.bundle_digest != digest
