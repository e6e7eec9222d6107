"""What a run will cost at most and likely, what runs now, since when, and what it has cost so far.

Prices are a table of the package (mlcl/infra/prices.toml), after what the environment states of its own: a price that
stands nowhere is unknown, and stays unknown in every sum; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from mlcl.errors import MlclError, UsageError
from mlcl.infra.prices import how_to_state
from mlcl.platforms.sagemaker import scaling
from mlcl.platforms.sagemaker.jobs import seconds
from mlcl.platforms.sagemaker.orders import jobs
from mlcl.platforms.sagemaker.settings import Cloud, Settings
from mlcl.problem import Problem
from mlcl.problem.aws import Aws

PROCESSING, TRAINING, HOSTING, TRANSFORM = "processing", "training", "hosting", "transform"
_LIKELY = 300.0  # seconds of a job when nothing is known of it: start-up and a small table


class Part(NamedTuple):
    """One job of a forecast: so many machines for at most so long. dollars: of all of them, None = unknown."""

    step: str
    instance: str
    machines: int
    longest: int
    price: float | None
    most: float | None
    likely: float | None


class Forecast(NamedTuple):
    """most: if every job takes as long as it may; likely: from the runs before, or small jobs; None: not known."""

    parts: tuple[Part, ...]
    most: float | None
    likely: float | None
    ceiling: float | None

    def as_dict(self) -> dict[str, Any]:
        return {
            "currency": "USD",
            "parts": [part._asdict() for part in self.parts],
            "most": self.most,
            "likely": self.likely,
            "ceiling": self.ceiling,
        }


class Running(NamedTuple):
    """Something that costs. since: UTC, ISO 8601; hourly, so_far: US dollars, None = unknown; expires: '' = never."""

    kind: str
    name: str
    state: str
    what: str
    since: str
    hourly: float | None
    so_far: float | None
    expires: str = ""


def forecast(problem: Problem, settings: Settings, before: Mapping[str, float] | None = None) -> Forecast:
    """before: seconds that each step took in the newest run like it."""
    aws, before = problem.aws, before or {}
    parts = tuple(_job(aws, job, settings, _took(before, *steps)) for job, steps in jobs(problem).items())
    return Forecast(parts, _sum(part.most for part in parts), _sum(part.likely for part in parts), aws.ceiling)


def _took(before: Mapping[str, float], *steps: str) -> float:
    known = [before[step] for step in steps if before.get(step)]
    return max(_LIKELY, sum(known) + 180.0) if known else _LIKELY


def _job(aws: Aws, job: str, settings: Settings, took: float) -> Part:
    kind, asked = (TRAINING, aws.train) if job == "train" else (PROCESSING, aws.process)
    machines = asked.instances if job in ("prepare", "train") else 1
    if job == "train" and aws.tune:
        machines *= aws.tune.jobs
    hourly, longest = settings.hourly(kind, asked.instance), seconds(asked.max_run)
    most = None if hourly is None else hourly * machines * longest / 3600
    likely = None if hourly is None else hourly * machines * min(took, longest) / 3600
    return Part(job, asked.instance, machines, longest, hourly, most, likely)


def _sum(values: Any) -> float | None:
    known = list(values)
    return None if None in known else sum(known)


def require(problem: Problem, settings: Settings) -> None:
    """UsageError when the run may cost more than its ceiling, or nobody knows what it may cost."""
    if problem.aws.ceiling is None:
        return
    found = forecast(problem, settings)
    if found.most is None:
        unknown = ", ".join(sorted({part.instance for part in found.parts if part.price is None}))
        raise UsageError(
            "Nobody knows what this run may cost, and it has a ceiling.",
            where="aws.ceiling",
            found=f"no price of {unknown} in {settings.region}",
            fix=f"{how_to_state(settings.environment)}. Or leave the ceiling out.",
        )
    if found.most > problem.aws.ceiling:
        raise UsageError(
            "The run may cost more than its ceiling.",
            where="aws.ceiling",
            found=f"{found.most:.2f} USD if every job takes as long as it may; ceiling {problem.aws.ceiling:.2f} USD",
            fix="Lower max_run, instances or tune.jobs in [aws], or raise the ceiling.",
        )


def running(cloud: Cloud) -> list[Running]:
    """Everything of mlcl in the environment that costs now: endpoints and jobs, the dearest first."""
    found = [*_endpoints(cloud), *_jobs(cloud)]
    return sorted(found, key=lambda one: -(one.hourly if one.hourly is not None else 1e9))


def _endpoints(cloud: Cloud) -> list[Running]:
    start = f"{cloud.settings.name('')}-"
    listed = cloud.pages("sagemaker", "list_endpoints", "Endpoints", NameContains=start)
    return [_endpoint(cloud, one) for one in listed if one["EndpointName"].startswith(start)]


def _endpoint(cloud: Cloud, listed: Mapping[str, Any]) -> Running:
    name = listed["EndpointName"]
    described = cloud.call("sagemaker", "describe_endpoint", name, EndpointName=name)
    config = cloud.call(
        "sagemaker", "describe_endpoint_config", name, EndpointConfigName=described["EndpointConfigName"]
    )
    variants = [*config["ProductionVariants"], *config.get("ShadowProductionVariants", ())]
    counts = {one["VariantName"]: one.get("CurrentInstanceCount") for one in described.get("ProductionVariants", ())}
    hourly = _sum(_variant(one, counts.get(one["VariantName"]), cloud.settings) for one in variants)
    what = ", ".join(
        "serverless"
        if "ServerlessConfig" in one
        else f"{counts.get(one['VariantName']) or 1} x {one.get('InstanceType')}"
        for one in variants
    )
    since = listed["CreationTime"]
    so_far = None if hourly is None else hourly * _hours(since)
    try:
        expires = scaling.expiry(cloud, name)
    except MlclError:  # who may list endpoints may not always see schedules
        expires = ""
    return Running("endpoint", name, described["EndpointStatus"], what, _text(since), hourly, so_far, expires)


def _variant(variant: Mapping[str, Any], count: int | None, settings: Settings) -> float | None:
    """Dollars an hour. A serverless variant costs by the request: nothing while it is idle."""
    if "ServerlessConfig" in variant:
        return 0.0
    hourly = settings.hourly(HOSTING, variant.get("InstanceType", ""))
    return None if hourly is None else hourly * (variant.get("InitialInstanceCount", 1) if count is None else count)


_JOBS = (
    ("list_training_jobs", "TrainingJobSummaries", "TrainingJob", TRAINING),
    ("list_processing_jobs", "ProcessingJobSummaries", "ProcessingJob", PROCESSING),
    ("list_transform_jobs", "TransformJobSummaries", "TransformJob", TRANSFORM),
)


def _jobs(cloud: Cloud) -> list[Running]:
    found = []
    for listing, items, prefix, kind in _JOBS:
        for one in cloud.pages("sagemaker", listing, items, StatusEquals="InProgress"):
            name, since = one[f"{prefix}Name"], one["CreationTime"]
            operation = f"describe_{kind}_job"
            detail = cloud.call("sagemaker", operation, name, **{f"{prefix}Name": name})
            if not _ours(cloud, name, detail):
                continue
            machines = _machines(detail)
            instance, count = machines["InstanceType"], machines["InstanceCount"]
            hourly = cloud.settings.hourly(kind, instance)
            total = None if hourly is None else hourly * count
            so_far = None if total is None else total * _hours(since)
            what = f"{count} x {instance}"
            found.append(Running(f"{kind} job", name, "InProgress", what, _text(since), total, so_far))
    return found


def _ours(cloud: Cloud, name: str, detail: Mapping[str, Any]) -> bool:
    """Jobs are told by their role; a transform job has none of its own, and is told by its name."""
    if "TransformResources" in detail:
        return name.startswith(f"{cloud.settings.name('')}-")
    return bool(detail.get("RoleArn") == cloud.settings.roles.get("job"))


def _machines(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (
        detail.get("ResourceConfig")
        or detail.get("TransformResources")
        or detail["ProcessingResources"]["ClusterConfig"]
    )
    return found


def _hours(since: datetime) -> float:
    return max(0.0, (datetime.now(UTC) - since).total_seconds() / 3600)


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
