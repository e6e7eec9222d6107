"""Looks: windows of an endpoint's traffic against what its live model was made from and promised."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlcl.problem.watching import MonitorLimits
from mlcl.records import Kind
from mlcl.server.schemas.alerts import Severity
from mlcl.server.schemas.base import Cell, Figures, In, Out
from mlcl.server.schemas.evaluation import Interval

Compared = Literal["worse", "better", "as promised", "undecided"]


class Price(Out):
    """What a finding may cost in a window. amount: null where nothing prices it, and `why` says so; low, high: 95 %
    interval, of losses alone."""

    amount: float | None
    unit: str = ""
    formula: str = ""
    assumptions: list[str] = []
    low: float | None = None
    high: float | None = None
    why: str = ""


class Finding(Out):
    """One thing beyond its limit that is not chance. column: null where it is of no column."""

    kind: str
    column: str | None
    severity: Severity
    value: float | None
    limit: float | None
    message: str
    money_at_risk: float | None
    price: Price


class Check(Out):
    """A check of data quality. value, reference: shares of rows, now and in training; of volume rows per hour and those
    expected."""

    check: str
    column: str | None
    value: float | None
    reference: float | None
    rows: int
    p_value: float | None
    p_adjusted: float | None
    limit: float | None
    broken: bool


class Broken(Out):
    check: str
    column: str | None


class Quality(Out):
    rows: int
    rows_per_hour: float | None
    limits: dict[str, float] = {}
    broken: list[Broken] = []
    checks: list[Check] = []


class ShareCell(Out):
    """Shares of rows with this value or in this range: in training, and in the window."""

    label: str
    reference: float
    current: float


class DriftColumn(Out):
    """One column. psi_noise: what chance alone makes of PSI in samples of these sizes; effect: effect_name's size;
    mean_difference: of numbers, in standard deviations."""

    column: str
    kind: Kind
    psi: float | None
    psi_noise: float | None = None
    js: float | None
    test: str = ""
    statistic: float | None = None
    degrees: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    effect_name: str = ""
    effect: float | None = None
    mean_difference: float | None = None
    drifted: bool
    why: str = ""
    cells: list[ShareCell] = []


class Drift(Out):
    rows: int
    reference_rows: int
    limits: dict[str, float] = {}
    drifted: list[str] = []
    columns: list[DriftColumn] = []


class GivenAway(Out):
    column: str
    share: float


class SideRows(Out):
    reference: int = 0
    current: int = 0


class Multivariate(Out):
    """Whether a classifier tells the window's rows from training rows: its ROC AUC (0.5: it cannot) and the columns
    that give them away."""

    auc: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    level: float = 0.95
    rows: SideRows = SideRows()
    limits: dict[str, float] = {}
    columns: list[GivenAway] = []
    drifted: bool = False
    why: str = ""


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


class Span(Out):
    """The window, or the test rows, that a figure is of."""

    since: str
    until: str


class LookBrief(Out):
    """A look as lists show it. rows: predictions of the live model in the window; enough: whether they were enough to
    say anything; drifted: columns; broken: checks of quality; metric: the one that counts, with what was promised,
    estimated without outcomes, and realised by outcomes of the span `realised_of`; money_at_risk: sum over all
    findings."""

    id: str
    endpoint: str
    version: int | None = None
    made_at: str
    since: str
    until: str
    rows: int
    enough: bool
    findings: int = 0
    critical: int = 0
    drifted: list[str] = []
    broken: int = 0
    auc: float | None = None
    metric: str | None = None
    promised: float | None = None
    estimated: float | None = None
    realised: float | None = None
    realised_of: Span | None = None
    money_at_risk: float | None = None
    unit: str = ""


class Look(Out):
    """One look in full. quality, drift, predictions, multivariate, estimated: null where there were too few rows, or
    the bundle has no baseline; judged: the kinds of finding that there were rows enough for; findings: the dearest
    first."""

    id: str
    endpoint: str
    problem: str = ""
    version: int | None = None
    bundle_digest: str = ""
    made_at: str
    since: str
    until: str
    rows: int
    others: int = 0
    unreadable: int = 0
    minimum_rows: int = 0
    enough: bool
    unit: str = ""
    quality: Quality | None = None
    drift: Drift | None = None
    predictions: Drift | None = None
    multivariate: Multivariate | None = None
    estimated: Estimated | None = None
    performance: Performance | None = None
    ledger: Ledger | None = None
    judged: list[str] = []
    findings: list[Finding] = []
    files: list[str] = Field(default=[], description="Names of the files that the look left besides its report.")


class Summary(Out):
    """A column in numbers, in training or in the window. top: the most frequent values, with their shares."""

    rows: int = 0
    missing: float | None = None
    mean: float | None = None
    std: float | None = None
    min: Cell = None
    max: Cell = None
    distinct: int | None = None


class ColumnPoint(Out):
    """A column in one look."""

    look: str
    until: str
    psi: float | None
    js: float | None
    drifted: bool


class ColumnLook(Out):
    """Two distributions of one column: training's and the window's, with what was tested. checks: of its quality;
    history: in the looks before, oldest first."""

    look: str
    endpoint: str
    since: str
    until: str
    column: str
    drift: DriftColumn
    reference: Summary
    current: Summary
    checks: list[Check] = []
    findings: list[Finding] = []
    history: list[ColumnPoint] = []
    limit: float | None = None


class SeriesPoint(Out):
    """A figure of one look with its interval; null: it said nothing of it."""

    value: float | None
    low: float | None = None
    high: float | None = None


class ColumnSeries(Out):
    """One column over time, look by look. psi: Population Stability Index; js: Jensen-Shannon distance; missing:
    share."""

    column: str
    kind: Kind | None = None
    psi: list[float | None]
    js: list[float | None]
    missing: list[float | None]
    drifted: list[bool | None]


class MetricSeries(Out):
    """A metric over time, look by look."""

    metric: str
    label: str
    greater_is_better: bool
    promised: list[float | None]
    estimated: list[SeriesPoint]
    realised: list[SeriesPoint]


class Money(Out):
    """Value per case over time, as promised, as estimated without outcomes, and as realised by outcomes; realised_sum:
    of all cases with an outcome in the look's judged span."""

    unit: str
    promised_per_case: list[float | None]
    estimated_per_case: list[SeriesPoint]
    realised_per_case: list[SeriesPoint]
    realised_sum: list[float | None]
    money_at_risk: list[float | None]


