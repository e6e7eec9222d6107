"""What is wrong with a request is named; and a request's limits."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlcl.serving import endpoints
from mlcl.serving.endpoints import Settings
from mlcl.stores import Store
from tests.serving.asking import CSV, JSON, LINES, PARQUET, ROW, problem
from tests.serving.served import InProcess, deployed, frame, in_process


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def server(store: Store) -> Iterator[InProcess]:
    for name, task in (("bank", "binary"), ("grades", "multiclass"), ("price", "regression")):
        deployed(store, name, task)
    with in_process(store) as running:
        yield running


FAULTY = [ROW, {**ROW, "age": "old"}, {**ROW, "since": "yesterday"}, ROW]


def test_each_fault_names_row_column_found_and_allowed(server: InProcess) -> None:
    body = problem(server.post("/endpoints/bank/predict", {"rows": FAULTY}), 422)
    assert [(fault["row"], fault["column"]) for fault in body["faults"]] == [(1, "age"), (2, "since")]
    assert all(fault["found"] and fault["allowed"] for fault in body["faults"])
    assert body["fault_count"] == 2


def test_wrong_rows_can_be_skipped(server: InProcess) -> None:
    answer = server.post("/endpoints/bank/predict?on_error=skip", {"rows": FAULTY}).json()
    assert [one["row"] for one in answer["predictions"]] == [0, 3]
    assert answer["fault_count"] == 2
    text = server.post("/endpoints/bank/predict?on_error=skip", {"rows": FAULTY}, accept=CSV).text
    assert [line.split(",")[0] for line in text.splitlines()] == ["row", "0", "3"]
    body = problem(server.post("/endpoints/bank/predict?on_error=skip", {"rows": FAULTY[1:3]}), 422)
    assert body["fault_count"] == 2


@pytest.mark.parametrize("many", [1, 60])
@pytest.mark.parametrize(
    "wrong", [{**ROW, "job": ["a"]}, {**ROW, "age": {"x": 1}}, {**ROW, "owner": "maybe"}, 5, None, []]
)
def test_faults_are_found_in_short_and_long_bodies(server: InProcess, wrong: Any, many: int) -> None:
    body = problem(server.post("/endpoints/bank/predict", [ROW] * many + [wrong]), 422)
    assert [fault["row"] for fault in body["faults"]] == [many]


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", JSON, 400),
        (b'{"age": NaN}', JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (b'{"age": 1}\n{"age": \n', LINES, 400),
        (b"\xff", CSV, 400),
        (b'"open', CSV, 400),
        (b"PAR1 no PAR1", PARQUET, 400),
        (b"", PARQUET, 400),
        (b"", JSON, 400),
        (b"[]", JSON, 422),
        (b'{"rows": []}', JSON, 422),
        (b"5", JSON, 422),
        (b'"text"', JSON, 422),
        (b"", CSV, 422),
        (b"age,income,job,owner,since\n", CSV, 422),
        (b"1,2\n", CSV, 422),
        (b"x,2,cook,true,2020-01-01\n", CSV, 422),
        (b"{}", "text/plain", 415),
        (b"{}", "application/x-www-form-urlencoded", 415),
    ],
)
def test_bodies_that_are_wrong(server: InProcess, content: bytes, content_type: str, status: int) -> None:
    problem(server.post("/endpoints/bank/predict", content, content_type), status)


def test_errors_of_the_address(server: InProcess) -> None:
    assert problem(server.post("/endpoints/bnk/predict", [ROW]), 404)["do"] == "Did you mean 'bank'?"
    problem(server.get("/nowhere"), 404)
    problem(server.get("/endpoints/bank/../../secret"), 404)
    problem(server.get("/endpoints/%2e%2e"), 404)
    assert problem(server.get("/invocations"), 405)["allowed"] == "POST"
    problem(server.post("/endpoints/bank/predict", [ROW], accept="image/png"), 406)
    problem(server.post("/endpoints/bank/predict?explain=maybe", [ROW]), 422)
    assert server.ask("HEAD", "/ping").status_code == 200


def test_invocations_need_to_know_which_endpoint(
    store: Store, server: InProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    assert problem(server.post("/invocations", [ROW]), 404)["allowed"] == ["bank", "grades", "price"]
    assert server.post("/invocations", [ROW], x_mlcl_endpoint="price").json()["model"]["name"] == "price"
    problem(server.post("/invocations", [ROW], x_mlcl_endpoint="prices"), 404)
    single = Store(tmp_path / "single")
    deployed(single)
    with in_process(single) as other:
        assert other.post("/invocations", [ROW]).json()["model"]["name"] == "bank"
    monkeypatch.setenv("MLCL_ENDPOINT", "grades")
    with in_process(store) as other:
        assert other.post("/invocations", [ROW]).json()["model"]["name"] == "grades"
    monkeypatch.setenv("MLCL_ENDPOINT", "gone")
    with in_process(store) as other:
        problem(other.get("/ping"), 503)


def test_custom_attributes_come_back(server: InProcess) -> None:
    name = "x-amzn-sagemaker-custom-attributes"
    assert server.post("/endpoints/bank/predict", [ROW], **{name: "trace=1"}).headers[name] == "trace=1"
    assert name not in server.post("/endpoints/bank/predict", [ROW], **{name: "x" * 2000}).headers


def test_limits_of_rows_and_bytes(store: Store, server: InProcess) -> None:
    deployed(store, "narrow", "regression", version=4)
    endpoints.configure(store, "narrow", Settings(max_rows=10, max_bytes=5000))
    server.refresh()
    path = "/endpoints/narrow/predict"
    assert server.post(path, [ROW] * 10).status_code == 200
    problem(server.post(path, [ROW] * 11), 413)
    problem(server.post(path, "\n".join([json.dumps(ROW)] * 11), LINES), 413)
    problem(server.post(path, frame(11).write_csv(), CSV), 413)
    problem(server.post(path, b" " * 5001), 413)
    endpoints.undeploy(store, "narrow")
    server.refresh()
    problem(server.post(path, [ROW]), 404)


def test_a_request_may_take_so_long_and_no_longer(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    deployed(store, "slow")
    endpoints.configure(store, "slow", Settings(max_seconds=0.2))
    with in_process(store) as server:
        predictor = server.app.fleet.endpoints["slow"].live.bundle.predictor
        go_on, explain = threading.Event(), predictor.contributions

        def waits(matrix: Any) -> Any:
            go_on.wait(20)
            return explain(matrix)

        predictor.contributions = waits
        late = problem(server.post("/endpoints/slow/predict?explain=true", [ROW]), 503)
        assert "more than 0.2 seconds" in late["detail"]
        assert server.post("/endpoints/slow/predict", [ROW]).status_code == 200
        go_on.set()
        assert server.post("/endpoints/slow/predict?explain=true", [ROW]).status_code == 200


def test_a_parquet_file_that_unpacks_to_very_much_is_refused(server: InProcess) -> None:
    table = pl.DataFrame({"job": pl.Series(["x" * 10_000]).sample(5000, with_replacement=True)})
    file = io.BytesIO()
    table.write_parquet(file)
    assert len(file.getvalue()) < 10**6
    problem(server.post("/endpoints/bank/predict", file.getvalue(), PARQUET), 413)
