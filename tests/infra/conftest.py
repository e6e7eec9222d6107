"""AWS on loopback for the tests of the infrastructure."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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

    def one(self, end: str) -> dict[str, Any]:
        """The values of the resource whose address ends so."""
        (found,) = [values for address, values in self.resources.items() if address.endswith(end)]
        return found


class Account(NamedTuple):
    """One account with the state's place (infra/bootstrap) and the environment dev."""

    aws: dict[str, str]
    bootstrap: Applied
    dev: Applied


# What is off by default and shown here, too; the slow tests ask every environment for everything.
ASKED_FOR: dict[str, Any] = {
    "region": terraform.REGION,
    "image": f"123456789012.dkr.ecr.{terraform.REGION}.amazonaws.com/mlcl-dev-mlcl@sha256:{'0' * 64}",
    "notebook": {},
    "destroy": {"data": True, "artefacts": True, "images": True},
    "schedules": {
        "retraining": {"churn": {"pipeline": "mlcl-dev-churn", "expression": "rate(7 days)"}},
        "monitoring": {"churn": {"endpoint": "churn", "expression": "rate(1 hour)"}},
        "new_data": {"churn": {"pipeline": "mlcl-dev-churn", "prefix": "churn/"}},
    },
}
GITHUB = {"repository": "acme/churn", "branch": "main", "environments": ["dev", "production"]}


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder to one worker, those that need the account last: see `applying`."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("infra"))
    items.sort(key=_needs_account)


def _needs_account(item: pytest.Item) -> bool:
    return "account" in getattr(item, "fixturenames", ())


class Applying(NamedTuple):
    """An account whose two roots are being applied."""

    aws: dict[str, str]
    bootstrap: Future[Applied]
    dev: Future[Applied]


@pytest.fixture(scope="session", autouse=True)
def applying(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applying | None]:
    """Begins the one apply that all tests here share, while those that need no account run: for 55 seconds of it the
    provider only waits until it trusts a bucket's lifecycle rules, a time that is fixed in its source."""
    if not any(map(_needs_account, request.session.items)) or not terraform.installed():
        yield None
        return
    folder = tmp_path_factory.mktemp("account")
    running = start(folder / "sandbox")
    infra = terraform.copy(folder)
    with ThreadPoolExecutor(2) as together:
        yield Applying(
            running.environment,
            together.submit(_apply, infra / "bootstrap", running, region=terraform.REGION, github=GITHUB),
            together.submit(_apply, infra / "environments" / "dev", running, **ASKED_FOR),
        )
    running.stop()


@pytest.fixture(scope="session")
def account(applying: Applying | None) -> Account:
    terraform.program()
    assert applying is not None
    return Account(applying.aws, applying.bootstrap.result(), applying.dev.result())


def _apply(folder: Path, running: Running, **variables: Any) -> Applied:
    root = terraform.init(folder, running.environment)
    outputs = root.apply(**variables)
    return Applied(root, outputs, root.resources())


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An AWS for one test module."""
    terraform.program()
    running = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()
