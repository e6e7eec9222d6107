"""What the page shows of a bundle: parts of its manifest. A bundle never changes, so it is read once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from mlcl.models.manifest import MANIFEST
from mlcl.stores import Store, keys


def summary(store: Store, digest: str) -> tuple[dict[str, Any], int]:
    """target, task, positive, labels, threshold, inputs, features and versions; and the bundle's size in bytes (0
    where the store cannot tell cheaply)."""
    return _summary(store, digest)


@lru_cache(maxsize=500)
def _summary(store: Store, digest: str) -> tuple[dict[str, Any], int]:
    prefix = keys.bundle(digest)
    manifest = orjson.loads(store.get(f"{prefix}/{MANIFEST}"))
    recipe = manifest.get("recipe") or {}
    size = 0
    if store.folder:
        size = sum(file.stat().st_size for file in (store.folder / prefix).iterdir())
    return {
        "target": (manifest.get("problem") or {}).get("target"),
        "task": manifest.get("task"),
        "positive": manifest.get("positive"),
        "labels": manifest.get("labels"),
        "threshold": manifest.get("threshold"),
        "inputs": recipe.get("inputs") or [],
        "features": [feature["name"] for feature in recipe.get("features") or []],
        "versions": {"mlcl": manifest.get("mlcl_version", "")},
    }, size
