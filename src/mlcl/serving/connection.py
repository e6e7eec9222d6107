"""uvicorn's HTTP connection with deadlines: no caller may hold one open by sending or reading slowly."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_WHOLE = 2**20  # bytes of a body that are gathered before the application hears of them
SECONDS = 20.0  # for a whole request to arrive, and for an answer to be taken

_SAID = b'{"type":"about:blank","title":"Request Timeout","status":408,"detail":"The request came too slowly."}'
_TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: application/problem+json\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(_SAID), _SAID)
)


class OneWrite:
    """A transport that lets the head of an answer wait for its body, so that both leave in one system call."""

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop, self._head = transport, loop, b""
        self.is_closing, self.abort, self.get_extra_info = (
            transport.is_closing,
            transport.abort,
            transport.get_extra_info,
        )
        self.pause_reading, self.resume_reading = transport.pause_reading, transport.resume_reading

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/1.1 ") and data.endswith(b"\r\n\r\n"):
            self._head = data
            self._loop.call_soon(self._flush)  # an answer without body
            return
        self._transport.write(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            self.write(b"")


class Connection(HttpToolsProtocol):
    """since: when the caller was last given the word (time of the loop), or None while it is the server's turn."""

    since: float | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(OneWrite(transport, self.loop))  # type: ignore[arg-type]
        self.since = self.loop.time()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.since = self.loop.time()

    def on_body(self, body: bytes) -> None:
        """Gathers a body of usual size whole, instead of stopping the socket and waking the application for pieces."""
        cycle = self.cycle
        if cycle.response_complete or len(cycle.body) + len(body) > _WHOLE:
            super().on_body(body)
        else:
            cycle.body += body

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.since = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self.since = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.since = None

    def sweep(self, now: float) -> None:
        """Ends the connection when the caller has let it wait for too long."""
        if self.since is None or now - self.since < SECONDS or self.transport.is_closing():
            return
        if self.flow.write_paused:
            self.transport.abort()
            return
        self.transport.write(_TOO_SLOW)
        self.transport.close()
