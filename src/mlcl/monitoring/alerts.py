"""Alerts: what a look found that a person should know of, from the first look that finds it to the first that does not.

One log per endpoint; each document holds its alerts and the notices of their changes that are still to be sent
(mlcl.monitoring.notify), written together: a change is never kept without its notice. There is one alert for a kind of
finding and a column as long as it is found. It fires once, a person may acknowledge it, and it is resolved by the next
look that could judge that kind and no longer finds it. Found again later, it is a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from mlcl.errors import Corrupt, NotFound, UsageError
from mlcl.records import Record, time_text
from mlcl.stores import Log, Store, keys

State = Literal["firing", "acknowledged", "resolved"]
RESOLVED = 200  # resolved alerts that the present still shows; the log's history has them all


class Alert(Record):
    """column '' where the finding is of no column. money_at_risk: per window, in `unit`; None where nothing prices it.
    report: the look that found it last; acknowledged_by, note: who cares for it, and what they said; times: UTC, ISO
    8601."""

    id: str
    endpoint: str
    kind: str
    column: str = ""
    state: State = "firing"
    severity: str = "warning"
    value: float | None = None
    limit: float | None = None
    money_at_risk: float | None = None
    unit: str = ""
    message: str = ""
    version: int | None = None
    report: str = ""
    fired_at: str
    changed_at: str
    acknowledged_at: str = ""
    acknowledged_by: str = ""
    note: str = ""

    @property
    def place(self) -> tuple[str, str]:
        return self.kind, self.column

    @property
    def open(self) -> bool:
        return self.state != "resolved"


class Notice(Record):
    """A change of an alert's state that one channel is still to be told. id: the same for every attempt; due: from when
    on it may be tried (again); error: why the last attempt failed."""

    id: str
    channel: str
    alert: Alert
    due: str
    attempts: int = 0
    error: str = ""


class Board(Record):
    """An endpoint's alerts, newest last. until: end of the last window that was judged; made: alerts made so far."""

    alerts: tuple[Alert, ...] = ()
    notices: tuple[Notice, ...] = ()
    failed: tuple[Notice, ...] = ()
    until: str = ""
    made: int = 0

    @property
    def open(self) -> list[Alert]:
        return [alert for alert in self.alerts if alert.open]


def settle(
    store: Store, endpoint: str, report: Mapping[str, Any], now: datetime, channels: Iterable[str] = ()
) -> list[Alert]:
    """Takes over what a look found; gives the alerts whose state has changed. channels: who is to be told."""
    told = tuple(channels)
    board, before = _update(store, endpoint, lambda board: notified(settled(board, report, now), board, told))
    return changes(board, before)


def settled(board: Board, report: Mapping[str, Any], now: datetime) -> Board:
    """The board after a look. report: endpoint, id, version, unit, until, findings, and `judged`: the kinds of finding
    that it had rows enough for. Alerts of other kinds stay; a look at an earlier window than the last changes nothing.
    """
    judged = set(report["judged"])
    if not judged or report["until"] < board.until:
        return board
    found = {(finding["kind"], finding["column"] or ""): finding for finding in report["findings"]}
    kept: list[Alert] = []
    for alert in board.alerts:
        finding = found.pop(alert.place, None) if alert.open else None
        if finding is not None:
            kept.append(_refreshed(alert, finding, report))
        elif alert.open and alert.kind in judged:
            kept.append(alert.model_copy(update={"state": "resolved", "changed_at": time_text(now)}))
        else:
            kept.append(alert)
    fresh = [_fired(board.made + place, finding, report, now) for place, finding in enumerate(found.values(), 1)]
    return board.model_copy(
        update={"alerts": _pruned([*kept, *fresh]), "until": report["until"], "made": board.made + len(fresh)}
    )


def acknowledge(
    store: Store, alert_id: str, now: datetime, channels: Iterable[str] = (), *, by: str = "", note: str = ""
) -> Alert:
    """Somebody cares for it: it is not resolved, but no longer calls for attention. Once more changes nothing. by: who;
    note: for those who come after."""
    alert = find(store, alert_id)
    if not alert.open:
        raise UsageError("This alert is resolved already.", where=alert_id, found=alert.message)
    at = time_text(now)
    update = {"state": "acknowledged", "changed_at": at, "acknowledged_at": at, "acknowledged_by": by, "note": note}

    def change(board: Board) -> Board:
        alerts = [
            alert.model_copy(update=update) if (alert.id, alert.state) == (alert_id, "firing") else alert
            for alert in board.alerts
        ]
        return notified(board.model_copy(update={"alerts": tuple(alerts)}), board, tuple(channels))

    after, _ = _update(store, alert.endpoint, change)
    return next(alert for alert in after.alerts if alert.id == alert_id)


def find(store: Store, alert_id: str) -> Alert:
    """One alert, by its id. NotFound: there is none."""
    endpoint = alert_id.rpartition("-")[0]
    known = board(store, endpoint).alerts if endpoint else ()
    found = next((alert for alert in known if alert.id == alert_id), None)
    if found is None:
        raise NotFound.among("alert", alert_id, [alert.id for alert in present(store)], fix="See: mlcl alerts")
    return found


