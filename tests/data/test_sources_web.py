"""Files of the web: what is fetched, what is kept, and what is said when it cannot be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlcl import progress
from mlcl.data.sources import http
from mlcl.errors import SourceError
from tests.data import servers
from tests.data.fetching import CSV, content, fetch
from tests.data.servers import Reply, Server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(http, "PAUSE", 0.0)
    monkeypatch.setattr(http, "TIMEOUT", 0.5)
    with servers.serving() as server:
        monkeypatch.setenv("MLCL_OPENML_URL", server.url)
        monkeypatch.setenv("MLCL_UCI_URL", server.url)
        yield server


def test_a_file_of_the_web_is_fetched_once(server: Server, tmp_path: Path) -> None:
    server.file("/some/data.csv", CSV)
    heard: list[tuple[float, float, str]] = []
    with progress.listening(lambda *report: heard.append(report)):
        first = fetch(f"{server.url}/some/data.csv?x=1", tmp_path)
    assert content(first) == CSV
    assert first.name == "data.csv"
    assert heard[-1] == (len(CSV), len(CSV), "Fetching data.csv")
    assert fetch(f"{server.url}/some/data.csv?x=1", tmp_path) == first
    assert len(server.asked) == 1


def test_the_cache_serves_without_a_network(server: Server, tmp_path: Path) -> None:
    server.file("/data.csv", CSV)
    url = f"{server.url}/data.csv"
    fetch(url, tmp_path)
    server.answers["/data.csv"] = lambda _: Reply(b"", 503)
    assert content(fetch(url, tmp_path)) == CSV
    again = fetch(url, tmp_path, refresh=True)
    assert content(again) == CSV
    assert "the copy fetched before" in again.notes[0]


def test_refresh_transfers_only_what_has_changed(server: Server, tmp_path: Path) -> None:
    server.file("/data.csv", CSV)
    url = f"{server.url}/data.csv"
    fetch(url, tmp_path)
    assert content(fetch(url, tmp_path, refresh=True)) == CSV
    assert server.asked[-1].headers["if-none-match"]
    server.file("/data.csv", b"a\n1\n")
    assert content(fetch(url, tmp_path, refresh=True)) == b"a\n1\n"


def test_a_dropped_transfer_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.file("/data.csv", CSV)
    tag = servers._file(servers.Asked("", {}), CSV, {}).headers
    server.once("/data.csv", Reply(CSV, 200, tag, body_sent=1500))
    assert content(fetch(f"{server.url}/data.csv", tmp_path)) == CSV
    assert [asked.headers.get("range") for asked in server.asked] == [None, "bytes=1500-"]


def test_a_file_that_changed_in_between_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    server.file("/data.csv", CSV)
    server.once("/data.csv", Reply(b"x" * 5000, 200, {"ETag": '"old"'}, body_sent=1500))
    assert content(fetch(f"{server.url}/data.csv", tmp_path)) == CSV
    assert server.asked[1].headers["if-range"] == '"old"'


def test_without_proof_a_transfer_starts_anew(server: Server, tmp_path: Path) -> None:
    server.answers["/data.csv"] = lambda _: Reply(CSV)
    server.once("/data.csv", Reply(CSV, 200, {"ETag": 'W/"weak"'}, body_sent=1500))
    assert content(fetch(f"{server.url}/data.csv", tmp_path)) == CSV
    assert "range" not in server.asked[1].headers


def test_failures_that_pass_are_tried_again(server: Server, tmp_path: Path) -> None:
    server.file("/data.csv", CSV)
    server.once("/data.csv", Reply(b"", 503), Reply(b"", 429), Reply(b"", 500))
    assert content(fetch(f"{server.url}/data.csv", tmp_path)) == CSV
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("status", "what", "times", "retryable"),
    [
        (404, "no such file", 1, False), (403, "refuses", 1, False), (401, "credentials", 1, False),
        (400, "error", 1, False), (500, "error", 4, True),
    ],
)  # fmt: skip
def test_refusals(server: Server, tmp_path: Path, status: int, what: str, times: int, retryable: bool) -> None:
    server.answers["/data.csv"] = lambda _: Reply(b"", status)
    with pytest.raises(SourceError, match=what) as error:
        fetch(f"{server.url}/data.csv", tmp_path)
    assert f"HTTP {status}" in str(error.value)
    assert error.value.retryable == retryable
    assert len(server.asked) == times


def test_a_server_that_does_not_answer(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ATTEMPTS", 2)
    monkeypatch.setattr(http, "TIMEOUT", 0.1)
    waiting = threading.Event()

    def silent(_: servers.Asked) -> Reply:
        waiting.wait(5)
        return Reply()

    server.answers["/data.csv"] = silent
    with pytest.raises(SourceError, match="in time") as error:
        fetch(f"{server.url}/data.csv", tmp_path)
    waiting.set()
    assert error.value.retryable


def test_a_server_that_is_not_there(server: Server, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be reached"):
        fetch("http://127.0.0.1:9/data.csv", tmp_path)


def test_redirects_lead_to_the_web_only(server: Server, tmp_path: Path) -> None:
    server.file("/data.csv", CSV)
    server.answers["/moved"] = lambda _: Reply(b"", 302, {"Location": "/data.csv"})
    assert content(fetch(f"{server.url}/moved", tmp_path)) == CSV
    server.answers["/trap"] = lambda _: Reply(b"", 302, {"Location": "file:///etc/passwd"})
    with pytest.raises(SourceError, match="cannot be fetched"):
        fetch(f"{server.url}/trap", tmp_path)


def test_passwords_are_kept_out_of_records(server: Server, tmp_path: Path) -> None:
    server.file("/data.csv", CSV)
    fetched = fetch(server.url.replace("//", "//me:secret@") + "/data.csv", tmp_path)
    assert "secret" not in repr(fetched)
    assert all(b"secret" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_one_address_is_fetched_once_by_many(server: Server, tmp_path: Path) -> None:
    server.file("/data.csv", CSV)
    threads = [threading.Thread(target=fetch, args=(f"{server.url}/data.csv", tmp_path)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.asked) == 1
