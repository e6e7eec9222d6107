"""Inside the processing jobs: what comes before training, what comes after, and the deployment."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from mlcl import registry
from mlcl.data import sources
from mlcl.platforms.sagemaker import algorithm, places
from mlcl.platforms.sagemaker.orders import Orders
from mlcl.platforms.sagemaker.work import Done, Tell, Work, facts
from mlcl.stores import Store

GIVEN = ("collect", "prepare", "train", "champion")
PACKAGE = "model.tar.gz"


def work(orders: Orders, store: Store, tell: Tell) -> None:
    """Does the job's steps and leaves their facts in the output `facts`."""
    with tempfile.TemporaryDirectory() as folder:
        given = {name: places.given(name) for name in GIVEN if places.given(name).is_dir()}
        if "train" in given:
            given["train"] = _unpacked(given["train"], Path(folder) / "unpacked")
            if orders.given.get("algorithm"):
                given["train"] = algorithm.take(orders, store, given, Path(folder) / "taken")
        job = Work(orders, store, given, Path(folder) / "steps", tell)
        staged = places.given("source")
        refresh = sources.REFRESH.set(bool(orders.fresh))
        token = sources.STAGED.set(staged if staged.is_dir() else None)
        uploads = sources.STORE.set(store)
        try:
            done = job.run()
        finally:
            sources.STORE.reset(uploads)
            sources.STAGED.reset(token)
            sources.REFRESH.reset(refresh)
        made = dict(facts(done))
        if orders.job == "data" and orders.given.get("algorithm"):
            made["table"] = algorithm.give(orders, store, done["prepare"], job.path("prepare"))
        _write(places.made("facts"), made, job, done, store)


def _write(folder: Path, made: Mapping[str, Any], job: Work, done: Mapping[str, Done], store: Store) -> None:
    (folder / "steps.json").write_bytes(orjson.dumps(made, option=orjson.OPT_INDENT_2))
    if "judge" not in done:
        return
    verdict = orjson.loads((job.path("judge") / "verdict.json").read_bytes())
    model = orjson.loads((job.path("register") / "model.json").read_bytes())
    bundle = job.path("register") / "bundle"
    registry.upload_bundle(store, model["bundle_digest"], bundle)
    document = {
        # The one field that the pipeline's condition looks at, whatever the verdict is made of.
        "passed": verdict["passed"],
        "why": verdict["why"] or verdict["outcome"],
        "bundle": model["bundle_digest"],
        "package": package(store, model["bundle_digest"], bundle),
        "dataset": model["dataset_digest"],
        "learner": model["learner"],
        "evaluation": f"{done['evaluate'].uri}/evaluation.json",
    }
    (folder / "verdict.json").write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


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
    from mlcl.platforms.sagemaker.settings import Cloud

    verdict = orjson.loads((places.given("facts") / "verdict.json").read_bytes())
    cloud = Cloud.open(f"aws:{orders.environment}")
    problem = orders.parsed()
    endpoints.deploy(cloud, endpoints.Release(problem.name, verdict["bundle"], None, problem.aws.endpoint, forced=True))
