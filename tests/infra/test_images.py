"""The container image: what it is built from, and how it gets to the environment's repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import mlcl
from mlcl.errors import MlclError, UsageError
from mlcl.infra import images
from mlcl.infra.account import Account
from mlcl.sandbox.server import Running
from mlcl.version import code_version
from tests.infra.aws import client
from tests.infra.terraform import REGION

DOCKER = """#!{python}
import json, sys
with open({log!r}, "a") as log:
    log.write(json.dumps([sys.argv[1:], sys.stdin.read() if "--password-stdin" in sys.argv else ""]) + "\\n")
if sys.argv[1] == "inspect":
    print(sys.argv[-1].rpartition(":")[0] + "@sha256:" + "a" * 64)
"""


def test_the_image_is_built_from_what_is_installed(tmp_path: Path) -> None:
    images.context(tmp_path / "image")
    dockerfile = (tmp_path / "image/container/Dockerfile").read_text()
    for line in dockerfile.splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            assert (tmp_path / "image" / line.split()[1]).exists(), line
    assert code(tmp_path / "image/src") == code(Path(mlcl.__file__).parents[1]), "what a run asks for is in the image"
    with pytest.raises(UsageError, match="not empty"):
        images.context(tmp_path / "image")


def code(sources: Path) -> str:
    """The version of the code that Python finds there."""
    said, environment = "from mlcl.version import code_version; print(code_version())", {**os.environ}
    environment["PYTHONPATH"] = str(sources)
    done = subprocess.run([sys.executable, "-c", said], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A docker that writes down what it is asked for; gives that file."""
    program, log = tmp_path / "bin/docker", tmp_path / "asked.jsonl"
    program.parent.mkdir()
    program.write_text(DOCKER.format(python=sys.executable, log=str(log)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return log


def test_it_is_pushed_once_and_named_by_its_digest(sandbox: Running, docker: Path) -> None:
    ecr = client(sandbox.environment, "ecr")
    uri = ecr.create_repository(repositoryName="mlcl-dev-mlcl")["repository"]["repositoryUri"]
    account, outputs = Account(lambda service: client(sandbox.environment, service), REGION), {"repository_url": uri}
    tag = code_version().replace("+", "-")

    pushed = images.push(account, outputs)
    images.require_digest(pushed)
    asked = [json.loads(line) for line in docker.read_text().splitlines()]
    assert [words[0] for words, _ in asked] == ["build", "login", "push", "inspect"]
    assert f"{uri}:{tag}" in asked[0][0]
    assert asked[1][0][-1] == uri.partition("/")[0]
    password = asked[1][1]
    assert len(password) > 0
    assert password not in str(asked[1][0]), "it is not on the command line"

    # What is there under this tag is the code of this installation, and the tag cannot be given away again.
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    config = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": f"sha256:{'0' * 64}"}
    manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": []})
    there = ecr.put_image(repositoryName="mlcl-dev-mlcl", imageManifest=manifest, imageTag=tag)["image"]["imageId"]
    assert images.push(account, outputs) == f"{uri}@{there['imageDigest']}"
    assert len(docker.read_text().splitlines()) == len(asked)


def test_mistakes_say_what_to_do(sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(lambda service: client(sandbox.environment, service), REGION)
    with pytest.raises(UsageError, match="no place for the image"):
        images.push(account, {"repository_url": ""})
    with pytest.raises(UsageError, match="not named by its digest"):
        images.require_digest("123456789012.dkr.ecr.eu-west-2.amazonaws.com/mlcl-dev-mlcl:latest")
    uri = client(sandbox.environment, "ecr").create_repository(repositoryName="empty")["repository"]["repositoryUri"]
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match="Docker is not installed"):
        images.push(account, {"repository_url": uri})


def test_a_docker_that_does_not_run_says_what_to_do(sandbox: Running, docker: Path) -> None:
    program = docker.with_name("bin") / "docker"
    program.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon.' >&2\nexit 1\n")
    account = Account(lambda service: client(sandbox.environment, service), REGION)
    uri = client(sandbox.environment, "ecr").create_repository(repositoryName="stopped")["repository"]["repositoryUri"]
    with pytest.raises(MlclError, match="docker build failed") as caught:
        images.push(account, {"repository_url": uri})
    assert "Cannot connect" in caught.value.found
    assert "docker info" in caught.value.fix
