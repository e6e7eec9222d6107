"""mlcl sandbox up, env, status, down, as processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.sandbox.started import client

pytestmark = pytest.mark.xdist_group("sandbox")
MLCL = Path(sys.executable).with_name("mlcl")


def mlcl(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MLCL, "sandbox", *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_up_env_status_down(tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path))
    assert "No sandbox runs on this folder" in mlcl("status", *folder).stderr
    up = subprocess.Popen([MLCL, "sandbox", "up", "--port", "0", *folder, "--json"], stdout=subprocess.PIPE, text=True)
    try:
        assert up.stdout is not None
        told = json.loads(up.stdout.readline())
        exported = dict(line.removeprefix("export ").split("=", 1) for line in mlcl("env", *folder).stdout.splitlines())
        assert exported == told["environment"] == json.loads(mlcl("env", "--json", *folder).stdout)
        client("s3", exported).create_bucket(Bucket="mine")
        assert json.loads(mlcl("status", "--json", *folder).stdout)["running"] == []
        second = mlcl("up", *folder)
        assert (second.returncode, "runs on this folder already" in second.stderr) == (2, True)
        assert mlcl("down", *folder).returncode == 0
        assert up.wait(20) == 0
    finally:
        up.kill()
        up.wait()
        up.stdout.close()  # type: ignore[union-attr]
    assert mlcl("status", *folder).returncode == 2


def test_what_runs_ends_with_the_sandbox(tmp_path: Path) -> None:
    from tests.sandbox.started import IMAGE, PROGRAMS, World, sandbox

    with sandbox(tmp_path, images={IMAGE: f"{sys.executable} {PROGRAMS}"}) as running:
        world = World(running)
        world.train("left", HyperParameters={"behaviour": "sleep"})
        end = time.monotonic() + 20
        while not _processes(tmp_path) and time.monotonic() < end:
            time.sleep(0.05)
        assert _processes(tmp_path)
    assert not _processes(tmp_path)


def test_the_environment_sandbox_is_the_sandbox_of_the_folder(tmp_path: Path) -> None:
    """--on aws:sandbox finds it without any variable, and never goes to AWS instead."""
    from tests.sandbox.started import sandbox

    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}

    def runs() -> str:
        command = [MLCL, "runs", "--on", "aws:sandbox"]
        return subprocess.run(command, cwd=tmp_path, env=kept, capture_output=True, text=True, check=False).stderr

    assert "mlcl sandbox up" in runs()
    with sandbox(tmp_path / ".mlcl" / "sandbox"):
        assert "mlcl infra apply --env sandbox" in runs()


def _processes(folder: Path) -> list[str]:
    """Processes whose container lies below the folder."""
    found = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"MLCL_CONTAINER_ROOT={folder}" in file.read_text(errors="replace"):
                found.append(file.parent.name)
        except OSError:
            continue
    return found
