"""Executions of a pipeline that no client has started, as EventBridge starts them: with plain boto3, no parameters."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from mlcl import lifecycle, runs
from mlcl.platforms.sagemaker import endpoints as hosting
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.records import Run
from mlcl.results import RunResult
from mlcl.server import settling
from mlcl.server.context import Server
from mlcl.stores import Store
from tests import small
from tests.platforms import clouds

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.slow, pytest.mark.timeout(600)]
ROW = {"age": 70, "job": "student", "income": 2000.0}


class Scheduled:
    """An environment whose bucket holds the data, with a pipeline that a person has started once; it deploys."""

    def __init__(self, world: clouds.World, folder: Path) -> None:
        self.world, self.on = world, world.environment()
        self.cloud = Cloud.open(self.on)
        self.bucket = self.cloud.settings.store.split("/")[2]
        self.put(seed=0)
        source = f'data.source="s3://{self.bucket}/data/small.csv"'
        self.asked = [source, "aws.endpoint.on_pass=true", "aws.retries=0"]
        self.first: RunResult = lifecycle.run(small.problem(folder), overrides=self.asked, on=self.on)

    def put(self, seed: int) -> None:
        """New data at the old address."""
        table = io.BytesIO()
        small.frame(seed=seed).write_csv(table)
        self.world.client("s3").put_object(Bucket=self.bucket, Key="data/small.csv", Body=table.getvalue())

    def start(self, **parameters: str) -> str:
        """Status in which the execution ends."""
        client = self.world.client("sagemaker")
        given = [{"Name": name, "Value": value} for name, value in parameters.items()]
        arn = client.start_pipeline_execution(
            PipelineName=self.cloud.settings.name("small"), **({"PipelineParameters": given} if given else {})
        )["PipelineExecutionArn"]
        end = time.monotonic() + 120
        while time.monotonic() < end:
            status = client.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
            if status not in ("Executing", "Stopping"):
                return str(status)
            time.sleep(0.2)
        raise AssertionError("it took too long")

    def newest(self) -> Run:
        """As the store has it: nobody has looked at the environment."""
        return runs.find(self.cloud.store, "latest")

    def live(self) -> dict[str, Any]:
        body = orjson.dumps({"rows": [ROW]})
        answer = hosting.invoke(self.cloud, "small", body, "application/json", "application/json")
        found: dict[str, Any] = orjson.loads(answer)["model"]
        return found


@pytest.fixture(scope="module")
def scheduled(world: clouds.World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduled]:
    made = Scheduled(world, tmp_path_factory.mktemp("scheduled"))
    yield made
    hosting.undeploy(made.cloud, "small")


@pytest.fixture(autouse=True)
def mended(world: clouds.World) -> Iterator[None]:
    yield
    world.mend()


def test_answers_of_what_the_pipeline_deployed_name_the_version(scheduled: Scheduled) -> None:
    assert scheduled.first.run.model_version == 1
    assert scheduled.live()["version"] == 1


def test_the_clock_sees_new_data_and_leaves_all_records(scheduled: Scheduled) -> None:
    scheduled.put(seed=1)
    assert scheduled.start() == "Succeeded"
    run, store = scheduled.newest(), scheduled.cloud.store
    assert (run.state, run.trigger, run.platform, run.model_version) == ("passed", "schedule", scheduled.on, 2)
    assert run.dataset_digest != scheduled.first.run.dataset_digest
    assert {step.name: step.state for step in run.steps} == dict.fromkeys(
        ("collect", "validate", "prepare", "train", "evaluate", "judge", "register"), "done"
    )
    assert set(runs.documents(store, run)) == set(scheduled.first.documents)
    assert store.exists(f"runs/{run.id}/files/report.html")
    assert scheduled.live()["version"] == 2
    shown = clouds.command("runs", "--on", scheduled.on)[0]
    assert (shown["id"], shown["trigger"], shown["state"]) == (run.id, "schedule", "passed")


def test_it_is_compared_with_the_model_in_use_and_makes_what_a_laptop_makes(
    scheduled: Scheduled, tmp_path: Path
) -> None:
    """The definition is older than version 1 of the model: the champion is looked up when the run is judged."""
    run = scheduled.newest()
    against = runs.documents(scheduled.cloud.store, run)["verdict"]["against"]
    assert "champion" in json.dumps(against), against
    here = lifecycle.run(
        small.problem(tmp_path), overrides=scheduled.asked, fresh=True, store=Store(tmp_path / "store")
    )
    assert run.bundle_digest == here.run.bundle_digest


def test_nothing_new_is_no_new_version(scheduled: Scheduled) -> None:
    before = scheduled.newest()
    assert scheduled.start(Trigger="new_data") == "Succeeded"
    run = scheduled.newest()
    assert run.id != before.id
    assert (run.trigger, run.dataset_digest, run.model_version) == ("new_data", before.dataset_digest, 2)


def test_a_failure_is_in_the_record(scheduled: Scheduled) -> None:
    scheduled.world.client("s3").put_object(Bucket=scheduled.bucket, Key="data/small.csv", Body=b"age,job\n1,x\n")
    assert scheduled.start() == "Failed"
    run = scheduled.newest()
    scheduled.put(seed=1)
    assert (run.state, run.trigger) == ("failed", "schedule")
    assert run.error is not None
    assert "bought" in json.dumps(run.error)


@pytest.mark.parametrize("job", ["ProcessingJob", "TrainingJob"])
def test_what_no_job_could_write_down_is_written_by_whoever_looks(scheduled: Scheduled, job: str) -> None:
    """A machine that cannot be had: for the first job there is not even a record."""
    scheduled.put(seed=2 if job == "ProcessingJob" else 3)
    scheduled.world.fault(service="job", action=job, code="CapacityError", message="Unable to provision", times=-1)
    before = len(runs.recent(scheduled.cloud.store))
    assert scheduled.start() == "Failed"
    shown = clouds.command("runs", "--on", scheduled.on)
    assert len(shown) == before + 1
    assert (shown[0]["state"], shown[0]["trigger"]) == ("failed", "schedule")
    assert shown[0]["error"]["error"] == "CapacityError"
    assert len(clouds.command("runs", "--on", scheduled.on)) == before + 1


def test_the_pages_server_writes_down_what_no_job_could(scheduled: Scheduled, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has asked `mlcl runs --on`."""
    monkeypatch.setattr(settling, "OPEN", 1.0)
    monkeypatch.setattr(settling, "WATCHED", 0.0)
    scheduled.put(seed=4)
    scheduled.world.fault(
        service="job", action="TrainingJob", code="CapacityError", message="Unable to provision", times=-1
    )
    assert scheduled.start() == "Failed"
    run = scheduled.newest()
    assert run.state == "running"
    server = Server(scheduled.cloud.store)
    server.start()
    try:
        server.live.ready()
        clouds.until(lambda: server.live.runs.known[run.id].state == "failed")
    finally:
        server.close()
    ended = scheduled.newest()
    assert ended.error is not None
    assert ended.error["error"] == "CapacityError"
