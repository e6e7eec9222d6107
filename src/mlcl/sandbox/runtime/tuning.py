"""Tuning jobs: real training jobs, each with the values that the strategy asks for."""

from __future__ import annotations

import time
from typing import Any, NamedTuple
from uuid import uuid4

from mlcl.sandbox.control import listing
from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record, now
from mlcl.sandbox.runtime import checks, search
from mlcl.sandbox.runtime.core import Runtime
from mlcl.sandbox.runtime.files import Failed
from mlcl.sandbox.runtime.images import known_metrics
from mlcl.sandbox.runtime.job import Job
from mlcl.sandbox.wire import AwsError, invalid

KIND = "HyperParameterTuningJob"
_ENDED = ("Completed", "Failed", "Stopped")
_TICK = 0.2
_PASSED = (
    "RoleArn",
    "InputDataConfig",
    "VpcConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "StoppingCondition",
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "CheckpointConfig",
    "RetryStrategy",
    "Environment",
)


def add(plane: Plane, runtime: Runtime) -> None:
    plane.kinds.add(KIND)
    plane.creating[KIND] = _new
    plane.created[KIND] = lambda plane, where, record: TuningJob(runtime, where, record).start()
    plane.deleting[KIND] = checks.ended(KIND)
    plane.handlers["StopHyperParameterTuningJob"] = checks.stopper(runtime, KIND)
    plane.handlers["ListTrainingJobsForHyperParameterTuningJob"] = _jobs


def _definitions(record: Record) -> list[Record]:
    return (
        [record["TrainingJobDefinition"]]
        if "TrainingJobDefinition" in record
        else record.get("TrainingJobDefinitions", [])
    )


def _ranges(record: Record, definition: Record) -> Record:
    config = record["HyperParameterTuningJobConfig"]
    return dict(definition.get("HyperParameterRanges") or config.get("ParameterRanges", {}))


def _objective(record: Record, definition: Record) -> Record:
    config = record["HyperParameterTuningJobConfig"]
    found = definition.get("TuningObjective") or config.get("HyperParameterTuningJobObjective")
    if not found:
        raise invalid("A tuning job needs an objective.")
    return dict(found)


def _new(plane: Plane, where: Where, record: Record) -> None:
    config, definitions = record["HyperParameterTuningJobConfig"], _definitions(record)
    if not definitions:
        raise invalid("A tuning job needs a TrainingJobDefinition.")
    if record.get("WarmStartConfig"):
        raise invalid("The sandbox does not do warm starts of tuning jobs.")
    for definition in definitions:
        checks.role(definition["RoleArn"])
        search.check(_ranges(record, definition))
        search.strategy(
            {**config, "HyperParameterTuningJobObjective": _objective(record, definition)}, _ranges(record, definition)
        )
        metrics = _metrics(definition)
        objective = _objective(record, definition)["MetricName"]
        if objective not in {metric["Name"] for metric in metrics}:
            raise invalid(
                "A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric "
                f"definitions (objective: {objective}; defined: {', '.join(m['Name'] for m in metrics) or 'none'})."
            )
    record["HyperParameterTuningJobStatus"] = "InProgress"
    record["TrainingJobStatusCounters"] = dict.fromkeys(
        ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped"), 0
    )
    record["ObjectiveStatusCounters"] = dict.fromkeys(("Succeeded", "Pending", "Failed"), 0)
    record["_Jobs"] = []


def _metrics(definition: Record) -> list[Record]:
    algorithm = definition["AlgorithmSpecification"]
    return list(algorithm.get("MetricDefinitions") or known_metrics(algorithm.get("TrainingImage", "")))


def _resources(definition: Record) -> Record:
    """ResourceConfig of the training jobs: of the flexible choices the first."""
    given = definition.get("HyperParameterTuningResourceConfig", {})
    chosen = {**given, **(given.get("InstanceConfigs") or [{}])[0]}
    return {
        key: chosen[key]
        for key in ("InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId")
        if key in chosen
    }


class _Started(NamedTuple):
    token: Any
    name: str
    values: dict[str, str]
    definition: Record
    strategy: search.Strategy


