"""What an endpoint is compared with, as monitoring sees it: read once for each model and each run that made it."""

from __future__ import annotations

from mlcl.errors import MlclError, NotFound
from mlcl.monitoring.watched import Watched
from mlcl.problem.watching import Monitor
from mlcl.records import Run
from mlcl.server.context import Server
from mlcl.server.endpoints_shown import known
from mlcl.server.index import present


def watched(server: Server, name: str) -> Watched:
    """NotFound: there never was such an endpoint, or it never had a model."""
    state = known(server, name)
    run = _maker(server, state.live.bundle_digest) if state.live else ""

    def make() -> Watched:
        found = Watched(server.store, name)
        if made := _run(server, run):
            found.run = made  # the newest run that made the model: the index of runs tells it at once
        return found

    return server.remembered(("watched", name, str(state.revision), run), make)


def settings(server: Server, name: str) -> Monitor:
    """[monitor] of the problem file; the usual where it cannot be read."""
    try:
        return watched(server, name).settings
    except MlclError:
        return Monitor()


def _maker(server: Server, digest: str) -> str:
    made = [run.id for run in list(server.live.runs.known.values()) if run.bundle_digest == digest]
    return max(made, default="")


def _run(server: Server, run_id: str) -> Run | None:
    try:
        return present(server.store, run_id) if run_id else None
    except NotFound:
        return None
