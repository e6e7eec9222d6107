"""Notices reach the log, a webhook and a mailbox; what fails is kept and tried again, and nothing waits for long."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import shutil
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlcl.monitoring import alerts, notify
from mlcl.monitoring.alerts import Alert
from mlcl.monitoring.notify import Delivery, channels, deliver
from mlcl.problem.watching import Email, Monitor, Webhook
from mlcl.records import time_text
from mlcl.stores import Store
from tests.monitoring.receivers import Hook, Mailbox, certificate

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "MOMENT", 0.01)
    monkeypatch.setattr(notify, "SECONDS", 0.5)


def hook(url: str, **more: Any) -> Monitor:
    return Monitor(webhook=Webhook(url=url, **more))


def mail(port: int, host: str = "127.0.0.1", **more: Any) -> Monitor:
    return Monitor(email=Email(host=host, port=port, sender="mlcl@example.org", to=("you@example.org",), **more))


def fire(store: Store, settings: Monitor, columns: tuple[str, ...] = ("age",)) -> list[Alert]:
    told = {"severity": "warning", "value": 0.3, "limit": 0.1, "money_at_risk": 1234.5}
    findings = [{"kind": "drift", "column": name, "message": f"'{name}' has drifted", **told} for name in columns]
    report = {"id": "look-1", "endpoint": "bank", "version": 3, "unit": "EUR", "until": time_text(NOW)}
    report |= {"judged": ["drift"], "findings": findings}
    return alerts.settle(store, "bank", report, NOW, channels(settings))


def test_a_post_tells_the_alert(store: Store) -> None:
    with Hook() as receiver:
        settings = hook(receiver.url)
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(1, 0)
        assert deliver(store, "bank", settings, NOW) == Delivery(0, 0)
    (post,) = receiver.posts
    told = json.loads(post.body)
    assert (told["id"], told["event"]) == ("bank-1-firing", "firing")
    assert told["alert"]["money_at_risk"] == 1234.5
    assert post.headers["content-type"] == "application/json"
    assert "x-mlcl-signature" not in post.headers


def test_the_signature_proves_body_and_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", "pssst")
    with Hook() as receiver:
        settings = hook(receiver.url, secret_env="HOOK_SECRET")
        fire(store, settings)
        deliver(store, "bank", settings, NOW)
    (post,) = receiver.posts
    parts = dict(part.split("=") for part in post.headers["x-mlcl-signature"].split(","))
    assert parts["t"] == str(int(NOW.timestamp()))
    wanted = hmac.new(b"pssst", parts["t"].encode() + b"." + post.body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(parts["v1"], wanted)


def test_without_its_secret_nothing_is_sent(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    with Hook() as receiver:
        settings = hook(receiver.url, secret_env="HOOK_SECRET")
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(0, 1)
        assert receiver.posts == []
    assert "HOOK_SECRET is not set" in alerts.board(store, "bank").notices[0].error


def test_a_receiver_that_stumbles_is_tried_again_at_once(store: Store) -> None:
    with Hook(500, 503, 200) as receiver:
        settings = hook(receiver.url)
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(1, 0)
    assert len({post.body for post in receiver.posts}) == 1
    assert len(receiver.posts) == 3


def test_a_receiver_that_is_down_gets_it_later(store: Store) -> None:
    with Hook(500) as receiver:
        settings = hook(receiver.url)
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(0, 1)
        (kept,) = alerts.board(store, "bank").notices
        assert (kept.error, kept.attempts, kept.due) == ("it answered 500", 1, time_text(NOW + MINUTE))
        assert deliver(store, "bank", settings, NOW + MINUTE / 2) == Delivery(0, 0)
        assert deliver(store, "bank", settings, NOW + MINUTE) == Delivery(0, 1)
        assert alerts.board(store, "bank").notices[0].due == time_text(NOW + 3 * MINUTE)
        receiver.answers = [200]
        assert deliver(store, "bank", settings, NOW + 3 * MINUTE) == Delivery(1, 0)
    assert alerts.board(store, "bank").notices == ()


def test_the_wait_has_a_limit_and_so_have_the_attempts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "MOST_ATTEMPTS", 4)
    with Hook(400) as receiver:
        settings, at = hook(receiver.url), NOW
        fire(store, settings)
        for _ in range(notify.MOST_ATTEMPTS):
            assert deliver(store, "bank", settings, at).failed == 1
            at += notify.LONGEST_WAIT
    board = alerts.board(store, "bank")
    assert board.notices == ()
    assert [notice.error for notice in board.failed] == ["it answered 400"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_refused(store: Store, status: int) -> None:
    with Hook(status) as receiver:
        settings = hook(receiver.url)
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(0, 1)
        assert len(receiver.posts) == 1
    assert "redirects are not followed" in alerts.board(store, "bank").notices[0].error


def test_a_refusal_is_not_repeated_at_once(store: Store) -> None:
    with Hook(403) as receiver:
        settings = hook(receiver.url)
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(0, 1)
        assert len(receiver.posts) == 1


def silent(handler: Any) -> None:
    time.sleep(3)


def dripping(handler: Any) -> None:
    """Sends a header a byte at a time: no time-out of a socket ends that."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.1)


