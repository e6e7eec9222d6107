"""The process that scores an uploaded file: `python -m mlcl.server.predictions_worker STORE BATCH`."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from mlcl import registry, runs
from mlcl.errors import InputError, MlclError, described
from mlcl.models.bundle import Bundle
from mlcl.progress import listening
from mlcl.records import now
from mlcl.server import predictions_scored as files
from mlcl.server import uploaded
from mlcl.server.predictions_scored import Scored
from mlcl.serving.batch import predict_file
from mlcl.serving.batch_input import format_of
from mlcl.stores import Store

SECONDS = 0.5  # between notes of how far it is


def main(arguments: list[str]) -> int:
    store, batch_id = Store(arguments[0]), arguments[1]
    signal.signal(signal.SIGTERM, _told)
    if hasattr(os, "nice"):
        os.nice(10)  # predictions come first
    scored = files.change(store, files.find(store, batch_id), state="running", process=runs.this_process())
    ended = threading.Event()
    progress: list[float] = [0.0, 0.0]
    beside = threading.Thread(target=_beside, args=(store, batch_id, progress, ended), daemon=True)
    beside.start()
    try:
        found = _score(store, scored, progress)
    except KeyboardInterrupt:
        asked = files.wanted_to_stop(store, batch_id)
        found = {"state": "stopped" if asked else "interrupted"}
    except MlclError as error:
        found = {"state": "failed", "error": described(error), **_faulty(store, scored, error)}
    except Exception as error:  # noqa: BLE001 - nobody else is there to tell
        found = {"state": "failed", "error": described(error)}
    ended.set()
    beside.join()
    files.change(store, scored, finished_at=now(), **found)
    return 0 if found["state"] == "done" else 1


def _score(store: Store, scored: Scored, progress: list[float]) -> dict[str, Any]:
    folder = files.folder(store, scored.id)
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / scored.result_name
    bundle = Bundle.load(registry.bundle_folder(store, scored.bundle_digest))

    def heard(done: float, total: float, text: str) -> None:
        progress[:] = [done, total]

    with uploaded.opened(store, scored.source) as source, listening(heard):
        header = _header(source, [column.name for column in bundle.recipe.inputs])
        more: dict[str, Any] = {"on_error": scored.on_error, "keep": scored.keep, "shown": files.FAULTS}
        try:
            result = predict_file(bundle, source, output, **more)
        except InputError as error:
            files.keep_faults(store, scored.id, error.faults[: files.FAULTS])
            raise
    size = output.stat().st_size
    _adopt(store, output, scored.result_key)
    shutil.rmtree(folder, ignore_errors=True)
    told = {name: value for name, value in result.as_dict().items() if name not in ("output", "faults")}
    files.keep_faults(store, scored.id, result.faults)
    return {"state": "done", "result": {**told, "bytes": size}, "faults": len(result.faults), "header": header}


def _faulty(store: Store, scored: Scored, error: MlclError) -> dict[str, Any]:
    if not isinstance(error, InputError):
        return {}
    with uploaded.opened(store, scored.source) as source:
        sheet = registry.bundle_folder(store, scored.bundle_digest)
        names = [column.name for column in Bundle.load(sheet).recipe.inputs]
        return {"faults": min(len(error.faults), files.FAULTS), "header": _header(source, names)}


def _adopt(store: Store, output: Path, key: str) -> None:
    """In a folder by a rename: no byte is copied."""
    if store.folder is None:
        store.put(key, output)
        return
    target = store.folder / key
    target.parent.mkdir(parents=True, exist_ok=True)
    output.replace(target)


def _header(source: Path, names: list[str]) -> int | None:
    """Lines before the first row; None where rows are no lines."""
    kind, gzipped = format_of(source)
    if kind == "parquet" or gzipped:
        return None
    if kind == "jsonl":
        return 0
    with source.open("rb") as file:
        first = file.readline(1 << 20).decode("utf-8-sig", "replace")
    return int(any(name in first for name in names))


def _beside(store: Store, batch_id: str, progress: list[float], ended: threading.Event) -> None:
    """Notes how far it is, and ends the work when somebody asks for that."""
    noted: list[float] = []
    while not ended.wait(SECONDS):
        try:
            if progress != noted:
                noted = list(progress)
                files.keep_progress(store, batch_id, *noted)
            if files.wanted_to_stop(store, batch_id):
                os.kill(os.getpid(), signal.SIGTERM)
                return
        except MlclError:  # the store is away for a while
            continue


def _told(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
