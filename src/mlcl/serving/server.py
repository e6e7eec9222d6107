"""`mlcl serve`: one process, or several workers on one socket that share nothing.

The socket is bound once. A worker that dies is replaced, and the connections that wait to be accepted go to the
others meanwhile. On SIGTERM a worker lets every caller finish: answers say `Connection: close`, and what was captured
is in the store before it ends.
"""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, NamedTuple

import uvicorn

from mlcl.errors import UsageError
from mlcl.serving.app import App, Feedback, Hosted
from mlcl.serving.connection import Connection
from mlcl.serving.tokens import listed
from mlcl.serving.web import log
from mlcl.stores import Store

GRACE = 1.0  # seconds that idle connections get to send one more request before the server stops
FINISH = 30  # seconds that requests being answered get
KEEP_ALIVE = 75
MOST_CONNECTIONS = 2000
_LOOK = 0.2  # seconds between looks at the workers


# Puts something around the model server: model server, store, open_to_all -> the application that is served.
Around = Callable[[App, Store, bool], Any]


class Options(NamedTuple):
    """What a worker needs to know. shared: folder for the counts of all workers, or None for a single process;
    feedback, hosted: see App; around: see serve."""

    store: str
    open_to_all: bool
    shared: str | None = None
    feedback: Feedback | None = None
    hosted: Hosted | None = None
    around: Around | None = None


def serve(  # noqa: PLR0913 - each is an option of the command
    store: Store,
    *,
    host: str = "127.0.0.1",
    port: int = 8080,
    workers: int = 1,
    open_page: bool = False,
    feedback: Feedback | None = None,
    hosted: Hosted | None = None,
    around: Around | None = None,
) -> None:
    """Serves every endpoint of the store until SIGTERM or Ctrl-C. port 0: any free one (logged); feedback, hosted: see
    App; around: what else is served on the port (page and API).

    UsageError: beyond loopback without any token; or the port is taken.
    """
    open_to_all = not is_loopback(host)
    if open_to_all and not hosted and not listed(store):
        raise UsageError(
            "Beyond loopback, callers must show a token, and there is none.",
            found=f"--host {host}",
            fix="mlcl token create NAME",
        )
    _log_to_stderr()
    listening = _bind(host, port)
    address = f"http://{_shown(host)}:{listening.getsockname()[1]}"
    log.info("Serving %s on %s (documentation: %s/docs)", store.address, address, address)
    if open_page:
        threading.Timer(0.5, webbrowser.open, [f"{address}/" if around else f"{address}/docs"]).start()
    options = Options(store.absolute, open_to_all, feedback=feedback, hosted=hosted, around=around)
    if workers == 1:
        work(options, listening)
        return
    with TemporaryDirectory(prefix="mlcl-serve-") as shared:
        Supervisor(options._replace(shared=shared), listening, workers).run()


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def work(options: Options, listening: socket.socket, parent: int | None = None) -> None:
    """Serves in this process until told to end. parent: process without which this one must not go on."""
    _log_to_stderr()
    shared = Path(options.shared) if options.shared else None
    store = Store(options.store)
    app = App(
        store,
        open_to_all=options.open_to_all,
        shared=shared,
        feedback=options.feedback,
        hosted=options.hosted,
    )
    config = uvicorn.Config(
        options.around(app, store, options.open_to_all) if options.around else app,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=FINISH,
        limit_concurrency=MOST_CONNECTIONS,
    )
    Server(config, app, parent).run([listening])


class Server(uvicorn.Server):
    """uvicorn's server that ends slow connections, and whose idle callers learn that it stops before it does."""

    def __init__(self, config: uvicorn.Config, app: App, parent: int | None) -> None:
        super().__init__(config)
        self.app, self.parent = app, parent

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Unlike uvicorn's, does not raise the signal again once the server has drained: that was a good end."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What is loaded by now lives long: the collector need not look at it again, nor after every 700 objects.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 10, 10)

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, Connection):
                    connection.sweep(now)
            if self.parent is not None and os.getppid() != self.parent:
                return True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.app.draining = True
        for server in self.servers:
            server.close()
        end = time.monotonic() + GRACE
        while self.server_state.connections and time.monotonic() < end and not self.force_exit:
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)


class Supervisor:
    """Keeps as many workers as wanted until it is told to stop."""

    def __init__(self, options: Options, listening: socket.socket, workers: int) -> None:
        self.options, self.listening, self.workers = options, listening, workers
        self._stop = threading.Event()
        self._processes: list[BaseProcess] = []

    def run(self) -> None:
        previous = {number: signal.signal(number, self._told) for number in (signal.SIGTERM, signal.SIGINT)}
        self._processes = [self._start() for _ in range(self.workers)]
        try:
            while not self._stop.wait(_LOOK):
                self._processes = [self._alive(process) for process in self._processes]
        finally:
            self._end()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _told(self, *_: Any) -> None:
        self._stop.set()

    def _start(self) -> BaseProcess:
        process = multiprocessing.get_context("spawn").Process(
            target=work, args=(self.options, self.listening, os.getpid()), name="mlcl-worker"
        )
        process.start()
        return process

    def _alive(self, process: BaseProcess) -> BaseProcess:
        if process.is_alive():
            return process
        log.warning("Worker %s died (exit code %s) and is replaced.", process.pid, process.exitcode)
        process.join()
        return self._start()

    def _end(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(GRACE + FINISH + 5)
            process.kill()
        self.listening.close()


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise UsageError(
            "The server cannot listen there.",
            where=f"{host}:{port}",
            found=str(error),
            fix="Choose another port with --port, or end the process that has it.",
        ) from error
    listening.listen(2048)
    listening.set_inheritable(True)
    return listening


def _log_to_stderr() -> None:
    """What happens to models and workers, one line each; no requests, and nothing of what they hold."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    log.setLevel(logging.INFO)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
