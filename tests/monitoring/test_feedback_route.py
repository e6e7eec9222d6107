"""The server's route for outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlcl.errors import UsageError
from mlcl.monitoring.feedback import labels, receive
from mlcl.serving import tokens
from mlcl.stores import Store
from tests.monitoring.telling import DAY, NOW, made_up
from tests.monitoring.truth import START, endpoint, send
from tests.serving.served import InProcess, deployed, in_process


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    endpoint(made)
    return made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    made = Store(tmp_path_factory.mktemp("served"))
    deployed(made, "bank")
    with in_process(made, feedback=receive) as running:
        yield running


ROWS = {"rows": [{"age": 33, "customer": 5}, {"age": 70, "customer": 6}]}


def test_the_server_takes_outcomes_of_its_own_predictions(server: InProcess) -> None:
    ids = [one["id"] for one in server.post("/endpoints/bank/predict", ROWS).json()["predictions"]]
    sent = {"labels": [{"id": ids[0], "label": "yes"}, {"id": ids[1], "label": "no"}, {"id": "x", "label": "no"}]}
    answer = server.post("/endpoints/bank/feedback", sent).json()
    assert (answer["rows"], answer["stored"], answer["unmatched"]) == (3, 2, 1)
    csv = f"id,label\n{ids[0]},no\n"
    assert server.post("/endpoints/bank/feedback", csv, "text/csv").json()["stored"] == 1
    found = labels(server.store, "bank", START - 9999 * DAY, START + 9999 * DAY)
    assert dict(zip(found["id"], found["label"], strict=True)) == {ids[0]: "no", ids[1]: "no"}


def test_the_server_joins_by_keys(server: InProcess) -> None:
    rows = {"rows": [{"age": 33, "customer": 77}]}
    (one,) = server.post("/endpoints/bank/predict", rows).json()["predictions"]
    endpoint = server.app.fleet.endpoints["bank"]
    assert server.run(endpoint.capture.flush())
    answer = server.post("/endpoints/bank/feedback?by=customer", {"labels": [{"customer": 77, "label": "yes"}]})
    assert answer.json()["stored"] == 1, answer.text
    found = labels(server.store, "bank", START - 9999 * DAY, START + 9999 * DAY)
    assert one["id"] in found["id"]


def test_the_server_names_what_is_wrong(server: InProcess) -> None:
    path = "/endpoints/bank/feedback"
    answer = server.post(path, {"labels": [{"id": made_up(), "label": "nope"}]})
    assert answer.status_code == 422
    assert answer.json()["faults"] == [{"row": 0, "column": "label", "found": "nope", "allowed": ["no", "yes"]}]
    assert server.post(path, b"{", "application/json").status_code == 422
    assert server.post(path, b"x", "image/png").status_code == 415
    assert server.post(path, b"id,label\n" * 10_002, "text/csv").status_code == 413
    assert server.post(path, b"x" * (7 * 2**20), "text/csv").status_code == 413
    assert server.post("/endpoints/bnk/feedback", {}).status_code == 404
    assert server.post(f"{path}?by=a&since=soon", [{"a": 1, "label": "no"}]).status_code == 422
    assert server.get(path).status_code == 405


def test_the_server_describes_the_route(server: InProcess) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    row = paths["/endpoints/bank/feedback"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert row["properties"]["labels"]["items"]["properties"]["label"] == {"enum": ["no", "yes"]}


def test_without_a_taker_there_is_no_route(tmp_path: Path) -> None:
    store = Store(tmp_path)
    deployed(store, "bank")
    with in_process(store) as plain:
        assert plain.post("/endpoints/bank/feedback", {"labels": []}).status_code == 404


def test_the_server_wants_a_token(tmp_path: Path) -> None:
    store = Store(tmp_path)
    deployed(store, "bank")
    tokens.create(store, "shop")
    with in_process(store, feedback=receive) as guarded:
        assert guarded.post("/endpoints/bank/feedback", {"labels": []}).status_code == 401


def test_a_request_by_keys_looks_through_so_much_and_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    send(store, START, [0.5], [{"customer": 1}])
    monkeypatch.setattr("mlcl.monitoring.feedback.MOST_BYTES", 100)
    body = json.dumps([{"customer": 1, "label": "no"}]).encode()
    with pytest.raises(UsageError, match="too much traffic"):
        receive(store, "bank", "application/json", body, {"by": "customer"}, NOW, 10)
    past = {"by": "customer", "until": "2026-01-01"}
    assert receive(store, "bank", "application/json", body, past, NOW, 10)["unmatched"] == 1


def test_ids_from_the_future_are_none_of_ours(store: Store) -> None:
    body = json.dumps([{"id": made_up(NOW + DAY), "label": "no"}]).encode()
    assert receive(store, "bank", "application/json", body, {}, NOW, 10)["unmatched"] == 1
