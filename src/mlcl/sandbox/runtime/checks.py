"""What AWS refuses when a job is created, and how one is stopped; shared by all kinds of jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlcl.sandbox import identity
from mlcl.sandbox.control import service
from mlcl.sandbox.control.plane import Plane, Where
from mlcl.sandbox.control.resources import Record
from mlcl.sandbox.runtime.core import Runtime
from mlcl.sandbox.wire import in_use, invalid


def role(arn: str) -> None:
    if not identity.trusts(arn):
        raise invalid(
            f"Could not assume role {arn}. Please ensure that the role exists and allows principal "
            "'sagemaker.amazonaws.com' to assume the role."
        )


def channels(record: Record) -> None:
    """Each channel of a training job: from S3, as files."""
    given = record.get("InputDataConfig", [])
    names = [channel["ChannelName"] for channel in given]
    if len(set(names)) < len(names):
        raise invalid("Duplicate channel names are not allowed in InputDataConfig.")
    usual = record["AlgorithmSpecification"]["TrainingInputMode"]
    for channel in given:
        source = channel["DataSource"].get("S3DataSource")
        if source is None:
            raise invalid(f"The sandbox reads channels from S3 only (channel {channel['ChannelName']}).")
        if source["S3DataType"] not in ("S3Prefix", "ManifestFile"):
            raise invalid(f"The sandbox does not do S3DataType {source['S3DataType']}.")
        if channel.get("InputMode", usual) == "Pipe":
            raise invalid("The sandbox does not do the input mode Pipe; File and FastFile give the same data.")


def stopper(runtime: Runtime, kind: str) -> Callable[[Plane, Where, Record], Record]:
    """The handler of StopX: a job that has ended cannot be stopped."""
    noun = service.noun(kind)

    def handler(plane: Plane, where: Where, given: Record) -> Record:
        record = plane.records.get(where.region, noun, given)
        if record[noun.status] not in ("InProgress", "Stopping"):
            raise invalid(
                f"The request was rejected because the {service.words(kind)} is in status {record[noun.status]}."
            )
        job: Any = runtime.get(kind, record[noun.keys[0]])
        if job is not None and record[noun.status] == "InProgress":
            job.stop()
        return {}

    return handler


def ended(kind: str) -> Callable[[Plane, Where, Record], None]:
    """What guards DeleteX: a job that runs cannot be deleted."""
    noun = service.noun(kind)

    def guard(plane: Plane, where: Where, record: Record) -> None:
        if record[noun.status] not in ("Completed", "Failed", "Stopped"):
            raise in_use(f"The {service.words(kind)} is in status {record[noun.status]} and cannot be deleted.")

    return guard
