"""What all jobs and endpoints share: the plane, the images, clients in a role's name, and the list of what runs."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlcl.sandbox import identity
from mlcl.sandbox.control.plane import Plane
from mlcl.sandbox.runtime.container import end_all
from mlcl.sandbox.runtime.files import Failed, Files
from mlcl.sandbox.runtime.images import Images


class Hooks(NamedTuple):
    """note: records what AWS itself would do in a role's name (role, action, resource); strike: raises AwsError where a
    fault was asked for (service, action, path, caller)."""

    note: Callable[[str, str, str], None]
    strike: Callable[[str, str, str, str], None]


class Runtime:
    """folder: below which the containers have their places; keep: whether places stay after their job has ended."""

    def __init__(self, plane: Plane, folder: Path, images: Images, hooks: Hooks, *, keep: bool = False) -> None:
        self.plane, self.folder, self.images, self.keep = plane, folder, images, keep
        self.note, self.strike = hooks
        self._running: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def add(self, kind: str, name: str, running: Any) -> None:
        with self._lock:
            self._running[kind, name] = running

    def drop(self, kind: str, name: str) -> None:
        with self._lock:
            self._running.pop((kind, name), None)

    def get(self, kind: str, name: str) -> Any:
        with self._lock:
            return self._running.get((kind, name))

    def names(self) -> list[tuple[str, str]]:
        with self._lock:
            return list(self._running)

    def end(self) -> None:
        """End all that runs."""
        end_all()
        self.clear(self.folder)

    def command(self, image: str) -> list[str]:
        """Raises Failed for an image without a command."""
        command = self.images.command(image)
        if command is None:
            raise Failed(
                f"ClientError: The sandbox has no command for image {image}. It runs programs, not images: start it "
                f"with --image '{image}=COMMAND'."
            )
        return command

    def place(self, *names: str) -> Path:
        """An empty folder."""
        folder = self.folder.joinpath(*names)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def clear(self, folder: Path) -> None:
        if not self.keep:
            shutil.rmtree(folder, ignore_errors=True)


class Clients:
    """boto3 clients of a role. credentials: as environment variables, for the container."""

    def __init__(self, role: str, session: str, region: str) -> None:
        self.role, self.region = role, region
        self.credentials = identity.assume(role, session[:64], region)
        self._made: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._made:
            self._made[service] = client(service, self.region, self.credentials)
        return self._made[service]

    @property
    def files(self) -> Files:
        return Files(self.client("s3"), self.role, self.region)


_SESSION_LOCK = threading.Lock()
_SESSION: list[Any] = []


def client(service: str, region: str, credentials: Mapping[str, str] | None = None) -> Any:
    """A boto3 client of the sandbox itself; without credentials it is AWS that acts, not a role."""
    import os

    import boto3
    from botocore.config import Config

    with _SESSION_LOCK:  # making a client is not thread-safe
        if not _SESSION:
            _SESSION.append(boto3.session.Session())
        given = credentials or {}
        return _SESSION[0].client(
            service,
            region_name=region,
            endpoint_url=os.environ["AWS_ENDPOINT_URL"],
            aws_access_key_id=given.get("AWS_ACCESS_KEY_ID", AWS_ITSELF),
            aws_secret_access_key=given.get("AWS_SECRET_ACCESS_KEY", "test"),
            aws_session_token=given.get("AWS_SESSION_TOKEN"),
            config=Config(retries={"max_attempts": 5, "mode": "standard"}, s3={"addressing_style": "path"}),
        )


AWS_ITSELF = "sandbox"  # the access key of what AWS does in nobody's name
