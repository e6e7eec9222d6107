"""What mlcl made in an environment beside Terraform, and costs, or keeps Terraform from destroying: found and ended.

Endpoints, jobs, schedules, alarms and model versions come and go with runs and deployments, so Terraform does not
know them. All carry the environment's name first (PROJECT-ENV-).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlcl import progress
from mlcl.infra.account import Account, Refused


class Leftover(NamedTuple):
    """One thing. costs: whether it costs by the hour."""

    kind: str
    name: str
    costs: bool


class _Kind(NamedTuple):
    """How a kind is listed and ended. listing: service, operation, items, name; ending: operation and its argument."""

    words: str
    service: str
    listing: tuple[str, str, str]
    ending: tuple[str, str]
    arguments: Mapping[str, Any]
    costs: bool = False


def _job(words: str, verb: str, noun: str) -> _Kind:
    """A kind of job: those in progress are stopped."""
    listing = (f"list_{verb}_jobs", f"{noun}Summaries", f"{noun}Name")
    return _Kind(words, "sagemaker", listing, (f"stop_{verb}_job", f"{noun}Name"), {"StatusEquals": "InProgress"}, True)


KINDS = (
    _Kind(
        "endpoint",
        "sagemaker",
        ("list_endpoints", "Endpoints", "EndpointName"),
        ("delete_endpoint", "EndpointName"),
        {},
        True,
    ),
    _job("training job", "training", "TrainingJob"),
    _job("processing job", "processing", "ProcessingJob"),
    _job("transform job", "transform", "TransformJob"),
    _job("tuning job", "hyper_parameter_tuning", "HyperParameterTuningJob"),
    _Kind(
        "endpoint configuration",
        "sagemaker",
        ("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
        ("delete_endpoint_config", "EndpointConfigName"),
        {},
    ),
    _Kind("model", "sagemaker", ("list_models", "Models", "ModelName"), ("delete_model", "ModelName"), {}),
    _Kind(
        "pipeline",
        "sagemaker",
        ("list_pipelines", "PipelineSummaries", "PipelineName"),
        ("delete_pipeline", "PipelineName"),
        {},
    ),
    _Kind(
        "schedule",
        "scheduler",
        ("list_schedules", "Schedules", "Name"),
        ("delete_schedule", "Name"),
        {"GroupName": "default"},
    ),
    _Kind(
        "alarm",
        "cloudwatch",
        ("describe_alarms", "MetricAlarms", "AlarmName"),
        ("delete_alarms", "AlarmNames"),
        {},
        True,
    ),
    _Kind(
        "log group",
        "logs",
        ("describe_log_groups", "logGroups", "logGroupName"),
        ("delete_log_group", "logGroupName"),
        {},
    ),
)


def find(account: Account, prefix: str, known: frozenset[str] = frozenset()) -> list[Leftover]:
    """Everything whose name starts with `prefix` (PROJECT-ENV-) and that is not `known` to Terraform, in the order in
    which it can be ended."""
    found = [Leftover(kind.words, name, kind.costs) for kind in KINDS for name in _names(account, kind, prefix)]
    found += [Leftover("model version", arn, False) for arn in _versions(account, f"{prefix}models")]
    return [one for one in found if one.name not in known]


def end(account: Account, found: list[Leftover]) -> None:
    """Stop and delete them. What is gone already is no fault."""
    kinds = {kind.words: kind for kind in KINDS}
    for done, one in enumerate(found):
        progress.report(done, len(found), f"ending {one.kind} {one.name}")
        try:
            if one.kind == "model version":
                account.call("sagemaker", "delete_model_package", ModelPackageName=one.name)
            else:
                _end(account, kinds[one.kind], one.name)
        except Refused as refused:
            if not _gone(refused):
                raise


def _end(account: Account, kind: _Kind, name: str) -> None:
    operation, argument = kind.ending
    if kind.words == "pipeline":
        _stop_executions(account, name)
    value: Any = [name] if argument.endswith("s") else name
    account.call(kind.service, operation, **{argument: value})


def _stop_executions(account: Account, pipeline: str) -> None:
    """A pipeline that runs would go on starting jobs."""
    listed = account.pages("sagemaker", "list_pipeline_executions", "PipelineExecutionSummaries", PipelineName=pipeline)
    for one in listed:
        if one["PipelineExecutionStatus"] == "Executing":
            account.call("sagemaker", "stop_pipeline_execution", PipelineExecutionArn=one["PipelineExecutionArn"])


def _names(account: Account, kind: _Kind, prefix: str) -> Iterator[str]:
    operation, items, key = kind.listing
    starts = (prefix, f"/aws/sagemaker/Endpoints/{prefix}") if kind.service == "logs" else (prefix,)
    for start in starts:
        narrowed = {"logGroupNamePrefix": start} if kind.service == "logs" else {}
        for one in account.pages(kind.service, operation, items, **kind.arguments, **narrowed):
            if str(one[key]).startswith(start):
                yield one[key]


def _versions(account: Account, group: str) -> Iterator[str]:
    """ARNs of the model versions of a group: with them the group cannot be deleted."""
    try:
        for one in account.pages(
            "sagemaker", "list_model_packages", "ModelPackageSummaryList", ModelPackageGroupName=group
        ):
            yield one["ModelPackageArn"]
    except Refused as refused:
        if not _gone(refused):
            raise


def _gone(refused: Refused) -> bool:
    text = f"{refused.code} {refused}".lower()
    return any(word in text for word in ("notfound", "not found", "could not find", "does not exist", "404"))
