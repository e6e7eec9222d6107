"""The image's entry point under SageMaker's container contracts, as processes, with a bucket on loopback."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mlcl import lifecycle
from mlcl import problem as problem_file
from mlcl.data import sources
from mlcl.platforms.base import Plan
from mlcl.platforms.sagemaker.orders import Orders, orders
from mlcl.platforms.sagemaker.processing import archive
from mlcl.platforms.sagemaker.settings import Settings
from mlcl.serving import events
from mlcl.stores import Store
from tests import small
from tests.platforms.contract import Box

pytestmark = pytest.mark.xdist_group("container")
# As the pipeline tells a job of its run.
RUN = {
    "MLCL_RUN": "20260102-030405-abcd",
    "MLCL_TRIGGER": "person",
    "MLCL_EXECUTION": "arn:x/execution/e",
}


def settings(store: Store) -> Settings:
    return Settings(environment="test", region="us-east-1", store=store.address, roles={})


def ordered(store: Store, folder: Path, **changes: object) -> dict[str, Orders]:
    problem = problem_file.load(small.problem(folder))
    made = orders(settings(store), Plan(problem, sources.fingerprint(problem.data, problem.base)))
    return {name: one.model_copy(update=changes) for name, one in made.items()}


def box(folder: Path, order: Orders, *, training: bool = False) -> Box:
    made = Box(folder)
    plan = made.ml(*(("input", "data", "plan") if training else ("processing", "input", "plan")))
    plan.mkdir(parents=True)
    (plan / "orders.json").write_bytes(order.to_json())
    return made


@pytest.fixture(scope="module")
def passage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, Box], Path]]:
    """The three jobs, one after the other, as the pipeline runs them."""
    from uuid import uuid4

    from tests.places import buckets

    folder = tmp_path_factory.mktemp("passage")
    with buckets() as environment, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        store = Store(f"s3://test/{uuid4().hex}")
        order = ordered(store, folder / "problem")
        data = box(folder / "data", order["data"])
        source = data.ml("processing", "input", "source")
        source.mkdir()
        (source / "small.csv").write_bytes((folder / "problem" / "small.csv").read_bytes())
        ended = data.process("data-1")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        facts = json.loads(data.ml("processing", "output", "facts", "steps.json").read_text())

        train = box(folder / "train", order["train"], training=True)
        train.bring(store, facts["prepare"]["uri"], "input", "data", "prepare")
        ended = train.train("train-1")
        assert ended.returncode == 0, ended.stdout + ended.stderr

        judge = box(folder / "judge", order["judge"])
        for name in ("collect", "validate", "prepare"):
            judge.bring(store, facts[name]["uri"], "processing", "input", name)
        fitted = judge.ml("processing", "input", "train")
        fitted.mkdir()
        with tarfile.open(fitted / "model.tar.gz", "w:gz") as tar:
            tar.add(train.ml("model"), arcname=".")
        ended = judge.process("judge-1", **RUN)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        yield store, {"data": data, "train": train, "judge": judge}, folder


def test_the_jobs_make_the_model_that_a_laptop_makes(
    passage: tuple[Store, dict[str, Box], Path], tmp_path: Path
) -> None:
    store, boxes, _ = passage
    verdict = json.loads(boxes["judge"].ml("processing", "output", "facts", "verdict.json").read_text())
    local = lifecycle.run(small.problem(tmp_path / "local"), store=Store(tmp_path / "store"))
    assert verdict["passed"] is True
    assert verdict["bundle"] == local.run.bundle_digest
    assert (verdict["run"], verdict["version"]) == (RUN["MLCL_RUN"], 1)
    assert store.exists(f"bundles/{verdict['bundle']}/model.json")
    assert verdict["package"].endswith(f"packages/{verdict['bundle']}/model.tar.gz")


def test_the_package_is_the_same_bytes_for_the_same_bundle(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "model.json").write_text("{}")
    first = archive(tmp_path / "a")
    time.sleep(1.1)  # tar and gzip know times by the second
    (tmp_path / "a" / "model.json").touch()
    assert archive(tmp_path / "a") == first


def test_progress_tells_each_step(passage: tuple[Store, dict[str, Box], Path]) -> None:
    store, _, _ = passage
    steps = json.loads(store.get("progress/data-1.json"))["steps"]
    assert [(one["name"], one["state"]) for one in steps] == [
        ("collect", "done"),
        ("validate", "done"),
        ("prepare", "done"),
    ]


def test_what_was_done_is_not_done_again(passage: tuple[Store, dict[str, Box], Path], tmp_path: Path) -> None:
    store, _, folder = passage
    again = box(tmp_path / "again", ordered(store, folder / "problem")["data"])
    ended = again.process("data-2")  # no source is given: nothing is read anew
    assert ended.returncode == 0, ended.stdout
    assert {one["state"] for one in json.loads(store.get("progress/data-2.json"))["steps"]} == {"cached"}


def test_a_cached_fit_lies_where_sagemaker_takes_it(
    passage: tuple[Store, dict[str, Box], Path], tmp_path: Path
) -> None:
    store, boxes, folder = passage
    again = box(tmp_path / "again", ordered(store, folder / "problem")["train"], training=True)
    prepared = again.ml("input", "data", "prepare")
    prepared.symlink_to(boxes["train"].ml("input", "data", "prepare"))
    assert again.train("train-2").returncode == 0
    assert (again.ml("model", "validation.npy")).exists()
    assert json.loads(store.get("progress/train-2.json"))["steps"][0]["state"] == "cached"


def test_a_failing_step_has_its_code_and_says_why(passage: tuple[Store, dict[str, Box], Path], tmp_path: Path) -> None:
    store, _, folder = passage
    order = ordered(store, folder / "problem")["data"]
    expect = {"age": {"kind": None, "min": None, "max": 20, "one_of": None, "missing": None}}
    data = {**order.problem["data"], "expect": expect}
    broken = box(tmp_path / "broken", order.model_copy(update={"problem": {**order.problem, "data": data}}))
    ended = broken.process("data-3")
    assert ended.returncode == 3
    message = broken.ml("output", "message").read_text()
    assert "age" in message
    assert len(message) <= 1024
    error = json.loads(store.get("progress/data-3.json"))["error"]
    assert (error["error"], error["exit_code"]) == ("ExpectationError", 3)


def test_a_hyperparameter_of_a_tuning_job_is_a_parameter(
    passage: tuple[Store, dict[str, Box], Path], tmp_path: Path
) -> None:
    store, boxes, folder = passage
    trial = box(tmp_path / "trial", ordered(store, folder / "problem")["train"], training=True)
    trial.ml("input", "data", "prepare").symlink_to(boxes["train"].ml("input", "data", "prepare"))
    ended = trial.train("trial-1", {"max_depth": '"2"', "learning_rate": "0.25", "_tuning_objective_metric": "x"})
    assert ended.returncode == 0, ended.stdout
    record = json.loads(trial.ml("model", "training.json").read_text())
    assert record["parameters"] == {**record["parameters"], "max_depth": 2, "learning_rate": 0.25}
    assert f"mlcl:objective={record['score']:.10g};" in ended.stdout


def test_a_wrong_hyperparameter_is_a_failure_with_a_reason(
    passage: tuple[Store, dict[str, Box], Path], tmp_path: Path
) -> None:
    store, boxes, folder = passage
    trial = box(tmp_path / "trial", ordered(store, folder / "problem")["train"], training=True)
    trial.ml("input", "data", "prepare").symlink_to(boxes["train"].ml("input", "data", "prepare"))
    assert trial.train("trial-2", {"max_depht": "2"}).returncode == 2
    assert "Did you mean 'max_depth'" in trial.ml("output", "failure").read_text()


def test_missing_orders_are_told(tmp_path: Path) -> None:
    empty = Box(tmp_path / "empty")
    assert empty.process("none").returncode == 2
    assert "orders are missing" in empty.ml("output", "message").read_text()


def test_the_end_that_is_asked_for_is_soon(passage: tuple[Store, dict[str, Box], Path], tmp_path: Path) -> None:
    store, boxes, folder = passage
    order = ordered(store, folder / "problem", fresh="long")["train"]
    train = {**order.problem["train"], "parameters": {"n_estimators": 100_000, "learning_rate": 0.001}}
    order = order.model_copy(update={"problem": {**order.problem, "train": train}})
    long = box(tmp_path / "long", order, training=True)
    long.ml("input", "data", "prepare").symlink_to(boxes["train"].ml("input", "data", "prepare"))
    long.ml("model").mkdir()
    with subprocess.Popen(
        long.command("train"),
        env=long.environment(TRAINING_JOB_NAME="long-1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            if "train running" in line:
                break
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
    assert "told to end" in long.ml("output", "failure").read_text()
    assert not store.exists("steps/train/long")


@contextmanager
def hosted(box: Box, **environment: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        box.command("serve"),
        env=box.environment(SAGEMAKER_BIND_TO_PORT=str(port), **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                if httpx.get(f"{address}/ping").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            raise AssertionError("never healthy")
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_hosting_answers_anybody_and_captures_into_the_store(
    passage: tuple[Store, dict[str, Box], Path], tmp_path: Path
) -> None:
    """Access is the platform's, so no token; serverless endpoints capture nothing, so the container does."""
    from datetime import UTC, datetime, timedelta

    store, boxes, _ = passage
    verdict = json.loads(boxes["judge"].ml("processing", "output", "facts", "verdict.json").read_text())
    made = Box(tmp_path / "hosting")
    store.download(f"bundles/{verdict['bundle']}", made.ml("model"))
    capturing = {"MLCL_NAME": "small", "MLCL_VERSION": "7", "MLCL_CAPTURE_STORE": store.address}
    with hosted(made, **capturing, MLCL_CACHE=str(tmp_path / "cache")) as address:
        row = {"age": 70, "job": "student", "income": 2000.0}
        headers = {"host": "model.aws.example"}
        answer = httpx.post(f"{address}/invocations", json={"rows": [row]}, headers=headers)
        parameters = httpx.get(f"{address}/execution-parameters", headers=headers).json()
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"]["version"] == 7
    assert parameters["BatchStrategy"] == "MULTI_RECORD"
    now = datetime.now(UTC)
    [event] = events.read(store, "small", now - timedelta(minutes=5), now + timedelta(minutes=5))
    assert event.version == 7
    assert b"student" in event.input


def test_hosting_refuses_a_damaged_model(passage: tuple[Store, dict[str, Box], Path], tmp_path: Path) -> None:
    store, boxes, _ = passage
    verdict = json.loads(boxes["judge"].ml("processing", "output", "facts", "verdict.json").read_text())
    made = Box(tmp_path / "hosting")
    store.download(f"bundles/{verdict['bundle']}", made.ml("model"))
    (made.ml("model") / "baseline.json").write_text("{}")
    assert made.run("serve").returncode == 1
