"""The part of benchmarks/api.py that is about endpoints: a million captured predictions over a month, looks and alerts.

Rows of the data that the model was made from are sent again and again through the pieces that answer and capture a
request; the lines lie in segments as a server with two workers would have left them (mlcl.serving.segments).
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import secrets
from typing import Any

import orjson
import polars as pl

from mlcl.monitoring.look import look
from mlcl.retraining.traffic import _Model
from mlcl.registry import bundle_folder
from mlcl.models.bundle import Bundle
from mlcl.serving import endpoints, events
from mlcl.serving.answers import Answer
from mlcl.serving.web import JSON
from mlcl.stores import Store, keys

NAME = "breast-cancer"
HOURS = 720
WORKERS = 2
LOOKS = 60
ROWS = 500  # different ones


def fill(store: Store, asked: argparse.Namespace) -> None:
    """Captured predictions of the last 30 days, evenly; and a look at each of so many days."""
    now = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    lines = list(_lines(store))
    per_hour = asked.predictions // HOURS
    process, numbers = secrets.token_hex(8), itertools.count()
    for hour in range(HOURS):
        begin = now - dt.timedelta(hours=HOURS - hour)
        count = per_hour + (asked.predictions - per_hour * HOURS if hour == HOURS - 1 else 0)
        parts: list[list[bytes]] = [[] for _ in range(WORKERS)]
        for place in range(count):
            time = begin + dt.timedelta(seconds=3600 * place / count)
            event, text = events.new_id(time, process, next(numbers)), _text(time)
            parts[place % WORKERS].append(lines[place % len(lines)].replace(b"@ID@", event.encode()).replace(b"@TIME@", text))
        for worker, part in enumerate(parts):
            key = f"{keys.captures(NAME)}/live/{begin:%Y/%m/%d/%H}/00-0{worker}-{secrets.token_hex(16)}.jsonl"
            store.put(key, b"".join(part))
    for day in range(LOOKS):
        until = now - dt.timedelta(hours=12 * day)
        look(store, NAME, until - dt.timedelta(hours=1), until, until)


def paths(facts: Any) -> list[str]:
    """Paths of GET requests, with the parameters that the page sends."""
    now = dt.datetime.now(dt.UTC)
    since, until = (f"{now - dt.timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (20, 10))
    base = f"/endpoints/{facts.endpoint}"
    return [
        "/endpoints",
        base,
        f"{base}/history",
        f"{base}/traffic?minutes=60",
        f"{base}/inputs",
        f"{base}/predictions",
        f"{base}/predictions?limit=200",
        f"{base}/predictions?since={since}&until={until}",
        f"{base}/predictions?decision=benign&variant=live&until={until}",
        f"{base}/predictions?decision=none-such",
        f"{base}/prediction-counts",
        f"{base}/prediction-counts?every=day",
        f"{base}/prediction-counts?since={since}&until={until}",
        f"{base}/monitoring",
        f"{base}/looks",
        f"{base}/looks/latest",
        f"{base}/look-series",
        f"{base}/labels",
        f"{base}/jobs",
        "/alerts",
        "/alert-counts",
        f"{base}/retraining",
        f"{base}/attempts",
        "/batches",
    ]


def _lines(store: Store) -> Any:
    """Lines of captured requests with one row each, with @ID@ and @TIME@ for what is different in each."""
    live = endpoints.find(store, NAME).live
    assert live is not None
    model = _Model(NAME, live, Bundle.load(bundle_folder(store, live.bundle_digest)))
    data = next(key for key in store.keys("datasets") if key.endswith("data.parquet"))
    assert store.folder
    for row in pl.read_parquet(store.folder / data).head(ROWS).iter_rows(named=True):
        body = orjson.dumps({"rows": [{name: row[name] for name in model._decoder.names}]}, default=str)
        encoded, scores = model.score(body)
        answered = Answer("@ID@", model.meaning, scores, encoded).reply(JSON).body
        yield events.line("@ID@", "@TIME@", live.version, events.Body(JSON, body), events.Body(JSON, answered))


def _text(time: dt.datetime) -> bytes:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()
