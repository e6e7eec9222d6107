"""What runs in the container: `train`, `serve`, `process` or `monitor`, under SageMaker's contracts for each.

train    channels, hyperparameters (texts), hosts; the result below /opt/ml/model; exit code 0 or, with the reason in
         /opt/ml/output/failure, another
process  inputs and outputs below /opt/ml/processing; the reason of a failure in /opt/ml/output/message
serve    /ping and /invocations on port 8080, the model below /opt/ml/model

SIGTERM ends a job with 143, and what it has finished is kept. Whoever follows the run reads the states of the steps,
and the whole error, from the store: progress/JOB.json.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from mlcl.errors import FAULT, USAGE, MlclError, UsageError
from mlcl.platforms.sagemaker import hosts, places, unasked
from mlcl.platforms.sagemaker.hosts import Hosts
from mlcl.platforms.sagemaker.orders import Orders, load
from mlcl.records import Step
from mlcl.stores import Store
from mlcl.version import code_version

REASON = 1024  # characters of a failure's reason that SageMaker keeps
TERMINATED = 143

log = logging.getLogger("mlcl.container")


class Terminated(BaseException):
    """The platform has told the job to end."""


class Progress:
    """The states of a job's steps, for whoever follows the run; also printed, for the log."""

    def __init__(self, store: Store, job: str) -> None:
        self.store, self.key = store, f"progress/{job}.json"
        self.document: dict[str, Any] = {"steps": [], "error": None}

    def tell(self, step: Step) -> None:
        known = [one for one in self.document["steps"] if one["name"] != step.name]
        self.document["steps"] = [*known, step.model_dump(mode="json")]
        seconds = f" {step.seconds:.2f} s" if step.seconds else ""
        note = f": {step.note}" if step.note else ""
        log.info("step %s %s%s%s", step.name, step.state, seconds, note)
        self._write()

    def fail(self, error: dict[str, Any]) -> None:
        self.document["error"] = error
        self._write()

    def _write(self) -> None:
        try:
            self.store.put(self.key, json.dumps(self.document).encode())
        except MlclError as error:  # the work goes on: nobody sees how far it is, that is all
            log.warning("The progress could not be written: %s", error)


class Job:
    """A job as its container finds it. name: SageMaker's; orders: from the plan channel; hosts: of the job; journal: of
    a run whose record the jobs themselves keep."""

    def __init__(self, name: str, plan: Path, failure: Path, hosts: Hosts) -> None:
        self.name, self.failure, self.hosts = name, failure, hosts
        try:
            self.orders: Orders = load((plan / "orders.json").read_bytes())
        except OSError as error:
            raise UsageError("The job's orders are missing.", where=str(plan), found=str(error)) from error
        self.store = Store(self.orders.store)
        self.progress = Progress(self.store, name)
        self.started = unasked.Started.told()
        self.journal = unasked.journal(self.store, self.started, self.orders)
        if self.orders.code_version != code_version():
            log.warning(
                "The image holds other code (%s) than the run was asked for with (%s): push a new one.",
                code_version(),
                self.orders.code_version,
            )

    def run(self, work: Callable[[Job], None]) -> int:
        """Does the work; gives the exit code."""
        try:
            work(self)
        except Terminated:
            error = {"error": "Terminated", "what": "The job was told to end."}
            self._fail("The job was told to end.", error, "interrupted")
            return TERMINATED
        except MlclError as error:
            self._fail(str(error), {**error.as_dict(), "exit_code": error.exit_code})
            return error.exit_code
        except Exception as error:  # noqa: BLE001 - whatever it is, the platform is told
            traceback.print_exc()
            what = f"{type(error).__name__}: {error}"
            self._fail(what, {"error": type(error).__name__, "what": what})
            return FAULT
        return 0

    def tell(self, step: Step) -> None:
        self.progress.tell(step)
        if self.journal:
            self.journal.watch(step)

    def _fail(self, reason: str, error: dict[str, Any], state: str = "failed") -> None:
        log.error("%s", reason)
        self.failure.parent.mkdir(parents=True, exist_ok=True)
        self.failure.write_text(reason[:REASON], encoding="utf-8")
        if state == "interrupted" and not self.hosts.first:
            return  # hosts are told to end when another has failed: what that one told is not written over
        self.progress.fail(error)
        if self.journal:
            self.journal.finish(state, error=error)


def train() -> int:
    """A training job: `prepare` in, the fitted model out."""
    from mlcl.platforms.sagemaker import training

    name = os.environ.get("TRAINING_JOB_NAME") or "training"
    job = Job(name, places.channel("plan"), places.ml("output", "failure"), hosts.known("input", "config"))
    return job.run(lambda job: training.work(job.orders, job.store, job.tell, job.hosts, _hyperparameters()))


def process() -> int:
    """A processing job: data, prepare, or judge."""
    from mlcl.platforms.sagemaker import processing

    return _processing().run(
        lambda job: processing.work(job.orders, job.store, job.tell, job.hosts, job.started, job.journal)
    )


def deploy() -> int:
    """A processing job that puts the model which the run registered into use."""
    from mlcl.platforms.sagemaker import processing

    return _processing().run(lambda job: processing.deploy(job.orders))


def _processing() -> Job:
    config = _json(places.ml("config", "processingjobconfig.json"))
    name = config.get("ProcessingJobName") or str(config.get("ProcessingJobArn", "")).rsplit("/", 1)[-1] or "processing"
    return Job(name, places.given("plan"), places.ml("output", "message"), hosts.known("config"))


def serve() -> int:
    """An endpoint, or a batch transform job."""
    from mlcl.platforms.sagemaker import hosting

    try:
        hosting.serve(places.ml("model"))
    except MlclError as error:
        log.error("%s", error)
        return error.exit_code
    return 0


def monitor() -> int:
    """A processing job that looks at an endpoint's traffic."""
    from mlcl.platforms.sagemaker import watching

    try:
        watching.work()
    except Terminated:
        _reason("The job was told to end.")
        return TERMINATED
    return 0


_COMMANDS: dict[str, Callable[[], int]] = {
    "train": train,
    "process": process,
    "deploy": deploy,
    "serve": serve,
    "monitor": monitor,
}


def main(arguments: list[str]) -> int:
    """Entry of the image. arguments: train, serve, process, deploy or monitor."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, stream=sys.stdout)
    for client in ("boto3", "botocore"):  # which credentials they found, at every call
        logging.getLogger(client).setLevel(logging.WARNING)
    command = _COMMANDS.get(arguments[0] if arguments else "")
    if command is None:
        log.error("Usage: container train | serve | process | deploy | monitor (found %s)", arguments)
        return USAGE
    if command is not serve:
        signal.signal(signal.SIGTERM, _told)
    try:
        return command()
    except MlclError as error:
        log.error("%s", error)
        _reason(str(error))
        return error.exit_code


def _told(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _reason(text: str) -> None:
    """Both places in which a platform looks for it: what failed before the orders were read may be either kind."""
    for name in ("failure", "message"):
        file = places.ml("output", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text[:REASON], encoding="utf-8")


def _hyperparameters() -> dict[str, Any]:
    """SageMaker passes texts; those that are JSON (as some clients quote them) are read as such."""
    return {key: value(text) for key, text in _json(places.ml("input", "config", "hyperparameters.json")).items()}


def value(text: Any) -> Any:
    """'3' and '"3"' are 3, '"gain"' and 'gain' are gain: some clients quote what is text already."""
    try:
        read = json.loads(text)
    except (TypeError, ValueError):
        return text
    return value(read) if isinstance(read, str) and read != text else read


def _json(file: Path) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