class TuningJob(Job):
    kind = KIND

    def __init__(self, runtime: Runtime, where: Where, record: Record) -> None:
        super().__init__(runtime, where.region, record)
        self._where = where
        self._count, self._stale, self._best = 0, 0, None

    def work(self) -> None:
        config = self.record["HyperParameterTuningJobConfig"]
        limits = config["ResourceLimits"]
        most = limits.get("MaxNumberOfTrainingJobs", 10**6)
        queue = [
            (
                definition,
                search.strategy(
                    {**config, "HyperParameterTuningJobObjective": _objective(self.record, definition)},
                    _ranges(self.record, definition),
                ),
            )
            for definition in _definitions(self.record)
        ]
        running: list[_Started] = []
        started = now()
        longest = limits.get("MaxRuntimeInSeconds")
        while True:
            ended = (
                self.stopping.is_set() or self._reached() or (longest and (now() - started).total_seconds() > longest)
            )
            while not ended and queue and self._count < most and len(running) < limits["MaxParallelTrainingJobs"]:
                new = self._start(queue)
                running += [new] if new else []
            running = [one for one in running if not self._over(one, ended=bool(ended))]
            if not running and (ended or not queue or self._count >= most):
                break
            time.sleep(_TICK)
        self._conclude()

    def finish(self, status: str, **fields: Any) -> None:
        super().finish(status, HyperParameterTuningEndTime=now(), **fields)

    def _conclude(self) -> None:
        if self.stopping.is_set():
            self.finish("Stopped")
        elif not self.record["TrainingJobStatusCounters"]["Completed"] and self.record["_Jobs"]:
            raise Failed(
                "All training jobs failed. See their failure reasons (ListTrainingJobsForHyperParameterTuningJob)."
            )
        else:
            self.finish("Completed")

    def _start(self, queue: list[tuple[Record, search.Strategy]]) -> _Started | None:
        """The next training job; definitions take turns."""
        definition, strategy = queue.pop(0)
        asked = strategy.ask()
        if asked is None:
            return None
        queue.append((definition, strategy))
        token, values = asked
        self._count += 1
        name = f"{self.name}-{self._count:03d}-{uuid4().hex[:8]}"
        algorithm = {**definition["AlgorithmSpecification"], "MetricDefinitions": _metrics(definition)}
        parameters = {**definition.get("StaticHyperParameters", {}), **values}
        parameters["_tuning_objective_metric"] = _objective(self.record, definition)["MetricName"]
        request = {key: definition[key] for key in _PASSED if key in definition}
        request.setdefault("ResourceConfig", _resources(definition))
        request |= {"TrainingJobName": name, "AlgorithmSpecification": algorithm, "HyperParameters": parameters}
        try:
            self.runtime.plane.call("CreateTrainingJob", request, self._where)
        except AwsError as error:
            raise Failed(f"{error.code}: {error.message}") from error
        self.runtime.plane.change(
            "TrainingJob", name, self.region, TuningJobArn=self.record["HyperParameterTuningJobArn"]
        )
        self._tell(_started_summary(name, values, definition))
        return _Started(token, name, values, definition, strategy)

    def _over(self, one: _Started, *, ended: bool) -> bool:
        record = self.runtime.plane.describe("TrainingJob", one.name, self.region)
        if record["TrainingJobStatus"] not in _ENDED:
            job = self.runtime.get("TrainingJob", one.name)
            if ended and job is not None and record["TrainingJobStatus"] == "InProgress":
                job.stop()
            return False
        objective = _objective(self.record, one.definition)
        value = next(
            (m["Value"] for m in record.get("FinalMetricDataList", []) if m["MetricName"] == objective["MetricName"]),
            None,
        )
        one.strategy.tell(one.token, value)
        self._tell(_ended_summary(one, record, objective, value))
        return True

    def _reached(self) -> bool:
        """Whether a completion criterion says that it is enough."""
        criteria = self.record["HyperParameterTuningJobConfig"].get("TuningJobCompletionCriteria", {})
        best = self.record.get("BestTrainingJob", {}).get("FinalHyperParameterTuningJobObjectiveMetric")
        if not best:
            return False
        target, sign = criteria.get("TargetObjectiveMetricValue"), 1 if best["Type"] == "Maximize" else -1
        stale = criteria.get("BestObjectiveNotImproving", {}).get("MaxNumberOfTrainingJobsNotImproving")
        return (target is not None and sign * best["Value"] >= sign * target) or (
            stale is not None and self._stale >= stale
        )

    def _tell(self, summary: Record) -> None:
        """Keep a training job's summary, and the counts and the best that follow."""
        jobs = [job for job in self.record["_Jobs"] if job["TrainingJobName"] != summary["TrainingJobName"]] + [summary]
        jobs.sort(key=lambda job: str(job["TrainingJobName"]))
        states = [job["TrainingJobStatus"] for job in jobs]
        objectives = [job.get("ObjectiveStatus", "Pending") for job in jobs]
        found = [job for job in jobs if "FinalHyperParameterTuningJobObjectiveMetric" in job]
        best = max(found, key=_rank) if found else None
        if summary["TrainingJobStatus"] in _ENDED:
            self._stale = 0 if best is summary else self._stale + 1
        counters = {status: states.count(status) for status in ("Completed", "InProgress", "Stopped")}
        self.change(
            _Jobs=jobs,
            BestTrainingJob=best,
            TrainingJobStatusCounters={**counters, "RetryableError": 0, "NonRetryableError": states.count("Failed")},
            ObjectiveStatusCounters={each: objectives.count(each) for each in ("Succeeded", "Pending", "Failed")},
        )


