"""The server as one ASGI application: routes, access, and errors. No framework: a prediction passes few lines."""

from __future__ import annotations

import asyncio
import math
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from mlcl.errors import MlclError, NotFound
from mlcl.serving import describe, openapi
from mlcl.serving.fleet import Endpoint, Fleet
from mlcl.serving.metrics import Metrics, Samples, sample
from mlcl.serving.predict import Predictions
from mlcl.serving.series import Series
from mlcl.serving.tokens import Tokens
from mlcl.serving.web import (
    CLOSE,
    HTML,
    TEXT,
    Disconnected,
    Fault,
    Receive,
    Reply,
    Request,
    Scope,
    Send,
    json_reply,
    log,
    send_reply,
)
from mlcl.stores import Store

POLL = 0.5  # seconds between looks at the store
ENDPOINT = "MLCL_ENDPOINT"  # environment variable: the endpoint that /invocations means
_ATTRIBUTES = b"x-amzn-sagemaker-custom-attributes"
_PRINTABLE = re.compile(rb"[ -~]{0,1024}")
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}

_MOST_WAITING = 16  # bodies of outcomes that wait for their turn

Answer = Callable[[Request], Awaitable[Reply]]
# Stores outcomes: store, endpoint, content type, body, query, now, most rows -> what became of them.
Feedback = Callable[[Store, str, str, bytes, Mapping[str, str], datetime, int], dict[str, Any]]


class Hosted(NamedTuple):
    """A platform stands in front, and only lets in who may ask. captures: address of the store that predictions are
    captured into ('': the one that is served)."""

    captures: str = ""


