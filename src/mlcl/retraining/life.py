"""One life of an endpoint in simulated time: traffic is answered and captured, outcomes arrive late, monitoring looks,
alerts fire, the policy retrains. Everything but the clock and the traffic is what runs in earnest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from mlcl.metrics import BINARY, REGRESSION
from mlcl.models.decision import worth
from mlcl.models.metrics import Cases, measure
from mlcl.monitoring import feedback, look
from mlcl.problem import Problem
from mlcl.retraining import challenger, policy
from mlcl.retraining.recorded import ARRIVAL, LABEL, TIME, Recorded
from mlcl.retraining.traffic import Sender, Sent
from mlcl.stores import Store

REQUESTS = 24  # into which a period's rows are gathered, at most: each is one event of the capture
PROCESS = "0" * 16  # the sender's part of the predictions' ids: two replays of the same give the same ids
_ID, _PART = "id", "mlcl_part"

Document = dict[str, Any]


class Life:
    """The life of the endpoint in `store`, which is in use already. compute: CPU seconds spent on scoring, monitoring
    (outcomes, looks) and retraining."""

    def __init__(self, store: Store, problem: Problem, recorded: Recorded, metric: str) -> None:
        self.store, self.problem, self.recorded, self.metric = store, problem, recorded, metric
        champion = challenger.champion_of(store, problem.name)
        self.task, self.labels = champion.bundle.task, list(champion.bundle.labels or ())
        self.compute = dict.fromkeys(("scoring", "monitoring", "retraining"), 0.0)
        self._sender = Sender(store, problem.name, PROCESS)
        self._outcomes: list[pl.DataFrame] = []
        self._cases: list[Cases] = []
        self._told = recorded.start

    def lived(self, length: timedelta, done: Callable[[], None]) -> list[Document]:
        """What happened in each period; `done` is called after each."""
        periods = []
        for since, until in self.recorded.periods(length):
            periods.append(self._period(since, until))
            done()
        return periods

    def figure(self) -> float | None:
        """The metric over all rows."""
        return measure(_joined(self._cases))[self.metric] if self._cases else None

    def _period(self, since: datetime, until: datetime) -> Document:
        sent = self._timed("scoring", lambda: list(self._send(since, until)))
        looked, arrived = self._timed("monitoring", lambda: (self._tell(until), self._look(since, until)))[::-1]
        outcome = self._timed("retraining", lambda: policy.retrain_if_due(self.store, self.problem.name, until))
        attempt = outcome.attempt
        cases = _joined(sent) if sent else None
        self._cases += [cases] if cases else []
        return {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "rows": len(cases.y) if cases else 0,
            "version": looked.report["version"],
            "figure": measure(cases)[self.metric] if cases else None,
            "outcomes": arrived,
            "alerts": [alert.model_dump(mode="json") for alert in looked.changed],
            "findings": len(looked.report["findings"]),
            "retraining": {"state": outcome.state, "trigger": outcome.trigger, "why": outcome.why},
            "attempt": attempt.model_dump(mode="json") if attempt else None,
        }

    def _timed(self, part: str, work: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = work()
        self.compute[part] += time.process_time() - start
        return result

    def _send(self, since: datetime, until: datetime) -> Iterator[Cases]:
        """Sends a period's rows, gathered into requests; each request has the time of its last row."""
        rows = self.recorded.within(since, until)
        span = max(timedelta(hours=1), (until - since) / REQUESTS)
        place = (pl.col(TIME) - since).dt.total_microseconds() // (span // timedelta(microseconds=1))
        for part in _parts(rows, place):
            sent = self._sender.send(part, part[TIME][-1])
            answered = part[list(sent.rows)]
            told = answered.select(ARRIVAL, pl.col(LABEL).alias("label"))
            self._outcomes.append(told.with_columns(pl.Series(_ID, sent.ids, pl.String)))
            if len(answered):
                yield self._case(answered, sent)

    def _tell(self, now: datetime) -> int:
        """The outcomes that have arrived since the last time."""
        if not self._outcomes:
            return 0
        waiting = pl.concat(self._outcomes)
        arrived = waiting.filter(pl.col(ARRIVAL) < now)
        self._outcomes = [waiting.filter(pl.col(ARRIVAL) >= now)]
        for at, part in _by_day(arrived, now):
            feedback.add(self.store, self.problem.name, part.select(_ID, "label"), now=at)
        return len(arrived)

    def _look(self, since: datetime, until: datetime) -> look.Looked:
        return look.monitor(self.store, self.problem.name, until, until - since)

    def _case(self, rows: pl.DataFrame, sent: Sent) -> Cases:
        if self.task == REGRESSION:
            truth = rows[self.problem.target].cast(pl.Float64).to_numpy()
            return Cases(self.task, truth, np.array(sent.columns["prediction"]), None, 0)
        codes = {label: code for code, label in enumerate(self.labels)}
        y = rows[LABEL].replace_strict(codes, default=-1, return_dtype=pl.Int64).to_numpy()
        decided = np.array([codes.get(label, -1) for label in sent.columns["decision"]])
        if self.task == BINARY:
            table = worth(self.problem.value) if self.problem.value else None
            return Cases(self.task, y, np.array(sent.columns["probability"]), decided, 2, table)
        none = [0.0] * len(y)
        scores = np.column_stack([sent.columns.get(f"probability_{label}", none) for label in self.labels])
        known = (y >= 0) & (decided >= 0)  # a class that came up later has no place in the figures
        return Cases(self.task, y, scores, decided, len(self.labels)).take(known)


def _by_day(arrived: pl.DataFrame, now: datetime) -> Iterator[tuple[datetime, pl.DataFrame]]:
    """Outcomes day by day, each day's told at its end: the ledger learns from it how late they are."""
    for part in _parts(arrived.sort(ARRIVAL), pl.col(ARRIVAL).dt.truncate("1d")):
        yield min(now, part[_PART][0] + timedelta(days=1)), part


def _parts(rows: pl.DataFrame, by: pl.Expr) -> list[pl.DataFrame]:
    """The rows by a value of theirs, in order."""
    return rows.with_columns(by.alias(_PART)).partition_by(_PART, maintain_order=True) if len(rows) else []


def _joined(parts: list[Cases]) -> Cases:
    first = parts[0]
    decided = None if first.decided is None else np.concatenate([part.decided for part in parts])
    y, scores = (np.concatenate([getattr(part, name) for part in parts]) for name in ("y", "scores"))
    return Cases(first.task, y, scores, decided, first.classes, first.worth)
