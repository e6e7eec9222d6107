"""Data capture: what goes in and out of an endpoint, in files on S3 as AWS writes them.

ENDPOINT/VARIANT/yyyy/mm/dd/hh/MM-SS-mmm-ID.jsonl; source: developer guide, "Capture data from real-time endpoint".
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
import threading
from collections.abc import Mapping
from uuid import uuid4

from mlcl.sandbox.control.resources import Record
from mlcl.sandbox.runtime.core import Clients
from mlcl.sandbox.runtime.files import Failed, lines
from mlcl.sandbox.runtime.serving import Answer

_EVERY = 1.0  # seconds between two files
_MOST = 1000  # records of one file


class Capture:
    """Writes the records of one endpoint. config: DataCaptureConfig of the endpoint's configuration."""

    def __init__(self, endpoint: str, config: Record, clients: Clients) -> None:
        self._endpoint, self._config, self._clients = endpoint, config, clients
        self._modes = {each["CaptureMode"] for each in config["CaptureOptions"]}
        self._waiting: dict[str, list[Record]] = {}
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._write_on, daemon=True)
        self._thread.start()

    def shown(self) -> Record:
        """As DescribeEndpoint shows it."""
        config = self._config
        on = config.get("EnableCapture", False)
        shown = {
            "EnableCapture": on,
            "CaptureStatus": "Started" if on else "Stopped",
            "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
            "DestinationS3Uri": config["DestinationS3Uri"],
            "KmsKeyId": config.get("KmsKeyId", ""),
        }
        return {key: value for key, value in shown.items() if value != ""}

    def take(self, variant: str, body: bytes, headers: Mapping[str, str], answer: Answer) -> None:
        """Keep one request with its answer, as often as the sampling says."""
        if not self._config.get("EnableCapture") or random.random() * 100 >= self._config["InitialSamplingPercentage"]:  # noqa: S311
            return
        data: Record = {}
        if self._modes & {"Input", "InputAndOutput"}:
            data["endpointInput"] = self._side("INPUT", body, headers.get("content-type", ""))
        if self._modes & {"Output", "InputAndOutput"}:
            data["endpointOutput"] = self._side("OUTPUT", answer.body, answer.content_type)
        moment = dt.datetime.now(dt.UTC)
        event = {"eventId": str(uuid4()), "inferenceTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
        if headers.get("x-amzn-sagemaker-inference-id"):
            event["inferenceId"] = headers["x-amzn-sagemaker-inference-id"]
        if headers.get("x-amzn-sagemaker-custom-attributes"):
            event["customAttributes"] = [headers["x-amzn-sagemaker-custom-attributes"]]  # type: ignore[assignment]
        record = {"captureData": data, "eventMetadata": event, "eventVersion": "0"}
        with self._lock:
            self._waiting.setdefault(variant, []).append(record)

    def close(self) -> None:
        self._ended.set()
        self._thread.join(20)

    def _side(self, mode: str, body: bytes, content_type: str) -> Record:
        encoding = self._encoding(content_type)
        try:
            text = base64.b64encode(body).decode() if encoding == "BASE64" else body.decode("utf-8")
        except UnicodeDecodeError:
            encoding, text = "BASE64", base64.b64encode(body).decode()
        return {"observedContentType": content_type, "mode": mode, "data": text, "encoding": encoding}

    def _encoding(self, content_type: str) -> str:
        kind, told = content_type.partition(";")[0].strip().lower(), self._config.get("CaptureContentTypeHeader", {})
        if kind in told.get("CsvContentTypes", ["text/csv"]):
            return "CSV"
        return "JSON" if kind in told.get("JsonContentTypes", ["application/json"]) else "BASE64"

    def _write_on(self) -> None:
        last = False
        while not last:
            last = self._ended.wait(_EVERY)
            with self._lock:
                waiting, self._waiting = self._waiting, {}
            for variant, records in waiting.items():
                for start in range(0, len(records), _MOST):
                    self._write(variant, records[start : start + _MOST])

    def _write(self, variant: str, records: list[Record]) -> None:
        moment = dt.datetime.now(dt.UTC)
        hour = moment.strftime("%Y/%m/%d/%H")
        name = f"{moment.strftime('%M-%S')}-{moment.microsecond // 1000:03d}-{uuid4()}.jsonl"
        uri = f"{self._config['DestinationS3Uri'].rstrip('/')}/{self._endpoint}/{variant}/{hour}/{name}"
        try:
            self._clients.files.put(uri, lines(records), self._config.get("KmsKeyId", ""))
        except Failed as failure:
            print(json.dumps({"capture": self._endpoint, "error": str(failure)}), flush=True)  # noqa: T201
