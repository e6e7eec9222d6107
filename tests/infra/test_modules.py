"""What the sources must keep: format, validity, their own tests, what they say of themselves, checkov, the lock."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.infra import terraform
from tests.infra.terraform import INFRA
from tools import infra_tables

CHECKOV = INFRA.parent / ".venv-tools" / "bin" / "checkov"
TESTED = sorted({path.parent.parent for path in INFRA.glob("**/tests/*.tftest.hcl")})
MODULES = sorted(path.parent for path in INFRA.glob("modules/*/versions.tf"))
ENVIRONMENTS = sorted(path.parent for path in INFRA.glob("environments/*/main.tf"))
ROOTS = [INFRA / "bootstrap", *ENVIRONMENTS]
DESCRIBED = sorted(path.parent for path in INFRA.glob("**/variables.tf") if ".terraform" not in path.parts)
SOURCES = sorted(path for path in INFRA.glob("**/*.tf") if ".terraform" not in path.parts)


def label(folder: Path) -> str:
    return str(folder.relative_to(INFRA))


def often(folders: list[Path], first: str) -> list[Any]:
    """`first` in every run, the others in the slow one: each start of the provider takes seconds."""
    return [pytest.param(one, marks=() if one.name == first else pytest.mark.slow, id=label(one)) for one in folders]


def test_formatted() -> None:
    done = subprocess.run(
        [terraform.program(), "fmt", "-check", "-diff", "-recursive", str(INFRA)],
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return terraform.copy(tmp_path_factory.mktemp("modules"))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("folder", often(TESTED, "schedule"))
def test_valid_and_its_own_tests_pass(folder: Path, infra: Path) -> None:
    """`terraform test` with a provider that is not asked."""
    root = terraform.Root(infra / label(folder), {"AWS_REGION": terraform.REGION})
    root.run("init", "-input=false", "-no-color", "-backend=false", *terraform.provider_options())
    # A module that is given a second provider cannot be judged by itself; `test` gives it one, and judges it then.
    if "configuration_aliases" not in (folder / "versions.tf").read_text():
        root.run("validate", "-no-color")
    told = root.run("test", "-no-color")
    assert re.search(r"[1-9]\d* passed, 0 failed", told), told


@pytest.mark.slow  # the default run applies one of them, and they differ in values alone
@pytest.mark.timeout(120)
@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=label)
def test_every_environment_is_valid(environment: Path, tmp_path: Path) -> None:
    root = terraform.init(terraform.copy(tmp_path) / "environments" / environment.name, {})
    assert "valid" in root.run("validate", "-no-color")


def test_environments_differ_in_values_alone() -> None:
    """What one environment has, all have: the same files, variables with the same types, the same wiring."""

    def shape(environment: Path) -> dict[str, object]:
        variables = (environment / "variables.tf").read_text()
        plain = re.sub(r'optional\((\w+(?:\(\w+\))?), (?:"[^"]*"|[\w.]+)\)', r"optional(\1)", variables)
        plain = re.sub(r"^  default +=.*\n", "", plain, flags=re.M)
        main = (environment / "main.tf").read_text().replace(f'"{environment.name}"', '"ENV"')
        return {
            "files": sorted(path.name for path in environment.glob("*.tf")),
            "variables": plain,
            "main": main,
            "outputs": (environment / "outputs.tf").read_text(),
        }

    shapes = [shape(environment) for environment in ENVIRONMENTS]
    assert {environment.name for environment in ENVIRONMENTS} == {"dev", "staging", "production", "sandbox"}
    for other in shapes[1:]:
        assert other == shapes[0]


def test_every_root_locks_the_same_provider_on_every_platform() -> None:
    """That the lock fits the provider is shown by every apply here: `terraform init -lockfile=readonly`."""
    locks = {(root / ".terraform.lock.hcl").read_text() for root in ROOTS}
    assert len(locks) == 1
    [lock] = locks
    assert re.findall(r'^provider "(.*)" \{', lock, re.M) == ["registry.terraform.io/hashicorp/aws"]
    assert len(set(re.findall(r'"zh:[0-9a-f]{64}"', lock))) == 15, "the archives of all platforms"


@pytest.mark.parametrize("module", MODULES, ids=label)
def test_a_module_is_whole(module: Path) -> None:
    assert {"versions.tf", "variables.tf", "outputs.tf", "README.md"} <= {path.name for path in module.glob("*")}
    assert module in TESTED, "terraform test"


@pytest.mark.parametrize("folder", infra_tables.folders(), ids=label)
def test_the_readme_tells_variables_and_outputs_as_they_are(folder: Path) -> None:
    fix = "run: python tools/infra_tables.py"
    if infra_tables.BEGIN in (folder / "README.md").read_text():
        assert infra_tables.readme(folder) == (folder / "README.md").read_text(), fix


@pytest.mark.parametrize("folder", DESCRIBED, ids=label)
def test_variables_have_a_type_and_all_say_what_they_are(folder: Path) -> None:
    variables = infra_tables.blocks(folder, "variable")
    assert {name for name, body in variables.items() if not re.search(r"^  type\s*=", body, re.MULTILINE)} == set()
    everything = {**variables, **infra_tables.blocks(folder, "output")}
    assert {name for name, body in everything.items() if not infra_tables.description(body)} == set()


def test_files_are_short_and_hold_no_account() -> None:
    assert {p.name: n for p in SOURCES if (n := len(p.read_text().splitlines())) >= 300} == {}
    named = re.compile(r"\b\d{12}\b|\b[a-z]{2}-(?:east|west|north|south|central)-\d\b")
    code = {p: re.sub(r"#.*|description\s*=.*|error_message\s*=.*", "", p.read_text()) for p in SOURCES}
    # CloudFront's certificates and firewalls lie in us-east-1 whatever one chooses; the sandbox is nobody's account.
    code = {p: text.replace("us-east-1", "") for p, text in code.items()}
    assert {str(p) for p, text in code.items() if named.search(text) and "sandbox" not in p.parts} == set()


def test_every_skipped_check_has_its_reason_beside_it() -> None:
    skips = [(p, line.strip()) for p in SOURCES for line in p.read_text().splitlines() if "checkov:skip" in line]
    assert len(skips) > 5
    assert [skip for skip in skips if not re.search(r"checkov:skip=CKV2?_AWS_\d+:\S.{19,}", skip[1])] == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_checkov_finds_nothing_and_every_skip_has_a_reason() -> None:
    if not CHECKOV.exists():
        pytest.skip("checkov is not installed: make .make/tools installs it")
    options = ["--framework", "terraform", "-o", "json", "--compact", "--skip-download"]
    done = subprocess.run(
        [CHECKOV, "-d", INFRA, *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    found = json.loads(done.stdout)["results"]
    assert len(found["passed_checks"]) > 100, "it looked"
    assert sorted({f"{f['check_id']} {f['resource']}" for f in found["failed_checks"]}) == []
    bare = {s["check_id"] for s in found["skipped_checks"] if len(s["check_result"].get("suppress_comment") or "") < 20}
    assert bare == set()