def endless(handler: Any) -> None:
    """A good answer whose body never ends: it is not read."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 1000)
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [silent, dripping])
def test_a_slow_receiver_holds_nobody_up(store: Store, answer: Any) -> None:
    with Hook(answer) as receiver:
        settings = hook(receiver.url)
        fire(store, settings, ("a", "b", "c", "d"))
        start = time.monotonic()
        assert deliver(store, "bank", settings, NOW) == Delivery(0, 4)
        assert time.monotonic() - start < 3
        assert len(receiver.posts) == 1
    errors = [notice.error for notice in alerts.board(store, "bank").notices]
    assert errors == ["no answer within 0.5 seconds", *["an earlier notice could not be sent"] * 3]


def test_the_body_of_an_answer_is_not_read(store: Store) -> None:
    with Hook(endless) as receiver:
        settings = hook(receiver.url)
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(1, 0)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://no-such-host.invalid/"])
def test_nobody_there(store: Store, url: str) -> None:
    settings = hook(url)
    fire(store, settings)
    assert deliver(store, "bank", settings, NOW) == Delivery(0, 1)
    assert alerts.board(store, "bank").notices[0].error


def test_two_senders_send_once(store: Store) -> None:
    with Hook() as receiver:
        settings = hook(receiver.url)
        fire(store, settings, ("a", "b", "c"))
        threads = [threading.Thread(target=deliver, args=(store, "bank", settings, NOW)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(json.loads(post.body)["id"] for post in receiver.posts) == [
        f"bank-{number}-firing" for number in (1, 2, 3)
    ]


def test_one_channel_does_not_wait_for_the_other(store: Store) -> None:
    with Hook() as receiver:
        settings = mail(1).model_copy(update={"webhook": Webhook(url=receiver.url)})
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(1, 1)
    assert [notice.channel for notice in alerts.board(store, "bank").notices] == ["email"]


def test_a_channel_that_the_problem_file_no_longer_names_is_dropped(store: Store) -> None:
    fire(store, hook("http://127.0.0.1:1/"))
    assert deliver(store, "bank", Monitor(), NOW) == Delivery(1, 0)


def test_a_mail_tells_the_alert(store: Store) -> None:
    with Mailbox() as box:
        settings = mail(box.port, starttls=False)
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(1, 0)
    (got,) = box.mails
    assert got["Subject"] == "[mlcl] bank: firing: drift age"
    assert (got["From"], got["To"]) == ("mlcl@example.org", "you@example.org")
    assert got["Message-ID"] == "<bank-1-firing@mlcl>"
    text = got.get_content()  # type: ignore[attr-defined]
    assert "'age' has drifted" in text
    assert "1,234 EUR" in text
    assert "mlcl acknowledge bank-1" in text


def test_a_column_s_name_cannot_add_headers(store: Store) -> None:
    with Mailbox() as box:
        settings = mail(box.port, starttls=False)
        fire(store, settings, ("age\r\nBcc: everybody@example.org\r\n\r\nhello ✓",))
        assert deliver(store, "bank", settings, NOW) == Delivery(1, 0)
    (got,) = box.mails
    assert got["Bcc"] is None
    assert "Bcc: everybody" in got["Subject"]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "EHLO"])
def test_a_mail_server_that_refuses(store: Store, command: str) -> None:
    with Mailbox(refuse=command) as box:
        settings = mail(box.port, starttls=False)
        fire(store, settings)
        delivered = deliver(store, "bank", settings, NOW)
        if command == "EHLO":  # then smtplib says HELO
            assert delivered == Delivery(1, 0)
            return
        assert (delivered, box.mails) == (Delivery(0, 1), [])
    assert alerts.board(store, "bank").notices[0].error


def test_a_mail_server_that_says_nothing(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings = mail(mute.getsockname()[1])
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(0, 1)
    assert "within 0.5 seconds" in alerts.board(store, "bank").notices[0].error


def test_nothing_is_mailed_unencrypted_unless_that_is_allowed(store: Store) -> None:
    with Mailbox() as box:
        settings = mail(box.port)
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == Delivery(0, 1)
        assert box.mails == []
    assert "STARTTLS" in alerts.board(store, "bank").notices[0].error


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
@pytest.mark.parametrize("trusted", [True, False])
def test_encrypted_and_logged_in(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "pssst")
    with certificate(tmp_path) as file, Mailbox(certificate=file, password="pssst") as box:
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(file))
        settings = mail(box.port, "localhost", user="me", password_env="MAIL_PASSWORD")
        fire(store, settings)
        assert deliver(store, "bank", settings, NOW) == (Delivery(1, 0) if trusted else Delivery(0, 1))
        assert box.secured == ([True] if trusted else [])


def test_the_log_is_told_of_each_change(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    changed = fire(store, Monitor())
    with caplog.at_level(logging.INFO, "mlcl.monitoring"):
        notify.tell_log(changed)
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("WARNING", "bank: alert bank-1 is firing: 'age' has drifted")
