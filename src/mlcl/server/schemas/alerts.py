"""Alerts: what a look found that a person should know of."""

from __future__ import annotations

from typing import Literal

from mlcl.server.schemas.base import In, Out, Reason

AlertState = Literal["firing", "acknowledged", "resolved"]
FindingKind = Literal[
    "missing",
    "type_faults",
    "out_of_range",
    "unseen",
    "volume",
    "drift",
    "predictions",
    "multivariate",
    "estimated",
    "performance",
]
Severity = Literal["warning", "critical"]


class Alert(Out):
    """column: '' where the finding is of no column; money_at_risk: per window, in `unit`, null where nothing prices it;
    look: id of the look that found it last; acknowledged_by, note: who cares for it, and what they said."""

    id: str
    endpoint: str
    kind: str
    column: str = ""
    state: AlertState
    severity: str
    value: float | None = None
    limit: float | None = None
    money_at_risk: float | None = None
    unit: str = ""
    message: str = ""
    version: int | None = None
    look: str = ""
    fired_at: str
    changed_at: str
    acknowledged_by: str = ""
    acknowledged_at: str | None = None
    note: str = ""


class AlertChange(Out):
    """One state of an alert."""

    state: AlertState
    at: str
    by: str = ""
    note: str = ""


class AlertNotice(Out):
    """Who was to be told of a change, and could not be (yet). state 'failed': given up."""

    channel: str
    state: Literal["waiting", "failed"]
    of: AlertState
    attempts: int
    due: str
    error: str = ""


class AlertDetail(Alert):
    history: list[AlertChange] = []
    notices: list[AlertNotice] = []


class AlertCounts(Out):
    """Open alerts of one endpoint."""

    endpoint: str
    firing: int = 0
    acknowledged: int = 0
    critical: int = 0
    money_at_risk: float | None = None
    unit: str = ""


class Acknowledge(In):
    note: Reason = ""
