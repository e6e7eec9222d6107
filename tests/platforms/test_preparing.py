"""Machines that prepare together leave the very files that one machine leaves; one that is lost is named."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np
import orjson
import polars as pl
import pytest

from mlcl import lifecycle
from mlcl import problem as problem_file
from mlcl.data import sources
from mlcl.platforms.base import Plan
from mlcl.platforms.sagemaker.orders import Orders, orders
from mlcl.platforms.sagemaker.pieces import LEAST, MOST, Piece, join, parts
from mlcl.platforms.sagemaker.settings import Settings
from mlcl.steps.prepare import prepare
from mlcl.stores import Store
from tests import small
from tests.places import buckets
from tests.platforms import clouds
from tests.platforms.contract import Box

MIB = 1 << 20
PROBLEM = """
[problem]
name = "shared"
target = "bought"

[data]
source = "table.csv"

[features]
rate = "income / age"
word = "UPPER(job)"
rich = "income > 3000"
"""


@pytest.mark.parametrize(
    "sizes",
    [
        [0, 0, 1],
        [LEAST],
        [LEAST - 1, 1, 1],
        [1, LEAST, 0, 7, LEAST - 7],
        [128, 3 * MOST + 1, 5, 2 * LEAST],
        [MOST + 1, MOST + LEAST],
    ],
)
def test_pieces_become_parts_that_the_bucket_takes(sizes: list[int]) -> None:
    made = list(parts(Piece(f"{number}", 128, 128 + size) for number, size in enumerate(sizes)))
    lengths = [sum(piece.end - piece.start for piece in part) for part in made]
    assert all(LEAST <= length <= MOST for length in lengths[:-1])
    assert 0 < lengths[-1] <= MOST
    assert sum(lengths) == sum(sizes)
    order = [piece for part in made for piece in part]
    again = [Piece(key, 128, 128 + size) for key, size in ((f"{n}", size) for n, size in enumerate(sizes)) if size]
    merged: list[Piece] = []
    for piece in order:
        if merged and merged[-1].key == piece.key:
            assert merged[-1].end == piece.start
            merged[-1] = merged[-1]._replace(end=piece.end)
        else:
            merged.append(piece)
    assert merged == again


class Prepared(NamedTuple):
    """A table that has been collected and validated. here: what one machine prepares from it."""

    store: Store
    order: Orders
    facts: dict[str, Any]
    here: dict[str, bytes]


@pytest.fixture(scope="module")
def bucket() -> Iterator[Store]:
    with buckets() as environment, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield Store(f"s3://test/{uuid4().hex}")


def test_pieces_become_one_value(bucket: Store) -> None:
    values = [np.random.default_rng(size).bytes(size) for size in (100, 2 * MIB, 11 * MIB, 0, 6 * MIB, 3)]
    for number, value in enumerate(values):
        bucket.put(f"some/{number}", b"head" + value)
    join(bucket, "whole", [Piece(f"some/{number}", 4, 4 + len(value)) for number, value in enumerate(values)])
    assert bucket.get("whole") == b"".join(values)


def table(rows: int) -> pl.DataFrame:
    """All kinds of columns, gaps, a text of many values; by time, so that a split by time leaves machines without."""
    frame, random = small.frame(rows), np.random.default_rng(1)
    moments = np.datetime64("2020-01-01T00:00:00", "us") + random.integers(0, 10**14, rows)
    return frame.with_columns(
        pl.Series("since", moments.astype("datetime64[us]")).dt.date(),
        pl.Series("at", moments),
        pl.Series("street", [f"street {number}" for number in random.zipf(1.3, rows) % 900]),
        pl.Series("flag", random.random(rows) < 0.1),
        pl.when(pl.int_range(rows) % 7 > 0).then(pl.Series(random.normal(0, 1e6, rows))).alias("odd"),
    ).sort("at")


def asked(folder: Path, store: Store, rows: int, *overrides: str) -> Prepared:
    table(rows).write_csv(folder / "table.csv")
    (folder / "problem.toml").write_text(PROBLEM)
    loaded = problem_file.load(folder / "problem.toml", ["aws.process.instances=2", *overrides])
    settings = Settings(environment="test", region="us-east-1", store=store.address, roles={})
    made = orders(settings, Plan(loaded, sources.fingerprint(loaded.data, loaded.base)))
    data = box(folder / "data", made["data"])
    source = data.ml("processing", "input", "source")
    source.mkdir()
    (source / "table.csv").symlink_to(folder / "table.csv")
    ended = data.process("data")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    facts = json.loads(data.ml("processing", "output", "facts", "steps.json").read_text())
    assert set(facts) == {"collect", "validate"}
    inputs = {name: data.bring(store, facts[name]["uri"], "here", name) for name in facts}
    output = data.ml("here", "prepare")
    output.mkdir()
    prepare(loaded, inputs, output)
    here = {file.name: file.read_bytes() for file in output.iterdir()}
    return Prepared(store, made["prepare"].model_copy(update={"fresh": uuid4().hex}), facts, here)


def box(folder: Path, order: Orders) -> Box:
    made = Box(folder)
    plan = made.ml("processing", "input", "plan")
    plan.mkdir(parents=True)
    (plan / "orders.json").write_bytes(order.to_json())
    return made


class Machines:
    """The containers of one job, each a process."""

    def __init__(self, folder: Path, job: Prepared, count: int) -> None:
        names = [f"algo-{number}" for number in range(1, count + 1)]
        self.boxes = {name: box(folder / name, job.order) for name in names}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        self.processes: dict[str, subprocess.Popen[str]] = {}
        for name, made in self.boxes.items():
            for step in job.facts:
                made.bring(job.store, job.facts[step]["uri"], "processing", "input", step)
            made.json("config/processingjobconfig.json", {"ProcessingJobName": folder.name})
            made.json("config/resourceconfig.json", {"current_host": name, "hosts": names})
            self.processes[name] = subprocess.Popen(
                made.command("process"),
                env=made.environment(MLCL_SCHEDULER_PORT=port),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def ended(self) -> dict[str, tuple[int, str]]:
        """Exit code and output of each."""
        try:
            said = {name: process.communicate(timeout=120)[0] for name, process in self.processes.items()}
        finally:
            for process in self.processes.values():
                process.kill()
        return {name: (process.returncode, said[name]) for name, process in self.processes.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("count", "overrides"), [(2, ()), (3, ("problem.target=odd",)), (4, ("split.time=at",))])
def test_any_number_of_machines_leaves_the_same_bytes(
    bucket: Store, tmp_path: Path, count: int, overrides: tuple[str, ...]
) -> None:
    job = asked(tmp_path, bucket, 3000, *overrides)
    ended = Machines(tmp_path / f"together-{count}", job, count).ended()
    assert {code for code, _ in ended.values()} == {0}, ended
    done = orjson.loads((tmp_path / f"together-{count}/algo-1/opt/ml/processing/output/facts/steps.json").read_bytes())
    place = f"steps/prepare/{done['prepare']['key']}"
    there = {key.removeprefix(f"{place}/"): bucket.get(key) for key in bucket.keys(place)}
    del there["step.json"]
    assert there == job.here
    assert bucket.keys("pieces") == []


@pytest.mark.slow
def test_a_machine_that_is_lost_is_named(bucket: Store, tmp_path: Path) -> None:
    job = asked(tmp_path, bucket, 200_000)
    machines = Machines(tmp_path / "lost", job, 3)
    end = time.monotonic() + 60
    while time.monotonic() < end and not bucket.exists("progress/lost.json"):
        time.sleep(0.02)
    machines.processes["algo-2"].send_signal(signal.SIGKILL)
    ended = machines.ended()
    assert ended["algo-1"][0] == 1, ended
    assert "lost: algo-2" in machines.boxes["algo-1"].ml("output", "message").read_text()
    told = orjson.loads(bucket.get("progress/lost.json"))
    assert "lost: algo-2" in told["error"]["what"]
    assert [(step["name"], step["state"]) for step in told["steps"]] == [("prepare", "failed")]
    assert ended["algo-3"][0] == 0, "the others end with the first"


@pytest.mark.slow
@pytest.mark.xdist_group("cloud")
def test_a_run_gives_the_bundle_that_a_laptop_gives(world: clouds.World, tmp_path: Path) -> None:
    on, problem = world.environment(), small.problem(tmp_path / "problem", rows=1000)
    derived = ["features.rate=income / age", "features.word=UPPER(job)"]
    there = lifecycle.run(problem, overrides=[*derived, "aws.process.instances=2"], on=on)
    here = lifecycle.run(problem, overrides=derived, store=Store(tmp_path / "store"))
    assert there.run.bundle_digest == here.run.bundle_digest
    assert [step.key for step in there.run.steps[:3]] == [step.key for step in here.run.steps[:3]]
    jobs = world.client("sagemaker").list_processing_jobs(NameContains="prepare-small")["ProcessingJobSummaries"]
    described = world.client("sagemaker").describe_processing_job(ProcessingJobName=jobs[0]["ProcessingJobName"])
    assert described["ProcessingResources"]["ClusterConfig"]["InstanceCount"] == 2
