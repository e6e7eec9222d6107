"""The contract of every route, in this process."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import polars as pl
import pytest

from mlcl.models.bundle import Bundle
from mlcl.serving import capture, tokens
from mlcl.serving.endpoints import Directory
from mlcl.stores import Store
from tests.serving.asking import CSV, JSON, LINES, PARQUET, ROW, problem
from tests.serving.served import LABELS, InProcess, deployed, frame, in_process


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def server(store: Store) -> Iterator[InProcess]:
    for name, task in (("bank", "binary"), ("grades", "multiclass"), ("price", "regression")):
        deployed(store, name, task)
    with in_process(store) as running:
        yield running


@pytest.fixture(scope="module")
def models(store: Store, server: InProcess) -> dict[str, Bundle]:
    directory = Directory(store)
    live = {name: state.live for name, state in directory.poll().items()}
    return {name: Bundle.load(directory.bundle_folder(one.bundle_digest)) for name, one in live.items() if one}


def test_ping_says_whether_models_can_answer(server: InProcess, tmp_path: Any) -> None:
    assert server.get("/ping").json() == {"status": "ok"}
    with in_process(Store(tmp_path / "empty")) as empty:
        problem(empty.get("/ping"), 503)
        problem(empty.post("/invocations", [ROW]), 503)
        assert empty.get("/endpoints").json() == {"endpoints": []}
        assert empty.get("/openapi.json").status_code == 200


def test_a_binary_prediction_is_what_the_bundle_predicts(server: InProcess, models: dict[str, Bundle]) -> None:
    answer = server.post("/endpoints/bank/predict", {"rows": [ROW]}).json()
    expected = models["bank"].predict([ROW])
    prediction = answer["predictions"][0]
    assert prediction["probability"] == {"no": 1 - expected["probability"][0], "yes": expected["probability"][0]}
    assert prediction["decision"] == expected["decision"][0]
    assert prediction["id"]
    assert answer["model"] == {"name": "bank", "version": 1, "digest": models["bank"].digest}
    assert (answer["missing"], answer["unseen"]) == (0, 0)


def test_a_multiclass_prediction_names_every_class(server: InProcess, models: dict[str, Bundle]) -> None:
    prediction = server.post("/endpoints/grades/predict", {"rows": [ROW]}).json()["predictions"][0]
    expected = models["grades"].predict([ROW]).row(0, named=True)
    assert prediction["probability"] == {
        label: expected[f"probability_{label}"] for label in LABELS["multiclass"] or ()
    }
    assert prediction["decision"] == expected["decision"]


def test_a_regression_prediction_is_a_value(server: InProcess, models: dict[str, Bundle]) -> None:
    prediction = server.post("/endpoints/price/predict", {"rows": [ROW]}).json()["predictions"][0]
    assert prediction["value"] == models["price"].predict([ROW])["prediction"][0]
    assert set(prediction) == {"id", "value"}


@pytest.mark.parametrize("body", [{"rows": [ROW]}, {"instances": [ROW]}, [ROW], ROW])
def test_json_rows_come_in_four_forms(server: InProcess, body: Any) -> None:
    assert len(server.post("/endpoints/bank/predict", body).json()["predictions"]) == 1


def test_ids_are_unique(server: InProcess) -> None:
    answers = [server.post("/endpoints/bank/predict", [ROW, ROW]).json() for _ in range(5)]
    assert len({prediction["id"] for answer in answers for prediction in answer["predictions"]}) == 10


@pytest.mark.parametrize("count", [3, 200])
@pytest.mark.parametrize("name", ["bank", "grades", "price"])
def test_every_format_gives_the_same_bits(server: InProcess, models: dict[str, Bundle], name: str, count: int) -> None:
    table = frame(count, seed=7).with_columns(
        job=pl.when(pl.col("age") < 25).then(pl.lit("new")).otherwise(pl.col("job"))
    )
    rows = json.loads(table.write_json())
    lines = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    file = io.BytesIO()
    table.write_parquet(file)
    bodies = {
        JSON: [
            orjson.dumps({"rows": rows}),
            orjson.dumps(rows),
            orjson.dumps({"instances": rows}, option=orjson.OPT_INDENT_2),
        ],
        CSV: [table.write_csv().encode(), table.write_csv(include_header=False, quote_style="always").encode()],
        LINES: [lines],
        PARQUET: [file.getvalue()],
    }
    expected = models[name].predict(table)
    path = f"/endpoints/{name}/predict"
    for content_type, sent in bodies.items():
        for body in sent:
            told = server.post(path, body, content_type, accept=PARQUET)
            assert pl.read_parquet(io.BytesIO(told.content)).equals(expected), content_type
    answers = [server.post(path, body, content_type).json() for content_type, sent in bodies.items() for body in sent]
    counts = {(answer["missing"], answer["unseen"]) for answer in answers}
    assert len(counts) == 1
    if name == "bank":
        for answer in answers:
            assert [one["probability"]["yes"] for one in answer["predictions"]] == expected["probability"].to_list()


def test_csv_answers_have_a_header_when_the_question_had_one(server: InProcess, models: dict[str, Bundle]) -> None:
    table = frame(20, seed=3)
    expected = models["grades"].predict(table)
    for header in (True, False):
        sent = table.write_csv(include_header=header)
        text = server.post("/endpoints/grades/predict", sent, CSV, accept=CSV).text
        lines = list(csv.reader(io.StringIO(text)))
        if header:
            assert lines.pop(0) == expected.columns
        assert [line[-1] for line in lines] == expected["decision"].to_list()
        assert [float(line[0]) for line in lines] == expected["probability_high"].to_list()


def test_json_lines_answers_hold_one_prediction_a_line(server: InProcess) -> None:
    answer = server.post("/endpoints/bank/predict", [ROW, ROW], accept=LINES)
    assert [set(json.loads(line)) for line in answer.text.splitlines()] == [{"id", "probability", "decision"}] * 2
    assert answer.headers["content-type"] == LINES


def test_columns_may_be_left_out_and_others_be_there(server: InProcess) -> None:
    answer = server.post("/endpoints/bank/predict", [{"age": 30, "job": "astronaut", "shoe": 43}]).json()
    assert (answer["missing"], answer["unseen"]) == (3, 1)


def test_explanations_add_up_to_the_margin(server: InProcess, models: dict[str, Bundle]) -> None:
    import math

    rows = [ROW, {**ROW, "age": 70}]
    answer = server.post("/endpoints/bank/predict?explain=true", {"rows": rows}).json()
    for one in answer["predictions"]:
        assert set(one["contributions"]) == set(models["bank"].recipe.feature_names)
        margin = math.fsum(one["contributions"].values()) + one["bias"]
        assert 1 / (1 + math.exp(-margin)) == pytest.approx(one["probability"]["yes"], abs=1e-5)
    several = server.post("/endpoints/grades/predict?explain=true", {"rows": rows}).json()["predictions"]
    assert several[0]["contributions"].keys() == set(models["grades"].recipe.feature_names)
    text = server.post("/endpoints/bank/predict?explain=true", {"rows": rows}, accept=CSV).text
    assert text.splitlines()[0] == "probability,decision,explanation"


def test_an_endpoint_describes_itself(server: InProcess) -> None:
    assert [one["name"] for one in server.get("/endpoints").json()["endpoints"]] == ["bank", "grades", "price"]
    server.post("/endpoints/bank/predict", [ROW])
    about = server.get("/endpoints/bank").json()
    assert [column["name"] for column in about["schema"]] == list(ROW)
    assert about["task"] == "binary"
    assert about["threshold"] == 0.4
    assert about["refused"] is None
    assert about["statistics"]["live"]["requests"] >= 1
    assert server.post("/endpoints/bank/predict", about["example"]).status_code == 200


def test_execution_parameters(server: InProcess) -> None:
    assert server.get("/execution-parameters").json().keys() == {
        "MaxConcurrentTransforms",
        "BatchStrategy",
        "MaxPayloadInMB",
    }


def test_metrics_count_requests_rows_and_faults(server: InProcess) -> None:
    def sample(name: str) -> float:
        lines = server.get("/metrics").text.splitlines()
        return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name)), 0)

    requests, rows = 'mlcl_requests_total{endpoint="price"', 'mlcl_rows_total{endpoint="price"'
    rejected = 'mlcl_rejected_total{endpoint="price",status="422"}'
    before = sample(requests), sample(rows), sample(rejected)
    server.post("/endpoints/price/predict", [ROW, ROW])
    server.post("/endpoints/price/predict", [{"age": "x"}])
    assert (sample(requests), sample(rows), sample(rejected)) == (before[0] + 2, before[1] + 2, before[2] + 1)
    assert sample("mlcl_store_reachable") == 1
    assert sample('mlcl_request_seconds_bucket{endpoint="price",version="1",le="+Inf"}') == sample(requests)


def test_predictions_are_captured_as_they_came_and_went(store: Store, server: InProcess) -> None:
    start = datetime.now(UTC) - timedelta(seconds=1)
    sent = json.dumps([{**ROW, "job": "für mich"}])
    answer = server.post("/endpoints/price/predict", sent)
    assert server.run(server.app.fleet.endpoints["price"].capture.flush())
    found = list(capture.read(store, "price", start, datetime.now(UTC) + timedelta(seconds=1)))
    one = next(event for event in found if event.output == answer.content)
    assert one.input == sent.encode()
    assert (one.variant, one.version, one.input_type, one.output_type) == ("live", 1, JSON, JSON)
    assert answer.json()["predictions"][0]["id"] == f"{one.event_id}-0"


def test_tokens_are_asked_for_once_there_is_one(tmp_path: Any) -> None:
    guarded = Store(tmp_path / "guarded")
    deployed(guarded)
    with in_process(guarded) as server:
        assert server.post("/invocations", [ROW]).status_code == 200
        token = tokens.create(guarded, "shop")
        server.refresh()
        assert problem(server.post("/invocations", [ROW]), 401)
        problem(server.post("/invocations", [ROW], authorization="Bearer wrong"), 403)
        problem(server.post("/invocations", [ROW], authorization=f"Basic {token}"), 403)
        assert server.post("/invocations", [ROW], authorization=f"Bearer {token}").status_code == 200
        for path in ("/metrics", "/endpoints", "/openapi.json", "/endpoints/bank", "/nowhere"):
            problem(server.get(path), 401)
        for path in ("/ping", "/docs"):
            assert server.get(path).status_code == 200
        tokens.revoke(guarded, "shop")
        server.refresh()
        assert server.post("/invocations", [ROW]).status_code == 200
    with in_process(guarded, open_to_all=True) as server:
        problem(server.post("/invocations", [ROW]), 401)


def test_without_tokens_only_loopback_names_are_answered(server: InProcess) -> None:
    for host in ("localhost:8080", "127.0.0.1", "[::1]:8080", "[::1]"):
        assert server.get("/endpoints", headers={"host": host}).status_code == 200
    for host in ("evil.example", "evil.example:8080", "localhost.evil.example"):
        problem(server.get("/endpoints", headers={"host": host}), 403)


def test_the_documentation_stands_alone(server: InProcess) -> None:
    page = server.get("/docs")
    assert "https://" not in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert server.get("/").headers["location"] == "/docs"
    document = server.get("/openapi.json").json()
    body = document["paths"]["/endpoints/bank/predict"]["post"]["requestBody"]["content"]
    for content_type in (JSON, CSV):
        answer = server.post("/endpoints/bank/predict", body[content_type]["example"], content_type)
        assert answer.status_code == 200, answer.text
