"""Documentation is a test: every command shown runs, every key and command stands in the docs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools import problem_reference

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
# Blocks marked `sh` and `python` run; others (`sh skip`: set-up, covered by CI itself) are shown only.
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.stem)
def test_every_command_shown_runs(page: Path, folder: Path) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "MLCL_PORT": "0"}
    script = ["set -eu", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for number, (language, text) in enumerate(blocks(page)):
        if language == "python":
            (folder / f"block{number}.py").write_text(text)
        script.append(f"python block{number}.py\n" if language == "python" else text)
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{page.name}:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"


def test_pages_may_be_tried_at_once() -> None:
    """Each page has ports of its own: else it could ask the server of another one, which is gone a moment later."""
    ports = [port for page in PAGES for _, text in blocks(page) for port in re.findall(r"--port (\d+)", text)]
    assert len(ports) == len(set(ports)), ports


def test_the_reference_is_current() -> None:
    assert problem_reference.TARGET.read_text(encoding="utf-8") == problem_reference.reference()
    assert problem_reference.SCHEMA.read_text(encoding="utf-8") == problem_reference.schema_text()


def test_every_command_stands_in_the_docs() -> None:
    import typer.main

    from mlcl.cli.app import app

    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    missing = [name for name in commands if not re.search(rf"mlcl {name}\b", text)]
    assert not missing, f"commands that no page shows: {missing}"


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"
