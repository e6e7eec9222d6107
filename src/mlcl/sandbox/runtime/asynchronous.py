"""Asynchronous inference: requests from S3, answers to S3, notices by SNS."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from uuid import uuid4

from mlcl.sandbox.control.resources import Record
from mlcl.sandbox.runtime.core import Clients
from mlcl.sandbox.runtime.files import Failed
from mlcl.sandbox.runtime.serving import Answer
from mlcl.sandbox.wire import AwsError


class Asked(NamedTuple):
    """headers: of the request, in small letters; received: when."""

    inference_id: str
    source: str
    output: str
    failure: str
    headers: Mapping[str, str]
    received: dt.datetime


class Queue:
    """config: AsyncInferenceConfig of the endpoint's configuration; choose: gives the variant that answers next."""

    def __init__(self, endpoint: str, config: Record, clients: Clients, choose: Callable[[], Any]) -> None:
        self._endpoint, self._config, self._clients, self._choose = endpoint, config, clients, choose
        most = config.get("ClientConfig", {}).get("MaxConcurrentInvocationsPerInstance", 4)
        self._pool = concurrent.futures.ThreadPoolExecutor(most, thread_name_prefix=f"async {endpoint}")

    def ask(self, headers: Mapping[str, str]) -> Asked:
        """Take a request in. Raises ValidationError."""
        source = headers.get("x-amzn-sagemaker-inputlocation", "")
        if not source.startswith("s3://"):
            raise AwsError("ValidationError", "InputLocation must be an S3 address.", 400)
        identity = headers.get("x-amzn-sagemaker-inference-id") or str(uuid4())
        places, name = self._config["OutputConfig"], str(uuid4())
        base = places.get("S3OutputPath", "").rstrip("/")
        bad = places.get("S3FailurePath", base).rstrip("/")
        asked = Asked(
            identity, source, f"{base}/{name}.out", f"{bad}/{name}-error.out", dict(headers), dt.datetime.now(dt.UTC)
        )
        self._pool.submit(self._work, asked)
        return asked

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, asked: Asked) -> None:
        key = self._config["OutputConfig"].get("KmsKeyId", "")
        try:
            answer = self._answer(asked)
            if answer.status == 200:
                self._clients.files.put(asked.output, answer.body, key, answer.content_type)
                self._notify(asked, answer, "")
                return
            text = f"Received server error ({answer.status}) from model: {answer.body[:500].decode('utf-8', 'replace')}"
        except (Failed, OSError) as error:
            text, answer = str(error) or type(error).__name__, Answer(500, {}, b"")
        self._clients.files.put(asked.failure, text.encode(), key)
        self._notify(asked, answer, text)

    def _answer(self, asked: Asked) -> Answer:
        body = self._clients.files.read(asked.source)
        server = self._choose().server
        given = {name: asked.headers[name] for name in ("content-type", "accept") if name in asked.headers}
        given |= {name: value for name, value in asked.headers.items() if name == "x-amzn-sagemaker-custom-attributes"}
        timeout = float(asked.headers.get("x-amzn-sagemaker-invocationtimeoutseconds", "900"))
        answer: Answer = server.invoke(body, given, timeout)
        return answer

    def _notify(self, asked: Asked, answer: Answer, failure: str) -> None:
        config = self._config["OutputConfig"].get("NotificationConfig", {})
        topic = config.get("ErrorTopic" if failure else "SuccessTopic")
        if not topic:
            return
        message = {
            "awsRegion": self._clients.region,
            "eventTime": dt.datetime.now(dt.UTC).isoformat(),
            "receivedTime": asked.received.isoformat(),
            "invocationStatus": "Failed" if failure else "Completed",
            "requestParameters": {"endpointName": self._endpoint, "inputLocation": asked.source},
            "responseParameters": {"contentType": answer.content_type, "outputLocation": asked.output},
            "inferenceId": asked.inference_id,
            "eventVersion": "1.0",
            "eventSource": "aws:sagemaker",
            "eventName": "InferenceResult",
        }
        if failure:
            message["failureReason"] = failure
            message["responseParameters"] = {"failureLocation": asked.failure}
        self._clients.client("sns").publish(TopicArn=topic, Message=json.dumps(message))
