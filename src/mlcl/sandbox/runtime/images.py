"""Which command stands for which container image."""

from __future__ import annotations

import fnmatch
import shlex
import shutil
import sys
from collections.abc import Sequence

from mlcl.errors import UsageError

# Repositories whose programs come with the sandbox: ours, and AWS's own XGBoost algorithm.
_KNOWN = {"mlcl": "mlcl.platforms.sagemaker.container", "sagemaker-xgboost": "mlcl.sandbox.runtime.xgboost_image"}


class Images:
    """table: 'URI=COMMAND' for further images; '*' in URI stands for anything. The first that fits counts."""

    def __init__(self, table: Sequence[str] = ()) -> None:
        self._table = [_entry(text) for text in table]

    def command(self, image: str) -> list[str] | None:
        """What the image's ENTRYPOINT is, or None for an image that nobody has given a command."""
        for pattern, command in self._table:
            if fnmatch.fnmatchcase(image, pattern):
                return program(command)
        last = image.partition("@")[0].rpartition("/")[2]  # a digest may stand without a tag
        name = last.partition(":")[0]
        module = next((module for known, module in _KNOWN.items() if name == known or name.endswith(f"-{known}")), None)
        return [sys.executable, "-m", module] if module else None


def program(command: Sequence[str]) -> list[str]:
    """A command whose program is found: 'python' is the Python that runs the sandbox."""
    first = sys.executable if command[0] in ("python", "python3", "/usr/bin/python3") else command[0]
    return [shutil.which(first) or first, *command[1:]]


def _entry(text: str) -> tuple[str, list[str]]:
    uri, equals, command = text.partition("=")
    if not equals or not shlex.split(command):
        raise UsageError(
            "An image's command is given as URI=COMMAND.", found=text, fix="--image 'my-image:1=python serve.py'"
        )
    return uri, shlex.split(command)


_XGBOOST = (
    "accuracy",
    "auc",
    "aucpr",
    "error",
    "f1",
    "logloss",
    "mae",
    "map",
    "merror",
    "mlogloss",
    "mse",
    "ndcg",
    "rmse",
)
_NUMBER = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"


def known_metrics(image: str) -> list[dict[str, str]]:
    """The metrics that AWS knows of its own algorithms' images without a definition."""
    if "sagemaker-xgboost" not in image:
        return []
    return [
        {"Name": f"{part}:{metric}", "Regex": rf".*\[[0-9]+\].*{part}-{metric}:{_NUMBER}.*"}
        for part in ("train", "validation")
        for metric in _XGBOOST
    ]
