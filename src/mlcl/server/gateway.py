"""Page, API and model server on one port. The model server comes first and is asked as if it were alone."""

from __future__ import annotations

import asyncio
from functools import cached_property

from mlcl.server.app import PREFIX, create, document
from mlcl.server.context import Server
from mlcl.server.security import Guarded
from mlcl.server.static import Static
from mlcl.serving.app import App
from mlcl.serving.web import Receive, Reply, Scope, Send, json_reply, send_reply
from mlcl.stores import Store

# What the model server answers. A browser that goes to /endpoints… wants the page; programs ask for JSON.
_MODELS = ("/endpoints", "/invocations", "/ping", "/execution-parameters", "/metrics", "/docs", "/openapi.json")
_API = "/api/"
_OPEN = frozenset({f"{PREFIX}/session"})


class Gateway:
    """The whole server as one ASGI application."""

    def __init__(self, models: App, store: Store, *, open_to_all: bool) -> None:
        self.models = models
        self.server = Server(store, open_to_all=open_to_all, models=models)
        self.api = create(self.server)
        self._guarded = Guarded(self.api, self.server.guard, _OPEN)
        self._page = Static()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path.startswith(_MODELS) and not (scope["method"] == "GET" and _navigates(scope, path)):
            await self.models(scope, receive, send)
        elif path == f"{PREFIX}/openapi.json":
            await send_reply(await asyncio.to_thread(lambda: self._document), send)
        elif path.startswith(_API):
            await self._guarded(scope, receive, send)  # type: ignore[arg-type]
        else:
            await self._page(scope, receive, send)

    @cached_property
    def _document(self) -> Reply:
        return json_reply(document(self.api))

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.server.start()
        try:
            await self.models(scope, receive, send)
        finally:
            self.server.close()


def around(models: App, store: Store, open_to_all: bool) -> Gateway:
    """What `mlcl up` puts around the model server (see mlcl.serving.server)."""
    return Gateway(models, store, open_to_all=open_to_all)


def _navigates(scope: Scope, path: str) -> bool:
    """Whether a person's browser goes there, and the place is one of the page's, too."""
    if not path.startswith("/endpoints"):
        return False
    return any(name == b"accept" and value.startswith(b"text/html") for name, value in scope["headers"])
