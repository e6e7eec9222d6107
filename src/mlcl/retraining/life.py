"""One life of an endpoint in simulated time: traffic is answered and captured, outcomes arrive late, monitoring looks,
alerts fire, the policy retrains. Everything but the clock and the traffic is what runs in earnest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import polars as pl

from mlcl.models.metrics import Cases
from mlcl.monitoring import feedback, look
from mlcl.problem import Problem
from mlcl.retraining import challenger, policy
from mlcl.retraining.figures import Question, figure
from mlcl.retraining.recorded import ARRIVAL, LABEL, TIME, Recorded
from mlcl.retraining.traffic import Sender
from mlcl.serving.web import JSON
from mlcl.stores import Store

REQUESTS = 8  # into which a period's rows are gathered, at most: each is one event of the capture
REPORTS = 4  # in which a period's outcomes come in, at most
PROCESS = "0" * 16  # the sender's part of the predictions' ids: two replays of the same give the same ids
HOUR, MILLISECOND = timedelta(hours=1), timedelta(milliseconds=1)
_ID, _PART = "id", "mlcl_part"

Document = dict[str, Any]


class Life:
    """The life of the endpoint in `store`, which is in use already. compute: CPU seconds spent on scoring, monitoring
    (outcomes, looks) and retraining."""

    def __init__(self, store: Store, problem: Problem, recorded: Recorded, metric: str) -> None:
        self.store, self.problem, self.recorded, self.metric = store, problem, recorded, metric
        self._question = Question.of(challenger.champion_of(store, problem.name).bundle, problem.value)
        self.compute = dict.fromkeys(("scoring", "monitoring", "retraining"), 0.0)
        self._sender = Sender(store, problem.name, PROCESS)
        self._outcomes: list[pl.DataFrame] = []
        self._cases: list[Cases] = []

    def lived(self, length: timedelta, done: Callable[[], None]) -> list[Document]:
        """What happened in each period; `done` is called after each."""
        periods = []
        for since, until in self.recorded.periods(length):
            periods.append(self._period(since, until))
            done()
        return periods

    def figure(self) -> float | None:
        """The metric over all rows."""
        return figure(self._cases, self.metric)

    def _period(self, since: datetime, until: datetime) -> Document:
        sent = self._timed("scoring", lambda: list(self._send(since, until)))
        arrived = self._timed("monitoring", lambda: self._tell(until, until - since))
        looked = self._timed("monitoring", lambda: look.monitor(self.store, self.problem.name, until, until - since))
        outcome = self._timed("retraining", lambda: policy.retrain_if_due(self.store, self.problem.name, until))
        attempt = outcome.attempt
        self._cases += sent
        return {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "rows": sum(len(cases.y) for cases in sent),
            "version": looked.report["version"],
            "figure": figure(sent, self.metric),
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
        for part in _parts(rows, since, max(HOUR, (until - since) / REQUESTS), TIME):
            sent = self._sender.send(part, part[TIME][-1])
            answered = part[list(sent.rows)]
            told = answered.select(ARRIVAL, pl.col(LABEL).alias("label"))
            self._outcomes.append(told.with_columns(pl.Series(_ID, sent.ids, pl.String)))
            if len(answered):
                yield self._question.cases(sent, answered[LABEL])

    def _tell(self, now: datetime, length: timedelta) -> int:
        """The outcomes that have arrived since the last time."""
        if not self._outcomes:
            return 0
        waiting = pl.concat(self._outcomes)
        arrived = waiting.filter(pl.col(ARRIVAL) < now)
        self._outcomes = [waiting.filter(pl.col(ARRIVAL) >= now)]
        for part in _parts(arrived.sort(ARRIVAL), now - length, length / REPORTS, ARRIVAL):
            body = orjson.dumps(part.select(_ID, "label").to_dicts())
            at = min(now, part[ARRIVAL][-1] + MILLISECOND)
            feedback.receive(self.store, self.problem.name, JSON, body, {}, at, len(part))
        return len(arrived)


def _parts(rows: pl.DataFrame, since: datetime, span: timedelta, by: str) -> list[pl.DataFrame]:
    """Rows in order, by the span of time that they fall into; what was before comes with the first."""
    place = (pl.col(by) - since).dt.total_microseconds().clip(0) // (span // timedelta(microseconds=1))
    return rows.with_columns(place.alias(_PART)).partition_by(_PART, maintain_order=True) if len(rows) else []
