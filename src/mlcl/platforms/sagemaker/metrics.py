"""Figures of runs, verdicts and drift in CloudWatch, namespace mlcl."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any

from mlcl.errors import MlclError
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.records import Run

NAMESPACE = "mlcl"
_AT_ONCE = 1000  # figures that one request may hold
log = logging.getLogger("mlcl.cloud")


def publish(cloud: Cloud, run: Run, documents: Mapping[str, Any]) -> None:
    """A run's verdict, duration and test metrics. That they cannot be published is no fault of the run."""
    put(cloud, run.problem, of_run(run, documents))


def of_run(run: Run, documents: Mapping[str, Any]) -> dict[str, float]:
    figures: dict[str, float] = {"RunPassed": float(run.state == "passed")}
    figures["RunSeconds"] = sum(step.seconds for step in run.steps)
    tested = documents.get("evaluation", {}).get("metrics", {}).get("test", {})
    return {**figures, **{f"Test.{name}": value for name, value in tested.items() if _finite(value)}}


def of_look(report: Mapping[str, Any]) -> dict[str, float]:
    """A monitoring look: rows, findings and the greatest drift of a column (PSI beyond what chance makes)."""
    figures = {"MonitoringRows": float(report.get("rows") or 0)}
    figures["MonitoringFindings"] = float(len(report.get("findings") or ()))
    columns = (report.get("drift") or {}).get("columns") or ()
    drift = [max(0.0, column["psi"] - column["psi_noise"]) for column in columns if _finite(column["psi"])]
    return {**figures, "MonitoringDrift": max(drift)} if drift else figures


def put(cloud: Cloud, problem: str, figures: Mapping[str, float]) -> None:
    dimensions = [
        {"Name": "Environment", "Value": cloud.settings.environment},
        {"Name": "Problem", "Value": problem},
    ]
    data = [{"MetricName": name, "Dimensions": dimensions, "Value": float(value)} for name, value in figures.items()]
    try:
        for start in range(0, len(data), _AT_ONCE):
            part = data[start : start + _AT_ONCE]
            cloud.call("cloudwatch", "put_metric_data", problem, Namespace=NAMESPACE, MetricData=part)
    except MlclError as error:
        log.warning("The figures were not published: %s", error)


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
