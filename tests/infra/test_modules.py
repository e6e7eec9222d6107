"""What every module must keep: format, validity, its own tests, README, checkov."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.infra import terraform
from tools import infra_tables

TESTED = sorted({path.parent.parent for path in terraform.INFRA.glob("**/tests/*.tftest.hcl")})
MODULES = sorted(path.parent for path in terraform.INFRA.glob("**/variables.tf") if ".terraform" not in path.parts)
CHECKOV = Path(__file__).resolve().parents[2] / ".venv-tools" / "bin" / "checkov"


def label(folder: Path) -> str:
    return str(folder.relative_to(terraform.INFRA))


def test_formatted() -> None:
    done = subprocess.run(
        [terraform.program(), "fmt", "-check", "-diff", "-recursive", str(terraform.INFRA)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return terraform.copy(tmp_path_factory.mktemp("modules"))


@pytest.mark.slow
@pytest.mark.parametrize("folder", TESTED, ids=label)
def test_valid_and_its_own_tests_pass(folder: Path, infra: Path) -> None:
    root = terraform.Root(infra / label(folder), {})
    root.run("init", "-input=false", "-no-color", "-backend=false", *terraform.provider_options())
    # A module that is given a second provider cannot be judged by itself; `test` gives it one, and judges it then.
    if "configuration_aliases" not in (folder / "versions.tf").read_text():
        root.run("validate", "-no-color")
    told = root.run("test", "-no-color")
    assert re.search(r"[1-9]\d* passed, 0 failed", told), told


@pytest.mark.parametrize("folder", infra_tables.folders(), ids=label)
def test_the_readme_tells_variables_and_outputs_as_they_are(folder: Path) -> None:
    fix = "run: python tools/infra_tables.py"
    if infra_tables.BEGIN in (folder / "README.md").read_text():
        assert infra_tables.readme(folder) == (folder / "README.md").read_text(), fix


@pytest.mark.parametrize("folder", MODULES, ids=label)
def test_variables_have_a_type_and_all_say_what_they_are(folder: Path) -> None:
    variables = infra_tables.blocks(folder, "variable")
    assert {name for name, body in variables.items() if not re.search(r"^  type\s*=", body, re.MULTILINE)} == set()
    everything = {**variables, **infra_tables.blocks(folder, "output")}
    assert {name for name, body in everything.items() if not infra_tables.description(body)} == set()


def test_files_are_short_and_hold_no_account() -> None:
    files = [p for p in terraform.INFRA.glob("**/*.tf") if ".terraform" not in p.parts]
    assert {p.name: n for p in files if (n := len(p.read_text().splitlines())) >= 300} == {}
    named = re.compile(r"\b\d{12}\b|\b[a-z]{2}-(?:east|west|north|south|central)-\d\b")
    code = {p: re.sub(r"#.*|description\s*=.*|error_message\s*=.*", "", p.read_text()) for p in files}
    # CloudFront's certificates and firewalls lie in us-east-1 whatever one chooses; the sandbox is nobody's account.
    code = {p: text.replace("us-east-1", "") for p, text in code.items()}
    assert {str(p) for p, text in code.items() if named.search(text) and "sandbox" not in p.parts} == set()


@pytest.mark.slow
def test_checkov_finds_nothing_and_every_skip_has_a_reason() -> None:
    if not CHECKOV.exists():
        pytest.skip("checkov is not installed: make .make/tools installs it")
    done = subprocess.run(
        [
            CHECKOV,
            "-d",
            terraform.INFRA,
            "--framework",
            "terraform",
            "-o",
            "json",
            "--compact",
            "--skip-download",
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    found = json.loads(done.stdout)["results"]
    assert sorted({f"{f['check_id']} {f['resource']}" for f in found["failed_checks"]}) == []
    bare = {s["check_id"] for s in found["skipped_checks"] if len(s["check_result"].get("suppress_comment") or "") < 20}
    assert bare == set()
