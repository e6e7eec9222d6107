"""Inside the processing jobs: what comes before training, what comes after, and the deployment."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import orjson

from mlcl import registry, results
from mlcl.data import sources
from mlcl.errors import UsageError
from mlcl.platforms.sagemaker import algorithm, metrics, places
from mlcl.platforms.sagemaker.hosts import Hosts, help_out, together
from mlcl.platforms.sagemaker.orders import Orders
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.platforms.sagemaker.unasked import Started
from mlcl.platforms.sagemaker.work import Tell, Together, Work, facts
from mlcl.records import Model, Step
from mlcl.runs import Journal
from mlcl.steps import CHAMPION, STEPS
from mlcl.stores import Store

GIVEN = ("collect", "validate", "prepare", "train")
PACKAGE = "model.tar.gz"


def work(
    orders: Orders,
    store: Store,
    tell: Tell,
    hosts: Hosts,
    started: Started | None = None,
    journal: Journal | None = None,
) -> None:
    """Does the job's steps and leaves their facts in the output `facts`. journal: of a run that no client watches."""
    if not hosts.first:
        help_out(hosts)
        return
    if journal:
        orders = _as_it_is_now(orders, store, journal)
    with tempfile.TemporaryDirectory() as folder, _together(hosts, store) as shared:
        given = {name: places.given(name) for name in GIVEN if places.given(name).is_dir()}
        if "train" in given:
            given["train"] = _unpacked(given["train"], Path(folder) / "unpacked")
            if orders.given.get("algorithm"):
                given["train"] = algorithm.take(orders, store, given, Path(folder) / "taken")
        if orders.champion and "evaluate" in orders.steps:
            given[CHAMPION] = registry.bundle_folder(store, orders.champion)
        job = Work(orders, store, given, Path(folder) / "steps", tell, together=shared)
        staged = places.given("source")
        refresh = sources.REFRESH.set(bool(orders.fresh) or journal is not None)
        token = sources.STAGED.set(staged if staged.is_dir() else None)
        uploads = sources.STORE.set(store)
        try:
            done = job.run()
        finally:
            sources.STORE.reset(uploads)
            sources.STAGED.reset(token)
            sources.REFRESH.reset(refresh)
        made = dict(facts(done))
        if "prepare" in orders.steps and orders.given.get("algorithm"):
            made["table"] = algorithm.give(orders, store, done["prepare"], job.path("prepare"))
        (places.made("facts") / "steps.json").write_bytes(orjson.dumps(made, option=orjson.OPT_INDENT_2))
        if "judge" in done:
            _conclude(job, store, started, journal)


@contextmanager
def _together(hosts: Hosts, store: Store) -> Iterator[dict[str, Together]]:
    """What the hosts of this job do together."""
    if not hosts.several:
        yield {}
        return
    from mlcl.platforms.sagemaker.preparing import prepare

    with together(hosts) as joined:
        yield {"prepare": partial(prepare, joined, store)}


def _as_it_is_now(orders: Orders, store: Store, journal: Journal) -> Orders:
    """The orders are as old as the last run that a client has asked for. A run without one is there to see new data,
    and to be compared with the model that is in use now."""
    if orders.job == "data":
        return orders.model_copy(update={"source": f"{orders.source}, run {journal.run.id}"})
    champion = registry.champion(store, journal.run.problem)
    return orders.model_copy(update={"champion": champion.bundle_digest if champion else ""})


def _conclude(job: Work, store: Store, started: Started | None, journal: Journal | None) -> None:
    """Registers the model, and leaves what the rest of the pipeline has to know in verdict.json."""
    if started is None:
        raise UsageError("The job was not told which run it belongs to.", where="Environment", found="no MLCL_RUN")
    run = journal.run.id if journal else started.run
    verdict = orjson.loads((job.path("judge") / "verdict.json").read_bytes())
    model = orjson.loads((job.path("register") / "model.json").read_bytes())
    bundle = job.path("register") / "bundle"
    made = registry.register(store, Model.model_validate({**model, "run": run}), bundle)
    document = {
        # The one field that the pipeline's condition looks at, whatever the verdict is made of.
        "passed": verdict["passed"],
        "why": verdict["why"] or verdict["outcome"],
        "run": run,
        "version": made.version,
        "bundle": model["bundle_digest"],
        "package": package(store, model["bundle_digest"], bundle),
        "dataset": model["dataset_digest"],
        "learner": model["learner"],
        "evaluation": f"{job.done['evaluate'].uri}/evaluation.json",
    }
    (places.made("facts") / "verdict.json").write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    if journal:
        _record(job, store, journal)


def _record(job: Work, store: Store, journal: Journal) -> None:
    """What a client would write down of the run."""
    for step in journal.run.steps:
        if step.state == "waiting":  # done by jobs that know of no run
            done, state = job.done[step.name], "done" if step.name == "train" else "cached"
            journal.watch(Step(name=step.name, state=state, key=done.key, seconds=done.seconds))
    kept = results.keep(journal, {spec.name: job.path(spec.name) for spec in STEPS})
    metrics.publish(Cloud.inside(job.orders.environment, store), kept.run, kept.documents)


def package(store: Store, digest: str, folder: Path) -> str:
    """Puts the bundle into the store as endpoints want it, one archive; gives its address. The same bundle gives the
    same bytes: no times, owners or order of the file system are in it."""
    key = f"packages/{digest}/{PACKAGE}"
    if not store.exists(key):
        store.put(key, archive(folder))
    return f"{store.address}/{key}"


def archive(folder: Path) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = tarfile.TarInfo(file.relative_to(folder).as_posix())
            entry.size, entry.mode = file.stat().st_size, 0o644
            with file.open("rb") as opened:
                tar.addfile(entry, opened)
    return packed.getvalue()


def _unpacked(folder: Path, target: Path) -> Path:
    """The training job's model.tar.gz as a folder; only plain files below it are taken."""
    found = folder / PACKAGE
    if not found.exists():
        return folder
    target.mkdir(parents=True)
    with tarfile.open(found) as tar:
        tar.extractall(target, filter="data")
    return target


def deploy(orders: Orders) -> None:
    """Deploys the model of this run as [aws.endpoint] says."""
    from mlcl.platforms.sagemaker import endpoints

    verdict = orjson.loads((places.given("facts") / "verdict.json").read_bytes())
    cloud = Cloud.open(f"aws:{orders.environment}")
    problem = orders.parsed()
    endpoints.deploy(
        cloud, endpoints.Release(problem.name, verdict["bundle"], verdict["version"], problem.aws.endpoint)
    )
