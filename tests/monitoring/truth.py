"""An endpoint with captured traffic of chosen predictions, for tests of what is learnt from outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from mlcl.models import manifest
from mlcl.serving import endpoints, events
from mlcl.serving.events import Body, line, new_id
from mlcl.stores import Store, keys
from tests.serving.served import LABELS, bundled

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
VALUE = {"unit": "EUR", "true_positive": 100.0, "false_positive": -10.0, "false_negative": 0.0, "true_negative": 0.0}
_numbers = count()


def endpoint(
    store: Store, name: str = "bank", task: str = "binary", *, version: int | None = 1, seed: int = 1, **parts: Any
) -> str:
    """Deploys a small model; parts: of its manifest. Gives the bundle's digest."""
    digest = bundled(store, task, seed=seed)
    if parts:
        digest = rewritten(store, digest, parts)
    endpoints.deploy(store, name, digest, version, forced=version is None)
    return digest


def rewritten(store: Store, digest: str, parts: dict[str, Any]) -> str:
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        store.download(keys.bundle(digest), folder)
        sheet, _ = manifest.verify(folder)
        fixed = {key: value for key, value in sheet.items() if key not in ("files", "format", "schema_version")}
        new = manifest.write(folder, {**fixed, **parts})
        store.upload(folder, keys.bundle(new))
    return new


def send(
    store: Store,
    at: datetime,
    said: Sequence[float | str],
    rows: Sequence[dict[str, Any]] | None = None,
    *,
    name: str = "bank",
    variant: str = "live",
    version: int | None = 1,
    event_id: str = "",
) -> list[str]:
    """Captures one request, answered with these probabilities of 'yes' (decided from 0.4 on); gives the ids."""
    event_id = event_id or new_id(at, "0123456789abcdef", next(_numbers))
    ids = [f"{event_id}-{place}" for place in range(len(said))]
    told = [_answer(one, p) for one, p in zip(ids, said, strict=True)]
    body = orjson.dumps({"rows": list(rows or [{"age": 40}] * len(said))})
    text = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sides = Body("application/json", body), Body("application/json", orjson.dumps({"predictions": told}))
    key = f"{keys.captures(name)}/{variant}/{events.hour(text)}/{at:%M-%S}-{next(_numbers)}.jsonl"
    store.put(key, line(event_id, text, version, *sides))
    return ids


def _answer(one: str, said: float | str) -> dict[str, Any]:
    if isinstance(said, str):
        return {"id": one, "value": float(said)}
    return {"id": one, "probability": {"no": 1 - said, "yes": said}, "decision": "yes" if said >= 0.4 else "no"}


__all__ = ["LABELS", "START", "VALUE", "endpoint", "rewritten", "send"]
