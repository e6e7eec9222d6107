"""The workflows: checked by the tools of the trade, pinned, without standing rights, and ours are what users get."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from mlcl.errors import UsageError
from mlcl.infra import delivery

ROOT = Path(__file__).resolve().parents[2]
OWN = sorted((ROOT / delivery.WORKFLOWS).glob("*.yml"))
TOOLS = ROOT / ".venv-tools/bin"


def tool(name: str, *arguments: str | Path) -> None:
    if not (TOOLS / name).exists():
        pytest.skip(f"{name} is not installed: make .make/tools")
    done = subprocess.run([TOOLS / name, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout + done.stderr


def test_zizmor_finds_nothing() -> None:
    tool("zizmor", "--offline", "--config", ".github/zizmor.yml", ".github/workflows")


def test_the_workflows_fit_githubs_schema() -> None:
    tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *OWN)


def test_ours_are_what_users_get() -> None:
    for name, text in delivery.workflows(".[aws]").items():
        assert (ROOT / delivery.WORKFLOWS / name).read_text() == text, f"{name}: python tools/workflows.py"


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.stem)
def test_actions_are_pinned_and_rights_are_asked_for(file: Path) -> None:
    text = file.read_text()
    for used in re.findall(r"uses: (\S+)", text):
        assert used.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used), used
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert set(job["permissions"]) <= {"contents", "id-token", "pull-requests", "issues"}
        assert job["permissions"]["contents"] == "read"
    assert "secrets." not in text  # no long-lived key anywhere
    assert not re.search(r"\b\d{12}\b", text)  # no account
    for line in re.findall(r"run: \|\n((?: {10,}.*\n)+)", text):
        assert "${{" not in line, "an expression in a script is an injection"


def test_users_get_them(tmp_path: Path) -> None:
    written = delivery.write(tmp_path)
    assert {path.name for path in written} == set(delivery.workflows())
    assert all("@INSTALL@" not in path.read_text() for path in written)
    delivery.write(tmp_path)  # the same again is no conflict
    written[0].write_text("mine")
    with pytest.raises(UsageError, match="other workflows"):
        delivery.write(tmp_path)
    assert written[0].read_text() == "mine"
    delivery.write(tmp_path, force=True)
    assert written[0].read_text() != "mine"
