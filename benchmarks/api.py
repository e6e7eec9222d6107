"""The REST API on a large store: p50 and p95 of every route, as a browser on the same machine sees them.

    python benchmarks/api.py [--runs 10000] [--predictions 1000000] [--calls 40] [--folder FOLDER]

The store has that many runs of 20 problems, of which one is real (it is made first) and the others are copies of it
with other ids and times, and a registry with their models. FOLDER keeps the store for the next call. Every route is
asked `--calls` times, one call after the other, on one connection. The target is a p95 of 100 ms on every route.
"""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import api_captured
import httpx
import orjson

from mlcl.stores import Log, Store, keys

ROOT = Path(__file__).resolve().parent.parent
MLCL = str(Path(sys.executable).with_name("mlcl"))
PROBLEM = ROOT / "examples" / "breast-cancer"
TARGET = 100.0  # milliseconds
PROBLEMS = 20


class Facts(NamedTuple):
    """What paths are made of."""

    run: str
    other: str
    problem: str
    dataset: str
    endpoint: str


def routes(facts: Facts) -> list[str]:
    """Paths of GET requests, each with the parameters that the page sends."""
    run = f"/runs/{facts.run}"
    return [
        "/session",
        "/problems",
        f"/problems/{facts.problem}",
        f"/problems/{facts.problem}/versions",
        "/problem-schema",
        "/runs",
        "/runs?sort=-seconds&limit=200",
        f"/runs?problem={facts.problem}&q=00&state=passed",
        run,
        f"{run}/log",
        *(f"{run}/{name}" for name in ("dataset", "profile", "preparation", "training", "evaluation", "verdict")),
        f"{run}/card",
        f"/comparison?run={facts.run}&run={facts.other}",
        "/models",
        f"/models?problem={facts.problem}&versions=true",
        f"/models/{facts.problem}/champion",
        "/datasets",
        f"/datasets/{facts.dataset}",
        f"/datasets/{facts.dataset}/rows",
    ]


# Further routes and what their store needs are added here: (how to fill the store, paths).
More = tuple[Callable[[Store, argparse.Namespace], None], Callable[[Facts], list[str]]]
MORE: list[More] = [(api_captured.fill, api_captured.paths)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--predictions", type=int, default=1_000_000, help="captured predictions of the endpoint")
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/mlcl-bench/api"))
    asked = parser.parse_args()
    facts = made(asked)
    paths = [*routes(facts), *(path for _, more in MORE for path in more(facts))]
    with serving(asked.folder) as client:
        begin = time.perf_counter()
        client.get("/runs").raise_for_status()
        print(f"first list of {asked.runs:,} runs: {time.perf_counter() - begin:.2f} s after the server answers\n")
        print(f"all predictions counted after {api_captured.counted(client):.1f} s\n")
        slow = [path for path in paths if tell(client, path, asked.calls) > TARGET]
        slow += [
            name for name, calls in api_captured.JOURNEYS.items() if api_captured.journey(client, name, calls) > TARGET
        ]
    print(f"\nslower than {TARGET:g} ms at p95: {', '.join(slow) or 'none'}")
    sys.exit(bool(slow))


def tell(client: httpx.Client, path: str, calls: int) -> float:
    """Prints one line; gives the p95 in milliseconds."""
    times, size = [], 0
    for _ in range(calls):
        begin = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - begin) * 1000)
        answer.raise_for_status()
        size = len(answer.content)
    times.sort()
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"{path[:72]:72s} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   {size:>9,} bytes", flush=True)
    return p95


def made(asked: argparse.Namespace) -> Facts:
    """Makes the store, unless the folder has one of this size."""
    store, mark = Store(asked.folder), asked.folder / f"made-{asked.runs}-{asked.predictions}.json"
    if not mark.exists():
        subprocess.run([MLCL, "run", str(PROBLEM), "--store", str(asked.folder), "--json"], check=True, cwd=ROOT)
        subprocess.run([MLCL, "deploy", "breast-cancer", "--store", str(asked.folder)], check=True, cwd=ROOT)
        facts = multiplied(store, asked.runs)
        for fill, _ in MORE:
            fill(store, asked)
        mark.write_bytes(orjson.dumps(facts._asdict()))
    return Facts(**orjson.loads(mark.read_bytes()))


def multiplied(store: Store, runs: int) -> Facts:
    """Copies the real run."""
    assert store.folder
    real = store.children("runs")[-1]
    state = Log(store, keys.run(real)).latest().document  # type: ignore[union-attr]
    model = Log(store, keys.models("breast-cancer")).latest().document["models"][0]  # type: ignore[union-attr]
    began, models = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), {}
    for number in range(runs - 1):
        at = began + dt.timedelta(minutes=7 * number)
        name, problem = f"{at:%Y%m%d-%H%M%S}-{number:04x}", f"problem-{number % (PROBLEMS - 1)}"
        ended = number % 10 != 9
        document = {**state, "id": name, "problem": problem, "started_at": f"{at:%Y-%m-%dT%H:%M:%S}Z"}
        document |= {} if ended else {"state": "failed", "error": {"what": "The source cannot be read."}}
        folder = store.folder / keys.run(name)
        folder.mkdir(parents=True)
        (folder / "00000001.json").write_bytes(orjson.dumps({**document, "state": "running", "process": ""}))
        (folder / "00000002.json").write_bytes(orjson.dumps(document))
        if ended:
            made = models.setdefault(problem, [])
            made.append({**model, "problem": problem, "run": name, "version": len(made) + 1})
    for problem, made in models.items():
        Log(store, keys.models(problem)).append({"models": made})
    digest = state["dataset_digest"]
    return Facts(run=real, other=real, problem="breast-cancer", dataset=digest, endpoint="breast-cancer")._replace(
        other=name, problem="breast-cancer"
    )


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
                    client.get("/session")
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            yield client
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


if __name__ == "__main__":
    main()
