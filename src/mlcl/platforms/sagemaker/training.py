"""Inside a training job: the step `train`, on one host or several, with the hyperparameters of a tuning job if any."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from mlcl.platforms.sagemaker import checkpoints, places
from mlcl.platforms.sagemaker.hosts import Hosts, help_out, together
from mlcl.platforms.sagemaker.orders import Orders
from mlcl.platforms.sagemaker.work import Tell, Together, Work
from mlcl.stores import Store

OBJECTIVE = "mlcl:objective"
log = logging.getLogger("mlcl.container")


def work(orders: Orders, store: Store, tell: Tell, hosts: Hosts, hyperparameters: Mapping[str, Any]) -> None:
    """Leaves the step's result below /opt/ml/model, from where SageMaker takes it."""
    orders = _tuned(orders, hyperparameters)
    checkpoints.keep(places.ml("checkpoints"))
    if not hosts.first:
        help_out(hosts)
        return
    with tempfile.TemporaryDirectory() as folder, _together(hosts) as shared:
        given = {"prepare": places.channel("prepare")}
        made = places.ml("model")
        Work(orders, store, given, Path(folder), tell, {"train": made}, shared).run()
    _objective(made)


@contextmanager
def _together(hosts: Hosts) -> Iterator[dict[str, Together]]:
    """What the hosts of this job do together."""
    if not hosts.several:
        yield {}
        return
    from mlcl.platforms.sagemaker.distributed import train

    with together(hosts) as joined:
        yield {"train": partial(train, joined)}


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
