"""The scripts that set a notebook instance up and stop it, run as they are."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest

from mlcl.sandbox.server import Running
from tests.infra.terraform import INFRA

SCRIPTS = INFRA / "modules" / "notebook" / "scripts"
TOOL = Path(__file__).resolve().parents[2] / "tools" / "notebook_kit.py"
CLI = Path(__file__).resolve().parents[2] / ".venv-clients" / "bin"


@contextmanager
def jupyter(kernels: list[dict[str, Any]], terminals: list[dict[str, Any]]) -> Iterator[str]:
    """The part of Jupyter's REST API that the idle check asks."""
    told = {"/api/kernels": kernels, "/api/terminals": terminals}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(told[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def look(folder: Path, url: str, *, seen: float) -> bool:
    """One look of the idle check, last use known `seen` minutes ago; True when it stops the instance."""
    about = {"ResourceName": "mlcl-dev-notebook", "ResourceArn": "arn:aws:sagemaker:eu-west-2:1:notebook-instance/x"}
    (folder / "about.json").write_text(json.dumps(about))
    (folder / "seen").touch()
    past = time.time() - seen * 60
    os.utime(folder / "seen", (past, past))
    aws = folder / "bin" / "aws"
    aws.parent.mkdir(exist_ok=True)
    aws.write_text(f'#!/bin/sh\necho "$@" > {folder}/stopped\n')
    aws.chmod(0o755)
    told = {"MLCL_JUPYTER": url, "MLCL_SEEN": str(folder / "seen"), "MLCL_METADATA": str(folder / "about.json")}
    environment = {**os.environ, **told, "PATH": f"{aws.parent}:{os.environ['PATH']}"}
    subprocess.run([sys.executable, SCRIPTS / "idle.py", "60"], env=environment, check=True, capture_output=True)
    return (folder / "stopped").exists()


def test_an_idle_notebook_stops_itself(tmp_path: Path) -> None:
    with jupyter([{"execution_state": "idle", "last_activity": ago(90)}], []) as url:
        assert look(tmp_path, url, seen=90)
    wanted = "sagemaker stop-notebook-instance --region eu-west-2 --notebook-instance-name mlcl-dev-notebook"
    assert (tmp_path / "stopped").read_text().strip() == wanted


@pytest.mark.parametrize(
    ("kernels", "terminals"),
    [
        ([{"execution_state": "busy", "last_activity": ago(90)}], []),
        ([{"execution_state": "idle", "last_activity": ago(10)}], []),
        ([], [{"last_activity": ago(10)}]),
    ],
    ids=["busy", "just used", "terminal"],
)
def test_a_used_notebook_goes_on(tmp_path: Path, kernels: list[Any], terminals: list[Any]) -> None:
    with jupyter(kernels, terminals) as url:
        assert not look(tmp_path, url, seen=90)


def test_a_notebook_that_was_just_started_goes_on(tmp_path: Path) -> None:
    with jupyter([], []) as url:
        assert not look(tmp_path, url, seen=1)


def test_without_jupyter_the_time_counts_on(tmp_path: Path) -> None:
    assert not look(tmp_path, "http://127.0.0.1:9", seen=30)
    assert look(tmp_path, "http://127.0.0.1:9", seen=61)


@pytest.fixture
def bucket(sandbox: Running) -> str:
    s3 = client(sandbox)
    s3.create_bucket(Bucket="kits")
    return "kits"


def client(sandbox: Running) -> Any:
    return boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=sandbox.url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def kit(**files: str) -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name.replace("__", "/"))
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return kept.getvalue()


def set_up(sandbox: Running, home: Path, uri: str) -> str:
    environment = {**os.environ, **sandbox.environment, "PATH": f"{CLI}:{os.environ['PATH']}"}
    done = subprocess.run(
        [SCRIPTS / "setup.sh", uri, "dev", "us-east-1", home],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


ALONE = """
import sys
import boto3, ipykernel, lightgbm, mlcl, polars, sklearn, ssl, xgboost
from pathlib import Path
mapped = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if ".so" in line}
print(sorted(path for path in mapped if not path.startswith(sys.argv[1])))
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_kit_needs_nothing_of_the_machine(tmp_path: Path) -> None:
    """Python, kernel and command, moved to another folder, with no library from outside: not even the C library."""
    subprocess.run([sys.executable, TOOL, tmp_path / "kit.tar.gz"], check=True)
    place = tmp_path / "moved"
    with tarfile.open(tmp_path / "kit.tar.gz") as archive:
        archive.extractall(place, filter="fully_trusted")
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}

    def run(*words: str | Path) -> str:
        return subprocess.run(words, env=bare, cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    assert run(place / "bin" / "python3", "-c", ALONE, place).strip() == "[]"
    assert "mlcl" in run(place / "bin" / "mlcl", "--help")
    problem = place / "examples" / "breast-cancer" / "problem.toml"
    assert "well-formed" in run(place / "bin" / "mlcl", "check", problem)


@pytest.mark.skipif(not (CLI / "aws").exists(), reason="the AWS CLI is not installed: make .make/clients installs it")
def test_the_kit_is_brought_and_changed_examples_stay(sandbox: Running, bucket: str, tmp_path: Path) -> None:
    uri = f"s3://{bucket}/mlcl/notebook/kit.tar.gz"
    assert "There is no notebook kit" in set_up(sandbox, tmp_path, uri)

    first = kit(bin__python3="#!/bin/sh\n", examples__a__notebook="one", examples__b="b")
    client(sandbox).put_object(Bucket=bucket, Key="mlcl/notebook/kit.tar.gz", Body=first)
    assert "mlcl is ready" in set_up(sandbox, tmp_path, uri)
    kernel = json.loads((tmp_path / ".local/share/jupyter/kernels/mlcl/kernel.json").read_text())
    assert kernel["argv"][0] == str(tmp_path / "SageMaker/.mlcl/bin/python3")
    assert kernel["env"]["MLCL_ON"] == "aws:dev"
    assert kernel["env"]["MLCL_STORE"] == f"s3://{bucket}/mlcl"
    assert Path(kernel["argv"][0]).exists()

    example = tmp_path / "SageMaker/examples/a/notebook"
    example.write_text("mine")
    second = kit(bin__python3="#!/bin/sh\n", examples__a__notebook="two", examples__c="c")
    client(sandbox).put_object(Bucket=bucket, Key="mlcl/notebook/kit.tar.gz", Body=second)
    set_up(sandbox, tmp_path, uri)
    assert example.read_text() == "mine"
    assert (tmp_path / "SageMaker/examples/c").read_text() == "c"
    assert (tmp_path / "SageMaker/.mlcl/examples/a/notebook").read_text() == "two"
