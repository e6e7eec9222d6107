"""What single kinds of records do besides: tags, notebooks, monitoring schedules, artifacts, configurations."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from mlcl.sandbox.control import service
from mlcl.sandbox.control.listing import cut
from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record, arn
from mlcl.sandbox.wire import invalid


def add(plane: Plane) -> None:
    plane.kinds |= {"NotebookInstance", "MonitoringSchedule"}
    plane.handlers |= {
        "AddTags": _add_tags,
        "ListTags": _list_tags,
        "DeleteTags": _delete_tags,
        "StartNotebookInstance": _set_notebook("InService"),
        "StopNotebookInstance": _set_notebook("Stopped"),
        "UpdateNotebookInstance": _update_notebook,
        "StartMonitoringSchedule": _set_schedule("Scheduled"),
        "StopMonitoringSchedule": _set_schedule("Stopped"),
    }
    plane.creating |= {
        "NotebookInstance": _new_notebook,
        "MonitoringSchedule": _new_schedule,
        "Artifact": _new_artifact,
        "EndpointConfig": _new_endpoint_config,
        "Model": _new_model,
        "Trial": _new_trial,
    }
    plane.deleting |= {"NotebookInstance": _stopped_first, "Experiment": _no_trials}
    for kind in ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability"):
        plane.creating[f"{kind}JobDefinition"] = _new_job_definition


def _add_tags(plane: Plane, where: Where, given: Record) -> Record:
    with plane.records.lock:
        tags = plane.records.tags(given["ResourceArn"])
        new = {**tags, **{tag["Key"]: tag["Value"] for tag in given["Tags"]}}
        if len(new) > 50:
            raise invalid("A resource can have at most 50 tags.")
        tags.update(new)
    return {"Tags": _as_list(new)}


def _list_tags(plane: Plane, where: Where, given: Record) -> Record:
    tags, token = cut(_as_list(plane.records.tags(given["ResourceArn"])), given, 50)
    return {"Tags": tags, "NextToken": token}


def _delete_tags(plane: Plane, where: Where, given: Record) -> Record:
    with plane.records.lock:
        tags = plane.records.tags(given["ResourceArn"])
        for key in given["TagKeys"]:
            tags.pop(key, None)
    return {}


def _as_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _new_notebook(plane: Plane, where: Where, record: Record) -> None:
    name = record["NotebookInstanceName"]
    record["NotebookInstanceStatus"] = "InService"
    record["Url"] = f"{name.lower()}.notebook.{where.region}.sagemaker.aws"
    record["NetworkInterfaceId"] = (
        f"eni-{hashlib.sha256(name.encode()).hexdigest()[:17]}" if "SubnetId" in record else None
    )
    record["SecurityGroups"] = record.pop("SecurityGroupIds", None)
    config = record.pop("LifecycleConfigName", None)
    if config:
        plane.describe("NotebookInstanceLifecycleConfig", config, where.region)
        record["NotebookInstanceLifecycleConfigName"] = config
    for key, usual in (("DirectInternetAccess", "Enabled"), ("RootAccess", "Enabled"), ("VolumeSizeInGB", 5)):
        record.setdefault(key, usual)
    record.setdefault("PlatformIdentifier", "notebook-al2-v3")
    record.setdefault("InstanceMetadataServiceConfiguration", {"MinimumInstanceMetadataServiceVersion": "1"})


def _set_notebook(status: str) -> Any:
    def handler(plane: Plane, where: Where, given: Record) -> Record:
        plane.change("NotebookInstance", given["NotebookInstanceName"], where.region, NotebookInstanceStatus=status)
        return {}

    return handler


def _update_notebook(plane: Plane, where: Where, given: Record) -> Record:
    name = given["NotebookInstanceName"]
    _stopped_first(plane, where, plane.describe("NotebookInstance", name, where.region))
    fields = {key: value for key, value in given.items() if key not in ("NotebookInstanceName", "LifecycleConfigName")}
    if "LifecycleConfigName" in given:
        plane.describe("NotebookInstanceLifecycleConfig", given["LifecycleConfigName"], where.region)
        fields["NotebookInstanceLifecycleConfigName"] = given["LifecycleConfigName"]
    for flag, member in (
        ("DisassociateLifecycleConfig", "NotebookInstanceLifecycleConfigName"),
        ("DisassociateDefaultCodeRepository", "DefaultCodeRepository"),
        ("DisassociateAdditionalCodeRepositories", "AdditionalCodeRepositories"),
        ("DisassociateAcceleratorTypes", "AcceleratorTypes"),
    ):
        if fields.pop(flag, False):
            fields[member] = None
    plane.change("NotebookInstance", name, where.region, **fields)
    return {}


def _stopped_first(plane: Plane, where: Where, record: Record) -> None:
    status = record["NotebookInstanceStatus"]
    if status not in ("Stopped", "Failed"):
        raise invalid(
            f"Status ({status}) not in ([Stopped, Failed]). Unable to transition to (Deleting) for "
            f"{record['NotebookInstanceArn']}."
        )


def _new_schedule(plane: Plane, where: Where, record: Record) -> None:
    """The schedule is kept; the sandbox starts no executions by the clock (docs/sandbox.md)."""
    config = record["MonitoringScheduleConfig"]
    record["MonitoringType"] = config.get("MonitoringType", "DataQuality")
    record["MonitoringJobDefinitionName"] = config.get("MonitoringJobDefinitionName")
    record["MonitoringScheduleStatus"] = "Scheduled"


def _set_schedule(status: str) -> Any:
    def handler(plane: Plane, where: Where, given: Record) -> Record:
        plane.change(
            "MonitoringSchedule", given["MonitoringScheduleName"], where.region, MonitoringScheduleStatus=status
        )
        return {}

    return handler


def _new_artifact(plane: Plane, where: Where, record: Record) -> None:
    """An artifact has no name of its own: AWS names it by its source and type."""
    text = json.dumps([record["Source"], record["ArtifactType"]], sort_keys=True)
    record["ArtifactArn"] = arn(where.region, service.noun("Artifact"), hashlib.sha256(text.encode()).hexdigest()[:32])


def _new_endpoint_config(plane: Plane, where: Where, record: Record) -> None:
    variants = [*record["ProductionVariants"], *record.get("ShadowProductionVariants", ())]
    names = [variant["VariantName"] for variant in variants]
    if len(set(names)) < len(names):
        raise invalid("Variant names must be unique within an endpoint configuration.")
    for variant in variants:
        if "ModelName" in variant:
            plane.describe("Model", variant["ModelName"], where.region)
        if ("ServerlessConfig" in variant) == ("InstanceType" in variant):
            raise invalid(f"Variant {variant['VariantName']} needs either an InstanceType or a ServerlessConfig.")
        variant.setdefault("InitialVariantWeight", 1.0)
    if any("ServerlessConfig" in variant for variant in variants):
        _serverless(record, variants)


def _serverless(record: Record, variants: list[Record]) -> None:
    for member in ("DataCaptureConfig", "AsyncInferenceConfig", "VpcConfig"):
        if member in record:
            raise invalid(f"{member} is not supported for serverless endpoints.")
    if len(variants) > 1:
        raise invalid("A serverless endpoint has exactly one production variant.")
    memory = variants[0]["ServerlessConfig"]["MemorySizeInMB"]
    if memory % 1024:
        raise invalid(f"MemorySizeInMB must be one of [1024, 2048, 3072, 4096, 5120, 6144], not {memory}.")


def _new_model(plane: Plane, where: Where, record: Record) -> None:
    if ("PrimaryContainer" in record) == ("Containers" in record):
        raise invalid("A model needs either a PrimaryContainer or Containers.")
    if "ExecutionRoleArn" not in record:
        raise invalid("ExecutionRoleArn is required for a model.")
    for container in record.get("Containers") or [record["PrimaryContainer"]]:
        if "ModelPackageName" in container:
            plane.call("DescribeModelPackage", {"ModelPackageName": container["ModelPackageName"]}, where)
        elif "Image" not in container:
            raise invalid("A container of a model needs an Image or a ModelPackageName.")


def _new_job_definition(plane: Plane, where: Where, record: Record) -> None:
    kind = next(key for key in record if key.endswith("JobInput")).removesuffix("JobInput")
    record["EndpointName"] = record[f"{kind}JobInput"].get("EndpointInput", {}).get("EndpointName")


def _new_trial(plane: Plane, where: Where, record: Record) -> None:
    plane.describe("Experiment", record["ExperimentName"], where.region)


def _no_trials(plane: Plane, where: Where, record: Record) -> None:
    if any(trial["ExperimentName"] == record["ExperimentName"] for trial in plane.records.all(where.region, "Trial")):
        raise invalid("The experiment still has trials. Delete them first.")
