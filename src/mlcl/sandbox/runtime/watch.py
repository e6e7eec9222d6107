"""CloudWatch beside endpoints: their metrics, and the alarms that a deployment looks at."""

from __future__ import annotations

import datetime as dt
import operator
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mlcl.sandbox.runtime.core import client

_EVERY = 1.0  # seconds between two deliveries
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


class Meter:
    """The metrics of one endpoint's invocations in namespace AWS/SageMaker, delivered in the background."""

    def __init__(self, endpoint: str, region: str) -> None:
        self._endpoint, self._region = endpoint, region
        self._waiting: list[dict[str, Any]] = []
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._deliver, daemon=True)
        self._thread.start()

    def count(self, variant: str, status: int, seconds: float) -> None:
        """One invocation. status: of HTTP, as the caller got it from the model; seconds: that the model took."""
        at = dt.datetime.now(dt.UTC)
        values = {
            "Invocations": (1.0, "None"),
            "InvocationsPerInstance": (1.0, "None"),
            "Invocation4XXErrors": (float(400 <= status < 500), "None"),
            "Invocation5XXErrors": (float(status >= 500), "None"),
            "ModelLatency": (seconds * 1e6, "Microseconds"),
        }
        dimensions = [{"Name": "EndpointName", "Value": self._endpoint}, {"Name": "VariantName", "Value": variant}]
        with self._lock:
            self._waiting += [
                {"MetricName": name, "Dimensions": dimensions, "Timestamp": at, "Value": value, "Unit": unit}
                for name, (value, unit) in values.items()
            ]

    def close(self) -> None:
        self._ended.set()
        self._thread.join(10)

    def _deliver(self) -> None:
        last = False
        watch = client("cloudwatch", self._region)
        while not last:
            last = self._ended.wait(_EVERY)
            with self._lock:
                waiting, self._waiting = self._waiting, []
            for start in range(0, len(waiting), 500):
                try:
                    watch.put_metric_data(Namespace="AWS/SageMaker", MetricData=waiting[start : start + 500])
                except Exception as error:  # noqa: BLE001  (metrics are not worth a request)
                    print(f"metrics of {self._endpoint}: {error}", flush=True)  # noqa: T201


def alarmed(names: Sequence[str], region: str, *, fresh: bool = True) -> list[str]:
    """Those of the alarms that are in ALARM; alarms on one metric are evaluated now (moto does not), if `fresh`.

    Raises KeyError with the name of an alarm that is not there.
    """
    watch = client("cloudwatch", region)
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(names), 100):
        answer = watch.describe_alarms(AlarmNames=names[start : start + 100])
        found |= {alarm["AlarmName"]: alarm for alarm in answer["MetricAlarms"] + answer["CompositeAlarms"]}
    for name in names:
        if name not in found:
            raise KeyError(name)
        if fresh and "MetricName" in found[name]:
            _evaluate(watch, found[name])
    return [name for name in names if found[name]["StateValue"] == "ALARM"]


def _evaluate(watch: Any, alarm: dict[str, Any]) -> None:
    """Set a metric alarm's state from its last periods, the one that runs now among them."""
    breaches, seen = 0, 0
    end = dt.datetime.now(dt.UTC)
    for _ in range(alarm["EvaluationPeriods"]):
        start = end - dt.timedelta(seconds=alarm["Period"])
        value = _value(watch, alarm, start, end)
        seen += value is not None
        missing = alarm.get("TreatMissingData") == "breaching"
        breaches += missing if value is None else _COMPARE[alarm["ComparisonOperator"]](value, alarm["Threshold"])
        end = start
    state = "ALARM" if breaches >= alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]) else "OK" if seen else ""
    if state and state != alarm["StateValue"]:
        watch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue=state, StateReason="Evaluated by the sandbox.")
        alarm["StateValue"] = state


def _value(watch: Any, alarm: dict[str, Any], start: dt.datetime, end: dt.datetime) -> float | None:
    """The statistic over a window. None: there are no data."""
    statistic = alarm.get("Statistic", "Maximum")  # of percentiles the worst is taken
    answer = watch.get_metric_statistics(
        Namespace=alarm["Namespace"],
        MetricName=alarm["MetricName"],
        Dimensions=alarm.get("Dimensions", []),
        StartTime=start,
        EndTime=end + dt.timedelta(seconds=1),
        Period=max(60, alarm["Period"]),
        Statistics=[statistic, "SampleCount"],
    )
    points = answer["Datapoints"]
    if not points:
        return None
    if statistic == "Sum":
        return float(sum(point["Sum"] for point in points))
    if statistic == "Average":
        total = sum(point["SampleCount"] for point in points) or 1
        return float(sum(point["Average"] * point["SampleCount"] for point in points) / total)
    pick = min if statistic == "Minimum" else max
    return float(pick(point[statistic] for point in points))
