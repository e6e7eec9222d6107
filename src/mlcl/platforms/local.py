"""The laptop: steps run in this process, one after the other, each cached by the digest of its inputs.

A result is built in a folder of its own and appears under its key by one rename: a killed run leaves nothing that a
later one could take for a result, and goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from mlcl.errors import MlclError
from mlcl.platforms.base import Plan, Watch
from mlcl.records import Dataset, Step
from mlcl.steps import CHAMPION, STEPS, StepSpec


class Local:
    def __init__(self, folder: Path) -> None:
        self.results = folder / "steps"
        self.partial = folder / "partial"

    def run(self, plan: Plan, watch: Watch) -> Mapping[str, Path]:
        self.partial.mkdir(parents=True, exist_ok=True)
        _sweep(self.partial)
        folders: dict[str, Path] = {}
        identities: dict[str, str] = {}
        if plan.champion:
            folders[CHAMPION], identities[CHAMPION] = plan.champion
        for spec in STEPS:
            names = [*spec.inputs, *([CHAMPION] if spec.name == "evaluate" and plan.champion else [])]
            given = {name: identities[name] for name in names}
            key = spec.key(plan.problem, given if names else {"source": plan.source})
            folders[spec.name] = self._step(spec, plan, key, {name: folders[name] for name in names}, watch)
            identities[spec.name] = _identity(spec, folders[spec.name], key)
        return folders

    def _step(self, spec: StepSpec, plan: Plan, key: str, inputs: Mapping[str, Path], watch: Watch) -> Path:
        result = self.results / spec.name / key
        if result.is_dir() and not plan.fresh:
            watch(Step(name=spec.name, state="cached", key=key))
            return result
        watch(Step(name=spec.name, state="running", key=key))
        start = time.perf_counter()
        try:
            self._build(spec, plan, inputs, result)
        except BaseException as error:
            note = error.what if isinstance(error, MlclError) else f"{type(error).__name__}: {error}"
            watch(Step(name=spec.name, state="failed", key=key, seconds=time.perf_counter() - start, note=note))
            raise
        watch(Step(name=spec.name, state="done", key=key, seconds=time.perf_counter() - start))
        return result

    def _build(self, spec: StepSpec, plan: Plan, inputs: Mapping[str, Path], result: Path) -> None:
        building = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-{spec.name}-", dir=self.partial))
        try:
            spec.load()(plan.problem, inputs, building)
            result.parent.mkdir(parents=True, exist_ok=True)
            if plan.fresh and result.exists():
                shutil.rmtree(result)
            _adopt(building, result)
        finally:
            shutil.rmtree(building, ignore_errors=True)


def _sweep(partial: Path) -> None:
    """Removes what killed runs left half-built."""
    for folder in partial.iterdir():
        pid = folder.name.split("-")[0]
        if not Path("/proc", pid).exists() and Path("/proc").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _adopt(building: Path, result: Path) -> None:
    try:
        building.rename(result)
    except OSError:
        # Another run of the same problem finished this step first; its result is the same.
        if not result.is_dir():
            raise


def _identity(spec: StepSpec, folder: Path, key: str) -> str:
    # What the data are, not where they came from or what was asked of them, decides what comes after.
    if spec.name == "collect":
        return Dataset.read(folder / "dataset.json").digest
    if spec.name == "validate":
        return hashlib.sha256((folder / "profile.json").read_bytes()).hexdigest()
    return key
