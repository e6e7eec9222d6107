"""One prediction request, from its body to its answer."""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from mlcl.features.parts import Encoded
from mlcl.models.table import Floats, Matrix
from mlcl.serving import content
from mlcl.serving.answers import Answer
from mlcl.serving.events import stamp
from mlcl.serving.fleet import Endpoint, Served
from mlcl.serving.scoring import Short
from mlcl.serving.web import CSV, Fault, Reply, Request, log

_BIG = 2**20  # bytes of a body that is read beside the loop
_MOST_HELD = 2**28  # bytes of all bodies being worked on
_MOST_SHADOWS = 64  # requests being copied to a shadow; with more, copies are left out


class Call(NamedTuple):
    """A request to predict. key: chooses the variant, where the caller wants it always to be the same one; kept:
    whether its predictions are captured (a question of what would be must not look like traffic to monitoring)."""

    event_id: str
    time: str
    content_type: str
    accept: str
    body: bytes
    key: bytes
    explain: bool
    skip: bool
    kept: bool


class Predictions:
    """Answers the calls of one process."""

    def __init__(self) -> None:
        # Not the threads that score: what takes long must not keep common requests waiting.
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, "mlcl-long")
        self._process = secrets.token_hex(8)
        self._numbers = itertools.count()
        self._held = 0
        self._shadows: set[asyncio.Task[None]] = set()

    async def answer(self, request: Request, endpoint: Endpoint) -> Reply:
        """Scores a request's rows with one of the endpoint's variants."""
        start = time.perf_counter()
        call = self._call(request, await request.body(endpoint.settings.max_bytes))
        served = endpoint.pick(call.key)
        error = True
        self._held += len(call.body)
        try:
            if self._held > _MOST_HELD:
                raise Fault(503, "The server is busy.", ((b"retry-after", b"1"),))
            reply = await self._reply(call, endpoint, served)
            error = False
        except Fault as fault:
            error = fault.status >= 500
            raise
        finally:
            self._held -= len(call.body)
            served.record(time.perf_counter() - start, error)
        for shadow in endpoint.shadows if call.kept else ():
            self._copy(call, endpoint, shadow)
        return reply

    async def finish(self) -> None:
        """Waits for the copies to shadows; no call may follow."""
        await asyncio.gather(*self._shadows, return_exceptions=True)
        self._threads.shutdown(wait=False)

    def _call(self, request: Request, body: bytes) -> Call:
        query = request.query
        moment, start = stamp(time.time_ns() // 1_000_000)
        return Call(
            event_id=f"{start}-{self._process}-{next(self._numbers):x}",
            time=moment,
            content_type=request.header(b"content-type"),
            accept=content.accepted(request.header(b"accept")),
            body=body,
            key=request.headers.get(b"x-mlcl-key", b""),
            explain=bool(query) and _choice(query, "explain", ("false", "true")) == "true",
            skip=bool(query) and _choice(query, "on_error", ("fail", "skip")) == "skip",
            kept=not query or _choice(query, "capture", ("true", "false")) == "true",
        )

    async def _reply(self, call: Call, endpoint: Endpoint, served: Served) -> Reply:
        long = call.explain or len(call.body) > _BIG
        answer = await (self._limited if long else self._score)(call, endpoint, served)
        served.counts.add(answer.encoded)
        header = call.accept != CSV or content.wants_header(call.content_type, call.body, served.loaded.decoder.names)
        reply = answer.reply(call.accept, header=header)
        if call.kept:
            await _capture(call, endpoint, served, reply)
        return reply

    async def _limited(self, call: Call, endpoint: Endpoint, served: Served) -> Answer:
        """As `_score`, within the endpoint's time. (A short call only waits for the loop, which no limit hastens.)"""
        seconds = endpoint.settings.max_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._score(call, endpoint, served)
        except TimeoutError as error:
            raise Fault(503, f"The request took more than {seconds:g} seconds.") from error

    async def _score(self, call: Call, endpoint: Endpoint, served: Served) -> Answer:
        most = endpoint.settings.max_rows
        encode = partial(served.loaded.encode, call.content_type, call.body, most, call.skip)
        request: Short | Encoded
        if len(call.body) > _BIG:
            request = await asyncio.get_running_loop().run_in_executor(self._threads, encode)
        elif call.skip or not content.is_short(call.content_type, call.body, most):
            request = encode()
        else:
            request = Short(call.body, encode)
        scored = await served.batcher.score(request)
        contributions = await self._explain(scored.encoded.matrix, served) if call.explain else None
        return Answer(
            call.event_id, served.meaning, scored.scores, scored.encoded, call.skip, contributions, scored.texts
        )

    async def _explain(self, matrix: Matrix, served: Served) -> Floats:
        explain = served.bundle.predictor.contributions
        async with served.loaded.explaining:  # the libraries do not promise that this may run twice at once
            return await asyncio.get_running_loop().run_in_executor(self._threads, explain, matrix)

    def _copy(self, call: Call, endpoint: Endpoint, shadow: Served) -> None:
        """Asks a shadow too, off the path of the answer."""
        if len(self._shadows) < _MOST_SHADOWS:
            task = asyncio.get_running_loop().create_task(self._ask_shadow(call, endpoint, shadow))
            self._shadows.add(task)
            task.add_done_callback(self._shadows.discard)

    async def _ask_shadow(self, call: Call, endpoint: Endpoint, shadow: Served) -> None:
        start, error = time.perf_counter(), False
        try:
            await self._reply(call._replace(explain=False), endpoint, shadow)
        except Fault as fault:
            error = fault.status >= 500
        except Exception:  # noqa: BLE001 - it only says something of the shadow
            error = True
            log.exception("%s: the shadow failed", endpoint.name)
        shadow.record(time.perf_counter() - start, error)


async def _capture(call: Call, endpoint: Endpoint, served: Served, reply: Reply) -> None:
    capture = endpoint.capture
    capture.record(
        call.event_id,
        call.time,
        call.content_type,
        call.body,
        reply.content_type,
        reply.body,
        served.variant.role,
        served.variant.version,
    )
    if capture.full:
        await capture.room()


def _choice(query: dict[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """A query parameter; the first of `allowed` when it is not given."""
    value = query.get(name, allowed[0])
    if value not in allowed:
        raise Fault(422, f"The parameter {name} is wrong.", found=value, allowed=list(allowed))
    return value
