"""What the routes share: one Server per process, and the caller of a request."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Request

from mlcl.errors import NotFound
from mlcl.records import Model
from mlcl.server.index import Known
from mlcl.server.live import Live
from mlcl.server.paging import Key, Sorted
from mlcl.server.security import Guard
from mlcl.server.traffic import Recent
from mlcl.stores import Store, keys

if TYPE_CHECKING:
    from mlcl.server.launch import Launcher
    from mlcl.server.settling import Settler
    from mlcl.server.uploading import Uploads
    from mlcl.serving.app import App

Fact = TypeVar("Fact")

_KEPT = 20_000  # documents of finished runs that are kept in memory, in their short form


# What lists are sorted by.
RUNS: dict[str, Key[Known]] = {
    "started_at": lambda known: known.started_at,
    "finished_at": lambda known: known.finished_at,
    "problem": lambda known: known.problem,
    "state": lambda known: known.state,
    "seconds": lambda known: known.seconds,
    "trigger": lambda known: known.trigger,
    "id": lambda known: known.id,
    "model_version": lambda known: known.model_version,
}
MODELS: dict[str, Key[Model]] = {
    "created_at": lambda model: model.created_at,
    "problem": lambda model: model.problem,
    "version": lambda model: model.version,
    "stage": lambda model: model.stage,
    "learner": lambda model: model.learner,
}


class Server:
    """store: what the API shows; live: what is kept of it in memory; models: the model server in this process, or
    None; guard: who may ask."""

    def __init__(self, store: Store, *, open_to_all: bool = False, models: App | None = None) -> None:
        self.store, self.models = store, models
        self.guard = Guard(store, open_to_all=open_to_all, tokens=models.tokens if models else None)
        self.live = Live(store, stopping=lambda: bool(models and models.draining))
        if models is None:
            self.live.each_look(self.guard.tokens.refresh)
        self.traffic = Recent(models)
        self.sorted_runs = Sorted(RUNS, lambda known: known.id)
        self.sorted_models = Sorted(MODELS, _identity)
        self._facts: dict[tuple[str, ...], Any] = {}
        self._parts: dict[Callable[[Server], Any], Any] = {}
        self._lock, self._making = Lock(), Lock()

    def start(self) -> None:
        self.guard.tokens.refresh()
        self.live.start()
        self.live.each_look(self.launcher.reap)
        self.live.each_look(self.settler.look)
        self.live.each_look(self.traffic.look)

    def close(self) -> None:
        self.live.close()
        self.settler.close()

    @cached_property
    def launcher(self) -> Launcher:
        from mlcl.server.launch import Launcher

        return Launcher(self.store, self.live)

    @cached_property
    def settler(self) -> Settler:
        from mlcl.server.settling import Settler

        return Settler(self.store, self.live.runs)

    @cached_property
    def uploads(self) -> Uploads:
        from mlcl.server.uploading import Uploads

        return Uploads(self.store)

    def facts(self, run_id: str, name: str, short: Callable[[dict[str, Any]], Fact]) -> Fact | None:
        """short(document) of a document of a finished run, kept in memory; None where there is no such document."""
        key = f"{keys.run_files(run_id)}/{name}.json"
        try:
            return self.remembered((run_id, name, short.__name__), lambda: short(orjson.loads(self.store.get(key))))
        except NotFound:
            return None

    def remembered(self, key: tuple[str, ...], make: Callable[[], Fact]) -> Fact:
        """What `make` gave the first time; for what never changes."""
        if key not in self._facts:
            made = make()
            with self._lock:
                if len(self._facts) >= _KEPT:
                    self._facts.clear()
                self._facts[key] = made
            return made
        found: Fact = self._facts[key]
        return found

    def part(self, make: Callable[[Server], Fact]) -> Fact:
        """make(self), made once and kept: what some of the routes hold in memory."""
        with self._making:
            if make not in self._parts:
                self._parts[make] = make(self)
            found: Fact = self._parts[make]
            return found


def _identity(model: Model) -> str:
    return f"{model.problem}/{model.version or 0:08}/{model.run}/{model.bundle_digest}"


def _server(request: Request) -> Server:
    server: Server = request.app.state.server
    server.live.ready()
    return server


def _store(request: Request) -> Store:
    store: Store = request.app.state.server.store
    return store


def _caller(request: Request) -> str:
    """Name of the token that the caller showed, or '' on loopback without tokens."""
    return str(getattr(request.state, "caller", ""))


Context = Annotated[Server, Depends(_server)]
TheStore = Annotated[Store, Depends(_store)]
Caller = Annotated[str, Depends(_caller)]
