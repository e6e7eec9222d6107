"""A process's lines on their way to CloudWatch's logs, and the metrics found in them."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_EVERY = 0.5  # seconds between two deliveries
_MOST = 1000  # events of one delivery
_LONGEST = 200_000  # characters of one event


class Metric:
    """The regular expression of a MetricDefinition and the values found so far, with their times."""

    def __init__(self, name: str, regex: str) -> None:
        self.name, self._regex = name, re.compile(regex)
        self.values: list[tuple[dt.datetime, float]] = []

    def look(self, line: str) -> None:
        for found in self._regex.finditer(line):
            with contextlib.suppress(ValueError, IndexError, TypeError):
                self.values.append((dt.datetime.now(dt.UTC), float(found[1] if self._regex.groups else found[0])))


class Log:
    """One log stream. Lines are delivered in the background; close() delivers the rest."""

    def __init__(self, client: Any, group: str, stream: str, copy: Path, metrics: Sequence[Metric] = ()) -> None:
        self._client, self._group, self._stream, self._metrics = client, group, stream, metrics
        self._waiting: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        copy.parent.mkdir(parents=True, exist_ok=True)
        self._copy = copy.open("a", encoding="utf-8", buffering=1)
        self.delivery_error = ""
        self._thread = threading.Thread(target=self._deliver, daemon=True)
        self._thread.start()

    def line(self, text: str) -> None:
        for metric in self._metrics:
            metric.look(text)
        with self._lock:
            if not self._copy.closed:
                self._copy.write(text + "\n")
            self._waiting.append({"timestamp": int(time.time() * 1000), "message": text[:_LONGEST] or " "})

    def close(self) -> None:
        self._ended.set()
        self._thread.join(30)
        self._copy.close()

    def _deliver(self) -> None:
        """A failure to deliver does not fail the job (nor does it on AWS); it is told in `delivery_error`."""
        ready = False
        while True:
            ended = self._ended.wait(_EVERY if ready else 0)
            try:
                ready = ready or self._create()
                while self._send():
                    pass
            except Exception as error:  # noqa: BLE001
                self.delivery_error = str(error)
                return
            if ended:
                return

    def _create(self) -> bool:
        for call, names in (
            (self._client.create_log_group, {"logGroupName": self._group}),
            (self._client.create_log_stream, {"logGroupName": self._group, "logStreamName": self._stream}),
        ):
            with contextlib.suppress(self._client.exceptions.ResourceAlreadyExistsException):
                call(**names)
        return True

    def _send(self) -> bool:
        with self._lock:
            events, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        if events:
            self._client.put_log_events(logGroupName=self._group, logStreamName=self._stream, logEvents=events)
        return bool(events)


def metrics_of(definitions: Sequence[Mapping[str, str]]) -> list[Metric]:
    return [Metric(each["Name"], each["Regex"]) for each in definitions]


def final(metrics: Sequence[Metric]) -> list[dict[str, Any]]:
    """FinalMetricDataList: the last value of each metric that was seen."""
    return [
        {"MetricName": metric.name, "Value": metric.values[-1][1], "Timestamp": metric.values[-1][0]}
        for metric in metrics
        if metric.values
    ]
