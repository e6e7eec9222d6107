"""No AWS call leaves loopback: the cloud path works where there is nothing else, and a call that would is seen."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.infra import terraform

ALONE = ("unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


def test_a_call_of_aws_would_be_seen() -> None:
    with pytest.raises(AssertionError, match="address of AWS"):
        socket.getaddrinfo("sts.us-east-1.amazonaws.com", 443)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_cloud_needs_nothing_but_loopback() -> None:
    """All its processes at once, whatever language they are written in: a network with loopback alone."""
    try:
        possible = subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        possible = False
    if not possible:
        pytest.skip("this machine lets nobody make a network of their own (unshare)")
    tests = ["tests/platforms/test_cloud.py"]
    if terraform.plugins():  # otherwise Terraform fetches its provider
        tests.append("tests/e2e/test_cloud_path.py")
    # Tests that run in parallel tell their workers by variables.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*ALONE, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "slow or not slow", *tests],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout
