"""Sandboxes and bare moto servers that tests start."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from mlcl.sandbox import server

# Between moto's look whether a key is free and its write: two writers then meet there every time, not once in a while.
PAUSE = """
import time
from moto.s3.models import S3Backend
put = S3Backend.put_object
S3Backend.put_object = lambda *given, **named: (time.sleep(0.05), put(*given, **named))[1]
"""


def client(service: str, environment: dict[str, str], **more: Any) -> Any:
    import boto3

    return boto3.client(
        service,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        **more,
    )


@contextmanager
def bare_moto() -> Iterator[dict[str, str]]:
    """moto's own server, unmended, in a process of its own; slow where two writers can meet."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", f"{PAUSE}\nfrom moto.server import main; main()", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/moto-api/data.json")
        yield server.environment(url)
    finally:
        process.kill()
        process.wait()


@contextmanager
def sandbox(folder: Path, **options: Any) -> Iterator[server.Running]:
    running = server.start(folder, **options)
    try:
        yield running
    finally:
        running.stop()


def _wait(url: str) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


PROGRAMS = Path(__file__).with_name("programs.py")
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/programs:1"
ROLE = "arn:aws:iam::123456789012:role/job"


class World:
    """A sandbox with a bucket and the programs as an image, and its clients."""

    def __init__(self, running: server.Running) -> None:
        self.running = running
        self.s3, self.sagemaker = self.client("s3"), self.client("sagemaker")
        self.bucket = f"b-{uuid4().hex[:12]}"
        self.s3.create_bucket(Bucket=self.bucket)

    def client(self, service: str) -> Any:
        return client(service, self.running.environment)

    def put(self, key: str, body: str | bytes) -> str:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        return f"s3://{self.bucket}/{key}"

    def get(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def keys(self, prefix: str = "") -> list[str]:
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [item["Key"] for item in found.get("Contents", ())]

    def train(self, name: str, **more: Any) -> dict[str, Any]:
        """Start a training job; gives the request."""
        request = {
            "TrainingJobName": name,
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": f"s3://{self.bucket}/out"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
            "StoppingCondition": {"MaxRuntimeInSeconds": 100},
            **more,
        }
        self.sagemaker.create_training_job(**request)
        return request

    def wait(self, kind: str, name: str, status: str = "", seconds: float = 40) -> dict[str, Any]:
        """Describe a job until it has ended (or has the wanted status)."""
        describe = getattr(self.sagemaker, f"describe_{kind}")
        words = "".join(part.capitalize() for part in kind.split("_"))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = describe(**{f"{words}Name": name})
            state = found.get(f"{words}Status")
            if state == status or (not status and state in ("Completed", "Failed", "Stopped", "InService")):
                return found
            time.sleep(0.05)
        raise AssertionError(f"{name} is still {state}: {found}")

    def logs(self, group: str, prefix: str) -> list[str]:
        logs = self.client("logs")
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=prefix)["logStreams"]
        return [
            event["message"]
            for stream in streams
            for event in logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
        ]


def channel(uri: str, name: str = "train", **more: Any) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": more.pop("how", "FullyReplicated")}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, "ContentType": "text/csv", **more}
