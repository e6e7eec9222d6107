"""Deployments while requests run: hot swap, refused bundles, canaries, shadows, a store that is away."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlcl.features.codes import Code
from mlcl.features.parts import Encoded
from mlcl.models.bundle import Bundle
from mlcl.serving import app as application
from mlcl.serving import capture, endpoints
from mlcl.serving.endpoints import Directory, Settings
from mlcl.serving.release import Rules
from mlcl.serving.scoring import Batcher
from mlcl.stores import Store, keys
from tests.serving.served import InProcess, bundled, deployed, frame, in_process

ROW = {"age": 33, "income": 3100.25, "job": "cook", "owner": True, "since": "2021-05-01"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    deployed(store)
    return store


@pytest.fixture
def server(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcess]:
    monkeypatch.setattr(application, "POLL", 0.05)
    with in_process(store) as running:
        yield running


def versions(server: InProcess, requests: int, **headers: str) -> Counter[int]:
    answers = [server.post("/invocations", [ROW], **headers) for _ in range(requests)]
    return Counter(answer.json()["model"]["version"] for answer in answers)


def decided(server: InProcess) -> str:
    """Waits until there is no canary any more; why the endpoint is as it is."""
    for _ in range(500):
        if server.app.fleet.endpoints["bank"].canary is None:
            return endpoints.find(server.store, "bank").why
        server.run(asyncio.sleep(0.02))
    raise AssertionError("the canary is still there")


def test_a_swap_drops_no_request_and_every_answer_is_its_models_own(store: Store, server: InProcess) -> None:
    new = bundled(store, seed=2)
    expected = {
        version: Bundle.load(Directory(store).bundle_folder(digest)).predict([ROW])["probability"][0]
        for version, digest in ((1, endpoints.find(store, "bank").variants[0].bundle_digest), (2, new))
    }
    assert expected[1] != expected[2]
    answers: list[dict[str, Any]] = []

    async def caller(stop: asyncio.Event) -> None:
        while not stop.is_set():
            answer = await server._client.post("/invocations", json=[ROW])
            assert answer.status_code == 200
            answers.append(answer.json())

    async def load() -> None:
        stop = asyncio.Event()
        callers = [asyncio.create_task(caller(stop)) for _ in range(8)]
        await asyncio.sleep(0.2)
        await asyncio.to_thread(endpoints.deploy, store, "bank", new, 2)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(endpoints.rollback, store, "bank")
        await asyncio.sleep(0.5)
        stop.set()
        await asyncio.gather(*callers)

    server.run(load())
    assert [answers[0]["model"]["version"], answers[-1]["model"]["version"]] == [1, 1]
    assert {answer["model"]["version"] for answer in answers} == {1, 2}
    for answer in answers:
        version = answer["model"]["version"]
        assert answer["predictions"][0]["probability"]["yes"] == expected[version]


def test_a_damaged_bundle_is_refused_and_the_old_one_stays_live(store: Store, server: InProcess) -> None:
    digest = bundled(store, seed=2)
    model = next(key for key in store.keys(keys.bundle(digest)) if key.endswith(".ubj"))
    store.put(model, store.get(model)[:-20] + b"x" * 20)
    endpoints.deploy(store, "bank", digest, 2)
    server.run(asyncio.sleep(0.3))
    assert set(versions(server, 5)) == {1}
    about = server.get("/endpoints/bank").json()
    assert "damaged" in about["refused"]
    assert about["revision"] == 1
    endpoints.rollback(store, "bank")
    server.run(asyncio.sleep(0.3))
    assert server.get("/endpoints/bank").json()["refused"] is None


def test_deployments_leave_nothing_of_earlier_models_in_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "POLL", 1000)
    other = bundled(store, seed=2)
    first = endpoints.find(store, "bank").variants[0].bundle_digest
    alive = []
    gc.collect()
    gc.disable()  # as good as off in a server, too: there it runs rarely
    try:
        with in_process(store) as server:
            for version in range(2, 14):
                endpoints.deploy(store, "bank", [first, other][version % 2], version)
                server.refresh()
                assert set(versions(server, 1)) == {version}
                alive.append((len(Code.__subclasses__()), sum(type(one) is Bundle for one in gc.get_objects())))
    finally:
        gc.enable()
    assert max(alive[3:]) <= max(alive[:3]), alive


def test_an_endpoint_that_never_had_a_whole_bundle_answers_503(tmp_path: Path) -> None:
    store = Store(tmp_path / "other")
    digest = deployed(store)
    store.put(f"{keys.bundle(digest)}/learner.json", b"{}")
    with in_process(store) as server:
        assert server.post("/endpoints/bank/predict", [ROW]).status_code == 503
        assert server.get("/ping").status_code == 503


def test_the_server_outlives_the_loss_of_its_store(store: Store, server: InProcess) -> None:
    assert store.folder
    shutil.rmtree(store.folder)
    server.run(asyncio.sleep(0.3))
    assert set(versions(server, 5)) == {1}
    assert "mlcl_store_reachable 0" in server.get("/metrics").text


def test_a_canary_gets_its_share_and_a_key_always_the_same_model(store: Store, server: InProcess) -> None:
    endpoints.deploy(store, "bank", bundled(store, seed=2), 2, "canary", weight=50)
    server.run(asyncio.sleep(0.3))
    assert set(versions(server, 60)) == {1, 2}
    for key in "abcdefgh":
        assert len(versions(server, 5, x_mlcl_key=key)) == 1
    assert len({next(iter(versions(server, 1, x_mlcl_key=str(key)))) for key in range(20)}) == 2


def test_a_good_canary_is_promoted(store: Store, server: InProcess) -> None:
    rules = Rules(min_requests=20, min_seconds=0.1, latency_slack=10)
    endpoints.configure(store, "bank", Settings(rules=rules))
    endpoints.deploy(store, "bank", bundled(store, seed=2), 2, "canary", weight=50)
    server.run(asyncio.sleep(0.3))
    versions(server, 80)
    assert decided(server).startswith("promoted version 2")
    assert set(versions(server, 5)) == {2}


def test_a_failing_canary_is_rolled_back(store: Store, server: InProcess) -> None:
    endpoints.deploy(store, "bank", bundled(store, seed=2), 2, "canary", weight=50)
    server.run(asyncio.sleep(0.3))
    canary = server.app.fleet.endpoints["bank"].canary
    assert canary

    def fails(matrix: Any) -> Any:
        raise RuntimeError("no")

    canary.batcher._score = fails
    statuses = Counter(server.post("/invocations", [ROW]).status_code for _ in range(60))
    assert set(statuses) == {200, 500}
    assert decided(server).startswith("rolled back")
    assert set(versions(server, 5)) == {1}


def test_a_shadow_is_asked_and_never_answers(store: Store, server: InProcess) -> None:
    start = datetime.now(UTC) - timedelta(seconds=1)
    endpoints.deploy(store, "bank", bundled(store, seed=2), 2, "shadow")
    server.run(asyncio.sleep(0.3))
    assert set(versions(server, 10)) == {1}
    server.run(server.app._predictions.finish())
    assert server.run(server.app.fleet.endpoints["bank"].capture.flush())
    found = list(capture.read(store, "bank", start, datetime.now(UTC) + timedelta(seconds=1)))
    by_variant = {name: {one.event_id for one in found if one.variant == name} for name in ("live", "shadow")}
    assert len(by_variant["live"]) == 10
    assert by_variant["live"] == by_variant["shadow"]
    assert server.get("/endpoints/bank").json()["statistics"]["shadow"]["requests"] == 10


@pytest.mark.parametrize("learner", ["xgboost", "lightgbm", "linear"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_requests_scored_together_get_what_each_would_get_alone(store: Store, learner: str, task: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    model = Bundle.load(Directory(store).bundle_folder(bundled(store, task, learner=learner)))
    matrix = model.recipe.apply(frame(400, seed=5))
    alone = np.stack([model.score(matrix[place : place + 1])[0] for place in range(len(matrix))])

    async def together() -> list[Any]:
        with ThreadPoolExecutor(2) as threads:
            batcher = Batcher(model.score, lambda scores: [], lambda bodies: None, threads)
            parts = np.split(matrix, [1, 2, 3, 10, 30, 31, 90, 391])
            asked = [Encoded(part, [], range(len(part)), 0, 0) for part in parts]
            return await asyncio.gather(*map(batcher.score, asked))

    scores = np.concatenate([one.scores for one in asyncio.run(together())])
    np.testing.assert_array_equal(scores, alone)
