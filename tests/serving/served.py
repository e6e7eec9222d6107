"""Small deployed models, and servers in this process or in their own, for tests of the model server."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import numpy as np
import polars as pl

from mlcl.features.recipe import Recipe
from mlcl.models import bundle, learners
from mlcl.models.table import Table
from mlcl.serving import endpoints
from mlcl.serving.app import App
from mlcl.stores import Store, keys

LABELS = {"binary": ["no", "yes"], "multiclass": ["high", "low", 'so "so"'], "regression": None}
KINDS = {"age": "integer", "income": "number", "job": "category", "owner": "boolean", "since": "date"}


def frame(rows: int = 300, seed: int = 0) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    table = pl.DataFrame(
        {
            "age": random.integers(18, 80, rows),
            "income": random.normal(3000, 700, rows),
            "job": random.choice(["clerk", "stüdent", "retired, at home", "cook"], rows),
            "owner": random.random(rows) < 0.5,
            "since": (np.datetime64("2020-01-01") + random.integers(0, 900, rows)).astype("datetime64[D]"),
        }
    )
    return table.with_columns(pl.when(pl.col("age") % 17 == 0).then(None).otherwise(pl.col("job")).alias("job"))


def deployed(store: Store, name: str = "bank", task: str = "binary", version: int = 1, **options: Any) -> str:
    """Trains a small model, puts its bundle into the store and deploys it; gives the bundle's digest."""
    digest = bundled(store, task, seed=version)
    endpoints.deploy(store, name, digest, version, **options)
    return digest


def bundled(store: Store, task: str = "binary", seed: int = 1, learner: str = "xgboost") -> str:
    table = frame()
    recipe = Recipe.fit(table, KINDS, {"senior": "age > 60"})  # type: ignore[arg-type]
    x = recipe.apply(table)
    score = (
        table["age"].to_numpy() * 30 + table["income"].to_numpy() + np.random.default_rng(seed).normal(0, 500, len(x))
    )
    y = {"binary": score > 4500, "multiclass": np.digitize(score, [4000, 5000]), "regression": score}[task]
    labels = LABELS[task]
    y = y.astype(np.float64 if labels is None else np.int32)
    data = Table(x, y, recipe.feature_names, recipe.feature_kinds, recipe.cardinality)
    setting = learners.Setting(task, len(labels or ()), 1, 1)
    parameters = {} if learner == "linear" else {"n_estimators": 10}
    with TemporaryDirectory() as folder:
        model, out = Path(folder, "model"), Path(folder, "bundle")
        model.mkdir()
        out.mkdir()
        learners.learner(learner).fit(data, setting, parameters, None).model.save(model)
        parts = {
            "problem": {"name": "bank"},
            "task": task,
            "labels": labels,
            "positive": "yes" if task == "binary" else None,
            "threshold": 0.4 if task == "binary" else None,
            "recipe": recipe.model_dump(mode="json"),
            "metrics": {},
            "lineage": {"seed": seed},
        }
        digest = bundle.write(out, model=model, baseline=b"{}", parts=parts)
        store.upload(out, keys.bundle(digest))
    return digest


class InProcess:
    """The application on a loop of its own, asked without a socket."""

    def __init__(self, store: Store, **options: Any) -> None:
        self.store = store
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.app = App(store, **options)
        self.run(self.app.start())
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1:8080")

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        response: httpx.Response = self.run(self._client.request(method, path, **more))
        return response

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, content: Any, content_type: str = "application/json", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        more = {"json": content} if isinstance(content, dict | list) else {"content": content}
        return self.ask("POST", path, headers={"content-type": content_type, **named}, **more)

    def refresh(self) -> None:
        self.run(self.app._refresh())

    def close(self) -> None:
        self.run(self._client.aclose())
        self.run(self.app.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def in_process(store: Store, **options: Any) -> Iterator[InProcess]:
    server = InProcess(store, **options)
    try:
        yield server
    finally:
        server.close()


class Process:
    """`serve` in a process of its own. before: code that it runs first."""

    def __init__(self, store: Store, before: str = "", **options: Any) -> None:
        call = f"serve(Store({store.address!r}), port=0, **{options!r})"
        code = (
            "from mlcl.serving.server import serve\nfrom mlcl.stores import Store\n"
            f"{before}\nif __name__ == '__main__':\n    {call}\n"
        )
        self._folder = TemporaryDirectory()
        script = Path(self._folder.name, "run.py")
        script.write_text(code)
        self.log = Path(self._folder.name, "log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([sys.executable, str(script)], stderr=log, env={**os.environ})
        self.address = self._wait_for(r"on (http://\S+) ")
        self._wait_until_ready()

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])

    def said(self) -> str:
        return self.log.read_text()

    def _wait_for(self, pattern: str) -> str:
        for _ in range(600):
            if found := re.search(pattern, self.said()):
                return found[1]
            assert self.process.poll() is None, self.said()
            threading.Event().wait(0.05)
        raise AssertionError(self.said())

    def _wait_until_ready(self) -> None:
        for _ in range(600):
            try:
                httpx.get(f"{self.address}/ping", timeout=5)
                return
            except httpx.TransportError:
                threading.Event().wait(0.05)
        raise AssertionError(self.said())

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)

    def close(self) -> None:
        self.stop()
        self._folder.cleanup()


@contextmanager
def process(store: Store, before: str = "", **options: Any) -> Iterator[Process]:
    server = Process(store, before, **options)
    try:
        yield server
    finally:
        server.close()
