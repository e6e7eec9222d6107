"""Failure injection: what goes wrong in AWS ends in the right state, with the right message, and can be taken up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlcl import lifecycle, runs
from mlcl.errors import MlclError, StoreError
from mlcl.platforms.base import Detached
from mlcl.platforms.sagemaker import endpoints as hosting
from mlcl.platforms.sagemaker.errors import CapacityError, CredentialsError, JobError
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.problem.aws import EndpointOnAws
from mlcl.records import Run, Step
from mlcl.stores import Store
from tests import small
from tests.platforms import clouds

pytestmark = pytest.mark.xdist_group("cloud")


@pytest.fixture(autouse=True)
def mended(world: clouds.World) -> Iterator[None]:
    yield
    world.mend()


def latest(on: str) -> Run:
    return runs.find(Cloud.open(on).store, "latest")


@pytest.mark.slow
def test_a_machine_that_cannot_be_had(world: clouds.World, tmp_path: Path) -> None:
    on, problem = world.environment(), small.problem(tmp_path)
    world.fault(service="job", action="TrainingJob", code="CapacityError", message="Unable to provision", times=-1)
    seen: list[tuple[str, str]] = []
    with pytest.raises(CapacityError) as error:
        lifecycle.run(
            problem, overrides=["aws.retries=0"], on=on, watch=lambda step: seen.append((step.name, step.state))
        )
    assert error.value.retryable
    assert latest(on).state == "failed"
    assert seen[-1] == ("prepare", "done")
    world.mend()
    again: list[tuple[str, str]] = []
    result = lifecycle.run(problem, on=on, watch=lambda step: again.append((step.name, step.state)))
    assert result.passed
    assert again[:3] == [(name, "cached") for name in ("collect", "validate", "prepare")]


@pytest.mark.slow
def test_a_throttled_store_is_waited_for(world: clouds.World, tmp_path: Path) -> None:
    on = world.environment()
    world.fault(
        service="s3", code="SlowDown", message="Please reduce your request rate.", status=503, times=5, after=20
    )
    assert lifecycle.run(small.problem(tmp_path), on=on).passed


@pytest.mark.slow
def test_a_throttled_control_plane_is_waited_for(world: clouds.World, tmp_path: Path) -> None:
    on = world.environment()
    world.fault(service="sagemaker", action="DescribePipelineExecution", times=4)
    assert lifecycle.run(small.problem(tmp_path), on=on).passed


def test_credentials_that_expire_on_the_way(world: clouds.World, tmp_path: Path) -> None:
    """The run goes on without the client, which says how to come back."""
    on, problem = world.environment(), small.problem(tmp_path)
    expired = {"code": "ExpiredTokenException", "message": "The security token included in the request is expired"}
    world.fault(service="sagemaker", action="DescribePipelineExecution", status=403, times=-1, after=1, **expired)
    with pytest.raises(Detached) as error:
        lifecycle.run(problem, on=on)
    assert isinstance(error.value.__cause__, CredentialsError)
    assert "expired" in error.value.found
    run = latest(on)
    assert run.state == "running"
    assert f"mlcl attach {run.id}" in error.value.fix
    world.mend()
    back = lifecycle.run(problem, on=on)
    assert back.run.id == run.id
    assert back.passed


@pytest.mark.slow
def test_credentials_of_a_job_that_expire_in_the_middle(world: clouds.World, tmp_path: Path) -> None:
    """The job ends when it comes to keep its result; it cannot even write down why. What was done before is kept."""
    on, problem = world.environment(), small.problem(tmp_path)
    trials = ["train.trials=20", "train.parameters={}"]
    role = Cloud.open(on).settings.roles["job"]

    def expire(seen: Step) -> None:
        if (seen.name, seen.state) == ("train", "running"):
            world.expire(role)

    with pytest.raises(CredentialsError) as error:
        lifecycle.run(problem, overrides=["aws.retries=0", *trials], on=on, watch=expire)
    assert error.value.what == "The credentials of the job have expired."
    assert "Run it again" in error.value.fix
    run = latest(on)
    assert run.state == "failed"
    assert run.error is not None
    assert run.error["what"] == error.value.what
    states = [step.state for step in run.steps]
    assert states == ["done", "done", "done", "failed", "waiting", "waiting", "waiting"]
    again: list[tuple[str, str]] = []
    result = lifecycle.run(problem, overrides=trials, on=on, watch=lambda step: again.append((step.name, step.state)))
    assert result.passed
    assert again[:4] == [("collect", "cached"), ("validate", "cached"), ("prepare", "cached"), ("train", "running")]


@pytest.mark.slow
def test_an_endpoint_that_never_gets_healthy(world: clouds.World, tmp_path: Path) -> None:
    """A damaged package: what the container says is in the message, no state claims that the model is live, and the
    same deployment again makes the endpoint well."""
    on = world.environment()
    result = lifecycle.run(small.problem(tmp_path), on=on)
    cloud = Cloud.open(on)
    package = f"packages/{result.run.bundle_digest}/model.tar.gz"
    whole = cloud.store.get(package)
    cloud.store.put(package, b"no archive")
    release = hosting.Release("small", result.run.bundle_digest, 1, EndpointOnAws())
    with pytest.raises(JobError, match="healthy"):
        hosting.deploy(cloud, release, poll=0.2)
    from mlcl.serving import endpoints

    assert endpoints.endpoints(cloud.store) == []
    cloud.store.put(package, whole)
    hosting.deploy(cloud, release, poll=0.2)
    assert [one.name for one in endpoints.endpoints(cloud.store)] == ["small"]


@pytest.mark.slow
def test_a_job_that_is_killed(world: clouds.World, tmp_path: Path) -> None:
    on, problem = world.environment(), small.problem(tmp_path)
    world.fault(service="job", action="TrainingJob", code="AlgorithmError", message="exit code: 137", times=1)
    with pytest.raises(JobError, match="memory"):
        lifecycle.run(problem, overrides=["aws.retries=0"], on=on)
    assert latest(on).state == "failed"
    assert lifecycle.run(problem, on=on).passed


@pytest.mark.slow
def test_a_spot_interruption_goes_on_from_its_checkpoints(world: clouds.World, tmp_path: Path) -> None:
    on = world.environment()
    trials = ["train.trials=40", "train.parameters={}"]
    problem, store = small.problem(tmp_path), Cloud.open(on).store
    interrupted: list[str] = []
    kept: list[str] = []

    def watch(step: Step) -> None:
        if (step.name, step.state) == ("train", "running"):
            jobs = world.client("sagemaker").list_training_jobs(StatusEquals="InProgress")["TrainingJobSummaries"]
            end = time.monotonic() + 30
            while not kept and time.monotonic() < end:
                kept.extend(store.keys("checkpoints"))
            for job in jobs:
                world.interrupt(job["TrainingJobName"])
                interrupted.append(job["TrainingJobName"])

    result = lifecycle.run(problem, overrides=["aws.train.spot=true", *trials], on=on, watch=watch)
    assert kept
    [job] = interrupted
    described = world.client("sagemaker").describe_training_job(TrainingJobName=job)
    assert "Interrupted" in [one["Status"] for one in described["SecondaryStatusTransitions"]]
    here = lifecycle.run(problem, overrides=trials, store=Store(tmp_path / "store"))
    assert result.run.bundle_digest == here.run.bundle_digest


@pytest.mark.slow
def test_a_store_that_fails_a_job_is_told_and_the_run_goes_on_after_it(world: clouds.World, tmp_path: Path) -> None:
    """The job that prepares cannot keep its result: nothing half-written is taken for one."""
    on, problem = world.environment(), small.problem(tmp_path)
    bucket = Cloud.open(on).settings.store.split("/")[2]
    denied = {"code": "AccessDenied", "message": "Access Denied", "status": 403}
    world.fault(service="s3", action="PutObject", path=f"/{bucket}/mlcl/steps/prepare/*", times=-1, after=1, **denied)
    with pytest.raises(StoreError) as error:
        lifecycle.run(problem, overrides=["aws.retries=0"], on=on)
    assert "steps/prepare" in str(error.value)
    run = latest(on)
    assert (run.state, {step.name: step.state for step in run.steps}["prepare"]) == ("failed", "failed")
    world.mend()
    again: list[tuple[str, str]] = []
    assert lifecycle.run(problem, on=on, watch=lambda step: again.append((step.name, step.state))).passed
    assert again[:3] == [("collect", "cached"), ("validate", "cached"), ("prepare", "running")]


@pytest.mark.slow
def test_a_store_that_is_away_is_told(world: clouds.World, tmp_path: Path) -> None:
    on = world.environment()
    denied = {"code": "AccessDenied", "message": "Access Denied", "status": 403}
    world.fault(service="s3", action="PutObject", times=-1, **denied)
    with pytest.raises(MlclError) as error:
        lifecycle.run(small.problem(tmp_path), on=on)
    assert isinstance(error.value, StoreError)
