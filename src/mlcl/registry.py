"""The registry: the models of each problem, by version, and their bundles.

One log per problem; each document holds all of the problem's models, oldest first. Versions count the models that met
their goals; a model that did not is kept under its run, without a version.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from mlcl.errors import BundleError, Corrupt, NotFound, UsageError
from mlcl.models import manifest
from mlcl.records import Model, Stage
from mlcl.stores import Log, Store, keys


def register(store: Store, model: Model, bundle_folder: Path) -> Model:
    """Keeps the model and its bundle. An approved model gets the next version.

    A bundle that has a version already keeps it, whatever this run's verdict: the same model is no new version.
    """
    upload_bundle(store, model.bundle_digest, bundle_folder)

    def add(known: list[Model]) -> list[Model]:
        same = [other for other in known if other.bundle_digest == model.bundle_digest]
        if any(other.version or (other.stage, other.run) == (model.stage, model.run) for other in same):
            return known
        version = 1 + max((other.version or 0 for other in known), default=0)
        return [*known, model.model_copy(update={"version": version if model.stage == "approved" else None})]

    known = _update(store, model.problem, add)
    same = [other for other in known if other.bundle_digest == model.bundle_digest]
    return next((other for other in same if other.version), same[-1])


def set_stage(store: Store, problem: str, version: int, stage: Stage, why: str) -> Model:
    """Approves or rejects a version by hand; the champion is the highest approved one."""
    find(store, problem, version)

    def change(known: list[Model]) -> list[Model]:
        new = {"stage": stage, "why": why}
        return [other.model_copy(update=new) if other.version == version else other for other in known]

    return next(model for model in _update(store, problem, change) if model.version == version)


def models(store: Store, problem: str) -> list[Model]:
    """All models of a problem, oldest first; none when nothing was registered."""
    entry = Log(store, keys.models(problem)).latest()
    return _parse(problem, entry.document) if entry else []


def champion(store: Store, problem: str, *, but: str = "") -> Model | None:
    """The model in use: the highest approved version. but: a run whose model is left out."""
    approved = [one for one in models(store, problem) if one.version and one.stage == "approved" and one.run != but]
    return max(approved, key=lambda model: model.version or 0, default=None)


def find(store: Store, problem: str, which: int | str = "champion") -> Model:
    """One model. which: a version (3, '3', 'v3'), a run, 'champion', or 'latest' (newest, whatever its verdict)."""
    known = models(store, problem)
    if not known:
        raise NotFound.among("model of", problem, problems(store), fix="Make one with: mlcl run problem.toml")
    text = str(which)
    if text == "latest":
        return known[-1]
    best = champion(store, problem) if text == "champion" else None
    for model in known:
        if model == best or text in (str(model.version), f"v{model.version}") or (model.run and text == model.run):
            return model
    if text == "champion":
        raise NotFound(
            f"No model of '{problem}' has met its goals yet.",
            found=known[-1].why,
            fix="Name a run to use its model all the same, or 'latest'.",
        )
    names = [str(model.version) if model.version else model.run for model in known]
    raise NotFound.among(f"model of '{problem}' with version or run", text, names)


def deployable(store: Store, name: str, model: str, *, force: bool) -> Model:
    """The registered model, when it may be deployed: its goals are met, or `force`."""
    found = find(store, name, model)
    if found.stage != "approved" and not force:
        raise UsageError(
            "This model did not meet its goals and is not deployed.",
            where=f"{name}, run {found.run}",
            found=found.why,
            fix="Improve it, or deploy it all the same with --force (recorded).",
        )
    return found


def problems(store: Store) -> list[str]:
    """Names of the problems that have models, sorted."""
    return store.children("models")


def upload_bundle(store: Store, digest: str, folder: Path) -> None:
    """Puts the bundle's files under its digest, the manifest last: a bundle whose manifest is there is whole."""
    prefix = keys.bundle(digest)
    if store.exists(f"{prefix}/{manifest.MANIFEST}"):
        return
    manifest.verify(folder, digest)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    for file in sorted(files, key=lambda file: file == folder / manifest.MANIFEST):
        store.put(f"{prefix}/{file.relative_to(folder).as_posix()}", file)


def bundle_folder(store: Store, digest: str) -> Path:
    """A local folder with the bundle's files, proved whole; a bucket's are downloaded once into the cache folder."""
    prefix = keys.bundle(digest)
    if store.folder:
        folder = store.folder / prefix
        if not folder.is_dir():
            raise NotFound("There is no such bundle in the store.", where=f"{store.address}/{prefix}")
        manifest.verify(folder, digest)
        return folder
    from mlcl.data.sources import cache_folder

    target: Path = cache_folder() / "bundles" / digest
    try:
        manifest.verify(target, digest)
    except BundleError:
        shutil.rmtree(target, ignore_errors=True)
        _download(store, digest, target)
    return target


def _download(store: Store, digest: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix="partial-") as partial:
        folder = Path(partial) / digest
        store.download(keys.bundle(digest), folder)
        manifest.verify(folder, digest)
        try:
            folder.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was first, with the same bytes
                raise


def _update(store: Store, problem: str, change: Callable[[list[Model]], list[Model]]) -> list[Model]:
    def changed(document: dict[str, Any]) -> dict[str, Any]:
        return {"models": [model.model_dump(mode="json") for model in change(_parse(problem, document))]}

    entry = Log(store, keys.models(problem)).update(changed, initial={"models": []})
    return _parse(problem, entry.document)


def _parse(problem: str, document: dict[str, Any]) -> list[Model]:
    try:
        return [Model.model_validate(model) for model in document["models"]]
    except (KeyError, TypeError, ValidationError) as error:
        raise Corrupt(
            "An entry of the registry is damaged.", where=keys.models(problem), found=str(error).splitlines()[0]
        ) from error
