"""What every job is: a thread that takes it from its first state to its last, and hosts that run its program."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mlcl.sandbox.control import service
from mlcl.sandbox.control.resources import Record, now
from mlcl.sandbox.runtime.container import Container
from mlcl.sandbox.runtime.core import Clients, Runtime, client
from mlcl.sandbox.runtime.files import Failed
from mlcl.sandbox.runtime.logs import Log, Metric
from mlcl.sandbox.runtime.place import Place, arguments, environment
from mlcl.sandbox.wire import AwsError

GRACE = 120.0  # seconds between SIGTERM and SIGKILL
REASON = 1024  # characters of a reason that AWS keeps
_TICK = 0.05


class Program(NamedTuple):
    """What each host of a job runs."""

    command: Sequence[str]
    variables: Mapping[str, str]
    group: str
    metrics: Sequence[Metric] = ()


class Ended(NamedTuple):
    """code: the first exit code that is not 0, else 0; place: of the host that gave it; timed_out: MaxRuntime."""

    code: int
    place: Place
    timed_out: bool = False


class Job:
    """A job of one kind. Subclasses give `work`; what it raises is the job's end."""

    kind = ""
    longest = 86400.0

    def __init__(self, runtime: Runtime, region: str, record: Record) -> None:
        self.runtime, self.region = runtime, region
        self.noun = service.noun(self.kind)
        self.name = str(record[self.noun.keys[0]])
        self.record = record
        self.stopping, self.interrupted = threading.Event(), threading.Event()
        self._containers: list[Container] = []
        self._thread = threading.Thread(target=self._run, name=f"{self.kind} {self.name}", daemon=True)

    def start(self) -> None:
        self.runtime.add(self.kind, self.name, self)
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end: SIGTERM to its hosts, SIGKILL after the grace."""
        self.change(**{self.noun.status: "Stopping"})
        self.stopping.set()

    def change(self, **fields: Any) -> Record:
        self.record = self.runtime.plane.change(self.kind, self.name, self.region, **fields)
        return self.record

    def work(self) -> None:
        raise NotImplementedError

    def finish(self, status: str, **fields: Any) -> None:
        """Set the last state."""
        self.change(**{self.noun.status: status}, **fields)

    def clients(self) -> Clients:
        return Clients(self.record["RoleArn"], "SageMaker", self.region)

    def host(self, place: Place, program: Program, clients: Clients, log: Log) -> Container:
        variables = environment(place, program.variables, clients.credentials, self.region)
        return Container(arguments(place, program.command), variables, place.root, log.line)

    def run_hosts(
        self, places: Sequence[Place], program: Program, clients: Clients, folder: Path, limit: float
    ) -> Ended:
        """Run the program on every host until all have ended, one has failed, or the job is to stop."""
        stamp = int(time.time())
        logs = [
            Log(
                clients.client("logs"),
                program.group,
                self.stream(place, stamp),
                folder / f"{place.host}.log",
                program.metrics,
            )
            for place in places
        ]
        try:
            self._containers = [
                self.host(place, program, clients, log) for place, log in zip(places, logs, strict=True)
            ]
            return self._watch(places, time.monotonic() + limit)
        finally:
            for container in self._containers:
                container.finish()
            for log in logs:
                log.close()
            if program.metrics:
                publish(program.metrics, self.region, f"{program.group}", self.noun.keys[0], self.name)

    def stream(self, place: Place, stamp: int) -> str:
        return f"{self.name}/{place.host}-{stamp}"

    def _watch(self, places: Sequence[Place], end: float) -> Ended:
        running = list(zip(self._containers, places, strict=True))
        tick = _TICK
        while True:
            codes = [(container.code, place) for container, place in running]
            failed = next(((code, place) for code, place in codes if code), None)
            timed_out = time.monotonic() > end
            if failed or timed_out or self.stopping.is_set() or self.interrupted.is_set():
                self._stop_all(5 if failed else GRACE)
                code, place = failed or (running[0][0].code or 0, places[0])
                return Ended(code, place, timed_out and not failed)
            if all(code == 0 for code, _ in codes):
                return Ended(0, places[0])
            running[0][0].wait(tick) if running[0][0].code is None else self.stopping.wait(tick)
            tick = min(tick * 1.2, 0.2)

    def _stop_all(self, grace: float) -> None:
        threads = [threading.Thread(target=container.stop, args=(grace,)) for container in self._containers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _run(self) -> None:
        try:
            self.runtime.strike("job", self.kind, f"/{self.name}", "")
            self.work()
        except AwsError as error:
            self._end("Failed", f"{error.code}: {error.message}"[:REASON])
        except Failed as failure:
            self._end("Stopped" if self.stopping.is_set() else "Failed", str(failure)[:REASON])
        except Exception as error:  # noqa: BLE001  (whatever it is, the job ends with its reason)
            import traceback

            traceback.print_exc()
            self._end("Failed", f"InternalServerError: {type(error).__name__}: {error}"[:REASON])
        finally:
            self.runtime.drop(self.kind, self.name)

    def _end(self, status: str, reason: str) -> None:
        self.finish(status, **({"FailureReason": reason} if status == "Failed" else {}))


def publish(metrics: Sequence[Metric], region: str, namespace: str, dimension: str, name: str) -> None:
    """The values found in the logs as metrics of CloudWatch, as AWS puts them (namespace: the log group's name)."""
    data = [
        {"MetricName": metric.name, "Dimensions": [{"Name": dimension, "Value": name}], "Timestamp": at, "Value": value}
        for metric in metrics
        for at, value in metric.values
    ]
    watch = client("cloudwatch", region)
    for start in range(0, len(data), 500):
        watch.put_metric_data(Namespace=namespace, MetricData=data[start : start + 500])


def entry(
    command: Sequence[str], entrypoint: Sequence[str] | None, given: Sequence[str] | None, usual: Sequence[str]
) -> list[str]:
    """A container's command as Docker puts it together: an entry point of the job replaces the image's and its usual
    argument; arguments of the job replace the usual ones."""
    from mlcl.sandbox.runtime.images import program

    if entrypoint:
        return program([*entrypoint, *(given or ())])
    return [*command, *(given or usual)]


def ago(since: dt.datetime) -> int:
    """Whole seconds since a time, at least one: AWS bills no less."""
    return max(1, round((now() - since) / dt.timedelta(seconds=1)))
