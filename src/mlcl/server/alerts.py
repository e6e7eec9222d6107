"""/alerts: what a person should know of."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from mlcl.server.schemas.alerts import Acknowledge, Alert, AlertCounts, AlertDetail, AlertState, Severity
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.parameters import Cursor, Limit, Search, Sort

router = APIRouter(tags=["alerts"])

AlertId = Annotated[str, Path(max_length=160, description="Id of the alert.")]


@router.get("/alerts")
def list_alerts(
    limit: Limit = 50,
    cursor: Cursor = None,
    sort: Sort = "-money_at_risk",
    q: Search = "",
    endpoint: Annotated[str | None, Query(max_length=128, description="Only of this endpoint.")] = None,
    state: Annotated[list[AlertState] | None, Query(description="Only in these states; left out: open ones.")] = None,
    kind: Annotated[list[str] | None, Query(max_length=20, description="Only of these kinds.")] = None,
    severity: Annotated[Severity | None, Query()] = None,
) -> Page[Alert]:
    """Alerts; unless sorted otherwise open ones first, the dearest first."""
    raise NotImplementedError


@router.get("/alert-counts")
def count_alerts() -> list[AlertCounts]:
    """Open alerts, endpoint by endpoint."""
    raise NotImplementedError


@router.get("/alerts/{alert}")
def get_alert(alert: AlertId) -> AlertDetail:
    """One alert, with its history and the notices of it that were not delivered."""
    raise NotImplementedError


@router.post("/alerts/{alert}/acknowledge")
def acknowledge_alert(alert: AlertId, body: Acknowledge) -> AlertDetail:
    """Says that somebody cares for it: it stays until it is resolved, but no longer calls."""
    raise NotImplementedError
