"""A model's server under the hosting contract: started with its model, watched by /ping, asked by /invocations."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlcl.sandbox.control.resources import Record
from mlcl.sandbox.runtime import implied
from mlcl.sandbox.runtime.container import Container
from mlcl.sandbox.runtime.core import Clients, Runtime
from mlcl.sandbox.runtime.files import Failed, unpack
from mlcl.sandbox.runtime.job import entry
from mlcl.sandbox.runtime.logs import Log
from mlcl.sandbox.runtime.place import Place, arguments, environment, places

HEALTHY_WITHIN = 240.0  # seconds from the start to the first good /ping
PING_WITHIN = 2.0
ANSWER_WITHIN = 60.0
_TICK = 0.05


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


class Options(NamedTuple):
    """variables: further environment; group, stream: of the log; healthy_within: seconds."""

    variables: Mapping[str, str]
    group: str
    stream: str
    healthy_within: float = HEALTHY_WITHIN


class ModelServer:
    """The process of one model. Raises Failed when the image, the model or the start fails."""

    def __init__(self, runtime: Runtime, model: Record, clients: Clients, folder: Path, options: Options) -> None:
        self._runtime, self._options, self._clients = runtime, options, clients
        self.place: Place = places(folder, 1)[0]
        self.definition = container_of(runtime, model, clients.region)
        implied.pull(runtime.note, clients.role, self.definition["Image"])
        if model.get("VpcConfig"):
            implied.vpc(runtime.note, clients.role)
        fetch(self.definition, self.place, clients)
        self.port = _free_port()
        self._log = Log(clients.client("logs"), options.group, options.stream, folder / "server.log")
        self._container = self._start(runtime)

    def _start(self, runtime: Runtime) -> Container:
        command = entry(runtime.command(self.definition["Image"]), None, None, ["serve"])
        given = {
            "SAGEMAKER_BIND_TO_PORT": str(self.port),
            "SAGEMAKER_SAFE_PORT_RANGE": f"{self.port}-{self.port}",
            **self.definition.get("Environment", {}),
            **self._options.variables,
        }
        variables = environment(self.place, given, self._clients.credentials, self._clients.region)
        return Container(arguments(self.place, command), variables, self.place.root, self._log.line)

    def wait(self, give_up: Callable[[], bool]) -> None:
        """Until /ping is good. Raises Failed with AWS's words when it does not become so."""
        end = time.monotonic() + self._options.healthy_within
        tick = _TICK
        while not self.healthy():
            code = self._container.code
            if code is not None:
                raise Failed(
                    "The primary container for production variant did not pass the ping health check. Please check "
                    f"CloudWatch logs for this endpoint. (The server ended with exit code {code}.)"
                )
            if time.monotonic() > end or give_up():
                raise Failed(
                    "The primary container for production variant did not pass the ping health check. Please check "
                    f"CloudWatch logs for this endpoint. (No good /ping within {self._options.healthy_within:g} s.)"
                )
            time.sleep(tick)
            tick = min(0.5, tick * 1.3)

    def healthy(self) -> bool:
        try:
            return self.ask("GET", "/ping", timeout=PING_WITHIN).status == 200
        except OSError:
            return False

    @property
    def alive(self) -> bool:
        return self._container.code is None

    def invoke(self, body: bytes, headers: Mapping[str, str], timeout: float = ANSWER_WITHIN) -> Answer:
        """POST /invocations. Raises OSError (TimeoutError when it takes too long)."""
        return self.ask("POST", "/invocations", body, headers, timeout)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = ANSWER_WITHIN,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        except http.client.HTTPException as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()

    def stop(self, grace: float = 30.0) -> None:
        self._container.stop(grace)
        self._log.close()


def container_of(runtime: Runtime, model: Record, region: str) -> Record:
    """The one container of a model; a model package's is looked up. Raises Failed for inference pipelines."""
    containers: list[Any] = model.get("Containers") or [model["PrimaryContainer"]]
    if len(containers) > 1:
        raise Failed("The sandbox does not do models of several containers (inference pipelines).")
    container: Record = dict(containers[0])
    if "ModelPackageName" in container:
        package = runtime.plane.describe("ModelPackage", container["ModelPackageName"], region)
        if package.get("ModelApprovalStatus", "Approved") != "Approved":
            raise Failed(
                f"Model package {package['ModelPackageArn']} is not approved ({package['ModelApprovalStatus']})."
            )
        described = package["InferenceSpecification"]["Containers"][0]
        variables = {**described.get("Environment", {}), **container.get("Environment", {})}
        container = {**described, **container, "Environment": variables}
    return container


def fetch(definition: Record, place: Place, clients: Clients) -> None:
    """The model's data into /opt/ml/model: an unpacked archive, or the files of a prefix."""
    folder = place.ml / "model"
    source = definition.get("ModelDataSource", {}).get("S3DataSource")
    address = source["S3Uri"] if source else definition.get("ModelDataUrl", "")
    if not address:
        return
    if source and source["S3DataType"] == "S3Prefix" and source.get("CompressionType") != "Gzip":
        clients.files.download(address, folder)
        return
    archive = place.root / "model.tar.gz"
    clients.files.get(address, archive)
    unpack(archive, folder)
    archive.unlink()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
