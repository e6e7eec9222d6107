"""The calls that benchmarks/api.py measures: each with the parameters that the page sends."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import httpx
from api_store import HOURS, NAME, Facts


class Call(NamedTuple):
    method: str
    path: str
    json: Any = None


# Nobody waits for these, or the store would need what they tell of: a stream without end, retrainings and batches that
# were run, files on their way; and what starts processes, whose start is another measurement.
UNMEASURED = {
    "GET /events",
    "GET /endpoints/{name}/attempts/{number}",
    "GET /batches/{batch}",
    "GET /batches/{batch}/faults",
    "GET /batches/{batch}/result",
    "GET /uploads/{upload}",
    "PATCH /uploads/{upload}",
    "POST /uploads",
    "POST /batches/{batch}/resume",
    "POST /batches/{batch}/stop",
    "POST /endpoints/{name}/attempts",
    "POST /endpoints/{name}/batches",
    "POST /endpoints/{name}/feedback",
    "POST /endpoints/{name}/looks",
    "POST /endpoints/{name}/promote",
    "POST /endpoints/{name}/rollback",
    "POST /endpoints/{name}/undeploy",
    "POST /problems/{name}/runs",
    "POST /problem-proposal",
    "POST /runs/{run}/stop",
    "POST /session",
    "DELETE /session",
}


def reads(client: httpx.Client, facts: Facts) -> list[str]:
    """Paths of GET requests."""
    run, base = f"/runs/{facts.run}", f"/endpoints/{facts.endpoint}"
    now = dt.datetime.now(dt.UTC)
    since, until = (f"{now - dt.timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (20, 10))
    prediction = client.get(f"{base}/predictions?limit=1").json()["items"][0]["id"]
    alerts = client.get("/alerts?limit=1").json()["items"]
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
        f"{run}/report",
        f"/comparison?run={facts.run}&run={facts.other}",
        "/models",
        f"/models?problem={facts.problem}&versions=true",
        f"/models/{facts.problem}/champion",
        f"/models/{facts.problem}/champion/card",
        "/datasets",
        f"/datasets/{facts.dataset}",
        f"/datasets/{facts.dataset}/rows",
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
        f"/predictions/{prediction}",
        f"/lineage/{prediction}",
        f"{base}/monitoring",
        f"{base}/looks",
        f"{base}/looks/latest",
        f"{base}/looks/latest/report",
        f"{base}/looks/latest/files/statistics",
        f"{base}/looks/latest/column?column=mean%20radius",
        f"{base}/look-series",
        f"{base}/labels",
        f"{base}/jobs",
        "/alerts",
        *(f"/alerts/{alert['id']}" for alert in alerts),
        "/alert-counts",
        f"{base}/retraining",
        f"{base}/attempts",
        "/batches",
    ]


def writes(client: httpx.Client, facts: Facts) -> dict[str, Callable[[int], Call]]:
    """What changes the store, by what it is called; each call of a kind is another one."""
    base, problem = f"/endpoints/{facts.endpoint}", f"/problems/{facts.problem}"
    text = client.get(problem).json()["toml"]
    alerts = [alert["id"] for alert in client.get("/alerts?state=firing&limit=200").json()["items"]]
    stages = ("rejected", "approved")

    def save(number: int) -> Call:
        return Call("PUT", problem, {"toml": f"{text}\n# {number}\n", "revision": _revision(client, problem)})

    def deploy(number: int) -> Call:
        return Call("POST", f"{base}/deploy", {"model": "1", "revision": _revision(client, base)})

    def settings(number: int) -> Call:
        body = {"max_rows": 1000 + number, "revision": _revision(client, base)}
        return Call("PUT", f"{base}/settings", body)

    found: dict[str, Callable[[int], Call]] = {
        "check a problem file": lambda number: Call("POST", "/problem-check", {"toml": f"{text}\n# {number}\n"}),
        "save a problem file": save,
        "reject and approve": lambda at: Call("PUT", f"/models/{NAME}/1/stage", {"stage": stages[at % 2]}),
        "change settings": settings,
        "deploy": deploy,
    }
    if alerts:
        found["acknowledge"] = lambda at: Call("POST", f"/alerts/{alerts[at % len(alerts)]}/acknowledge", {})
    return found


def journeys(client: httpx.Client) -> dict[str, Iterable[str]]:
    """Many different GET requests of a kind."""
    return {
        "page after page of 200": _deep(client),
        "pages anywhere in the month": _anywhere(),
        "one prediction by id": _by_id(client),
    }


def _revision(client: httpx.Client, path: str) -> int:
    return int(client.get(path).json()["revision"])


def _deep(client: httpx.Client) -> Iterator[str]:
    """One page after the other."""
    path = following = f"/endpoints/{NAME}/predictions?limit=200"
    for _ in range(100):
        yield following
        cursor = client.get(following).json()["next"]
        if cursor is None:
            return
        following = f"{path}&cursor={cursor}"


def _anywhere() -> Iterator[str]:
    """The page before some moment of the month."""
    for hour in range(0, HOURS, HOURS // 60):
        until = dt.datetime.now(dt.UTC) - dt.timedelta(hours=hour)
        yield f"/endpoints/{NAME}/predictions?until={until:%Y-%m-%dT%H:%M:%SZ}"


def _by_id(client: httpx.Client) -> Iterator[str]:
    """One prediction with its lineage."""
    for path in itertools.islice(_anywhere(), 40):
        for item in client.get(path).json()["items"][:1]:
            yield f"/predictions/{item['id']}"
