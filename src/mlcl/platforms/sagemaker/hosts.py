"""Several hosts of one job: how they find each other (Dask), and what is said when one is lost.

The first host of resourceconfig.json schedules and keeps the result; all hosts work.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import orjson

from mlcl.errors import MlclError
from mlcl.platforms.sagemaker import places

PORT = 8786
_LONGEST_START = 600.0  # seconds until all hosts must be there
_SEEN = 1.0  # seconds until the scheduler has seen that a host is lost
log = logging.getLogger("mlcl.container")


class Hosts(NamedTuple):
    """names: of all hosts of this job, in order; here: this one's."""

    names: tuple[str, ...]
    here: str

    @property
    def first(self) -> bool:
        return self.here == self.names[0]

    @property
    def several(self) -> bool:
        return len(self.names) > 1


def known(*config: str) -> Hosts:
    """The hosts that the platform names in resourceconfig.json in this folder below /opt/ml; one, if it names none."""
    try:
        resource = orjson.loads(places.ml(*config, "resourceconfig.json").read_bytes())
    except FileNotFoundError:
        resource = {}
    names = tuple(sorted(resource.get("hosts") or ["algo-1"], key=lambda name: (len(name), name)))
    return Hosts(names, resource.get("current_host") or names[0])


def help_out(hosts: Hosts) -> None:
    """Works for the first host until it is done."""
    import asyncio

    from distributed.worker import Worker

    address = f"tcp://{_reached(hosts.names[0])}:{_port()}"
    _await(_reached(hosts.names[0]), _port())

    async def work() -> None:
        async with Worker(address, name=hosts.here, nthreads=1) as worker:
            await worker.finished()

    asyncio.run(work())
    log.info("%s is done", hosts.here)


class Joined(NamedTuple):
    """Hosts that work together. client: of the scheduler in this process."""

    hosts: Hosts
    client: Any

    @property
    def addresses(self) -> dict[str, str]:
        """Where the hosts work that are there, by name."""
        workers = list(self.client.cluster.scheduler.workers.values())
        # This process's own worker has no name but a number.
        found = {one.name if one.name in self.hosts.names else self.hosts.names[0]: one.address for one in workers}
        return {name: found[name] for name in self.hosts.names if name in found}

    @property
    def lost(self) -> list[str]:
        return [name for name in self.hosts.names if name not in self.addresses]

    def result(self, future: Any) -> Any:
        """What a host was asked for; the loss of a host ends the wait."""
        while not self.lost:
            try:
                return future.result(timeout=_SEEN)
            except TimeoutError:
                continue
        raise MlclError("A host did not answer.")  # `together` says which


@contextmanager
def together(hosts: Hosts) -> Iterator[Joined]:
    """A scheduler in this process, which works too, once the other hosts have joined. MlclError when one does not come,
    or is lost before the work is done."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="tcp",
            host=_reached(hosts.names[0]),
            scheduler_port=_port(),
            dashboard_address=None,
        ) as cluster,
        Client(cluster, direct_to_workers=True) as client,  # type: ignore[no-untyped-call]
    ):
        try:
            client.wait_for_workers(len(hosts.names), timeout=_LONGEST_START)
        except TimeoutError as error:
            raise MlclError("Not all hosts of the job have come.", found=str(error)) from error
        with _told(joined := Joined(hosts, client)):
            yield joined
        client.shutdown()


@contextmanager
def _told(joined: Joined) -> Iterator[None]:
    """Whatever ended the work: when a host is lost, that is why."""
    try:
        yield
    except BaseException as error:
        # Told to end, all hosts go at once: only one that was lost before is the reason.
        end = time.monotonic() + (_SEEN if isinstance(error, Exception) else 0.0)
        while not (lost := joined.lost) and time.monotonic() < end:
            time.sleep(0.05)
        if not lost:
            raise
        raise MlclError(
            f"A host of the job is lost: {', '.join(lost)}.",
            found=str(error) or type(error).__name__,
            fix="Its log says why. Where it says nothing, the system ended it for want of memory: ask for larger "
            "instances, or for more of them.",
        ) from error


def _reached(host: str) -> str:
    """Where a host is. Hosts on loopback are one machine: LightGBM knows itself by the addresses of its interfaces."""
    try:
        address = socket.gethostbyname(host)
    except OSError:
        return "127.0.0.1"
    return "127.0.0.1" if address.startswith("127.") else address


def _port() -> int:
    return int(os.environ.get("MLCL_SCHEDULER_PORT") or PORT)


def _await(host: str, port: int) -> None:
    end = time.monotonic() + _LONGEST_START
    while time.monotonic() < end:
        try:
            socket.create_connection((host, port), 5).close()
        except OSError:
            time.sleep(1)
        else:
            return
    raise MlclError("The first host of the job does not answer.", where=f"{host}:{port}")
