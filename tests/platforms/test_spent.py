"""The ledger of a problem: what AWS said of its jobs, priced; and what is not known stays unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from mlcl import lifecycle
from mlcl.platforms.sagemaker import spent
from mlcl.platforms.sagemaker.settings import Cloud, Settings
from mlcl.records import Run
from mlcl.stores import Store
from tests import small

ARN = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/mlcl-dev-small/execution/abc"
START = datetime(2026, 1, 2, 3, tzinfo=UTC)
PROCESSING = {
    "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 2}},
    "ProcessingStartTime": START,
    "ProcessingEndTime": START + timedelta(hours=1),
}
TRAINING = {"ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1}, "BillableTimeInSeconds": 1800}
HOURLY = 0.257  # of both kinds of machine in eu-west-1, by the package's table


class Answers(Cloud):
    """Says of an execution what it is told to; counts how often it is asked."""

    def __init__(
        self, store: Store, status: str, details: dict[str, dict[str, Any]], hits: tuple[str, ...] = ()
    ) -> None:
        super().__init__(Settings(environment="dev", region="eu-west-1", store=store.address, roles={}))
        self.status, self.details, self.hits, self.asked = status, details, hits, 0

    def call(self, service: str, operation: str, where: str = "", **arguments: Any) -> dict[str, Any]:
        self.asked += 1
        if operation == "describe_pipeline_execution":
            return {"PipelineExecutionStatus": self.status}
        return self.details[where]

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        if operation == "list_pipeline_execution_steps":
            return [self._step(place, name) for place, name in enumerate(self.details)]
        if operation == "list_training_jobs_for_hyper_parameter_tuning_job":
            return [{"TrainingStartTime": START, "TrainingEndTime": START + timedelta(minutes=30)}, {}]
        return []

    def _step(self, place: int, name: str) -> dict[str, Any]:
        kind = name.partition(" ")[0]
        found: dict[str, Any] = {"StepName": name, "StartTime": place, "Metadata": {kind: {"Arn": f"arn:x/{name}"}}}
        return {**found, "StepStatus": "Succeeded", **({"CacheHitResult": {"x": 1}} if name in self.hits else {})}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def run() -> Run:
    return Run(id="20260102-030405-abcd", problem="small", problem_digest="0" * 64, process=ARN)


def test_a_run_costs_what_its_machines_cost(store: Store) -> None:
    cloud = Answers(store, "Succeeded", {"ProcessingJob a": PROCESSING, "TrainingJob b": TRAINING})
    assert spent.of_run(cloud, run()) == pytest.approx(2 * HOURLY + HOURLY / 2)


def test_trials_of_a_tuning_job_cost_like_jobs(store: Store) -> None:
    """A trial that got no machine costs nothing."""
    cloud = Answers(store, "Succeeded", {"TuningJob a": {"TrainingJobDefinition": TRAINING}})
    assert spent.of_run(cloud, run()) == pytest.approx(HOURLY / 2)


def test_what_the_step_cache_answered_costs_nothing(store: Store) -> None:
    cloud = Answers(store, "Succeeded", {"ProcessingJob a": PROCESSING}, hits=("ProcessingJob a",))
    assert spent.of_run(cloud, run()) == 0


def test_an_unknown_price_is_no_zero(store: Store) -> None:
    rare = {"ResourceConfig": {"InstanceType": "ml.rare.xlarge", "InstanceCount": 1}, "BillableTimeInSeconds": 60}
    cloud = Answers(store, "Succeeded", {"ProcessingJob a": PROCESSING, "TrainingJob b": rare})
    assert spent.of_run(cloud, run()) is None


def test_a_run_that_ended_is_asked_for_once(store: Store) -> None:
    """AWS forgets executions; what they have cost is kept beside the run."""
    cloud = Answers(store, "Succeeded", {"ProcessingJob a": PROCESSING})
    first = spent.of_run(cloud, run())
    asked = cloud.asked
    assert spent.of_run(cloud, run()) == first
    assert cloud.asked == asked


def test_a_run_that_goes_on_is_asked_for_again(store: Store) -> None:
    cloud = Answers(store, "Executing", {"ProcessingJob a": PROCESSING})
    spent.of_run(cloud, run())
    cloud.details["TrainingJob b"] = TRAINING
    assert spent.of_run(cloud, run()) == pytest.approx(2.5 * HOURLY)


def test_value_stands_beside_it_in_its_own_unit(store: Store, tmp_path: Path) -> None:
    assert spent.worth(store, "small") is None
    result = lifecycle.run(small.problem(tmp_path / "problem"), store=store)
    promised = result.metrics["test"]["value_per_case"]
    found = spent.worth(store, "small")
    assert found is not None
    assert (found["unit"], found["promised_per_case"], found["cases"]) == ("EUR", promised, None)
    value = {"unit": "EUR", "cases": 40, "realised": 120.0, "low": 80.0, "high": 160.0, "realised_per_case": 3.0}
    performance = {"since": "a", "until": "b", "models": [{"value": value}]}
    store.put("monitoring/small/look-1/report.json", orjson.dumps({"performance": performance}))
    store.put("monitoring/small/look-2/report.json", orjson.dumps({"performance": None}))
    realised = spent.worth(store, "small")
    assert realised is not None
    assert {key: realised[key] for key in ("cases", "realised", "low", "high", "since")} == {
        "cases": 40,
        "realised": 120.0,
        "low": 80.0,
        "high": 160.0,
        "since": "a",
    }