def _rank(job: Record) -> float:
    metric = job["FinalHyperParameterTuningJobObjectiveMetric"]
    return float(metric["Value"]) * (1 if metric["Type"] == "Maximize" else -1)


def _started_summary(name: str, values: dict[str, str], definition: Record) -> Record:
    named = {"TrainingJobDefinitionName": definition["DefinitionName"]} if "DefinitionName" in definition else {}
    return {
        **named,
        "TrainingJobName": name,
        "TrainingJobArn": "",
        "CreationTime": now(),
        "TrainingJobStatus": "InProgress",
        "TunedHyperParameters": values,
        "ObjectiveStatus": "Pending",
    }


def _ended_summary(one: _Started, record: Record, objective: Record, value: float | None) -> Record:
    summary = _started_summary(one.name, one.values, one.definition)
    for key in (
        "TrainingJobArn",
        "CreationTime",
        "TrainingStartTime",
        "TrainingEndTime",
        "TrainingJobStatus",
        "FailureReason",
    ):
        if key in record:
            summary[key] = record[key]
    summary["ObjectiveStatus"] = "Succeeded" if value is not None else "Failed"
    if value is not None:
        summary["FinalHyperParameterTuningJobObjectiveMetric"] = {**objective, "Value": value}
    return summary


def _jobs(plane: Plane, where: Where, given: Record) -> Record:
    """ListTrainingJobsForHyperParameterTuningJob."""
    record = plane.describe(KIND, given["HyperParameterTuningJobName"], where.region)
    jobs = [
        {**job, "TrainingJobArn": plane.describe("TrainingJob", job["TrainingJobName"], where.region)["TrainingJobArn"]}
        for job in record["_Jobs"]
        if given.get("StatusEquals") in (None, job["TrainingJobStatus"])
    ]
    by = given.get("SortBy", "Name")
    if by == "FinalObjectiveMetricValue":
        jobs = [job for job in jobs if "FinalHyperParameterTuningJobObjectiveMetric" in job]
        jobs.sort(key=lambda job: job["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])
    else:
        jobs.sort(key=lambda job: str(job[{"Name": "TrainingJobName", "Status": "TrainingJobStatus"}.get(by, by)]))
    if given.get("SortOrder") == "Descending":
        jobs.reverse()
    chosen, token = listing.cut(jobs, given)
    return {"TrainingJobSummaries": chosen, "NextToken": token}
