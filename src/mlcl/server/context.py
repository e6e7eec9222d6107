"""What the routes share: one Server per process, and the caller of a request."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from mlcl.stores import Store


class Server:
    """store: what the API shows; models: the model server in this process (mlcl.serving.app.App), or None."""

    def __init__(self, store: Store, *, models: Any = None) -> None:
        self.store, self.models = store, models


def _server(request: Request) -> Server:
    server: Server = request.app.state.server
    return server


def _store(request: Request) -> Store:
    return _server(request).store


def _caller(request: Request) -> str:
    """Name of the token that the caller showed, or '' on loopback without tokens."""
    return str(getattr(request.state, "caller", ""))


Context = Annotated[Server, Depends(_server)]
TheStore = Annotated[Store, Depends(_store)]
Caller = Annotated[str, Depends(_caller)]
