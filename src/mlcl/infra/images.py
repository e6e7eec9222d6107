"""mlcl's container image: built by Docker, pushed to the environment's repository, named by its digest."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlcl import progress
from mlcl.errors import MlclError, UsageError
from mlcl.infra.account import Account, Refused
from mlcl.version import code_version

_LOCK = "requirements-container.lock"
_ELSEWHERE = "Without it, the workflow 'mlcl image' of mlcl init --github builds the image."
_DIGEST = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")


def require_digest(image: str) -> None:
    """UsageError unless the image is named by its digest: a tag may mean another image tomorrow."""
    if not _DIGEST.fullmatch(image):
        raise UsageError(
            "The image is not named by its digest.", found=image, fix="Write URI@sha256:…, as docker push says."
        )


def context(folder: Path) -> None:
    """Write what the image is built from into `folder`: Dockerfile, locked requirements, and the sources of this very
    installation, so that the image holds the code of whoever starts runs. UsageError for a folder in use."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError("The folder is not empty.", where=str(folder), fix="Name a new one.")
    dockerfile, lock = _recipe()
    for path, target in ((dockerfile, "container/Dockerfile"), (lock, lock.name)):
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / target)
    package = Path(__file__).resolve().parents[1]
    shutil.copytree(package, folder / "src" / "mlcl", ignore=shutil.ignore_patterns("__pycache__", "page"))


def _recipe() -> tuple[Path, Path]:
    """Dockerfile and locked requirements: of the package, or of the repository that it is developed in."""
    here = Path(__file__).resolve()
    packaged, developed = here.with_name("container"), here.parents[3]
    for dockerfile, lock in (
        (packaged / "Dockerfile", packaged / _LOCK),
        (developed / "container/Dockerfile", developed / _LOCK),
    ):
        if dockerfile.exists():
            return dockerfile, lock
    raise MlclError(
        "What the image is made from is missing.",
        where=str(here.with_name("container")),
        fix="Install mlcl anew: pip install --force-reinstall mlcl",
    )


def push(account: Account, outputs: Mapping[str, Any]) -> str:
    """Build the image of this installation, push it, and give URI@digest. One that is there is not built again."""
    if not outputs.get("repository_url"):
        raise UsageError("There is no place for the image yet.", fix="mlcl infra apply first")
    repository = str(outputs["repository_url"])
    tag = code_version().replace("+", "-")
    if pushed := _pushed(account, repository, tag):
        return pushed
    if not shutil.which("docker"):
        raise UsageError(
            "Docker is not installed.",
            fix=f"Install it. {_ELSEWHERE}",
        )
    tagged = f"{repository}:{tag}"
    with tempfile.TemporaryDirectory() as folder:
        progress.report(0, 3, "building")
        context(Path(folder))
        _docker("build", "--platform", "linux/amd64", "-f", f"{folder}/container/Dockerfile", "-t", tagged, folder)
    progress.report(1, 3, "logging in")
    user, password = _login(account)
    _docker("login", "--username", user, "--password-stdin", repository.partition("/")[0], given=password)
    progress.report(2, 3, "pushing")
    _docker("push", tagged)
    return _docker("inspect", "--format", "{{index .RepoDigests 0}}", tagged).strip()


def _pushed(account: Account, repository: str, tag: str) -> str:
    """URI@digest of the image with this tag, '' where there is none: a tag of the repository cannot be changed."""
    name = repository.partition("/")[2]
    try:
        found = account.call("ecr", "describe_images", repositoryName=name, imageIds=[{"imageTag": tag}])
    except Refused as refused:
        if refused.code != "ImageNotFoundException":
            raise
        return ""
    return f"{repository}@{found['imageDetails'][0]['imageDigest']}"


def _login(account: Account) -> tuple[str, str]:
    token = account.call("ecr", "get_authorization_token")["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(token).decode().partition(":")
    return user, password


def _docker(*arguments: str, given: str | None = None) -> str:
    command = ("docker", *arguments)
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        fix = f"Does Docker run (docker info)? {_ELSEWHERE}"
        raise MlclError(f"docker {arguments[0]} failed.", found=done.stderr.strip()[-2000:], fix=fix)
    return done.stdout
