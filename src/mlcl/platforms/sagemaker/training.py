"""Inside a training job: the step `train`, on one host or several, with the hyperparameters of a tuning job if any."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from mlcl.platforms.sagemaker import checkpoints, places
from mlcl.platforms.sagemaker.orders import Orders
from mlcl.platforms.sagemaker.work import Tell, Work
from mlcl.stores import Store

OBJECTIVE = "mlcl:objective"
log = logging.getLogger("mlcl.container")


def work(
    orders: Orders, store: Store, tell: Tell, resource: Mapping[str, Any], hyperparameters: Mapping[str, Any]
) -> None:
    """Leaves the step's result below /opt/ml/model, from where SageMaker takes it."""
    hosts = sorted(resource.get("hosts") or ["algo-1"])
    here = resource.get("current_host") or hosts[0]
    orders = _tuned(orders, hyperparameters)
    checkpoints.keep(places.ml("checkpoints"))
    if len(hosts) > 1 and here != hosts[0]:
        from mlcl.platforms.sagemaker.distributed import help_out

        help_out(hosts, here, places.channel("prepare"))
        return
    with tempfile.TemporaryDirectory() as folder:
        given = {"prepare": places.channel("prepare")}
        made = places.ml("model")
        Work(orders, store, given, Path(folder), tell, {"train": made}).run()
    _objective(made)


def _tuned(orders: Orders, hyperparameters: Mapping[str, Any]) -> Orders:
    """The orders with what a tuning job varies as fixed parameters: this job is one trial."""
    asked = {key: value for key, value in hyperparameters.items() if not key.startswith(("_", "sagemaker_", "mlcl_"))}
    if not asked:
        return orders
    problem = orders.problem
    train = {**problem["train"], "trials": 0, "parameters": {**problem["train"]["parameters"], **asked}}
    return orders.model_copy(update={"problem": {**problem, "train": train}})


def _objective(folder: Path) -> None:
    """The line that a tuning job's metric is read from: lower is better for a loss, as training.json's metric says."""
    record = orjson.loads((folder / "training.json").read_bytes())
    log.info("%s=%.10g; (%s on the validation rows)", OBJECTIVE, loss_of(record), record["metric"])


def loss_of(record: Mapping[str, Any]) -> float:
    """What a tuning job minimises: every criterion of mlcl's search is a loss."""
    score = record["score"]
    return float(score) if score is not None else 1e300
