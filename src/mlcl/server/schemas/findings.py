"""What a look measured of a window against training: quality, drift, and what they may cost."""

from __future__ import annotations

from mlcl.records import Kind
from mlcl.server.schemas.alerts import Severity
from mlcl.server.schemas.base import Out


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
