"""Batch transform: a model over a file in S3, without an endpoint."""

from __future__ import annotations

import time
from uuid import uuid4

from mlcl import registry
from mlcl.platforms.sagemaker.errors import CloudError
from mlcl.platforms.sagemaker.failures import of_job
from mlcl.platforms.sagemaker.processing import package
from mlcl.platforms.sagemaker.rendering import Hosted, model, tags
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.problem.aws import EndpointOnAws

LINES = "application/jsonlines"
_OVER = ("Completed", "Failed", "Stopped")


def transform(cloud: Cloud, hosted: Hosted, rows: bytes, *, instance: str = "ml.m5.large", poll: float = 5.0) -> bytes:
    """The predictions for JSON Lines, as JSON Lines in the same order. Raises why the job failed."""
    package(cloud.store, hosted.digest, registry.bundle_folder(cloud.store, hosted.digest))
    made = model(cloud.settings, EndpointOnAws(kind="real-time", capture=0), hosted)
    try:
        cloud.call("sagemaker", "describe_model", made["ModelName"], ModelName=made["ModelName"])
    except CloudError as error:
        if not error.missing:
            raise
        cloud.call("sagemaker", "create_model", made["ModelName"], **made)
    job = f"{cloud.settings.name(hosted.name)[:50]}-{uuid4().hex[:12]}"
    prefix = f"transforms/{job}"
    cloud.store.put(f"{prefix}/input/rows.jsonl", rows)
    _start(cloud, job, made["ModelName"], prefix, instance, hosted.name)
    _wait(cloud, job, poll)
    return cloud.store.get(f"{prefix}/output/rows.jsonl.out")


def _start(cloud: Cloud, job: str, model_name: str, prefix: str, instance: str, problem: str) -> None:
    store, key = cloud.settings.store, cloud.settings.kms_key
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{store}/{prefix}/input/"}}
    output = {"S3OutputPath": f"{store}/{prefix}/output", "Accept": LINES, "AssembleWith": "Line"}
    resources: dict[str, object] = {"InstanceType": instance, "InstanceCount": 1}
    cloud.call(
        "sagemaker",
        "create_transform_job",
        job,
        TransformJobName=job,
        ModelName=model_name,
        BatchStrategy="MultiRecord",
        TransformInput={"DataSource": source, "ContentType": LINES, "SplitType": "Line"},
        TransformOutput={**output, **({"KmsKeyId": key} if key else {})},
        TransformResources={**resources, **({"VolumeKmsKeyId": key} if key else {})},
        Tags=tags(cloud.settings, problem),
    )


def _wait(cloud: Cloud, job: str, poll: float) -> None:
    while True:
        found = cloud.call("sagemaker", "describe_transform_job", job, TransformJobName=job)
        status = found["TransformJobStatus"]
        if status == "Completed":
            return
        if status in _OVER:
            raise of_job(job, status, found.get("FailureReason", ""))
        time.sleep(poll)
