"""/alerts: what a person should know of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from mlcl.monitoring import alerts as known
from mlcl.server.context import Caller, Context, Server
from mlcl.server.monitoring_watched import watched
from mlcl.server.paging import matches, page
from mlcl.server.schemas.alerts import (
    Acknowledge,
    Alert,
    AlertChange,
    AlertCounts,
    AlertDetail,
    AlertNotice,
    AlertState,
    Severity,
)
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.parameters import Cursor, Limit, Search, Sort
from mlcl.stores import keys

router = APIRouter(tags=["alerts"])

AlertId = Annotated[str, Path(max_length=160, description="Id of the alert.")]


def _dear(alert: known.Alert) -> float:
    """Greatest of the dearest open ones; then open ones without a price, then resolved ones likewise."""
    money = alert.money_at_risk
    if alert.open:
        return -1.0 if money is None else money
    return -4.0 if money is None else -2.0 - 1 / (1 + money)


_KEYS = {
    "money_at_risk": _dear,
    "fired_at": lambda alert: alert.fired_at,
    "changed_at": lambda alert: alert.changed_at,
    "severity": lambda alert: alert.severity,
    "state": lambda alert: alert.state,
    "endpoint": lambda alert: alert.endpoint,
    "kind": lambda alert: alert.kind,
}


@router.get("/alerts")
def list_alerts(
    server: Context,
    limit: Limit = 50,
    cursor: Cursor = None,
    sort: Sort = "-money_at_risk",
    q: Search = "",
    endpoint: Annotated[str | None, Query(max_length=128, description="Only of this endpoint.")] = None,
    state: Annotated[list[AlertState] | None, Query(description="Only in these states; left out: open ones.")] = None,
    kind: Annotated[list[str] | None, Query(max_length=20, description="Only of these kinds.")] = None,
    severity: Annotated[Severity | None, Query()] = None,
) -> Page[Alert]:
    """Alerts; unless sorted otherwise open ones first, the dearest first. sort: money_at_risk, fired_at, changed_at,
    severity, state, endpoint or kind; q: in message, column or id."""
    wanted = state or ["firing", "acknowledged"]
    found = [
        alert
        for alert in _all(server)
        if alert.state in wanted
        and endpoint in (None, alert.endpoint)
        and (not kind or alert.kind in kind)
        and severity in (None, alert.severity)
        and matches(q, alert.message, alert.column, alert.id)
    ]
    part = page(found, _KEYS, lambda alert: alert.id, sort=sort, limit=limit, cursor=cursor)
    return Page(items=[Alert(**_fields(alert)) for alert in part.items], next=part.next, total=part.total)


@router.get("/alert-counts")
def count_alerts(server: Context) -> list[AlertCounts]:
    """Open alerts, endpoint by endpoint."""
    found: dict[str, list[known.Alert]] = {}
    for alert in _all(server):
        if alert.open:
            found.setdefault(alert.endpoint, []).append(alert)
    return [_counts(name, alerts) for name, alerts in sorted(found.items())]


@router.get("/alerts/{alert}")
def get_alert(alert: AlertId, server: Context) -> AlertDetail:
    """One alert, with its history and the notices of it that were not delivered."""
    return _detail(server, alert)


@router.post("/alerts/{alert}/acknowledge")
def acknowledge_alert(alert: AlertId, body: Acknowledge, server: Context, caller: Caller) -> AlertDetail:
    """Says that somebody cares for it: it stays until it is resolved, but no longer calls."""
    from mlcl.monitoring.look import acknowledge

    settings = watched(server, known.find(server.store, alert).endpoint).settings
    acknowledge(server.store, alert, datetime.now(UTC), by=caller, note=body.note, settings=settings)
    server.live.refresh()
    return _detail(server, alert)


def _all(server: Server) -> Iterator[known.Alert]:
    for key, entry in server.live.entries("alerts").items():
        yield from known.parse(key.split("/")[1], entry.document).alerts


def _fields(alert: known.Alert) -> dict[str, object]:
    fields = alert.model_dump(exclude={"schema_version", "report"})
    return {**fields, "look": alert.report, "acknowledged_at": alert.acknowledged_at or None}


def _detail(server: Server, alert_id: str) -> AlertDetail:
    alert = known.find(server.store, alert_id)
    board = known.board(server.store, keys.name(alert.endpoint))
    notices = [
        AlertNotice(
            channel=notice.channel,
            state="failed" if notice in board.failed else "waiting",
            of=notice.alert.state,
            attempts=notice.attempts,
            due=notice.due,
            error=notice.error,
        )
        for notice in (*board.notices, *board.failed)
        if notice.alert.id == alert_id
    ]
    return AlertDetail(**_fields(alert), history=list(_history(alert)), notices=notices)


def _history(alert: known.Alert) -> Iterator[AlertChange]:
    """The states that it went through, oldest first."""
    yield AlertChange(state="firing", at=alert.fired_at)
    if alert.acknowledged_at:
        yield AlertChange(state="acknowledged", at=alert.acknowledged_at, by=alert.acknowledged_by, note=alert.note)
    elif alert.state == "acknowledged":
        yield AlertChange(state="acknowledged", at=alert.changed_at)
    if alert.state == "resolved":
        yield AlertChange(state="resolved", at=alert.changed_at)


def _counts(name: str, alerts: list[known.Alert]) -> AlertCounts:
    prices = [alert.money_at_risk for alert in alerts if alert.money_at_risk is not None]
    return AlertCounts(
        endpoint=name,
        firing=sum(alert.state == "firing" for alert in alerts),
        acknowledged=sum(alert.state == "acknowledged" for alert in alerts),
        critical=sum(alert.severity == "critical" for alert in alerts),
        money_at_risk=sum(prices) if prices else None,
        unit=next((alert.unit for alert in alerts if alert.unit), ""),
    )
