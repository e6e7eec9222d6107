"""The page's files: what is cached for how long, what a browser may do, and that nothing else is sent."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mlcl.server.gateway import Gateway
from mlcl.server.static import Static
from mlcl.serving.app import App
from mlcl.stores import Store
from tests.server.sites import HERE, InProcess

SCRIPT = "document.title = 'x'"
INDEX = f"<!doctype html><script>{SCRIPT}</script><script src='/assets/main-1a2b.js'></script>"
HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    page = tmp_path / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text(INDEX)
    (page / "assets" / "main-1a2b.js").write_text("1" * 1000)
    (page / "assets" / "main-1a2b.js.gz").write_bytes(gzip.compress(b"1" * 1000))
    (tmp_path / "secret.txt").write_text("secret")
    return page


@pytest.fixture
def client(folder: Path, store: Store) -> Iterator[httpx.Client]:
    app = Gateway(App(store), store, open_to_all=False)
    app._page = Static(folder)
    with httpx.Client(transport=InProcess(app), base_url=HERE, headers={"accept-encoding": "identity"}) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/", "/runs/20260101-000000-ab12", "/problems/x", "/endpoints/bank", "/monitoring/x"])
def test_every_place_of_the_page_is_the_page(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.headers["cache-control"] == "no-cache"


def test_scripts_run_from_here_only_and_inline_ones_by_their_hash(client: httpx.Client) -> None:
    policy = client.get("/").headers["content-security-policy"]
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "connect-src 'self'" in policy


def test_assets_are_kept_for_ever_and_sent_packed(client: httpx.Client) -> None:
    plain = client.get("/assets/main-1a2b.js")
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-type"].startswith("text/javascript")
    packed = client.get("/assets/main-1a2b.js", headers={"accept-encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text == "1" * 1000
    assert packed.headers["vary"] == "accept-encoding"
    same = client.get("/assets/main-1a2b.js", headers={"if-none-match": plain.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/assets/%00.js",
        "/assets/main-1a2b.js.gz",
        "/assets/gone.js",
    ],
)
def test_nothing_outside_of_the_page_is_sent(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert "secret" not in answer.text
    assert answer.status_code == 404 or answer.text == INDEX


def test_it_is_only_read(client: httpx.Client) -> None:
    assert client.post("/").status_code == 405
    head = client.head("/")
    assert (head.status_code, head.content) == (200, b"")


def test_programs_still_reach_the_model_server(client: httpx.Client) -> None:
    assert client.get("/endpoints").json() == {"endpoints": []}
    assert client.get("/ping").status_code == 503
    assert client.get("/openapi.json").json()["openapi"].startswith("3.")
    assert client.get("/metrics").text.startswith("#")
    assert client.get("/endpoints/bank").json()["status"] == 404  # not a page: nobody asked for HTML


def test_without_a_build_it_says_how_to_make_one(tmp_path: Path, store: Store) -> None:
    app = Gateway(App(store), store, open_to_all=False)
    app._page = Static(tmp_path)
    with httpx.Client(transport=InProcess(app), base_url=HERE) as opened:
        answer = opened.get("/")
        assert answer.status_code == 200
        assert "make page" in answer.text
        assert "/docs" in answer.text
