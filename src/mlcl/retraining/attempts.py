"""Attempts to replace an endpoint's model: one log per endpoint, which is also the lease.

An attempt begins with an entry that is created only if nobody else made one since, so there is never more than one at
a time; it ends with another. One whose process died, or whose time ran out, is given up: the next may begin.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field, ValidationError

from mlcl import runs
from mlcl.errors import Conflict, Corrupt
from mlcl.records import Record, time_text
from mlcl.stores import Log, Store, keys
from mlcl.stores.log import Entry

State = Literal["watching", "running", "deployed", "trying", "kept", "waiting", "failed"]
LEASE = timedelta(hours=12)  # after which an attempt of another machine counts as given up


class Attempt(Record):
    """One attempt, or with state `watching` the moment from which the schedule counts. Times: UTC, ISO 8601, by the
    clock of whoever asked.

    deployed: the challenger is live; trying: it is a canary or shadow; kept: it did not pass, or could not be
    deployed, and the champion stays; waiting: there was too little to learn from; failed: an error, told by why.
    rows: of the table (old, new, test). live: version that was live before; version: of the challenger, when it
    passed.
    """

    endpoint: str
    trigger: str
    state: State
    at: str
    ended_at: str = ""
    process: str = ""
    why: str = ""
    live: int | None = None
    version: int | None = None
    run: str = ""
    report: str = ""
    rows: dict[str, int] = Field(default_factory=dict)
    goals: tuple[dict[str, Any], ...] = ()

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def counts(self) -> bool:
        """Whether a challenger was trained, or was being trained."""
        return self.state not in ("watching", "waiting")

    def busy(self, now: datetime) -> bool:
        """Whether it is still going on."""
        return self.state == "running" and now < self.began + LEASE and runs.alive(self.process)


def history(store: Store, endpoint: str) -> list[Attempt]:
    """All attempts, oldest first, each as it stands now; one that was given up has state `failed`."""
    found: list[Attempt] = []
    for entry in _log(store, endpoint).history():
        attempt = _parse(endpoint, entry)
        if attempt.state != "running" and found and found[-1].state == "running":
            found.pop()
        found.append(attempt)
    return [*(_given_up(one) for one in found[:-1]), *found[-1:]]


def begin(store: Store, endpoint: str, trigger: str, now: datetime) -> Entry:
    """Takes the lease. Raises Conflict when somebody else has it."""
    log = _log(store, endpoint)
    last = log.latest()
    if last and (running := _parse(endpoint, last)).busy(now):
        raise Conflict(
            f"'{endpoint}' is being retrained already.",
            found=f"by {running.process} since {running.at} ({running.trigger})",
            fix="Wait until it has ended.",
        )
    attempt = Attempt(
        endpoint=endpoint,
        trigger=trigger,
        state="running",
        at=time_text(now),
        process=runs.this_process(),
        why="under way",
    )
    return log.append(attempt.model_dump(mode="json"), after=last.number if last else 0)


def end(store: Store, lease: Entry, attempt: Attempt) -> Attempt:
    """Writes what came of the attempt, and lets the lease go. Conflict: the lease was lost to somebody else."""
    _log(store, attempt.endpoint).append(attempt.model_dump(mode="json"), after=lease.number)
    return attempt


def watched_since(store: Store, endpoint: str, now: datetime) -> datetime:
    """Since when the schedule counts: the first time that anybody asked, which may be now."""
    log = _log(store, endpoint)
    if not log.latest():
        mark = Attempt(endpoint=endpoint, trigger="", state="watching", at=time_text(now))
        try:
            log.append(mark.model_dump(mode="json"), after=0)
        except Conflict:
            return watched_since(store, endpoint, now)
    return _parse(endpoint, log.read(1)).began


def _given_up(attempt: Attempt) -> Attempt:
    if attempt.state != "running":
        return attempt
    return attempt.model_copy(update={"state": "failed", "why": "It was cut off and did not end."})


def _log(store: Store, endpoint: str) -> Log:
    return Log(store, keys.retraining(endpoint))


def _parse(endpoint: str, entry: Entry) -> Attempt:
    try:
        return Attempt.model_validate(entry.document)
    except ValidationError as error:
        where = f"{keys.retraining(endpoint)}, entry {entry.number}"
        raise Corrupt("An attempt to retrain is damaged.", where=where, found=str(error).splitlines()[0]) from error
