"""The API over a store: in this process (quick), or as a real `mlcl up` (true)."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from mlcl.server.gateway import Gateway
from mlcl.serving.app import App
from mlcl.stores import Store

HERE = "http://127.0.0.1:8080"
API = "/api/v1"
BYTES = {"content-type": "application/octet-stream"}


class Site:
    """A browser's view: the session's cookie and CSRF token go along with everything."""

    def __init__(self, client: httpx.Client, origin: str = HERE) -> None:
        self.client, self.origin = client, origin
        self.session: dict[str, Any] = client.get(f"{API}/session").json()

    @property
    def headers(self) -> dict[str, str]:
        return {"x-csrf-token": self.session["csrf"], "origin": self.origin, "sec-fetch-site": "same-origin"}

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(API + path, **more)

    def told(self, path: str, **more: Any) -> Any:
        """The answer's JSON, which must be a good one."""
        answer = self.get(path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, method: str, path: str, json: Any = None, **more: Any) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        if json is not None:
            more["json"] = json
        return self.client.request(method, API + path, headers=headers, **more)

    def upload(self, content: bytes, name: str = "small.csv") -> str:
        """Sends a file; gives what data.source is to be."""
        told = self.send("POST", "/uploads", {"name": name, "size": len(content)}).json()
        path, size = f"/uploads/{told['id']}", told["part"]
        for offset in range(0, len(content), size):
            part = content[offset : offset + size]
            sent = self.send("PATCH", path, params={"offset": offset}, content=part, headers=BYTES)
            assert sent.status_code == 200, sent.text
            told = sent.json()
        return str(told["source"])


class InProcess(httpx.BaseTransport):
    """The gateway on a loop of its own, asked without a socket. Answers are read whole, so streams need a process."""

    def __init__(self, app: Gateway) -> None:
        self.app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        app.server.start()
        self._run(app.models.start())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._run(self._ask(request))

    def close(self) -> None:
        self._run(self.app.models.stop())
        self.app.server.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        inner = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)  # type: ignore[arg-type]
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await inner.handle_async_request(asked)
        raw = b"".join([piece async for piece in answer.aiter_raw()])
        return httpx.Response(answer.status_code, headers=answer.headers, content=raw)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


@contextmanager
def site(store: Store, *, open_to_all: bool = False) -> Iterator[Site]:
    """In this process."""
    app = Gateway(App(store, open_to_all=open_to_all), store, open_to_all=open_to_all)
    with httpx.Client(transport=InProcess(app), base_url=HERE) as client:
        yield Site(client)


class Process:
    """`mlcl up` over a store, which can be killed and started again."""

    def __init__(self, store: Store) -> None:
        self.store, self.port = store, 0
        self._process: subprocess.Popen[str] | None = None
        self._clients: list[httpx.Client] = []

    def start(self) -> Site:
        mlcl = [sys.executable, "-c", "from mlcl.cli import main; main()"]
        command = [*mlcl, "up", "--store", self.store.address, "--port", str(self.port)]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
        assert self._process.stderr
        for line in self._process.stderr:
            if "Serving " in line:
                self.port = int(line.split("http://127.0.0.1:")[1].split(" ")[0])
                break
        client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)
        self._clients.append(client)
        until(lambda: _answers(client))
        return Site(client, f"http://127.0.0.1:{self.port}")

    def end(self, number: int = signal.SIGTERM) -> int:
        assert self._process
        self._process.send_signal(number)
        code = self._process.wait(60)
        assert self._process.stderr
        self._process.stderr.close()
        self._process = None
        return code

    def close(self) -> None:
        for client in self._clients:
            client.close()
        if self._process:
            self.end(signal.SIGKILL)


@contextmanager
def process(store: Store) -> Iterator[Process]:
    running = Process(store)
    try:
        yield running
    finally:
        running.close()


def until(done: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What `done` gives once it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := done():
            return found
        time.sleep(0.05)
    raise AssertionError("It did not happen in time.")


def ended(site: Site, run: str) -> dict[str, Any]:
    """The run, once it has ended."""
    found: dict[str, Any] = until(lambda: (told := site.told(f"/runs/{run}"))["state"] != "running" and told)
    return found


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/api/v1/session").status_code == 200
    except httpx.TransportError:
        return False
