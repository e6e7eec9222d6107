"""The REST API on a large store: p50 and p95 of every route, as a browser on the same machine sees them.

    python benchmarks/api.py [--runs 10000] [--predictions 1000000] [--calls 40] [--folder FOLDER] [--make]

The store (api_store.py) has that many runs of 20 problems and that many captured predictions of a month, with looks
and alerts; FOLDER keeps it for the next call, `--make` makes it and measures nothing. Every route is asked `--calls`
times, one call after the other, on one connection (api_calls.py). The target is a p95 of 100 ms on every route; a route
that is neither measured nor said to be unmeasured fails, too.
"""

from __future__ import annotations

import argparse
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from api_calls import UNMEASURED, Call, journeys, reads, writes
from api_store import MLCL, NAME, made

TARGET = 100.0  # milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--predictions", type=int, default=1_000_000, help="captured predictions of the endpoint")
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/mlcl-bench/api"))
    parser.add_argument("--make", action="store_true", help="only make the store")
    asked = parser.parse_args()
    facts = made(asked)
    if asked.make:
        return
    measured: set[Call] = set()
    with serving(asked.folder) as client:
        print(f"first list of {asked.runs:,} runs: {first(client):.2f} s after the server answers")
        print(f"all predictions counted after {counted(client):.1f} s\n")
        told = {path: [Call("GET", path)] * asked.calls for path in reads(client, facts)}
        slow = [name for name, calls in told.items() if tell(client, name, calls) > TARGET]
        asks: dict[str, Iterable[Call]] = {
            **{name: (Call("GET", path) for path in paths) for name, paths in journeys(client).items()},
            **{name: map(call, range(asked.calls + asked.calls % 2)) for name, call in writes(client, facts).items()},
        }
        for name, calls in asks.items():
            slow += [name] * (tell(client, name, seen(calls, measured)) > TARGET)
        missed = unmeasured(client, [calls[0] for calls in told.values()] + list(measured))
    print(
        f"\nslower than {TARGET:g} ms at p95: {', '.join(slow) or 'none'}\nnot measured: {', '.join(missed) or 'none'}"
    )
    sys.exit(bool(slow or missed))


def first(client: httpx.Client) -> float:
    """Seconds of the first list of runs."""
    begin = time.perf_counter()
    client.get("/runs").raise_for_status()
    return time.perf_counter() - begin


def counted(client: httpx.Client) -> float:
    """Seconds until every prediction is in the index."""
    begin = time.perf_counter()
    while not client.get(f"/endpoints/{NAME}/predictions?limit=1").raise_for_status().json()["counted"]:
        time.sleep(0.2)
    return time.perf_counter() - begin


def tell(client: httpx.Client, name: str, calls: Iterable[Call]) -> float:
    """Prints one line; gives the p95 in milliseconds."""
    times, size = [], 0
    for call in calls:
        begin = time.perf_counter()
        answer = client.request(call.method, call.path, json=call.json)
        times.append((time.perf_counter() - begin) * 1000)
        answer.raise_for_status()
        size = max(size, len(answer.content))
    times.sort()
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"{name[:72]:72s} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   {size:>9,} bytes", flush=True)
    return p95


def seen(calls: Iterable[Call], into: set[Call]) -> Iterator[Call]:
    """The same calls; what they ask, without what they send, goes into the set."""
    for call in calls:
        into.add(Call(call.method, call.path))
        yield call


def unmeasured(client: httpx.Client, calls: Iterable[Call]) -> list[str]:
    """Operations of the API's document that none of the calls asked."""
    asked = {f"{call.method} {call.path.partition('?')[0]}" for call in calls}
    document = client.get("/openapi.json").raise_for_status().json()
    operations = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in document["paths"].items()
        if path.startswith("/api/v1/")
        for method in methods.keys() & {"get", "post", "put", "patch", "delete"}
    }
    patterns = {one: re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(one))) for one in operations - UNMEASURED}
    return sorted(one for one, pattern in patterns.items() if not any(map(pattern.fullmatch, asked)))


@contextmanager
def serving(folder: Path) -> Iterator[httpx.Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([MLCL, "up", "--store", str(folder), "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60) as client:
            for _ in range(300):
                try:
                    client.headers["x-csrf-token"] = client.get("/session").json()["csrf"]
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            yield client
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


if __name__ == "__main__":
    main()