class App:
    """store: what to serve; open_to_all: whether it listens beyond loopback, and so demands a token; shared: folder in
    which the workers of one server leave their counts for each other; feedback: what takes outcomes, if anything does;
    hosted: when a platform runs the server behind itself.
    """

    def __init__(
        self,
        store: Store,
        *,
        open_to_all: bool = False,
        shared: Path | None = None,
        feedback: Feedback | None = None,
        hosted: Hosted | None = None,
    ) -> None:
        self.hosted = hosted
        self.open_to_all, self.draining = open_to_all, False
        self._store, self._feedback = store, feedback
        self._turn, self._waiting = asyncio.Lock(), 0
        self.metrics, self.series = Metrics(shared), Series(shared)
        self.tokens = Tokens(store, seconds=math.inf)
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, "mlcl-score")
        captures = Store(hosted.captures) if hosted and hosted.captures else store
        self.fleet = Fleet(store, self.metrics, self._threads, captures)
        self._predictions = Predictions()
        self._only = os.environ.get(ENDPOINT)
        self._watching: asyncio.Task[None] | None = None
        self._routes: dict[str, dict[str, Answer]] = {
            "/": {"GET": self._home},
            "/ping": {"GET": self._ping},
            "/invocations": {"POST": self._invoke},
            "/execution-parameters": {"GET": self._execution_parameters},
            "/endpoints": {"GET": self._endpoints},
            "/openapi.json": {"GET": self._openapi},
            "/docs": {"GET": self._docs},
            "/metrics": {"GET": self._metrics},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def start(self) -> None:
        """Loads what is deployed and begins to watch the store."""
        await self._refresh()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Ends the watch and makes sure that what was captured is in the store."""
        if self._watching:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        await self._predictions.finish()
        await asyncio.gather(*(endpoint.capture.close() for endpoint in self.fleet.endpoints.values()))
        self.metrics.share(self.samples())
        self._threads.shutdown(wait=False)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL)
            try:
                await self._refresh()
            except Exception:  # noqa: BLE001 - the next look may go well, and what is live stays so
                log.exception("The look at the store failed.")

    async def _refresh(self) -> None:
        await asyncio.to_thread(self.tokens.refresh)
        for capture in await asyncio.to_thread(self.fleet.refresh):
            await capture.close()
        self.metrics.share(self.samples())
        self.series.look(self.metrics, self.fleet.endpoints.values())

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            reply = await self._reply(request)
        except Disconnected:
            return
        attributes = request.headers.get(_ATTRIBUTES)
        if attributes is not None and _PRINTABLE.fullmatch(attributes):
            reply = reply._replace(headers=(*reply.headers, (_ATTRIBUTES, attributes)))
        if self.draining:
            reply = reply._replace(headers=(*reply.headers, CLOSE))
        await send_reply(reply, send)

    async def _reply(self, request: Request) -> Reply:
        try:
            return await self._answer(request)
        except Fault as fault:
            return self._refuse(request, fault)
        except MlclError as error:
            return self._refuse(request, Fault.of(error))
        except (Disconnected, asyncio.CancelledError):
            raise
        except Exception:  # noqa: BLE001 - the caller is told, the log has it all
            log.exception("%s %s failed", request.method, request.path)
            return self._refuse(request, Fault(500, "The server failed. The fault is logged."))

    def _refuse(self, request: Request, fault: Fault) -> Reply:
        name = request.path.split("/")[2] if request.path.startswith("/endpoints/") else ""
        self.metrics.rejected[name if name in self.fleet.endpoints else "", fault.status] += 1
        return fault.reply

    async def _answer(self, request: Request) -> Reply:
        path = request.path
        if path not in ("/ping", "/docs", "/"):
            self._check_access(request)
        methods = self._routes.get(path) or self._endpoint_routes(path)
        answer = methods.get("GET" if request.method == "HEAD" else request.method)
        if answer is None:
            allowed = ", ".join(methods)
            raise Fault(405, "This method is not allowed here.", ((b"allow", allowed.encode()),), allowed=allowed)
        return await answer(request)

    def _endpoint_routes(self, path: str) -> dict[str, Answer]:
        parts = path.split("/")[1:]
        if parts[0] == "endpoints" and len(parts) == 2:
            return {"GET": self._endpoint}
        if parts[0] == "endpoints" and len(parts) == 3 and parts[2] == "predict":
            return {"POST": self._predict}
        if parts[0] == "endpoints" and len(parts) == 3 and parts[2] == "feedback" and self._feedback:
            return {"POST": self._outcomes}
        raise Fault(404, "There is nothing under this path.", do="See /docs.")

    def _check_access(self, request: Request) -> None:
        if self.hosted:
            return
        if self.open_to_all or len(self.tokens):
            scheme, _, token = request.header(b"authorization").partition(" ")
            if not token:
                raise Fault(401, "A token is needed.", ((b"www-authenticate", b"Bearer"),), do="mlcl token create NAME")
            if scheme.lower() != "bearer" or self.tokens.check(token.strip()) is None:
                raise Fault(403, "This token is not known.")
            return
        # Without tokens, a page of some web site must not reach a server on loopback under a name of its own.
        host = request.header(b"host")
        if host and host.lower().rsplit(":", 1)[0] not in _LOOPBACK and host.lower() not in _LOOPBACK:
            raise Fault(403, "Without tokens, the server answers to loopback names only.", found=host)

    def _find(self, name: str) -> Endpoint:
        endpoint = self.fleet.endpoints.get(name)
        if endpoint is None:
            if name in self.fleet.refused:
                raise Fault(503, f"The endpoint '{name}' has no model that can be loaded.")
            raise NotFound.among("endpoint", name, self.fleet.endpoints, fix="mlcl deploy NAME")
        return endpoint

    def _target(self, request: Request) -> Endpoint:
        """The endpoint that /invocations means: the one named by the header or the environment, or the only one."""
        name = request.header(b"x-mlcl-endpoint") or self._only
        if name:
            return self._find(name)
        endpoints = self.fleet.endpoints
        if len(endpoints) == 1:
            return next(iter(endpoints.values()))
        if not endpoints:
            raise Fault(503, "No model is deployed yet.", do="mlcl deploy NAME")
        raise Fault(404, "Which endpoint? There are several.", allowed=sorted(endpoints), do="Send X-Mlcl-Endpoint.")

    async def _invoke(self, request: Request) -> Reply:
        return await self._predictions.answer(request, self._target(request))

    async def _predict(self, request: Request) -> Reply:
        return await self._predictions.answer(request, self._find(request.path.split("/")[2]))

    async def _outcomes(self, request: Request) -> Reply:
        """Outcomes of predictions. One body at a time, beside the loop, so that predictions do not wait for it."""
        endpoint = self._find(request.path.split("/")[2])
        if self._waiting >= _MOST_WAITING:
            raise Fault(503, "Too many outcomes are waiting to be stored.", ((b"retry-after", b"1"),))
        self._waiting += 1
        try:
            body = await request.body(endpoint.settings.max_bytes)
            content_type, most = request.header(b"content-type"), endpoint.settings.max_rows
            call = (self._store, endpoint.name, content_type, body, request.query, datetime.now(UTC), most)
            async with self._turn:
                return json_reply(await asyncio.to_thread(self._feedback, *call))  # type: ignore[arg-type]
        finally:
            self._waiting -= 1

    async def _ping(self, request: Request) -> Reply:
        """200 as soon as models can answer: the contract of SageMaker and of load balancers."""
        if self.draining:
            raise Fault(503, "The server is about to stop.")
        name = self._only
        if not self.fleet.endpoints or (name and name not in self.fleet.endpoints):
            raise Fault(503, "No model is deployed yet.", do="mlcl deploy NAME")
        return json_reply({"status": "ok"})

    async def _execution_parameters(self, request: Request) -> Reply:
        most = os.cpu_count() or 1
        return json_reply({"MaxConcurrentTransforms": most, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6})

    async def _endpoints(self, request: Request) -> Reply:
        return json_reply({"endpoints": [describe.brief(one) for one in self.fleet.endpoints.values()]})

    async def _endpoint(self, request: Request) -> Reply:
        name = request.path.split("/")[2]
        return json_reply(describe.full(self._find(name), self.fleet.refused.get(name, "")))

    async def _openapi(self, request: Request) -> Reply:
        return json_reply(openapi.document(list(self.fleet.endpoints.values()), feedback=self._feedback is not None))

    async def _docs(self, request: Request) -> Reply:
        page = resources.files("mlcl.serving").joinpath("docs.html").read_bytes()
        policy = b"default-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'"
        return Reply(200, HTML, page, ((b"content-security-policy", policy),))

    async def _home(self, request: Request) -> Reply:
        return Reply(307, TEXT, b"", ((b"location", b"/docs"),))

    async def _metrics(self, request: Request) -> Reply:
        return Reply(200, TEXT, self.metrics.render(self.samples(), self._gauges()))

    def samples(self) -> Samples:
        samples = self.metrics.samples()
        for name, endpoint in self.fleet.endpoints.items():
            stats = endpoint.capture.stats()
            samples[sample("mlcl_captured_total", (("endpoint", name),))] = stats.captured
            samples[sample("mlcl_capture_lost_total", (("endpoint", name),))] = stats.lost
        return samples

    def _gauges(self) -> Samples:
        gauges: Samples = {"mlcl_store_reachable": 0 if self.fleet.error else 1}
        for name, endpoint in self.fleet.endpoints.items():
            for one in endpoint.variants:
                labels: Any = (("endpoint", name), *((key, str(value)) for key, value in describe.variant(one).items()))
                gauges[sample("mlcl_endpoint_info", labels)] = 1
        return gauges
