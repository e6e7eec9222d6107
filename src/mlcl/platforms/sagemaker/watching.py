"""A look at an endpoint's traffic as a processing job: asked for by hand (`mlcl monitor --on`) or by the clock.

The job reads the captures from the environment's store, whoever wrote them (SageMaker, or the container of a serverless
endpoint), and leaves there what a look leaves on a laptop. The schedule (infra/modules/schedule) starts the very same
job with the same few variables.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from mlcl.errors import UsageError
from mlcl.platforms.sagemaker import metrics, places
from mlcl.platforms.sagemaker.failures import of_job
from mlcl.platforms.sagemaker.rendering import tags
from mlcl.platforms.sagemaker.settings import Cloud, Settings
from mlcl.problem.base import duration
from mlcl.stores import Store

COMMAND = "monitor"  # of the container
ENVIRONMENT, NAME, STORE, WINDOW = "MLCL_ENVIRONMENT", "MLCL_NAME", "MLCL_STORE", "MLCL_WINDOW"
INSTANCE = "ml.m5.large"
LONGEST = 3600  # seconds

log = logging.getLogger("mlcl.container")


def request(settings: Settings, name: str, window: str = "", instance: str = INSTANCE) -> dict[str, Any]:
    """CreateProcessingJob. window: '' for that of the problem file."""
    variables = {"AWS_REGION": settings.region, ENVIRONMENT: settings.environment, NAME: name, STORE: settings.store}
    cluster: dict[str, Any] = {"InstanceCount": 1, "InstanceType": instance, "VolumeSizeInGB": 10}
    found: dict[str, Any] = {
        "ProcessingJobName": f"{settings.name(f'monitor-{name}')[:50].rstrip('-')}-{uuid4().hex[:12]}",
        "RoleArn": settings.roles["job"],
        "AppSpecification": {"ImageUri": settings.container, "ContainerArguments": [COMMAND]},
        "Environment": {**variables, **({WINDOW: window} if window else {})},
        "ProcessingResources": {
            "ClusterConfig": {**cluster, **({"VolumeKmsKeyId": settings.kms_key} if settings.kms_key else {})}
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": LONGEST},
        "Tags": tags(settings, name),
    }
    if settings.subnets:
        vpc = {"Subnets": list(settings.subnets), "SecurityGroupIds": list(settings.security_groups)}
        found["NetworkConfig"] = {"EnableInterContainerTrafficEncryption": True, "VpcConfig": vpc}
    return found


def start(cloud: Cloud, name: str, window: str = "") -> str:
    """Starts the job; gives its name."""
    asked = request(cloud.settings, name, window)
    cloud.call("sagemaker", "create_processing_job", name, **asked)
    return str(asked["ProcessingJobName"])


def wait(cloud: Cloud, job: str, say: Callable[[str], None] = lambda text: None, poll: float = 3.0) -> str:
    """The id of the report that the job has made. Raises why it failed."""
    before = ""
    while True:
        found = cloud.call("sagemaker", "describe_processing_job", job, ProcessingJobName=job)
        status = found["ProcessingJobStatus"]
        if status != before:
            say(f"job {job}: {status}")
        before = status
        if status == "Completed":
            return str(found["ExitMessage"])
        if status in ("Failed", "Stopped"):
            raise of_job(job, status, found.get("FailureReason") or found.get("ExitMessage") or "")
        time.sleep(poll)


def work() -> None:
    """Inside the job: the look. The report's id is the job's exit message."""
    from mlcl.monitoring.look import monitor

    missing = [variable for variable in (ENVIRONMENT, NAME, STORE) if not os.environ.get(variable)]
    if missing:
        raise UsageError("The job was not told what to look at.", where="Environment", found=f"no {', '.join(missing)}")
    name, window = os.environ[NAME], os.environ.get(WINDOW)
    store = Store(os.environ[STORE])
    looked = monitor(store, name, datetime.now(UTC), duration(window, WINDOW) if window else None)
    report = looked.report
    metrics.put(Cloud.inside(os.environ[ENVIRONMENT], store), report["problem"], metrics.of_look(report))
    log.info("look %s: %d rows, %d findings", report["id"], report["rows"], len(report["findings"]))
    message = places.ml("output", "message")
    message.parent.mkdir(parents=True, exist_ok=True)
    message.write_text(report["id"], encoding="utf-8")
