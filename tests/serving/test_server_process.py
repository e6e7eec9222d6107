"""`serve` as a process: draining, workers that are killed, slow callers, addresses."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from mlcl.errors import UsageError
from mlcl.serving import capture, endpoints, tokens
from mlcl.serving.server import is_loopback, serve
from mlcl.stores import Store
from tests.serving.served import Process, bundled, deployed, process

ROW = {"age": 33, "income": 3100.25, "job": "cook", "owner": True, "since": "2021-05-01"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    deployed(store)
    return store


def workers(parent: int) -> list[int]:
    """Processes whose parent is `parent` and that serve."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == parent and b"spawn_main" in line and fields[0] != "Z":
            found.append(int(entry.name))
    return found


class Load:
    """Callers that ask without end, each with a connection of its own; a broken connection is opened again."""

    def __init__(self, address: str, callers: int = 4) -> None:
        self.address, self.answers, self.broken = address, [], 0
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(callers)
        self._callers = [self._pool.submit(self._call) for _ in range(callers)]

    answers: list[httpx.Response]

    def _call(self) -> None:
        client = httpx.Client()
        while not self._stop.is_set():
            try:
                self.answers.append(client.post(f"{self.address}/invocations", json=[ROW], timeout=20))
            except httpx.TransportError:
                self.broken += 1
                client.close()
                client = httpx.Client()
        client.close()

    def end(self) -> None:
        self._stop.set()
        for caller in self._callers:
            caller.result(60)
        self._pool.shutdown()


def test_a_deployment_reaches_a_running_server_and_drops_no_request(store: Store) -> None:
    with process(store) as server:
        load = Load(server.address)
        endpoints.deploy(store, "bank", bundled(store, seed=2), 2)
        start = time.monotonic()
        while httpx.post(f"{server.address}/invocations", json=[ROW]).json()["model"]["version"] != 2:
            assert time.monotonic() - start < 30
        load.end()
        assert load.broken == 0
        assert {answer.status_code for answer in load.answers} == {200}


def test_on_sigterm_requests_finish_and_what_was_captured_is_kept(store: Store) -> None:
    start = datetime.now(UTC) - timedelta(seconds=1)
    with process(store) as server:
        statuses, bodies = [], []

        def call() -> None:
            with httpx.Client() as client:
                while True:
                    try:
                        answer = client.post(f"{server.address}/invocations", json=[ROW], timeout=20)
                    except httpx.ConnectError:  # nobody listens any more: no request was lost
                        return
                    statuses.append(answer.status_code)
                    bodies.append(answer.content)

        callers = [threading.Thread(target=call) for _ in range(4)]
        for caller in callers:
            caller.start()
        time.sleep(0.5)
        assert server.stop() == 0
        for caller in callers:
            caller.join(30)
        assert set(statuses) == {200}
    captured = {event.output for event in capture.read(store, "bank", start, datetime.now(UTC) + timedelta(seconds=1))}
    assert set(bodies) <= captured


def test_a_killed_worker_is_replaced_and_no_answer_is_wrong(store: Store) -> None:
    with process(store, workers=2) as server:
        expected = httpx.post(f"{server.address}/invocations", json=[ROW]).json()["predictions"][0]["probability"]
        first = workers(server.process.pid)
        assert len(first) == 2
        load = Load(server.address)
        time.sleep(0.3)
        os.kill(first[0], signal.SIGKILL)
        asked = len(load.answers)
        while len(load.answers) < asked + 50:
            time.sleep(0.05)
        for _ in range(300):
            now = workers(server.process.pid)
            if len(now) == 2 and first[0] not in now:
                break
            time.sleep(0.05)
        else:
            raise AssertionError(server.said())
        load.end()
        assert load.broken <= 4  # the connections that the killed worker held
        assert {answer.status_code for answer in load.answers} == {200}
        assert all(answer.json()["predictions"][0]["probability"] == expected for answer in load.answers)
        assert server.stop() == 0
    assert not workers(server.process.pid)


def test_metrics_are_those_of_all_workers(store: Store) -> None:
    with process(store, workers=2) as server:
        for _ in range(20):
            httpx.post(f"{server.address}/invocations", json=[ROW])
        wanted = 'mlcl_requests_total{endpoint="bank",version="1"} 20'
        for _ in range(200):
            if wanted in httpx.get(f"{server.address}/metrics").text:
                break
            time.sleep(0.05)
        else:
            raise AssertionError(httpx.get(f"{server.address}/metrics").text)


def test_workers_end_with_their_parent(store: Store) -> None:
    with process(store, workers=2) as server:
        left = workers(server.process.pid)
        server.stop(signal.SIGKILL)
        for _ in range(400):
            if not any(Path(f"/proc/{pid}").exists() for pid in left):
                return
            time.sleep(0.05)
        raise AssertionError("workers live on")


@pytest.mark.parametrize(
    "sent",
    [b"", b"POST /invoc", b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"],
)
def test_callers_that_send_too_slowly_are_told_and_hung_up(sent: bytes, slow_server: Process) -> None:
    with closing(socket.create_connection(("127.0.0.1", slow_server.port))) as caller:
        caller.sendall(sent)
        caller.settimeout(20)
        said = b"".join(iter(lambda: caller.recv(4096), b""))
        assert said.startswith(b"HTTP/1.1 408")


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    store = Store(tmp_path_factory.mktemp("slow"))
    deployed(store)
    with process(store, "from mlcl.serving import connection\nconnection.SECONDS = 1.0") as server:
        yield server


def test_answers_without_body_pipelines_and_callers_that_ask_first(slow_server: Process) -> None:
    head = b"HEAD /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", slow_server.port))) as caller:
        caller.sendall(head + head + last)
        said = b"".join(iter(lambda: caller.recv(4096), b""))
    assert said.count(b"HTTP/1.1 200 OK") == 3
    assert said.count(b'{"status":"ok"}') == 1
    body = json.dumps([ROW]).encode()
    ask = b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Type: application/json\r\n"
    with closing(socket.create_connection(("127.0.0.1", slow_server.port))) as caller:
        caller.sendall(ask + b"Content-Length: %d\r\n\r\n" % len(body))
        assert caller.recv(4096).startswith(b"HTTP/1.1 100 Continue")
        caller.sendall(body)
        assert caller.recv(4096).startswith(b"HTTP/1.1 200 OK")


def test_beyond_loopback_a_token_must_exist(store: Store) -> None:
    with pytest.raises(UsageError, match="token"):
        serve(store, host="0.0.0.0", port=0)
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.1.2.3", "example.org")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    tokens.create(store, "shop")
    with process(store, host="0.0.0.0") as server:
        assert httpx.post(f"http://127.0.0.1:{server.port}/invocations", json=[ROW]).status_code == 401


def test_a_port_that_is_taken_is_one_clear_error(store: Store) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="cannot listen"):
            serve(store, port=taken.getsockname()[1])


def test_nothing_of_a_request_is_logged(store: Store) -> None:
    with process(store) as server:
        secret = {"authorization": "Bearer mlcl_very-secret"}
        httpx.post(f"{server.address}/invocations", json=[{**ROW, "job": "private"}], headers=secret)
        httpx.post(f"{server.address}/invocations", json=[{"age": "private"}], headers=secret)
        server.stop()
        assert "private" not in server.said()
        assert "secret" not in server.said()
