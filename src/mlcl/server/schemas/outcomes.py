"""What became of predictions: performance, estimated and realised, and the ledger of outcomes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlcl.server.schemas.base import Cell, Figures, In, Out
from mlcl.server.schemas.evaluation import Interval

Compared = Literal["worse", "better", "as promised", "undecided"]


class AgainstPromise(Out):
    """A figure beside the promised one. low, high: interval of got - promised; loss: relative to what was promised
    (below 0: a gain)."""

    metric: str
    got: float
    promised: float
    low: float | None
    high: float | None
    loss: float
    limit: float
    outcome: Compared


class Estimated(Out):
    """What metrics to expect, without outcomes. metrics: null where nothing can be said, and `why` says so."""

    task: str = ""
    rows: int = 0
    metrics: Figures | None = None
    intervals: dict[str, Interval] = {}
    calibrated: bool = False
    assumptions: list[str] = []
    why: str = ""
    against: AgainstPromise | None = None


class Promised(Out):
    metrics: Figures = {}
    intervals: dict[str, Interval] = {}
    source: str = ""


class Change(Out):
    """A metric that was promised and is known now. difference: realised less promised, with its interval."""

    promised: float | None
    realised: float | None
    difference: float | None
    low: float | None
    high: float | None
    outcome: Compared


class RealisedValue(Out):
    """Value of the decisions, per case and of all cases with an outcome."""

    unit: str
    cases: int
    realised_per_case: float | None
    promised_per_case: float | None = None
    realised: float | None = None
    low: float | None = None
    high: float | None = None


class CohortFigures(Out):
    since: str
    rows: int
    metrics: Figures = {}
    intervals: dict[str, Interval] = {}


class SegmentFigures(Out):
    value: str | None
    rows: int
    metrics: Figures = {}
    intervals: dict[str, Interval] = {}
    enough: bool = True
    promised: Figures | None = None


class PerformanceSegment(Out):
    column: str
    groups: list[SegmentFigures]


class Refused(Out):
    """A cohort that may not be judged yet."""

    cohort: int
    since: str
    until: str
    mature_at: str | None = None
    why: str = ""


class Performance(Out):
    """How well the live model did, by the newest outcomes that may be judged (judged; else `why` not)."""

    judged: bool
    why: str = ""
    since: str | None = None
    until: str | None = None
    predictions: int = 0
    immature: int = 0
    labelled: int = 0
    rows: int = 0
    refused: list[Refused] = []
    metrics: Figures | None = None
    intervals: dict[str, Interval] = {}
    promised: Promised | None = None
    changes: dict[str, Change] = {}
    value: RealisedValue | None = None
    cohorts: list[CohortFigures] = []
    segments: list[PerformanceSegment] = []
    against: AgainstPromise | None = None


class Lateness(Out):
    """How late outcomes are, in seconds. known: whether that may be relied on; why: if not, why not."""

    labels: int = 0
    median: float | None = None
    p90: float | None = None
    p95: float | None = None
    known: bool = False
    why: str = ""


class CohortDelay(Out):
    median: float | None = None
    p90: float | None = None


class Cohort(Out):
    """The predictions of one day. mature: whether it may be judged; mature_at: when it may be, null where nobody can
    say."""

    cohort: int
    since: str
    until: str
    predictions: int
    labels: int
    share: float
    delay: CohortDelay | None = None
    expected_share: float | None = None
    mature: bool
    mature_at: str | None = None
    why: str = ""


class DecisionShare(Out):
    decision: str
    predictions: int
    labels: int
    share: float


class Selective(Out):
    """Outcomes become known for one decision far more often than for another."""

    by_decision: list[DecisionShare]
    p_value: float


class Ledger(Out):
    """The label-maturity ledger: of the predictions of each day, how many outcomes are known and how late they are."""

    endpoint: str
    now: str
    every: float
    predictions: int
    labels: int
    unmatched: int = 0
    delay: Lateness
    expected_share: float | None = None
    cohorts: list[Cohort] = []
    selective: Selective | None = None
    warnings: list[str] = []


class Labels(Out):
    """The ledger as of the newest look that had one. ledger: null before any outcome came in; look: whose it is."""

    endpoint: str
    look: str | None = None
    as_of: str | None = None
    ledger: Ledger | None = None
    why: str = ""


class SendFeedback(In):
    """source: of an upload that is done: a CSV, Parquet or JSON Lines file of outcomes; by: columns that callers sent
    with the rows, to join by (empty: by prediction id); label: the column of outcomes (left out: 'label', or the
    target); since, until: of the predictions to join to (ISO times)."""

    source: str = Field(min_length=1, max_length=4000)
    by: list[str] = Field(default=[], max_length=20)
    label: str | None = Field(default=None, max_length=1000)
    since: str | None = Field(default=None, max_length=40)
    until: str | None = Field(default=None, max_length=40)


class LeftOutRow(Out):
    """An outcome that found no prediction, or several. keys: its id, or the columns joined by."""

    row: int
    keys: dict[str, Cell] = {}
    why: str


class FeedbackResult(Out):
    """rows = stored + duplicates + unmatched + ambiguous + without_label. corrected: of the stored, those that changed
    an earlier outcome; left_out: the first that found no prediction, or several."""

    rows: int
    stored: int
    corrected: int | None
    duplicates: int
    unmatched: int
    ambiguous: int
    without_label: int
    left_out: list[LeftOutRow] = []
