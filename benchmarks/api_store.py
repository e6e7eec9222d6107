"""A large store, as years of work would leave it: what benchmarks/api.py asks.

One problem is real; the other runs are copies of its run, with other ids, problems and times. Captured predictions:
rows of the data that the model was made from are sent again and again through the pieces that answer and capture a
request; the lines lie in segments as a server with two workers would have left them (mlcl.serving.segments). In the
last days the world is another one, so that looks find something and alerts fire.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import polars as pl

from mlcl.models.bundle import Bundle
from mlcl.monitoring.look import monitor
from mlcl.registry import bundle_folder
from mlcl.retraining.traffic import _Model
from mlcl.serving import endpoints, events
from mlcl.serving.answers import Answer
from mlcl.serving.web import JSON
from mlcl.stores import Log, Store, keys

ROOT = Path(__file__).resolve().parent.parent
MLCL = str(Path(sys.executable).with_name("mlcl"))
NAME = "breast-cancer"
PROBLEM = ROOT / "examples" / NAME
PROBLEMS = 20
HOURS = 720
WORKERS = 2
LOOKS = 60
CHANGED = 120  # hours at the end in which the rows are other ones
ROWS = 500  # different ones


class Facts(NamedTuple):
    """What paths are made of."""

    run: str
    other: str
    problem: str
    dataset: str
    endpoint: str


def made(asked: argparse.Namespace) -> Facts:
    """Makes the store, unless the folder has one of this size."""
    store, mark = Store(asked.folder), asked.folder / f"made-{asked.runs}-{asked.predictions}.json"
    if not mark.exists():
        subprocess.run([MLCL, "run", str(PROBLEM), "--store", str(asked.folder), "--json"], check=True, cwd=ROOT)
        subprocess.run([MLCL, "deploy", NAME, "--store", str(asked.folder)], check=True, cwd=ROOT)
        facts = _multiplied(store, asked.runs)
        _captured(store, asked.predictions)
        mark.write_bytes(orjson.dumps(facts._asdict()))
    _firing(store)
    return Facts(**orjson.loads(mark.read_bytes()))


def _multiplied(store: Store, runs: int) -> Facts:
    """Copies the real run."""
    assert store.folder
    real = store.children("runs")[-1]
    state = Log(store, keys.run(real)).latest().document  # type: ignore[union-attr]
    model = Log(store, keys.models(NAME)).latest().document["models"][0]  # type: ignore[union-attr]
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
    return Facts(run=real, other=name, problem=NAME, dataset=state["dataset_digest"], endpoint=NAME)


def _captured(store: Store, predictions: int) -> None:
    """Captured predictions of the last 30 days, evenly; and two looks a day."""
    now = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    usual, other = list(_lines(store)), list(_lines(store, times=1.3))
    per_hour = predictions // HOURS
    process, numbers = secrets.token_hex(8), itertools.count()
    for hour in range(HOURS):
        begin = now - dt.timedelta(hours=HOURS - hour)
        count = per_hour + (predictions - per_hour * HOURS if hour == HOURS - 1 else 0)
        lines = usual if hour < HOURS - CHANGED else other
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
    for place in reversed(range(LOOKS)):
        monitor(store, NAME, now - dt.timedelta(hours=12 * place), dt.timedelta(hours=1))


def _firing(store: Store) -> None:
    """Every alert fires again, those too that an earlier call acknowledged."""
    log = Log(store, keys.alerts(NAME))
    board: dict[str, Any] = log.latest().document  # type: ignore[union-attr]
    fresh = {"state": "firing", "acknowledged_at": "", "acknowledged_by": "", "note": ""}
    log.append({**board, "alerts": [{**alert, **fresh} for alert in board["alerts"]]})


def _lines(store: Store, times: float = 1.0) -> Any:
    """Lines of captured requests with one row each, with @ID@ and @TIME@ for what is different in each.

    times: by what every number is multiplied."""
    live = endpoints.find(store, NAME).live
    assert live is not None
    model = _Model(NAME, live, Bundle.load(bundle_folder(store, live.bundle_digest)))
    data = next(key for key in store.keys("datasets") if key.endswith("data.parquet"))
    assert store.folder
    for row in pl.read_parquet(store.folder / data).head(ROWS).iter_rows(named=True):
        body = orjson.dumps({"rows": [{name: row[name] * times for name in model._decoder.names}]}, default=str)
        encoded, scores = model.score(body)
        answered = Answer("@ID@", model.meaning, scores, encoded).reply(JSON).body
        yield events.line("@ID@", "@TIME@", live.version, events.Body(JSON, body), events.Body(JSON, answered))


def _text(time: dt.datetime) -> bytes:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()
