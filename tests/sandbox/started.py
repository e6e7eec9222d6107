"""Sandboxes and bare moto servers that tests start."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlcl.sandbox import server

ROLE_TRUST = '{"Version": "2012-10-17", "Statement": []}'


def client(service: str, environment: dict[str, str], **more: Any) -> Any:
    import boto3

    return boto3.client(
        service,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        **more,
    )


@contextmanager
def bare_moto() -> Iterator[dict[str, str]]:
    """moto's own server, unmended, in a process of its own."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from moto.server import main; main()", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/moto-api/data.json")
        yield server.environment(url)
    finally:
        process.kill()
        process.wait()


@contextmanager
def sandbox(folder: Path, **options: Any) -> Iterator[server.Running]:
    running = server.start(folder, **options)
    try:
        yield running
    finally:
        running.stop()


def _wait(url: str) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
