"""Whole runs in AWS on loopback: the same words, records and digest as here; endpoints; coming back; failures."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest

from mlcl import cloud, diary, lifecycle, registry, runs
from mlcl.errors import ExpectationError, MlclError, UsageError
from mlcl.platforms.sagemaker import endpoints as hosting
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.records import Step
from mlcl.stores import Store
from tests import small
from tests.platforms import clouds

pytestmark = pytest.mark.xdist_group("cloud")
ROW = {"age": 70, "job": "student", "income": 2000.0}


class Passage:
    """One run in the cloud and one here, of the same problem."""

    def __init__(self, world: clouds.World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.on = world.environment()
        self.problem = small.problem(folder / "problem")
        self.seen: list[tuple[str, str]] = []
        self.there = lifecycle.run(self.problem, on=self.on, watch=self.watch)
        self.here = lifecycle.run(self.problem, store=Store(folder / "store"))

    def watch(self, step: Step) -> None:
        self.seen.append((step.name, step.state))

    @property
    def cloud(self) -> Cloud:
        return Cloud.open(self.on)


@pytest.fixture(scope="module")
def passage(world: clouds.World, tmp_path_factory: pytest.TempPathFactory) -> Passage:
    return Passage(world, tmp_path_factory.mktemp("passage"))


def test_the_digest_is_the_same(passage: Passage) -> None:
    assert passage.there.run.bundle_digest == passage.here.run.bundle_digest
    assert passage.there.passed
    assert passage.there.run.state == passage.here.run.state == "passed"


def test_the_records_are_the_same_but_for_ids_and_times(passage: Passage) -> None:
    there, here = (clouds.plain(result) for result in (passage.there, passage.here))
    assert there == here
    assert passage.there.run.platform == passage.on
    assert passage.there.run.process.startswith("arn:aws:sagemaker:")


def test_the_store_has_what_a_local_one_has(passage: Passage) -> None:
    store = passage.cloud.store
    model = registry.champion(store, "small")
    assert model is not None
    assert model.version == 1
    assert store.exists(f"datasets/{passage.there.run.dataset_digest}/data.parquet")
    assert store.exists(f"runs/{passage.there.run.id}/files/report.html")


def test_the_model_registry_of_sagemaker_has_a_version(passage: Passage) -> None:
    client, group = passage.world.client("sagemaker"), passage.cloud.settings.model_package_group
    [listed] = client.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    package = client.describe_model_package(ModelPackageName=listed["ModelPackageArn"])
    assert package["ModelApprovalStatus"] == "Approved"
    assert package["CustomerMetadataProperties"]["mlcl_bundle_digest"] == passage.there.run.bundle_digest
    assert package["CustomerMetadataProperties"]["mlcl_run"] == passage.there.run.id
    assert package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"].endswith("model.tar.gz")


def test_figures_are_in_cloudwatch(passage: Passage) -> None:
    listed = passage.world.client("cloudwatch").list_metrics(Namespace="mlcl")["Metrics"]
    names = {one["MetricName"] for one in listed}
    assert {"RunPassed", "RunSeconds", "Test.roc_auc"} <= names


def test_the_same_question_again_starts_nothing(passage: Passage) -> None:
    again = lifecycle.run(passage.problem, on=passage.on)
    assert again.cached
    assert again.run.id == passage.there.run.id


def test_commands(passage: Passage) -> None:
    on = ("--on", passage.on)
    assert clouds.command("runs", *on)[0]["id"] == passage.there.run.id
    lines = clouds.command("logs", passage.there.run.id, *on)["lines"]
    assert any("step train done" in line for line in lines)
    # The page shows what came live while the run was followed.
    kept = [line["text"] for line in diary.lines(passage.cloud.store, passage.there.run.id)]
    assert any("step train done" in text for text in kept)
    assert not any("credentials" in line for line in lines)  # of AWS's client, at every call
    assert clouds.command("runs", "show", "latest", *on)["run"]["id"] == passage.there.run.id
    report = passage.folder / "report.html"
    clouds.command("report", "latest", "-o", str(report), *on)
    assert "small" in report.read_text()
    assert clouds.command("attach", passage.there.run.id, *on)["bundle_digest"] == passage.there.run.bundle_digest
    plan = clouds.command("run", str(passage.problem), "--plan", *on)
    assert [part["step"] for part in plan["parts"]] == ["data", "train", "judge"]
    run = passage.there.run
    hours = (datetime.fromisoformat(run.finished_at) - datetime.fromisoformat(run.started_at)) / timedelta(hours=1)
    assert (plan["runs"]["number"], plan["runs"]["unknown"]) == (1, 0)
    assert 0 < plan["runs"]["usd"] <= hours * 0.23  # one job at a time, and none of its machines costs more an hour
    assert plan["value"]["promised_per_case"] == passage.there.metrics["test"]["value_per_case"]


def test_a_serverless_endpoint_answers_and_captures(passage: Passage) -> None:
    state = clouds.command("deploy", "small", "--on", passage.on)
    assert state["variants"][0]["version"] == 1
    answer = orjson.loads(
        hosting.invoke(passage.cloud, "small", orjson.dumps({"rows": [ROW]}), "application/json", "application/json")
    )
    local = lifecycle.predict_row("small", json.dumps(ROW), store=Store(passage.folder / "store"))
    assert answer["predictions"][0]["probability"]["yes"] == local["probability"]
    assert clouds.command("costs", "--on", passage.on)["running"][0]["what"] == "serverless"


def test_captures_of_a_serverless_endpoint_are_looked_at(passage: Passage) -> None:
    """SageMaker captures nothing there: the container does, and the job of the look reads it."""
    clouds.until(lambda: passage.cloud.store.keys("captures/small"))
    report = clouds.command("monitor", "small", "--window", "1h", "--on", passage.on)
    assert (report["rows"], report["version"], report["enough"]) == (1, 1, False)
    shown = passage.world.client("cloudwatch").list_metrics(Namespace="mlcl", MetricName="MonitoringRows")["Metrics"]
    assert shown


@pytest.mark.slow
def test_deploying_the_same_again_changes_nothing(passage: Passage) -> None:
    model = registry.champion(passage.cloud.store, "small")
    assert model is not None
    asked = passage.there.run.problem_json["aws"]["endpoint"]
    from mlcl.problem.aws import EndpointOnAws

    hosted = EndpointOnAws.model_validate(asked)
    hosting.deploy(passage.cloud, hosting.Release("small", model.bundle_digest, 1, hosted), poll=0.2)
    again = hosting.deploy(passage.cloud, hosting.Release("small", model.bundle_digest, 1, hosted), poll=0.2)
    assert again.changed == []
    more = hosted.model_copy(update={"memory": 4096})
    changed = hosting.deploy(passage.cloud, hosting.Release("small", model.bundle_digest, 1, more), poll=0.2)
    assert "ProductionVariants[0].ServerlessConfig.MemorySizeInMB" in changed.changed


def test_the_log_of_an_endpoint(passage: Passage) -> None:
    assert any(
        "POST /invocations" in line or "small" in line
        for line in clouds.command("logs", "small", "--on", passage.on)["lines"]
    )
    with pytest.raises(MlclError, match="no run"):
        cloud.logs(passage.on, "nothing", print)


def test_every_way_gives_the_same_answers(passage: Passage) -> None:
    certificate = clouds.command("verify", "small", "--on", passage.on, "--rows", "20")
    assert certificate["equal"] is True, certificate
    tried = {way["way"]: way["equal"] for way in certificate["ways"]}
    assert tried["batch transform"] is True


def test_an_endpoint_goes_with_all_that_it_used(passage: Passage) -> None:
    clouds.command("undeploy", "small", "--on", passage.on)
    client, start = passage.world.client("sagemaker"), passage.cloud.settings.name("small")
    clouds.until(lambda: not client.list_endpoints(NameContains=start)["Endpoints"])  # it lets its callers finish first
    assert not client.list_endpoint_configs(NameContains=start)["EndpointConfigs"]
    assert not client.list_models(NameContains=start)["Models"]


@pytest.mark.slow
def test_goals_that_are_not_met_are_a_result(world: clouds.World, tmp_path: Path) -> None:
    result = lifecycle.run(small.problem(tmp_path, at_least=0.9999), on=world.environment())
    assert result.run.state == "not passed"
    assert not result.passed


@pytest.mark.slow
def test_a_step_that_fails_is_the_error_it_would_be_here(world: clouds.World, tmp_path: Path) -> None:
    on = world.environment()
    with pytest.raises(ExpectationError, match="age"):
        lifecycle.run(small.problem(tmp_path), overrides=["data.expect.age.max=20"], on=on)
    run = runs.find(Cloud.open(on).store, "latest")
    assert run.state == "failed"
    assert run.error is not None
    assert run.error["error"] == "ExpectationError"
    assert [step.name for step in run.steps if step.state == "failed"] == ["validate"]


def test_a_ceiling_keeps_a_run_from_starting(world: clouds.World, tmp_path: Path) -> None:
    on = world.environment()
    with pytest.raises(UsageError):
        lifecycle.run(small.problem(tmp_path), overrides=["aws.ceiling=0.001"], on=on)
    assert not world.client("sagemaker").list_pipelines(PipelineNamePrefix=Cloud.open(on).settings.name("small"))[
        "PipelineSummaries"
    ]


def test_an_environment_that_is_not_there_says_how_to_make_it(world: clouds.World) -> None:
    with pytest.raises(MlclError, match="no environment 'nowhere'") as error:
        Cloud.open("aws:nowhere")
    assert "mlcl infra apply --env nowhere" in error.value.fix


def test_an_environment_without_an_image_says_how_to_push_it(world: clouds.World, tmp_path: Path) -> None:
    with pytest.raises(MlclError, match="image"):
        lifecycle.run(small.problem(tmp_path), on=world.environment(image=""))
