"""The model server against a bare one, and against peers where they are installed: same rows, same kind of model.

    python benchmarks/serving.py [--rounds 3] [--seconds 2] [--peers FOLDER] [--only NAME ...]

The model has 100 trees of depth 6 on the bank data. The floor is uvicorn with orjson, a code table for each category
and the booster of the same bundle: no validation, no capture, no metrics, one answer field. mlcl runs as deployed, with
all of that. FOLDER holds virtual environments of peers (mlflow/, mlserver/); MLServer gets the encoded matrix and so
prepares nothing. All servers run at once, one is asked at a time, and every round asks each; medians are told. The
client is wrk on the same cores, so what it needs is missing in the figures; CPU is what the server's processes used for
one request, which other work on the machine changes least.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from batch import MLCL, PROBLEM
from contest import machine
from scaled import table

HERE = Path(__file__).resolve().parent
FLOOR = "bare uvicorn + xgboost"
JSON, CSV = "application/json", "text/csv"
CELLS = [("1 row JSON", 1), ("1 row JSON", 32), ("500 rows JSON", 1), ("500 rows JSON", 8), ("500 rows CSV", 8)]


class Body(NamedTuple):
    file: Path
    content_type: str


class Contestant(NamedTuple):
    """command: {port} is filled in; bodies: by the name of the cell, without those that it cannot answer."""

    command: list[str]
    path: str
    bodies: Mapping[str, Body]
    environment: Mapping[str, str] = {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/mlcl-bench"))
    parser.add_argument("--peers", type=Path, help="folder of virtual environments named mlflow and mlserver")
    parser.add_argument("--only", nargs="+", default=[])
    given = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed (Debian: apt-get install wrk).")
    folder = given.folder / "serving"
    contestants = ours(folder, given.folder / "data", given.workers)
    for name in ("mlflow", "mlserver"):
        if given.peers and (python := given.peers / name / "bin/python").is_file():
            contestants[name] = peer(name, python, folder)
    chosen = {name: one for name, one in contestants.items() if not given.only or name in (FLOOR, *given.only)}
    with ExitStack() as stack:
        ports = {name: 8700 + place for place, name in enumerate(chosen)}
        groups = {name: stack.enter_context(running(name, one, ports[name], folder)) for name, one in chosen.items()}
        found = contest(chosen, ports, groups, given.rounds, given.seconds)
    show(found, given.workers)


def ours(folder: Path, data: Path, workers: int) -> dict[str, Contestant]:
    """Trains and deploys the model; writes the bodies."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = table(data, 4_000)["csv"]
    (folder / "problem.toml").write_text(PROBLEM.format(data=source))
    for command in (["run", "problem.toml"], ["deploy", "bench", "--force", "--model", "latest"]):
        call = [MLCL, *command, "--store", "store"]
        done = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 4):
            sys.exit(done.stderr)
    rows = pl.read_csv(source).drop("y").tail(500)
    some = rows.to_dicts()
    bodies = {
        "1 row JSON": Body(folder / "1.json", JSON),
        "500 rows JSON": Body(folder / "500.json", JSON),
        "500 rows CSV": Body(folder / "500.csv", CSV),
    }
    (folder / "1.json").write_text(json.dumps(some[0], separators=(",", ":")))
    (folder / "500.json").write_text(json.dumps(some, separators=(",", ":")))
    rows.write_csv(folder / "500.csv")
    bundle = next((folder / "store/bundles").iterdir())
    serve = [MLCL, "serve", "--port", "{port}", "--workers", str(workers), "--store", str(folder / "store")]
    uvicorn = ["uvicorn", "floor_serve:app", "--port", "{port}", "--no-access-log", "--log-level", "warning"]
    bare = [sys.executable, "-m", *uvicorn, "--workers", str(workers), "--app-dir", str(HERE)]
    json_only = {name: body for name, body in bodies.items() if body.content_type == JSON}
    return {
        FLOOR: Contestant(bare, "/", json_only, {"BUNDLE": str(bundle)}),
        "mlcl serve": Contestant(serve, "/endpoints/bench/predict", bodies),
    }


