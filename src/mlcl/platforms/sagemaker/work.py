"""The steps of one job, inside its container: each taken from the store when it was done before, else done and kept.

A step's result lies in the store under the same key as on a laptop (the digest of all it depends on), its marker
step.json last: a job that is killed leaves nothing that another takes for a result, and the next goes on after it.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from mlcl.errors import MlclError, NotFound
from mlcl.platforms.sagemaker.orders import Orders
from mlcl.problem import Problem
from mlcl.records import Dataset, Record, Step
from mlcl.steps import CHAMPION, STEPS, StepSpec
from mlcl.stores import Store, keys

MARKER = "step.json"
Tell = Callable[[Step], None]
# A step that several hosts do together: problem, inputs, output, and the key below which its result is to lie in the
# store; what is large may be put there by whoever made it, the rest lies in the output.
Together = Callable[[Problem, Mapping[str, Path], Path, str], None]


class Done(Record):
    """A step's result. identity: what a later step's key is made of; uri: folder in S3."""

    name: str
    key: str
    identity: str
    uri: str
    cached: bool = False
    seconds: float = 0.0


class Work:
    """given: folders that the platform brought (results of other jobs, champion); folder: for what is made or fetched
    here; outputs: where a step's result has to lie because the platform looks there; together: steps that several
    hosts do."""

    def __init__(
        self,
        orders: Orders,
        store: Store,
        given: Mapping[str, Path],
        folder: Path,
        tell: Tell,
        outputs: Mapping[str, Path] | None = None,
        together: Mapping[str, Together] | None = None,
    ) -> None:
        self.orders, self.store, self.folder, self.tell = orders, store, folder, tell
        self.problem = orders.parsed()
        self._outputs, self._together = dict(outputs or {}), dict(together or {})
        self._folders = dict(given)
        self.done: dict[str, Done] = {}
        self._identities: dict[str, str] = {}
        for name, path in given.items():
            self._take(name, path)

    def run(self) -> dict[str, Done]:
        """Does the job's steps; gives the results of all steps known here. A step's error is told, and goes on."""
        for spec in STEPS:
            if spec.name in self.orders.steps:
                self._step(spec)
        return self.done

    def path(self, name: str) -> Path:
        """Folder of a step's result; fetched when it is still in the store alone."""
        if name not in self._folders:
            done, target = self.done[name], self._outputs.get(name, self.folder / name)
            self.store.download(f"steps/{name}/{done.key}", target)
            self._folders[name] = target
        return self._folders[name]

    def _take(self, name: str, path: Path) -> None:
        if name == CHAMPION:
            self._identities[name] = self.orders.champion
        elif (path / MARKER).exists():
            self._know(Done.read(path / MARKER))

    def _know(self, done: Done) -> None:
        self.done[done.name], self._identities[done.name] = done, done.identity

    def _step(self, spec: StepSpec) -> None:
        names = [*spec.inputs, *([CHAMPION] if spec.name == "evaluate" and self.orders.champion else [])]
        known = {name: self._identities[name] for name in names} if names else {"source": self.orders.source}
        key = self._key(spec, known)
        cached = None if self.orders.fresh else _find(self.store, spec.name, key)
        if cached:
            self._know(cached.model_copy(update={"cached": True}))
            if spec.name in self._outputs:
                self.path(spec.name)
            self.tell(Step(name=spec.name, state="cached", key=key))
            return
        self.tell(Step(name=spec.name, state="running", key=key))
        start = time.perf_counter()
        try:
            folder = self._build(spec, {name: self.path(name) for name in names}, key)
        except BaseException as error:
            note = error.what if isinstance(error, MlclError) else f"{type(error).__name__}: {error}"
            self.tell(Step(name=spec.name, state="failed", key=key, seconds=time.perf_counter() - start, note=note))
            raise
        seconds = time.perf_counter() - start
        self._know(self._keep(spec.name, key, folder, seconds))
        self.tell(Step(name=spec.name, state="done", key=key, seconds=seconds))

    def _key(self, spec: StepSpec, known: Mapping[str, str]) -> str:
        if spec.name == "train" and self.orders.given:
            known = {**known, "given": orjson.dumps(self.orders.given, option=orjson.OPT_SORT_KEYS).decode()}
        return spec.key(self.problem, known)

    def _build(self, spec: StepSpec, inputs: Mapping[str, Path], key: str) -> Path:
        folder = self._outputs.get(spec.name, self.folder / spec.name)
        folder.mkdir(parents=True, exist_ok=True)
        _empty(folder)
        together = self._together.get(spec.name)
        if together:
            together(self.problem, inputs, folder, f"steps/{spec.name}/{key}")
        else:
            spec.load()(self.problem, inputs, folder)
            self._folders[spec.name] = folder
        return folder

    def _keep(self, name: str, key: str, folder: Path, seconds: float) -> Done:
        return keep(self.store, name, key, identity(name, folder, key), folder, seconds)


def keep(store: Store, name: str, key: str, told: str, folder: Path, seconds: float = 0.0) -> Done:
    """Puts a step's result into the store, its marker last."""
    prefix = f"steps/{name}/{key}"
    done = Done(name=name, key=key, identity=told, uri=f"{store.address}/{prefix}", seconds=round(seconds, 3))
    (folder / MARKER).unlink(missing_ok=True)
    store.upload(folder, prefix)
    if name == "collect" and not store.exists(f"{keys.dataset(told)}/dataset.json"):
        for file in ("data.parquet", "dataset.json"):
            store.put(f"{keys.dataset(told)}/{file}", folder / file)
    done.write(folder / MARKER)
    store.put(f"{prefix}/{MARKER}", folder / MARKER)
    return done


def identity(name: str, folder: Path, key: str) -> str:
    """What the data are, not where they came from, decides what comes after (as on a laptop)."""
    if name == "collect":
        return Dataset.read(folder / "dataset.json").digest
    if name == "validate":
        return hashlib.sha256((folder / "profile.json").read_bytes()).hexdigest()
    return key


def _find(store: Store, name: str, key: str) -> Done | None:
    try:
        return Done.model_validate_json(store.get(f"steps/{name}/{key}/{MARKER}"))
    except NotFound:
        return None


def _empty(folder: Path) -> None:
    """Not the folder itself: the platform may have mounted it."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def facts(done: Mapping[str, Done]) -> dict[str, Any]:
    """steps.json: what later jobs and whoever follows the run need to know of the results."""
    return {name: one.model_dump(mode="json") for name, one in done.items()}
