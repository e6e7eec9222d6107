"""From a prediction's id to what it came from."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl import lifecycle
from mlcl.errors import NotFound
from mlcl.monitoring.lineage import lineage
from mlcl.serving import endpoints, events
from mlcl.serving.events import Body, line, moment, new_id
from mlcl.stores import Store
from tests import small
from tests.monitoring.truth import START, endpoint, send
from tests.serving.served import in_process

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(
    st.integers(0, 16 * 10**15).map(lambda micro: EPOCH + timedelta(microseconds=micro)),
    st.integers(0, 2**40),
    st.integers(0, 9999),
)
def test_an_id_tells_its_moment(at: datetime, number: int, row: int) -> None:
    event = new_id(at, "0123456789abcdef", number)
    wanted = at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert moment(event) == moment(f"{event}-{row}") == wanted
    assert at.isoformat(timespec="milliseconds") == wanted.isoformat(timespec="milliseconds")


@pytest.mark.parametrize("other", ["", "x", "12345678-1234-1234-1234-1234567890ab", "0123456789abcdef-1f", "a-b-c-d"])
def test_ids_of_other_makers_tell_nothing(other: str) -> None:
    assert moment(other) is None


def test_all_that_a_prediction_came_from(tmp_path: Path) -> None:
    problem = small.problem(tmp_path)
    store = Store(tmp_path / ".mlcl")
    run = lifecycle.run(problem, store=store).run
    state = lifecycle.deploy(run.problem, store=store)
    with in_process(store) as server:
        name = f"/endpoints/{run.problem}"
        row = {"age": 44, "job": "clerk", "income": 2800.5, "customer": "c-1"}
        said = server.post(f"{name}/predict", {"rows": [row, row]}).json()["predictions"][1]
    found = lineage(store, said["id"])
    assert json.loads(json.dumps(found)) == found
    assert found["prediction"]["id"] == said["id"]
    assert found["prediction"]["input"] == row
    assert found["prediction"]["output"]["decision"] == said["decision"]
    assert (found["endpoint"]["name"], found["endpoint"]["revision"]) == (run.problem, state.revision)
    assert (found["endpoint"]["variant"], found["endpoint"]["weight"]) == ("live", 100)
    assert (found["model"]["version"], found["model"]["stage"]) == (1, "approved")
    assert found["model"]["bundle_digest"] == run.bundle_digest
    assert found["run"]["id"] == run.id
    assert found["dataset"]["digest"] == run.dataset_digest
    assert found["dataset"]["source"]
    assert found["problem"]["digest"] == run.problem_digest
    assert found["problem"]["file"] == run.problem_json
    assert found["code"]["version"] == run.code_version


def test_the_state_is_that_of_the_time(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = endpoint(store)
    at = datetime.now(UTC) + timedelta(seconds=1)
    (one,) = send(store, at, [0.3])
    endpoint(store, version=2, seed=2)
    found = lineage(store, one)
    assert (found["endpoint"]["revision"], found["model"]["version"]) == (1, 1)
    assert found["model"]["bundle_digest"] == first
    assert found["model"]["stage"] is None  # never registered
    assert (found["run"], found["dataset"], found["problem"]["file"]) == (None, None, None)
    endpoints.undeploy(store, "bank")
    assert lineage(store, one) == found


def test_the_variant_that_answered_comes_before_the_shadow(tmp_path: Path) -> None:
    store = Store(tmp_path)
    endpoint(store)
    (one,) = send(store, START, [0.3], variant="shadow")
    assert lineage(store, one)["endpoint"]["variant"] == "shadow"
    send(store, START, [0.7], event_id=one.rpartition("-")[0])
    found = lineage(store, one)
    assert (found["endpoint"]["variant"], found["prediction"]["output"]["decision"]) == ("live", "yes")


def test_an_id_of_another_maker_is_looked_for_everywhere(tmp_path: Path) -> None:
    store = Store(tmp_path)
    endpoint(store)
    send(store, START, [0.1])
    body = Body("text/csv", b"age,job\n33,cook\n"), Body("text/csv", b"probability,decision\n0.75,yes\n")
    event = "12345678-1234-1234-1234-1234567890ab"
    text = "2025-07-01T08:00:00Z"
    store.put(f"captures/bank/AllTraffic/{events.hour(text)}/a.jsonl", line(event, text, None, *body))
    endpoint(store, version=None, seed=3)
    found = lineage(store, f"{event}-0")
    assert found["prediction"]["time"] == "2025-07-01T08:00:00+00:00"
    assert found["prediction"]["input"] == {"age": "33", "job": "cook"}
    assert found["prediction"]["output"] == {"probability": 0.75, "decision": "yes"}


def test_what_was_never_predicted_is_not_found(tmp_path: Path) -> None:
    store = Store(tmp_path)
    endpoint(store)
    (one,) = send(store, START, [0.3])
    for wrong in (f"{one}1", one.replace("0123", "9999"), new_id(START, "f" * 16, 1), "x", "", "ü-0"):
        with pytest.raises(NotFound, match="No prediction"):
            lineage(store, wrong)


def test_only_the_hour_of_the_id_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    endpoint(store)
    ids = [send(store, START + hours * timedelta(hours=1), [0.3])[0] for hours in range(48)]
    read = []
    get = Store.get
    monkeypatch.setattr(Store, "get", lambda self, key: (read.append(key), get(self, key))[1])
    lineage(store, ids[20])
    assert len([key for key in read if key.startswith("captures/")]) <= 2
