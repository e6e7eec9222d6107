"""Files on their way into the store: part by part, resumed, bounded, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlcl.stores import Store, keys
from tests.server.sites import API, BYTES, Site, process, site, until

MB = 2**20


def begin(to: Site, size: int, name: str = "rows.csv") -> str:
    return str(to.send("POST", "/uploads", {"name": name, "size": size}).json()["id"])


def part(to: Site, upload: str, offset: int, content: bytes) -> tuple[int, dict[str, object]]:
    answer = to.send("PATCH", f"/uploads/{upload}", params={"offset": offset}, content=content, headers=BYTES)
    return answer.status_code, answer.json()


def test_a_file_in_parts_is_in_the_store_under_its_digest(store: Store) -> None:
    content = os.urandom(3000)
    with site(store) as opened:
        upload = begin(opened, 3000)
        assert part(opened, upload, 0, content[:1000])[1]["offset"] == 1000
        assert part(opened, upload, 1000, content[1000:2500])[1]["state"] == "open"
        code, told = part(opened, upload, 2500, content[2500:])
        assert (code, told["state"]) == (200, "done")
    digest = hashlib.sha256(content).hexdigest()
    assert told["source"] == f"upload:{digest}/rows.csv"
    assert store.get(keys.upload(digest, "rows.csv")) == content
    assert list((store.folder or Path()).joinpath("uploading").glob("*.part")) == []


def test_a_part_at_the_wrong_place_changes_nothing_and_says_where_to_go_on(empty: Site) -> None:
    upload = begin(empty, 10)
    part(empty, upload, 0, b"12345")
    code, told = part(empty, upload, 0, b"12345")
    assert (code, told["found"]) == (409, "offset 0, expected 5")
    assert empty.told(f"/uploads/{upload}")["offset"] == 5
    assert part(empty, upload, 5, b"67890")[1]["state"] == "done"
    assert part(empty, upload, 5, b"67890")[1]["state"] == "done"  # sent again after a lost answer: no harm


def test_more_than_was_announced_is_refused_and_leaves_the_file_as_it_was(empty: Site) -> None:
    upload = begin(empty, 10)
    assert part(empty, upload, 0, b"x" * 11)[0] == 413
    assert empty.told(f"/uploads/{upload}")["offset"] == 0


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(empty: Site) -> None:
    assert empty.send("POST", "/uploads", {"name": "a.csv", "size": 2**50}).status_code == 422


def test_parts_are_bytes(empty: Site) -> None:
    upload = begin(empty, 10)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = empty.send("PATCH", f"/uploads/{upload}?offset=0", content=b"a=1", headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("rows.csv", "rows.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\Über die Kunden (2026).CSV", "ber-die-Kunden-2026.csv"),
        ("<script>alert(1)</script>.csv", "script.csv"),
        (".hidden", "data.hidden"),
        ("a" * 300 + ".parquet", "a" * 80 + ".parquet"),
        ("..", "data"),
        ("\x00.csv", "data.csv"),
        ("пример.csv", "data.csv"),
    ],
)
def test_names_are_made_safe(name: str, kept: str) -> None:
    assert keys.file_name(name) == kept
    keys.upload("0" * 64, keys.file_name(name))


def test_the_same_file_sent_twice_at_once_is_kept_once(store: Store) -> None:
    content = b"a,b\n1,2\n" * 100
    with site(store) as opened, ThreadPoolExecutor(4) as pool:
        sources = set(pool.map(lambda _: opened.upload(content), range(4)))
    assert len(sources) == 1
    assert len(store.keys("uploads")) == 1


def test_a_dropped_connection_loses_no_file(store: Store) -> None:
    """What arrived before the connection broke stays, and the rest goes on from there, also after a restart."""
    content = os.urandom(4 * MB)
    with process(store) as running:
        opened = running.start()
        upload = begin(opened, len(content))
        head = (
            f"PATCH {API}/uploads/{upload}?offset=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/octet-stream\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", running.port)) as raw:
            raw.sendall(head.encode() + content[: 3 * MB])
        at = until(lambda: opened.told(f"/uploads/{upload}")["offset"])
        assert 0 < at <= 3 * MB
        running.end()
        opened = running.start()
        at = opened.told(f"/uploads/{upload}")["offset"]
        code, told = part(opened, upload, at, content[at:])
    assert (code, told["digest"]) == (200, hashlib.sha256(content).hexdigest())


@pytest.mark.slow
def test_200_mb_go_through_a_small_memory(store: Store, tmp_path: Path) -> None:
    line = b"12,3400.5,clerk,some text that makes the row longer,yes\n"
    rows = 200 * MB // len(line)
    file = tmp_path / "large.csv"
    with file.open("wb") as out:
        out.write(b"age,income,job,note,bought\n")
        for _ in range(rows // 1000):
            out.write(line * 1000)
    size = file.stat().st_size
    with process(store) as running:
        opened = running.start()
        before = _peak(running._process)
        upload = begin(opened, size)
        with file.open("rb") as content:
            offset = 0
            while piece := content.read(8 * MB):
                code, told = part(opened, upload, offset, piece)
                assert code == 200
                offset += len(piece)
        assert told["state"] == "done"
        assert _peak(running._process) - before < 150 * MB


def _peak(process: subprocess.Popen[str] | None) -> int:
    assert process
    text = Path(f"/proc/{process.pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) * 1024
