"""AWS on loopback for the tests of the infrastructure."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mlcl.sandbox.server import Running, start
from tests.infra import terraform


class Applied(NamedTuple):
    """A root that was applied: its outputs and what its state held then."""

    root: terraform.Root
    outputs: dict[str, Any]
    resources: dict[str, dict[str, Any]]


class Account(NamedTuple):
    """One account with the state's place (infra/bootstrap) and the modules that every environment stands on."""

    aws: dict[str, str]
    bootstrap: Applied
    foundation: Applied


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An AWS for one test module."""
    terraform.program()
    running = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Applied once for all: Terraform waits for 50 seconds until it trusts a bucket's lifecycle rules."""
    terraform.program()
    folder = tmp_path_factory.mktemp("account")
    running = start(folder / "sandbox")
    infra = terraform.copy(folder)
    shutil.copytree(Path(__file__).parent / "foundation", infra / "foundation")
    github = {"repository": "acme/churn", "branch": "main", "environments": ["dev", "production"]}
    with ThreadPoolExecutor(2) as together:
        first = together.submit(_apply, infra / "bootstrap", running, region=terraform.REGION, github=github)
        second = together.submit(_apply, infra / "foundation", running)
        account = Account(running.environment, first.result(), second.result())
    yield account
    running.stop()


def _apply(folder: Path, running: Running, **variables: Any) -> Applied:
    root = terraform.init(folder, running.environment)
    outputs = root.apply(**variables)
    return Applied(root, outputs, root.resources())
