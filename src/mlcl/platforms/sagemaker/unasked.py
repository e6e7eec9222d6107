"""Runs that nobody's client has started: EventBridge did, by the clock or for new data (infra/modules/schedule).

A client makes the record of its run and gives the pipeline its id. Where there is none, the pipeline's parameters have
their defaults, and its jobs keep the record: the first of them gives the run its id, the last puts what was found
into the store. What ended before any of them began is written down by whoever looks next (`adopt`).
"""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

from mlcl import results, runs
from mlcl.platforms.sagemaker.jobs import DATA, Json, join
from mlcl.platforms.sagemaker.orders import Orders, load
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.records import Run
from mlcl.stores import Log, Store, keys

RUN, TRIGGER = "Run", "Trigger"  # parameters of a pipeline
NEW, CLOCK = "new", "schedule"  # their defaults: a run without a record yet; what starts such runs, unless told
_RUN, _TRIGGER, _EXECUTION = "MLCL_RUN", "MLCL_TRIGGER", "MLCL_EXECUTION"
_LOOKED_AT = 20  # executions of a pipeline that `adopt` looks at, the newest


class Started(NamedTuple):
    """Why a job runs. run: id of the run, or NEW; execution: ARN of the pipeline's execution."""

    run: str
    trigger: str
    execution: str

    @classmethod
    def told(cls) -> Started | None:
        """As the pipeline tells its job. None: of a job that SageMaker's step cache may answer, which is told nothing
        that differs from one execution to the next."""
        run = os.environ.get(_RUN)
        return cls(run, os.environ[_TRIGGER], os.environ[_EXECUTION]) if run else None


def parameters() -> list[Json]:
    return [
        {"Name": RUN, "Type": "String", "DefaultValue": NEW},
        {"Name": TRIGGER, "Type": "String", "DefaultValue": CLOCK},
    ]


def environment() -> Json:
    """Variables of a job that has to know of its run."""
    return {
        _RUN: {"Get": f"Parameters.{RUN}"},
        _TRIGGER: {"Get": f"Parameters.{TRIGGER}"},
        _EXECUTION: join({"Get": "Execution.PipelineExecutionArn"}),
    }


def journal(store: Store, started: Started | None, orders: Orders) -> runs.Journal | None:
    """The record of a job's run, when it is the jobs that keep it."""
    if started is None or started.run != NEW:
        return None
    return runs.Journal(store, _record(store, started, orders))


def _record(store: Store, started: Started, orders: Orders) -> Run:
    """The run of this execution; of several that ask at the same time, the first gives the id."""
    key = f"executions/{started.execution.rpartition('/')[2]}/run"
    store.create(key, runs.new_id().encode())
    run_id = store.get(key).decode()
    if Log(store, keys.run(run_id)).latest():
        found = runs.find(store, run_id)
        again = {"state": "running", "error": None, "finished_at": ""}  # a job that failed is tried once more
        return found.model_copy(update=again) if found.state in ("failed", "interrupted") else found
    made = results.new_run(orders.parsed(), started.trigger, run_id)
    return made.model_copy(update={"platform": f"aws:{orders.environment}", "process": started.execution})


def adopt(cloud: Cloud, known: set[str]) -> None:
    """Makes the records of executions that have none. known: the executions that have one (ARNs)."""
    start = cloud.settings.name("")
    listed = cloud.pages("sagemaker", "list_pipelines", "PipelineSummaries", PipelineNamePrefix=start)
    for pipeline in (one["PipelineName"] for one in listed if one["PipelineName"].startswith(f"{start}-")):
        answer = cloud.call(
            "sagemaker", "list_pipeline_executions", pipeline, PipelineName=pipeline, MaxResults=_LOOKED_AT
        )
        for execution in answer["PipelineExecutionSummaries"]:
            if execution["PipelineExecutionArn"] not in known:
                _adopt(cloud, execution["PipelineExecutionArn"])


def _adopt(cloud: Cloud, arn: str) -> None:
    given = cloud.pages(
        "sagemaker", "list_pipeline_parameters_for_execution", "PipelineParameters", PipelineExecutionArn=arn
    )
    values = {one["Name"]: one["Value"] for one in given}
    if values.get(RUN) != NEW:
        return  # its client was about to write it down, or somebody has deleted the record
    answer = cloud.call("sagemaker", "describe_pipeline_definition_for_execution", arn, PipelineExecutionArn=arn)
    uri = _plan(json.loads(answer["PipelineDefinition"]))
    orders = load(cloud.store.get(f"{uri.removeprefix(f'{cloud.settings.store}/')}/orders.json"))
    journal(cloud.store, Started(NEW, values[TRIGGER], arn), orders)


def _plan(definition: Json) -> str:
    """Where a pipeline's first job finds its orders."""
    data = next(step for step in definition["Steps"] if step["Name"] == DATA)
    inputs: list[dict[str, Any]] = data["Arguments"]["ProcessingInputs"]
    return str(next(one["S3Input"]["S3Uri"] for one in inputs if one["InputName"] == "plan"))
