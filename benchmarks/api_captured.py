"""The part of benchmarks/api.py that is about endpoints: a million captured predictions over a month, looks and alerts.

Rows of the data that the model was made from are sent again and again through the pieces that answer and capture a
request; the lines lie in segments as a server with two workers would have left them (mlcl.serving.segments).
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import polars as pl

from mlcl.models.bundle import Bundle
from mlcl.monitoring.look import look
from mlcl.registry import bundle_folder
from mlcl.retraining.traffic import _Model
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
            parts[place % WORKERS].append(
                lines[place % len(lines)].replace(b"@ID@", event.encode()).replace(b"@TIME@", text)
            )
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


def counted(client: httpx.Client) -> float:
    """Seconds until every prediction is in the index."""
    begin = time.perf_counter()
    while not client.get(f"/endpoints/{NAME}/predictions?limit=1").raise_for_status().json()["counted"]:
        time.sleep(0.2)
    return time.perf_counter() - begin


def journey(client: httpx.Client, name: str, calls: Any) -> float:
    """Prints one line; gives the p95 in milliseconds of many different calls."""
    times = []
    for path in calls(client):
        begin = time.perf_counter()
        client.get(path).raise_for_status()
        times.append((time.perf_counter() - begin) * 1000)
    times.sort()
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"{name:72s} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms", flush=True)
    return p95


def _deep(client: httpx.Client) -> Iterator[str]:
    """One page after the other."""
    path = f"/endpoints/{NAME}/predictions?limit=200"
    following = ""
    for _ in range(100):
        yield path + following
        cursor = client.get(path + following).json()["next"]
        if cursor is None:
            return
        following = f"&cursor={cursor}"


def _anywhere(client: httpx.Client) -> Iterator[str]:
    """The page before some moment of the month."""
    for hour in range(0, HOURS, HOURS // 60):
        until = dt.datetime.now(dt.UTC) - dt.timedelta(hours=hour)
        yield f"/endpoints/{NAME}/predictions?until={until:%Y-%m-%dT%H:%M:%SZ}"


def _by_id(client: httpx.Client) -> Iterator[str]:
    """One prediction with its lineage."""
    for path in itertools.islice(_anywhere(client), 40):
        for item in client.get(path).json()["items"][:1]:
            yield f"/predictions/{item['id']}"


JOURNEYS = {"page after page of 200": _deep, "pages anywhere in the month": _anywhere, "one prediction by id": _by_id}


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
