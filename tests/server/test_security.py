"""Who may ask: sessions, tokens, other sites, other names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlcl.server.security import COOKIE
from mlcl.serving import tokens
from mlcl.stores import Store
from tests.server.sites import API, HERE, Site, site

CHECK = {"toml": ""}


def test_on_loopback_without_tokens_a_session_begins_by_itself(empty: Site) -> None:
    assert empty.session["signed_in"]
    assert not empty.session["needs_token"]
    assert empty.send("POST", "/problem-check", CHECK).status_code == 200
    cookie = empty.client.cookies.jar
    kept = next(one for one in cookie if one.name == COOKIE)
    assert kept.has_nonstandard_attr("HttpOnly")
    assert kept.get_nonstandard_attr("SameSite") == "Strict"


def test_programs_on_this_machine_need_neither_session_nor_token(empty: Site) -> None:
    empty.client.cookies.clear()
    assert empty.client.post(f"{API}/problem-check", json=CHECK).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_site_changes_nothing(empty: Site, headers: dict[str, str]) -> None:
    told = {"x-csrf-token": empty.session["csrf"], **headers}
    answer = empty.client.post(f"{API}/problem-check", json=CHECK, headers=told)
    assert answer.status_code == 403
    assert "another site" in answer.json()["detail"]


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_browser_changes_nothing_without_the_csrf_token(empty: Site, token: str) -> None:
    headers = {"origin": HERE, "x-csrf-token": token.encode("latin-1")}
    answer = empty.client.post(f"{API}/problem-check", json=CHECK, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (403, "CsrfError")


def test_the_csrf_token_of_one_session_is_no_good_in_another(empty: Site) -> None:
    old = empty.session["csrf"]
    empty.client.cookies.clear()
    renewed = Site(empty.client)
    assert renewed.session["csrf"] != old
    answer = renewed.send("POST", "/problem-check", CHECK, headers={"x-csrf-token": old})
    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "10.0.0.1"])
def test_without_tokens_only_loopback_names_are_answered(empty: Site, host: str) -> None:
    for path in ("/session", "/runs", "/events"):
        assert empty.get(path, headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "LOCALHOST"])
def test_loopback_names_are_answered(empty: Site, host: str) -> None:
    assert empty.get("/runs", headers={"host": host}).status_code == 200


class TestTokens:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return Store(tmp_path / "store")

    @pytest.fixture
    def token(self, store: Store) -> str:
        return tokens.create(store, "anna")

    @pytest.fixture
    def guarded(self, store: Store, token: str) -> Iterator[Site]:
        with site(store, open_to_all=True) as opened:
            yield opened

    def test_nobody_without_a_token(self, guarded: Site) -> None:
        assert guarded.session == {**guarded.session, "signed_in": False, "needs_token": True, "csrf": "", "store": ""}
        for path in ("/runs", "/problems", "/events"):
            answer = guarded.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"

    def test_a_program_shows_its_token(self, guarded: Site, token: str) -> None:
        told = {"authorization": f"Bearer {token}"}
        assert guarded.get("/runs", headers=told).status_code == 200
        assert guarded.client.post(f"{API}/problem-check", json=CHECK, headers=told).status_code == 200

    @pytest.mark.parametrize("shown", ["Bearer wrong", "Basic YTpi", "Bearer", "Bearer é", "Bearer " + "a" * 10_000])
    def test_a_wrong_token_is_refused(self, guarded: Site, shown: str) -> None:
        answer = guarded.get("/runs", headers={"authorization": shown.encode("latin-1")})
        assert answer.status_code == 403

    def test_a_browser_signs_in_and_out(self, guarded: Site, token: str) -> None:
        signed = guarded.client.post(f"{API}/session", json={"token": token}, headers={"origin": HERE})
        assert signed.json()["name"] == "anna"
        inside = Site(guarded.client)
        assert inside.session["signed_in"]
        assert inside.send("POST", "/problem-check", CHECK).status_code == 200
        assert inside.client.post(f"{API}/problem-check", json=CHECK, headers={"origin": HERE}).status_code == 403
        inside.client.request("DELETE", f"{API}/session", headers=inside.headers)
        assert inside.get("/runs").status_code == 401

    def test_who_signs_in_from_another_site_does_not(self, guarded: Site, token: str) -> None:
        headers = {"origin": "https://evil.example"}
        assert guarded.client.post(f"{API}/session", json={"token": token}, headers=headers).status_code == 403
        assert guarded.client.post(f"{API}/session", json={"token": "guess"}).status_code == 403

    def test_a_session_ends_with_its_token(self, guarded: Site, token: str, store: Store) -> None:
        guarded.client.post(f"{API}/session", json={"token": token})
        assert guarded.get("/runs").status_code == 200
        tokens.revoke(store, "anna")
        end = time.monotonic() + 10
        while guarded.get("/runs").status_code != 401:
            assert time.monotonic() < end

    @pytest.mark.parametrize("change", [lambda text: text[:-1] + "0", lambda text: "A" + text[1:], lambda text: "x.y"])
    def test_a_cookie_that_was_changed_is_none(self, guarded: Site, token: str, change: object) -> None:
        guarded.client.post(f"{API}/session", json={"token": token})
        kept = next(one for one in guarded.client.cookies.jar if one.name == COOKIE)
        changed = change(str(kept.value))  # type: ignore[operator]
        if changed == kept.value:
            return
        guarded.client.cookies.clear()
        assert guarded.get("/runs", headers={"cookie": f"{COOKIE}={changed}"}).status_code == 401

    def test_a_session_outlives_the_server(self, guarded: Site, token: str, store: Store) -> None:
        guarded.client.post(f"{API}/session", json={"token": token})
        kept = next(one for one in guarded.client.cookies.jar if one.name == COOKIE)
        with site(store, open_to_all=True) as again:
            assert again.get("/runs", headers={"cookie": f"{COOKIE}={kept.value}"}).status_code == 200

    def test_a_session_of_nobody_is_none_once_there_are_tokens(self, tmp_path: Path) -> None:
        store = Store(tmp_path / "other")
        with site(store) as opened:
            assert opened.get("/runs").status_code == 200
            tokens.create(store, "late")
            end = time.monotonic() + 10
            while opened.get("/runs").status_code != 401:
                assert time.monotonic() < end


def test_every_answer_keeps_other_sites_out(empty: Site) -> None:
    for path in ("/runs", "/nothing", "/runs?limit=0"):
        headers = empty.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = empty.client.options(f"{API}/runs", headers=asked)
    assert "access-control-allow-origin" not in answer.headers
