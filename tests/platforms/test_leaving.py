"""Runs in the cloud that somebody leaves, comes back to, or ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mlcl import cloud, lifecycle, runs
from mlcl.errors import UsageError
from mlcl.platforms.base import Detached
from mlcl.platforms.sagemaker.errors import StoppedError
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.records import Step
from tests import small
from tests.platforms import clouds

pytestmark = pytest.mark.xdist_group("cloud")


def test_ctrl_c_leaves_the_run_and_the_same_command_comes_back(world: clouds.World, tmp_path: Path) -> None:
    on, problem = world.environment(), small.problem(tmp_path)
    program = [sys.executable, "-c", "from mlcl.cli import main; main()", "run", str(problem), "--on", on]
    with subprocess.Popen(
        program, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as left:
        store = Cloud.open(on).store
        clouds.until(lambda: any(run.process.startswith("arn:") for run in runs.recent(store)))
        left.send_signal(signal.SIGINT)
        said = left.communicate(timeout=30)[1]
    run = runs.find(store, "latest")
    assert left.returncode == 130
    assert f"mlcl attach {run.id} --on {on}" in said
    assert run.state == "running"
    back = lifecycle.run(problem, on=on)
    assert back.run.id == run.id
    assert back.passed


@pytest.mark.slow
def test_a_run_that_ended_unwatched_is_settled_by_whoever_looks(world: clouds.World, tmp_path: Path) -> None:
    on = world.environment()
    left = leave(on, small.problem(tmp_path))
    clouds.until(lambda: ended(on, left))
    assert clouds.command("runs", "--on", on)[0]["state"] == "passed"


@pytest.mark.slow
def test_its_log_is_followed_until_it_has_ended(world: clouds.World, tmp_path: Path) -> None:
    """Live: what the first job says comes while the execution still runs. Who leaves the log leaves the run alone."""
    on = world.environment()
    # A run that takes longer than leaving it and coming back do on a machine that is busy.
    left = leave(on, small.problem(tmp_path), "train.trials=60", "train.parameters={}")
    said: list[str] = []
    early: list[bool] = []

    def say(line: str) -> None:
        said.append(line)
        if "step collect done" in line:
            early.append(ended(on, left))
            if len(early) == 1:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cloud.logs(on, left, say, follow=True, poll=0.1)
    said.clear()
    cloud.logs(on, left, say, follow=True, poll=0.1)
    assert early[0] is False
    assert ended(on, left)
    assert [line.split("INFO ")[1] for line in said if "register done" in line]
    assert len([line for line in said if "step collect done" in line]) == 1
    told: list[str] = []
    cloud.logs(on, left, told.append)
    assert said == told


@pytest.mark.slow
def test_stop(world: clouds.World, tmp_path: Path) -> None:
    on = world.environment()
    left = leave(on, small.problem(tmp_path), "train.trials=200", "train.parameters={}")
    assert clouds.command("stop", left, "--on", on)["state"] == "interrupted"
    clouds.until(lambda: ended(on, left))
    with pytest.raises(UsageError):
        cloud.stop(on, left)


@pytest.mark.slow
def test_what_has_ended_cannot_be_stopped(world: clouds.World, tmp_path: Path) -> None:
    on = world.environment()
    left = leave(on, small.problem(tmp_path))
    clouds.until(lambda: ended(on, left))
    with pytest.raises(UsageError, match="has ended already") as told:
        cloud.stop(on, left)
    assert f"mlcl attach {left} --on {on}" in str(told.value)
    assert cloud.attach(on, left).passed


@pytest.mark.slow
def test_who_watches_a_run_that_is_stopped_is_told(world: clouds.World, tmp_path: Path) -> None:
    """And the record says so, too, whoever writes it last."""
    on = world.environment()

    def stop(step: Step) -> None:
        if (step.name, step.state) == ("train", "running"):
            cloud.stop(on, "latest")

    with pytest.raises(StoppedError, match="stopped"):
        lifecycle.run(small.problem(tmp_path), overrides=["train.trials=200", "train.parameters={}"], on=on, watch=stop)
    assert runs.find(Cloud.open(on).store, "latest").state == "interrupted"


def leave(on: str, problem: Path, *overrides: str) -> str:
    """Starts a run and leaves it at once."""

    def gone(step: Step) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Detached) as left:
        lifecycle.run(problem, overrides=overrides, on=on, watch=gone)
    assert left.value.exit_code == 130
    return runs.find(Cloud.open(on).store, "latest").id


def ended(on: str, run: str) -> bool:
    made = Cloud.open(on)
    arn = runs.find(made.store, run).process
    described = made.call("sagemaker", "describe_pipeline_execution", PipelineExecutionArn=arn)
    return described["PipelineExecutionStatus"] not in ("Executing", "Stopping")
