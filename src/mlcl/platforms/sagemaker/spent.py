"""The ledger of a problem: what it may cost, what it has cost so far, and what its decisions are worth beside that.

A run's cost is computed from what SageMaker says of its jobs, and kept beside the run once it has ended; a price that
is not known stays unknown in every sum. Value is told in the problem's own unit, and never taken for dollars.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson

from mlcl import registry, runs
from mlcl.errors import NotFound
from mlcl.monitoring import look
from mlcl.platforms.sagemaker import costs
from mlcl.platforms.sagemaker.errors import CloudError
from mlcl.platforms.sagemaker.execution import RUNNING, Execution, Job
from mlcl.platforms.sagemaker.settings import Cloud, Settings
from mlcl.problem import Problem
from mlcl.records import Run
from mlcl.stores import Store, keys

_FILE = "cost.json"


def ledger(cloud: Cloud, problem: Problem) -> dict[str, Any]:
    """The forecast of a run {currency, parts, most, likely, ceiling}, and beside it {problem, runs: {number, usd,
    unknown}, endpoint: {what, usd, hourly, since} | None, usd, value}.

    usd: so far, of all whose price is known, None when there is no such thing; unknown: how many runs are not in it;
    value: see `worth`.
    """
    named = [run for run in runs.recent(cloud.store, problem.name) if run.process.startswith("arn:")]
    spent = [of_run(cloud, run) for run in named]
    endpoint = _endpoint(cloud, problem.name)
    latest = runs.seconds(named[0].steps) if named else {}
    return {
        **costs.forecast(problem, cloud.settings, latest).as_dict(),
        "problem": problem.name,
        "runs": {"number": len(named), "usd": _known(spent), "unknown": spent.count(None)},
        "endpoint": endpoint,
        "usd": _known([*spent, *([endpoint["usd"]] if endpoint else [])]),
        "value": worth(cloud.store, problem.name),
    }


def _known(prices: list[float | None]) -> float | None:
    known = [price for price in prices if price is not None]
    return sum(known) if known or not prices else None


def of_run(cloud: Cloud, run: Run) -> float | None:
    """Dollars that a run's jobs have cost so far; None when a price, or what became of a job, is not known any more."""
    key = f"{keys.run_files(run.id)}/{_FILE}"
    try:
        kept: float | None = orjson.loads(cloud.store.get(key))["usd"]
        return kept
    except NotFound:
        pass
    execution = Execution(cloud, run.process)
    try:
        over = execution.describe()["PipelineExecutionStatus"] not in RUNNING
        prices = [_of_job(cloud, execution, job) for job in execution.jobs().values() if job.name and not job.hit]
    except CloudError as error:
        if not error.missing:
            raise
        return None
    usd = None if None in prices else sum(price for price in prices if price is not None)
    if over:
        cloud.store.put(key, orjson.dumps({"usd": usd, "currency": "USD"}))
    return usd


def _of_job(cloud: Cloud, execution: Execution, job: Job) -> float | None:
    detail, settings = execution.detail(job), cloud.settings
    if job.kind == "ProcessingJob":
        cluster = detail["ProcessingResources"]["ClusterConfig"]
        return _price(costs.PROCESSING, cluster, _between(detail, "ProcessingStartTime", "ProcessingEndTime"), settings)
    if job.kind == "TrainingJob":
        return _price(costs.TRAINING, detail["ResourceConfig"], float(detail.get("BillableTimeInSeconds", 0)), settings)
    listed = cloud.pages(
        "sagemaker",
        "list_training_jobs_for_hyper_parameter_tuning_job",
        "TrainingJobSummaries",
        HyperParameterTuningJobName=job.name,
    )
    seconds = sum(_between(one, "TrainingStartTime", "TrainingEndTime") for one in listed)
    return _price(costs.TRAINING, detail["TrainingJobDefinition"]["ResourceConfig"], seconds, settings)


def _price(kind: str, machines: Mapping[str, Any], seconds: float, settings: Settings) -> float | None:
    hourly = settings.hourly(kind, machines["InstanceType"])
    return None if hourly is None else hourly * machines["InstanceCount"] * seconds / 3600


def _between(detail: Mapping[str, Any], start: str, end: str) -> float:
    """Seconds; 0 of a job that never got its machine."""
    if start not in detail or end not in detail:
        return 0.0
    took: timedelta = detail[end] - detail[start]
    return took.total_seconds()


def _endpoint(cloud: Cloud, name: str) -> dict[str, Any] | None:
    """What the problem's endpoint has cost since it was made: the machines that it has now, all the time."""
    own = cloud.settings.name(name)
    found = next((one for one in costs.running(cloud) if (one.kind, one.name) == ("endpoint", own)), None)
    if found is None:
        return None
    return {"what": found.what, "usd": found.so_far, "hourly": found.hourly, "since": found.since}


def worth(store: Store, name: str) -> dict[str, Any] | None:
    """What the decisions of the model in use are worth, in the problem's unit: {unit, promised_per_case, cases,
    realised, low, high, since, until}. cases and what follows: of the newest look that knew outcomes, None without one.
    None when the problem has no [value], or no model yet."""
    model = registry.champion(store, name)
    made = runs.maker(store, model.bundle_digest) if model else None
    if made is None:
        return None
    evaluation = runs.documents(store, made)["evaluation"]
    promised = evaluation["metrics"]["test"].get("value_per_case")
    if promised is None:
        return None
    found: dict[str, Any] = {"unit": evaluation.get("unit", ""), "promised_per_case": promised}
    return found | dict.fromkeys(("cases", "realised", "low", "high", "since", "until")) | _realised(store, name)


def _realised(store: Store, name: str) -> dict[str, Any]:
    for report in look.reports(store, name, most=20):
        performance = report.get("performance") or {}
        for model in performance.get("models", ()):
            if model["value"]:
                told = {key: model["value"][key] for key in ("cases", "realised", "low", "high")}
                return {**told, "since": performance["since"], "until": performance["until"]}
    return {}
