"""Telling people of alerts: by the log, a webhook, e-mail. Only changes of state are told.

What could not be sent stays in the store and is tried again, later each time (mlcl.monitoring.alerts keeps it). A
notice may arrive twice, when a sender was killed after sending; its id is the same then.

A post is signed by the header `X-Mlcl-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of `SECONDS.BODY`
under the shared secret: a receiver recomputes it, and refuses what is older than a few minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import smtplib
import ssl
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from queue import Empty, SimpleQueue
from typing import NamedTuple

import orjson

from mlcl.monitoring import alerts
from mlcl.monitoring.alerts import Alert, Notice
from mlcl.problem.watching import Email, Monitor, Webhook
from mlcl.records import time_text
from mlcl.stores import Store

log = logging.getLogger("mlcl.monitoring")

WEBHOOK, EMAIL = "webhook", "email"
SECONDS = 10.0  # that one try may take in all
TRIES = 3  # at once, a moment apart; after that the notice waits
MOMENT = 0.5
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
MOST_ATTEMPTS = 30  # some 24 hours
AT_ONCE = 20  # notices sent by one call


class Delivery(NamedTuple):
    sent: int
    failed: int


class NotSentError(Exception):
    """Why a notice was not sent. again: whether trying once more at once may help."""

    def __init__(self, why: str, *, again: bool = True) -> None:
        super().__init__(why)
        self.again = again


def channels(settings: Monitor) -> tuple[str, ...]:
    """The channels that the problem file names. The log is always told."""
    named = {WEBHOOK: settings.webhook, EMAIL: settings.email}
    return tuple(name for name, setting in named.items() if setting)


def tell_log(changed: list[Alert]) -> None:
    """One line for each changed alert, at once."""
    for alert in changed:
        level = logging.WARNING if alert.state == "firing" else logging.INFO
        log.log(level, "%s: alert %s is %s: %s", alert.endpoint, alert.id, alert.state, alert.message)


def deliver(store: Store, endpoint: str, settings: Monitor, now: datetime) -> Delivery:
    """Sends what is due and not yet sent; what fails is kept with its error and tried again later. Never raises for a
    receiver's sake, and takes at most some seconds a notice."""
    claimed = alerts.claim(store, endpoint, now, now + LONGEST_WAIT, AT_ONCE)
    dead: set[str] = set()
    outcomes: dict[tuple[str, str], Notice | None] = {}
    for notice in claimed:
        # A receiver that does not answer is asked once: the rest of its notices wait too.
        why = "an earlier notice could not be sent" if notice.channel in dead else _send(notice, settings, now)
        outcomes[notice.id, notice.channel] = _later(notice, why, now) if why else None
        if why:
            dead.add(notice.channel)
            log.warning("%s: notice %s was not sent by %s: %s", endpoint, notice.id, notice.channel, why)
    if claimed:
        alerts.tried(store, endpoint, outcomes, MOST_ATTEMPTS)
    failed = sum(after is not None for after in outcomes.values())
    return Delivery(len(outcomes) - failed, failed)


def sign(secret: str, body: bytes, seconds: int) -> str:
    """The header's value for a body posted at a time (seconds since 1970)."""
    digest = hmac.new(secret.encode(), b"%d." % seconds + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def _later(notice: Notice, why: str, now: datetime) -> Notice:
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(10, notice.attempts - 1))
    return notice.model_copy(update={"due": time_text(now + wait), "error": why})


def _send(notice: Notice, settings: Monitor, now: datetime) -> str:
    """'' when it was sent, else why not."""
    if notice.channel == WEBHOOK and settings.webhook:
        return _tried(lambda: _post(notice, settings.webhook, now))  # type: ignore[arg-type]
    if notice.channel == EMAIL and settings.email:
        return _tried(lambda: _mail(notice, settings.email))  # type: ignore[arg-type]
    return ""  # the problem file no longer names this channel


def _tried(send: Callable[[], None]) -> str:
    why = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(MOMENT * 2 ** (attempt - 1))
        try:
            _within(SECONDS, send)
        except NotSentError as error:
            why = str(error)
            if not error.again:
                break
        else:
            return ""
    return why


def _within(seconds: float, work: Callable[[], None]) -> None:
    """Runs `work` for at most so long. In a thread, because a receiver that answers byte by byte, or a name that is
    not resolved, keeps to no time-out of a socket. NotSentError: it failed, or was not done in time."""
    done: SimpleQueue[Exception | None] = SimpleQueue()

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever a receiver does is told, and the others are sent
            done.put(error)
        else:
            done.put(None)

    threading.Thread(target=run, daemon=True, name="mlcl-notify").start()
    try:
        error = done.get(timeout=seconds)
    except Empty:
        raise NotSentError(f"no answer within {seconds:g} seconds", again=False) from None
    if isinstance(error, NotSentError):
        raise error
    if error is not None:
        text = str(error).strip() or type(error).__name__
        raise NotSentError(text.splitlines()[0]) from error


def _post(notice: Notice, webhook: Webhook, now: datetime) -> None:
    import httpx

    body = orjson.dumps({"id": notice.id, "event": notice.alert.state, "alert": notice.alert.model_dump(mode="json")})
    headers = {"content-type": "application/json", "user-agent": "mlcl"}
    if webhook.secret_env:
        headers["x-mlcl-signature"] = sign(_secret(webhook.secret_env), body, int(now.timestamp()))
    # Of the answer only the status is read: its body is of no use, and might have no end.
    with (
        httpx.Client(timeout=SECONDS, follow_redirects=False) as client,
        client.stream("POST", webhook.url, content=body, headers=headers) as answer,
    ):
        status = answer.status_code
    if answer.is_redirect:
        raise NotSentError(f"it answered {status}, and redirects are not followed", again=False)
    if not answer.is_success:
        raise NotSentError(f"it answered {status}", again=status >= 500 or status == 429)


def _mail(notice: Notice, email: Email) -> None:
    with smtplib.SMTP(email.host, email.port, timeout=SECONDS) as server:
        if email.starttls:
            server.starttls(context=ssl.create_default_context())
        if email.user:
            server.login(email.user, _secret(email.password_env) if email.password_env else "")
        server.send_message(message(notice, email))


def message(notice: Notice, email: Email) -> EmailMessage:
    """The mail that tells of a change."""
    alert = notice.alert
    mail = EmailMessage()
    # A header is one line, whatever a column is called.
    mail["Subject"] = " ".join(f"[mlcl] {alert.endpoint}: {alert.state}: {alert.kind} {alert.column}".split())
    mail["From"], mail["To"] = email.sender, ", ".join(email.to)
    mail["Message-ID"] = f"<{notice.id}@mlcl>"
    risk = f"{alert.money_at_risk:,.0f} {alert.unit}".strip() if alert.money_at_risk is not None else "not priced"
    lines = (
        alert.message,
        f"At risk per window: {risk}",
        f"State: {alert.state}, since {alert.changed_at}; fired {alert.fired_at}",
        f"Look: {alert.report}, model version {alert.version}",
        f"Acknowledge: mlcl acknowledge {alert.id}" if alert.state == "firing" else "",
    )
    mail.set_content("\n".join(line for line in lines if line) + "\n")
    return mail


def _secret(variable: str) -> str:
    secret = os.environ.get(variable)
    if not secret:
        raise NotSentError(f"the environment variable {variable} is not set", again=False)
    return secret