def present(store: Store, endpoint: str | None = None, *, resolved: bool = False) -> list[Alert]:
    """The open alerts (of one endpoint, or of all), the dearest first; then, where wanted, the resolved ones."""
    names = [endpoint] if endpoint else store.children("alerts")
    alerts = [alert for name in names for alert in board(store, name).alerts if resolved or alert.open]
    return sorted(alerts, key=lambda alert: (not alert.open, -(alert.money_at_risk or 0.0), alert.fired_at, alert.id))


def board(store: Store, endpoint: str) -> Board:
    entry = Log(store, keys.alerts(endpoint)).latest()
    return parse(endpoint, entry.document if entry else {})


def changes(board: Board, before: Board) -> list[Alert]:
    """The alerts whose state is another than before."""
    states = {alert.id: alert.state for alert in before.alerts}
    return [alert for alert in board.alerts if states.get(alert.id) != alert.state]


def notified(board: Board, before: Board, channels: tuple[str, ...]) -> Board:
    """The board with a notice to every channel for each alert that has changed."""
    fresh = [
        Notice(id=f"{alert.id}-{alert.state}", channel=channel, alert=alert, due=alert.changed_at)
        for alert in changes(board, before)
        for channel in channels
    ]
    return board.model_copy(update={"notices": (*board.notices, *fresh)}) if fresh else board


def claim(store: Store, endpoint: str, now: datetime, until: datetime, most: int) -> list[Notice]:
    """The notices that are due, at most `most`. They are due again at `until` unless `tried` is called before:
    so two senders do not send the same, and what a killed one claimed is sent by the next."""
    due = time_text(now)

    def change(board: Board) -> Board:
        taken = [notice.id + notice.channel for notice in board.notices if notice.due <= due][:most]
        again = [
            notice.model_copy(update={"due": time_text(until), "attempts": notice.attempts + 1})
            if notice.id + notice.channel in taken
            else notice
            for notice in board.notices
        ]
        return board.model_copy(update={"notices": tuple(again)})

    if not waiting(board(store, endpoint), now):
        return []
    after, before = _update(store, endpoint, change)
    attempts = {(notice.id, notice.channel): notice.attempts for notice in before.notices}
    return [notice for notice in after.notices if notice.attempts > attempts[notice.id, notice.channel]]


def waiting(board: Board, now: datetime) -> bool:
    """Whether a notice is due."""
    return any(notice.due <= time_text(now) for notice in board.notices)


def tried(store: Store, endpoint: str, outcomes: Mapping[tuple[str, str], Notice | None], most: int) -> None:
    """What came of claimed notices, by (id, channel): None, sent; else the notice with its error and when it is due
    again. After `most` attempts it is given up and kept among the failed."""

    def change(board: Board) -> Board:
        present = [(notice, outcomes.get((notice.id, notice.channel), notice)) for notice in board.notices]
        left = [after for _, after in present if after is not None]
        given_up = [notice for notice in left if notice.attempts >= most and notice.error]
        return board.model_copy(
            update={
                "notices": tuple(notice for notice in left if notice not in given_up),
                "failed": (*board.failed, *given_up)[-RESOLVED:],
            }
        )

    _update(store, endpoint, change)


def _fired(number: int, finding: Mapping[str, Any], report: Mapping[str, Any], now: datetime) -> Alert:
    kind, column = finding["kind"], finding["column"] or ""
    alert = Alert(
        id=f"{report['endpoint']}-{number}",
        endpoint=report["endpoint"],
        kind=kind,
        column=column,
        fired_at=time_text(now),
        changed_at=time_text(now),
    )
    return _refreshed(alert, finding, report)


def _refreshed(alert: Alert, finding: Mapping[str, Any], report: Mapping[str, Any]) -> Alert:
    told = {key: finding[key] for key in ("severity", "value", "limit", "money_at_risk", "message")}
    return alert.model_copy(
        update={**told, "unit": report["unit"], "version": report["version"], "report": report["id"]}
    )


def _pruned(alerts: list[Alert]) -> tuple[Alert, ...]:
    old = [alert for alert in alerts if not alert.open][:-RESOLVED]
    return tuple(alert for alert in alerts if alert not in old)


def _update(store: Store, endpoint: str, change: Any) -> tuple[Board, Board]:
    """(after, before)."""
    before = Board()

    def changed(document: dict[str, Any]) -> dict[str, Any]:
        nonlocal before
        before = parse(endpoint, document)
        after: Board = change(before)
        return after.model_dump(mode="json")

    entry = Log(store, keys.alerts(endpoint)).update(changed, initial=Board().model_dump(mode="json"))
    return parse(endpoint, entry.document), before


def parse(endpoint: str, document: Mapping[str, Any]) -> Board:
    """The board of a log's document. Corrupt: it is none."""
    try:
        return Board.model_validate(document)
    except ValidationError as error:
        raise Corrupt(
            "The alerts of an endpoint are damaged.", where=keys.alerts(endpoint), found=str(error).splitlines()[0]
        ) from error
