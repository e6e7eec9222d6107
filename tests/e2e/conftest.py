"""A real Chromium (Debian's), driven by Playwright; the whole cloud path, gone once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import ROOT
from tests.e2e.typed import Person
from tests.infra import terraform


# Of a module, not of the session: while Playwright's loop runs in this thread, no other test can start one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine; `make browser` installs Debian's where it may")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


PATH = (
    "mlcl sandbox up",
    "mlcl infra apply --env sandbox --yes",
    "mlcl run examples/breast-cancer/problem.toml --on aws:sandbox",
)
CURL = """curl -sS --fail-with-body --aws-sigv4 aws:amz:us-east-1:execute-api --user test:test \\
  -H 'Content-Type: application/json' -d '{"rows": [{"mean radius": 14.2, "worst area": 880}]}' \\
  %s/_aws/execute-api/mlcl-sandbox-api/live/predict/mlcl-sandbox-breast-cancer"""
# What a person who works with mlcl may do, they do: run, look, deploy, verify, tidy up.
_ON = "--on aws:sandbox"
WORK = (
    f"mlcl run examples/breast-cancer/problem.toml {_ON} --set problem.name=other --set train.trials=0"
    " --set train.learner=linear --set aws.endpoint.on_pass=false",
    f"mlcl runs {_ON}",
    f"mlcl logs latest {_ON}",
    f"mlcl deploy other {_ON}",
    f"mlcl verify other {_ON}",
    f"mlcl costs {_ON} --idle 4h",
    f"mlcl undeploy other {_ON}",
)


class Lived(NamedTuple):
    """What came of the path: said by the run, answered by the gateway; actions: what was used of AWS (actions.jsonl);
    made: Terraform's resources by address."""

    person: Person
    path: tuple[str, ...]
    said: str
    answer: str
    actions: list[dict[str, Any]]
    made: dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    terraform.program()
    person = Person(tmp_path_factory.mktemp("empty"))
    shutil.copytree(ROOT / "examples" / "breast-cancer", person.home / "examples" / "breast-cancer")
    with person.sandbox() as url:
        said = [person.types(line) for line in PATH[1:]][-1]
        curl = CURL % url
        answer = person.types(curl)
        for line in WORK:
            person.types(line, **_operator(url))
        actions = (person.home / ".mlcl" / "sandbox" / "actions.jsonl").read_text().splitlines()
        made = _made(person.home / "infra" / "sandbox" / "terraform.tfstate")
        yield Lived(person, (*PATH, curl), said, answer, [json.loads(line) for line in actions], made)


def _operator(url: str) -> dict[str, str]:
    """Credentials of the role of whoever works with mlcl."""
    import boto3

    from mlcl.sandbox import server

    given = server.environment(url)
    sts = boto3.client(
        "sts",
        endpoint_url=url,
        region_name=given["AWS_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )
    role = "arn:aws:iam::123456789012:role/mlcl-sandbox-operator"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="somebody")["Credentials"]
    own = {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"]}
    return {**given, **own, "AWS_SESSION_TOKEN": keys["SessionToken"]}


def _made(state: Path) -> dict[str, dict[str, Any]]:
    return {
        f"{one.get('module', '')}.{one['type']}.{one['name']}[{instance.get('index_key', 0)}]": instance["attributes"]
        for one in json.loads(state.read_text())["resources"]
        for instance in one["instances"]
        if one["mode"] == "managed"
    }
