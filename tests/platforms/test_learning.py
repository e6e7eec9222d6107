"""Every learner gives one digest here and in AWS; AWS's own algorithm, tuning jobs and several machines give models."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlcl import lifecycle
from mlcl.errors import ProblemError
from mlcl.models.bundle import Bundle
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.registry import bundle_folder
from mlcl.stores import Store
from tests import small
from tests.platforms import clouds

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cloud")]
AUTO = ('train.learner="auto"', "train.parameters={}", "train.trials=4")
LEARNERS = {
    "xgboost": (),
    "lightgbm": ('train.learner="lightgbm"', "train.parameters={}"),
    "linear": ('train.learner="linear"', "train.parameters={}"),
    "auto": AUTO,
}
OWN = ('train.learner="sagemaker:xgboost"', 'problem.task="binary"')


@pytest.mark.parametrize("learner", LEARNERS)
def test_one_digest_here_and_there(world: clouds.World, tmp_path: Path, learner: str) -> None:
    problem, overrides = small.problem(tmp_path / "problem"), LEARNERS[learner]
    there = lifecycle.run(problem, overrides=overrides, on=world.environment())
    here = lifecycle.run(problem, overrides=overrides, store=Store(tmp_path / "store"))
    assert there.run.bundle_digest == here.run.bundle_digest


def test_the_algorithm_of_aws_gives_a_bundle(world: clouds.World, tmp_path: Path) -> None:
    on = world.environment()
    result = lifecycle.run(small.problem(tmp_path), overrides=OWN, on=on)
    assert result.passed
    assert "AWS's XGBoost image" in result.documents["training"]["notes"][0]
    [job] = world.client("sagemaker").list_training_jobs(SortBy="CreationTime", SortOrder="Descending", MaxResults=1)[
        "TrainingJobSummaries"
    ]
    image = world.client("sagemaker").describe_training_job(TrainingJobName=job["TrainingJobName"])
    assert "sagemaker-xgboost" in image["AlgorithmSpecification"]["TrainingImage"]
    bundle = Bundle.load(bundle_folder(Cloud.open(on).store, result.run.bundle_digest))
    young, old = bundle.predict([{"age": age, "job": "clerk", "income": 3000.0} for age in (20, 75)])["probability"]
    assert young + 0.1 < old


def test_the_algorithm_of_aws_gets_the_same_table_however_many_machines_prepare(
    world: clouds.World, tmp_path: Path
) -> None:
    """Each environment has a store of its own: nothing is taken from the other's."""
    problem = small.problem(tmp_path, rows=1000)
    digests = []
    for machines in (1, 2):
        asked = [*OWN, f"aws.process.instances={machines}"]
        result = lifecycle.run(problem, overrides=asked, on=world.environment())
        assert "AWS's XGBoost image" in result.documents["training"]["notes"][0]
        digests.append(result.run.bundle_digest)
    assert digests[0] == digests[1]
    jobs = world.client("sagemaker").list_processing_jobs(NameContains="prepare-small")["ProcessingJobSummaries"]
    assert len(jobs) == 1


def test_the_algorithm_of_aws_runs_in_aws_only(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="in AWS only"):
        lifecycle.run(small.problem(tmp_path), overrides=OWN, store=Store(tmp_path / "store"))


@pytest.mark.parametrize("own", [False, True])
def test_a_tuning_job(world: clouds.World, tmp_path: Path, own: bool) -> None:
    on = world.environment()
    overrides = ["train.parameters={}", "aws.tune.jobs=3", "aws.tune.parallel=2", *(OWN if own else ())]
    result = lifecycle.run(small.problem(tmp_path), overrides=overrides, on=on)
    assert result.passed
    client = world.client("sagemaker")
    jobs = client.list_hyper_parameter_tuning_jobs(SortBy="CreationTime", SortOrder="Descending", MaxResults=1)
    name = jobs["HyperParameterTuningJobSummaries"][0]["HyperParameterTuningJobName"]
    best = client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)["BestTrainingJob"]
    if not own:
        tuned = float(best["TunedHyperParameters"]["learning_rate"])
        assert result.documents["training"]["parameters"]["learning_rate"] == pytest.approx(tuned)


@pytest.mark.parametrize("learner", ["xgboost", "lightgbm"])
def test_several_machines_agree_with_one(world: clouds.World, tmp_path: Path, learner: str) -> None:
    """The tolerance is the one that docs/aws-run.md states."""
    fixed = [f'train.learner="{learner}"', "train.parameters={n_estimators=30}"]
    problem = small.problem(tmp_path / "problem", rows=2000)
    several = lifecycle.run(problem, overrides=[*fixed, "aws.train.instances=2"], on=world.environment())
    one = lifecycle.run(problem, overrides=fixed, store=Store(tmp_path / "store"))
    assert "2 hosts" in several.documents["training"]["notes"][0]
    there, here = (result.metrics["test"] for result in (several, one))
    assert there["roc_auc"] == pytest.approx(here["roc_auc"], abs=0.02)
    assert there["log_loss"] == pytest.approx(here["log_loss"], abs=0.05)