def peer(name: str, python: Path, folder: Path) -> Contestant:
    """Makes a peer's model and bodies with its own libraries."""
    target = folder / name
    target.mkdir()
    script = str(HERE / "floor_peers.py")
    told = subprocess.run([python, script, name, folder, target], check=True, capture_output=True, text=True).stdout
    made: dict[str, Any] = json.loads(told.splitlines()[-1])
    bodies = {cell: Body(target / file, kind) for cell, (file, kind) in made["bodies"].items()}
    path = {"PATH": f"{python.parent}:{os.environ['PATH']}"}
    return Contestant(made["command"], made["path"], bodies, path)


@contextmanager
def running(name: str, one: Contestant, port: int, folder: Path) -> Iterator[int]:
    """The server, from its first good answer on; gives its process group."""
    command = [part.replace("{port}", str(port)) for part in one.command]
    with (folder / f"{name.replace(' ', '-')}.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **one.environment}, start_new_session=True
        )
    try:
        wait(name, one, port, process)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def wait(name: str, one: Contestant, port: int, process: subprocess.Popen[bytes]) -> None:
    body = one.bodies["1 row JSON"]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{one.path}", body.file.read_bytes(), {"Content-Type": body.content_type}
    )
    for _ in range(600):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                print(f"{name}: {answer.read()[:100]!r}", file=sys.stderr)
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    sys.exit(f"{name} did not start; see its log.")


def contest(
    chosen: Mapping[str, Contestant], ports: Mapping[str, int], groups: Mapping[str, int], rounds: int, seconds: int
) -> dict[tuple[str, int], dict[str, list[dict[str, float]]]]:
    found: dict[tuple[str, int], dict[str, list[dict[str, float]]]] = {cell: {} for cell in CELLS}
    for number in range(-1, rounds):
        for cell in CELLS:
            for name, one in chosen.items():
                if cell[0] in one.bodies:
                    before = cpu(groups[name])
                    seen = wrk(one, ports[name], cell, seconds if number >= 0 else 1)
                    seen["cpu"] = (cpu(groups[name]) - before) / seen["requests"] * 1e3
                    if number >= 0:
                        found[cell].setdefault(name, []).append(seen)
    return found


def cpu(group: int) -> float:
    """Seconds that the processes of a group, and those of them that ended, have used so far."""
    used = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = file.read_text().rpartition(")")[2].split()
            used += sum(map(int, fields[11:15])) if int(fields[2]) == group else 0
    return used / os.sysconf("SC_CLK_TCK")


def wrk(one: Contestant, port: int, cell: tuple[str, int], seconds: int) -> dict[str, float]:
    body = one.bodies[cell[0]]
    command = ["wrk", "-t1", f"-c{cell[1]}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    said = subprocess.run(
        [*command, "-s", str(HERE / "post.lua"), f"http://127.0.0.1:{port}{one.path}"],
        env={**os.environ, "BODY": str(body.file), "CTYPE": body.content_type},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    told: dict[str, float] = json.loads(said.splitlines()[-1])
    return told


def show(found: Mapping[tuple[str, int], Mapping[str, list[dict[str, float]]]], workers: int) -> None:
    print(f"\n## Serving, {workers} worker(s) ({machine()})\n")
    print("| rows | concurrency | server | requests/s (min..max) | x floor | p50 ms | p99 ms | CPU ms | errors |")
    print("|---|---|---|---|---|---|---|---|---|")
    for (rows, callers), by_name in found.items():
        floor = by_name.get(FLOOR) or found["500 rows JSON", callers][FLOOR]
        base = statistics.median(one["rps"] for one in floor)
        for name, seen in by_name.items():
            middle = {key: statistics.median(one[key] for one in seen) for key in seen[0]}
            rates = [one["rps"] for one in seen]
            print(
                f"| {rows} | {callers} | {name} | {middle['rps']:,.0f} ({min(rates):,.0f}..{max(rates):,.0f}) "
                f"| {middle['rps'] / base:.2f} | {middle['p50']:.3f} | {middle['p99']:.3f} | {middle['cpu']:.3f} "
                f"| {middle['errors']:.0f} |"
            )


if __name__ == "__main__":
    main()