class MonitoringSeries(Out):
    """All looks of a span side by side, oldest first: element i of every list is of looks[i]. limits: from which
    figures on a finding raises an alert; columns: the ones that drifted most first."""

    endpoint: str
    unit: str = ""
    looks: list[LookBrief]
    limits: MonitorLimits
    columns: list[ColumnSeries]
    predictions: ColumnSeries | None = None
    auc: list[SeriesPoint]
    rows_per_hour: list[float | None]
    broken: list[int | None]
    metrics: list[MetricSeries]
    main_metric: str | None = None
    value: Money | None = None


JobKind = Literal["monitor", "retrain", "notify"]
JobStateName = Literal["never", "starting", "running", "done", "failed", "interrupted"]


class Job(Out):
    """Work on an endpoint that is done by itself or was asked for. next_at: when it is due, as far as known; schedule:
    whether it is done by itself at all."""

    kind: JobKind
    endpoint: str
    state: JobStateName
    started_at: str | None = None
    finished_at: str | None = None
    error: str = ""
    failures: int = 0
    next_at: str | None = None
    scheduled: bool = False


class Monitoring(Out):
    """How an endpoint is watched. every, window: as in the problem file; webhook, email: whether changes of alerts are
    sent there; jobs: what is done by itself."""

    endpoint: str
    version: int | None = None
    every: str
    window: str
    minimum_rows: int
    limits: MonitorLimits
    webhook: bool = False
    email: bool = False
    unit: str = ""
    looks: int = 0
    latest: LookBrief | None = None
    jobs: list[Job] = []
    main_metric: str | None = None
    promised: Promised | None = None


class StartLook(In):
    """window: how far back: 15m, 1d, 2w (left out: as the problem file says)."""

    window: str | None = Field(default=None, max_length=20)


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
