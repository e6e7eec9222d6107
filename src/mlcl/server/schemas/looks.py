"""Looks: windows of an endpoint's traffic against what its live model was made from and promised."""

from __future__ import annotations

from pydantic import Field

from mlcl.problem.watching import MonitorLimits
from mlcl.records import Kind
from mlcl.server.schemas.base import Cell, Out
from mlcl.server.schemas.findings import Check, Drift, DriftColumn, Finding, Multivariate, Quality
from mlcl.server.schemas.outcomes import Estimated, Ledger, Performance


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
