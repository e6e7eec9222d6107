"""The process of a run that was started from the page: `python -m mlcl.server.worker WISH` (see mlcl.server.launch)."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

import orjson

from mlcl import library, lifecycle, runs
from mlcl.diary import Diary
from mlcl.errors import FAULT, MlclError, NotFound, described
from mlcl.records import Run, now
from mlcl.server.launch import Wish
from mlcl.stores import Log, Store, keys

_STUBBORN = 30.0  # seconds that native code gets to notice that the run is to end


def main(text: str) -> int:
    """Exit code as `mlcl run`, roughly: the run's record has the truth."""
    wish = Wish(**orjson.loads(text))
    store = Store(wish.store)
    signal.signal(signal.SIGTERM, _told)
    threading.Thread(target=_watch, args=(store, wish.run), daemon=True).start()
    try:
        saved = library.find(store, wish.problem, wish.revision)
        if saved is None:
            raise NotFound("The problem file is not in the store.", where=f"{wish.problem}, revision {wish.revision}")
        problem = saved.parse(wish.overrides)
        lifecycle.run(problem, store=store, fresh=wish.fresh, trigger="page", run_id=wish.run)
    except KeyboardInterrupt:
        _finish(store, wish.run, "interrupted", {})
        return 130
    except Exception as error:  # noqa: BLE001 - nobody else is there to tell
        _finish(store, wish.run, "failed", described(error))
        return error.exit_code if isinstance(error, MlclError) else FAULT
    return 0


def _finish(store: Store, run_id: str, state: str, error: dict[str, object]) -> None:
    """Marks the run as ended, unless it has done so itself."""
    log = Log(store, keys.run(run_id))
    entry = log.latest()
    if entry is None:
        return
    run = Run.model_validate(entry.document)
    if run.state != "running":
        return
    with Diary(store, run_id) as diary:  # before the state: a run that has ended has all its lines
        diary.say(str(error.get("what") or state), "error" if error else "warning")
    ended = run.model_copy(
        update={"state": state, "finished_at": now(), "error": error or None, "process": runs.this_process()}
    )
    log.append(ended.model_dump(mode="json"))


def _told(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _watch(store: Store, run_id: str) -> None:
    """Ends this process when its run was asked to end and native code does not let it."""
    pause = threading.Event()
    while not pause.wait(2.0):
        try:
            wanted = store.exists(keys.run_stop(run_id))
        except MlclError:
            continue
        if wanted:
            pause.wait(_STUBBORN)
            _finish(store, run_id, "interrupted", {})
            os._exit(130)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
