"""SageMaker's container contract for one process: folders as the platform lays them out, the entry point in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlcl.stores import Store


class Box:
    """A container's root folder, and the environment of the store."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "opt" / "ml").mkdir(parents=True)

    def ml(self, *parts: str) -> Path:
        return self.root.joinpath("opt", "ml", *parts)

    def json(self, path: str, document: Any) -> None:
        file = self.ml(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document))

    def bring(self, store: Store, uri: str, *parts: str) -> Path:
        """What S3 holds under an address, as a channel or processing input."""
        folder = self.ml(*parts)
        folder.mkdir(parents=True, exist_ok=True)
        store.download(uri.removeprefix(f"{store.address}/").rstrip("/"), folder)
        return folder

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "mlcl.platforms.sagemaker.container", *arguments]

    def environment(self, **extra: str) -> dict[str, str]:
        return {**os.environ, "MLCL_CONTAINER_ROOT": str(self.root), **extra}

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), env=self.environment(**extra), capture_output=True, text=True, check=False
        )

    def process(self, name: str, **extra: str) -> subprocess.CompletedProcess[str]:
        self.json("config/processingjobconfig.json", {"ProcessingJobName": name})
        self.json("config/resourceconfig.json", {"current_host": "algo-1", "hosts": ["algo-1"]})
        return self.run("process", **extra)

    def train(self, name: str, hyperparameters: Mapping[str, str] = {}, **extra: str) -> Any:
        self.json("input/config/hyperparameters.json", dict(hyperparameters))
        self.json("input/config/inputdataconfig.json", {})
        self.json("input/config/resourceconfig.json", {"current_host": "algo-1", "hosts": ["algo-1"]})
        self.ml("model").mkdir(exist_ok=True)
        return self.run("train", TRAINING_JOB_NAME=name, **extra)
