"""Terraform's own checks of every module and root, and what the sources promise about themselves."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.infra import terraform
from tests.infra.terraform import INFRA

ROOT = INFRA.parent
MODULES = sorted(path.parent for path in INFRA.glob("modules/*/versions.tf"))
TESTED = [path for path in MODULES if list(path.glob("tests/*.tftest.hcl"))]
ENVIRONMENTS = sorted(path.parent for path in INFRA.glob("environments/*/main.tf"))
CHECKOV = ROOT / ".venv-tools" / "bin" / "checkov"


def name(path: Path) -> str:
    return path.name


def test_everything_is_formatted() -> None:
    done = subprocess.run(
        [terraform.program(), "fmt", "-check", "-recursive", "-list=true", str(INFRA)],
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def often(paths: list[Path], first: str) -> list[Any]:
    """`first` in every run, the others in the slow one: each start of the provider takes seconds."""
    return [pytest.param(path, marks=() if path.name == first else pytest.mark.slow, id=path.name) for path in paths]


@pytest.mark.parametrize("environment", often(ENVIRONMENTS, "dev"))
@pytest.mark.timeout(120)
def test_every_environment_is_valid(environment: Path, tmp_path: Path) -> None:
    root = terraform.init(terraform.copy(tmp_path) / "environments" / environment.name, {})
    assert "valid" in root.run("validate", "-no-color")


@pytest.mark.parametrize("module", often(TESTED, "schedule"))
@pytest.mark.timeout(300)
def test_module(module: Path, tmp_path: Path) -> None:
    """`terraform test` with a provider that is not asked."""
    folder = terraform.copy(tmp_path) / "modules" / module.name
    root = terraform.Root(folder, {"AWS_REGION": terraform.REGION})
    root.run("init", "-input=false", "-no-color", "-backend=false", *terraform.provider_options())
    assert "0 failed" in root.run("test", "-no-color")


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_a_module_is_whole(module: Path) -> None:
    files = {path.name for path in module.glob("*")}
    assert {"versions.tf", "variables.tf", "outputs.tf", "README.md"} <= files
    assert module in TESTED, "terraform test"
    for block in re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', (module / "variables.tf").read_text(), re.M | re.S):
        assert re.search(r"^  type\s+=", block[1], re.M), f"{module.name}: {block[0]} has no type"
        assert "description" in block[1], f"{module.name}: {block[0]} is not described"
    for block in re.findall(r'^output "(\w+)" \{\n(.*?)^\}', (module / "outputs.tf").read_text(), re.M | re.S):
        assert "description" in block[1], f"{module.name}: {block[0]} is not described"


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


def test_every_skipped_check_has_its_reason() -> None:
    for path in INFRA.rglob("*.tf"):
        for line in path.read_text().splitlines():
            if "checkov:skip" in line:
                assert re.search(r"checkov:skip=CKV2?_AWS_\d+:\S.{15,}", line), f"{path}: {line.strip()}"


def test_nothing_belongs_to_one_account() -> None:
    """No account id, and no region but the one that AWS itself fixes for CloudFront."""
    for path in [*INFRA.glob("modules/**/*.tf"), *INFRA.glob("environments/*/*.tf"), *INFRA.glob("bootstrap/*.tf")]:
        if "sandbox" in path.parts:
            continue
        text = "\n".join(re.sub(r"#.*", "", line) for line in path.read_text().splitlines())
        assert not re.search(r"\b\d{12}\b", text), path
        regions = set(re.findall(r'"((?:us|eu|ap)-[a-z]+-\d)"', text))
        assert regions <= {"us-east-1"}, path


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_checkov_finds_nothing() -> None:
    if not CHECKOV.exists():
        pytest.skip("checkov is not installed: make .make/tools")
    done = subprocess.run(
        [CHECKOV, "-d", str(INFRA), "--framework", "terraform", "--quiet", "--compact", "--skip-download"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout[-4000:]
