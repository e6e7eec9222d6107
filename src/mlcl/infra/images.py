"""mlcl's container image: built by Docker, pushed to the environment's repository, named by its digest."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlcl import progress
from mlcl.errors import MlclError, UsageError
from mlcl.infra.account import Account
from mlcl.version import __version__

_DIGEST = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")


def require_digest(image: str) -> None:
    """UsageError unless the image is named by its digest: a tag may mean another image tomorrow."""
    if not _DIGEST.fullmatch(image):
        raise UsageError(
            "The image is not named by its digest.", found=image, fix="Write URI@sha256:…, as docker push says."
        )


def push(account: Account, outputs: Mapping[str, Any], source: Path) -> str:
    """Build from `source`/container/Dockerfile, push, and give URI@digest."""
    if not outputs.get("repository_url"):
        raise UsageError("There is no place for the image yet.", fix="mlcl infra apply first")
    if not shutil.which("docker"):
        raise UsageError(
            "Docker is not installed.", fix="Let the workflow of mlcl init --github build the image, or install Docker."
        )
    dockerfile = source / "container" / "Dockerfile"
    if not dockerfile.exists():
        raise UsageError(
            "There is nothing to build from.", where=str(dockerfile), fix="Name mlcl's source: --source FOLDER"
        )
    repository = str(outputs["repository_url"])
    tagged = f"{repository}:{__version__}"
    progress.report(0, 3, "building")
    _docker("build", "--platform", "linux/amd64", "-f", str(dockerfile), "-t", tagged, str(source))
    progress.report(1, 3, "logging in")
    user, password = _login(account)
    _docker("login", "--username", user, "--password-stdin", repository.partition("/")[0], given=password)
    progress.report(2, 3, "pushing")
    _docker("push", tagged)
    return _docker("inspect", "--format", "{{index .RepoDigests 0}}", tagged).strip()


def _login(account: Account) -> tuple[str, str]:
    token = account.call("ecr", "get_authorization_token")["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(token).decode().partition(":")
    return user, password


def _docker(*arguments: str, given: str | None = None) -> str:
    command: Sequence[str] = ("docker", *arguments)
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise MlclError(f"docker {arguments[0]} failed.", found=done.stderr.strip()[-2000:])
    return done.stdout
