"""Places that tests of stores run in: a bucket on loopback, a disk that is soon full."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest


@contextmanager
def buckets() -> Iterator[dict[str, str]]:
    """S3 on loopback (moto); gives the environment in which 's3://test/...' is a store.

    Requests are answered one after the other, because moto's conditional put looks and writes in two steps.
    """
    import boto3
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *_: object) -> None:
            pass

    application, turn = DomainDispatcherApplication(create_backend_app), threading.Lock()

    def in_turn(environ, start_response):  # type: ignore[no-untyped-def]
        with turn:
            return list(application(environ, start_response))

    server = make_server("127.0.0.1", 0, in_turn, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }
    client = boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket="test")
    client.close()
    yield environment
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def bucket_environment() -> Iterator[dict[str, str]]:
    with buckets() as environment:
        yield environment


@pytest.fixture
def bucket(bucket_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an empty store in a bucket."""
    for name, value in bucket_environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://test/{uuid4().hex}"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
