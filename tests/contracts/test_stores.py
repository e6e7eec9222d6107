"""What every store promises, tried on a folder and on a bucket."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlcl.errors import Conflict, NotFound, StoreError
from mlcl.stores import Log, Store


@pytest.fixture(params=["folder", "bucket"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "store") if request.param == "folder" else request.getfixturevalue("bucket")


@pytest.fixture
def store(address: str) -> Store:
    return Store(address)


def test_what_was_put_is_got(store: Store) -> None:
    store.put("a/b", b"one")
    assert store.get("a/b") == b"one"
    assert store.exists("a/b")


def test_put_replaces(store: Store) -> None:
    store.put("a", b"one")
    store.put("a", b"two")
    assert store.get("a") == b"two"


def test_put_takes_a_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    store.put("a", tmp_path / "file")
    assert store.get("a") == b"content"


@pytest.mark.parametrize("value", [b"", bytes(range(256)), b"x" * 3_000_000], ids=["empty", "binary", "large"])
def test_any_bytes(store: Store, value: bytes) -> None:
    store.put("a", value)
    assert store.get("a") == value


@pytest.mark.parametrize("key", ["é/ü ñ", "a b%2f", "a=b;c,d'e&f+g?h", "%2e%2e/x", "a#b", "x.json/y"])
def test_keys_are_kept_letter_by_letter(store: Store, key: str) -> None:
    store.put(key, b"1")
    assert store.get(key) == b"1"
    assert store.keys("") == [key]


def test_nothing_there(store: Store) -> None:
    with pytest.raises(NotFound):
        store.get("a/b")
    assert not store.exists("a/b")
    assert store.keys("a") == []
    assert store.children("a") == []
    with pytest.raises(NotFound):
        store.download("a", Path("never"))
    store.delete("a/b")


def test_create_never_replaces(store: Store) -> None:
    assert store.create("a", b"one")
    assert not store.create("a", b"two")
    assert store.get("a") == b"one"


def test_deleted_is_gone_and_free_again(store: Store) -> None:
    store.create("a", b"one")
    store.delete("a")
    assert not store.exists("a")
    assert store.create("a", b"two")


def test_keys_lists_whole_parts(store: Store) -> None:
    for key in ("a/b/c", "a/b/d/e", "a/bc", "x"):
        store.put(key, b"")
    assert store.keys("a/b") == ["a/b/c", "a/b/d/e"]
    assert store.keys("") == ["a/b/c", "a/b/d/e", "a/bc", "x"]
    assert store.children("a") == ["b", "bc"]
    assert store.children("") == ["a", "x"]


def test_more_keys_than_one_page(store: Store) -> None:
    for number in range(1100):
        store.put(f"many/{number:04d}", b"")
    assert len(store.keys("many")) == 1100


def test_upload_and_download(store: Store, tmp_path: Path) -> None:
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/a.json").write_bytes(b"{}")
    (tmp_path / "in/deep/b.bin").write_bytes(b"\0" * 100_000)
    store.upload(tmp_path / "in", "bundles/x")
    store.download("bundles/x", tmp_path / "out")
    assert (tmp_path / "out/a.json").read_bytes() == b"{}"
    assert (tmp_path / "out/deep/b.bin").read_bytes() == b"\0" * 100_000


@pytest.mark.parametrize(
    "key", ["..", "../x", "a/../b", "a/..", "/etc/passwd", "a//b", "a/./b", "a/", "a\\..\\b", "a\0b", "a\nb"]
)
def test_keys_that_could_escape_are_refused(store: Store, key: str, tmp_path: Path) -> None:
    for call in (store.get, store.exists, store.keys, store.children, store.delete):
        with pytest.raises(StoreError):
            call(key)
    for write in (store.put, store.create):
        with pytest.raises(StoreError):
            write(key, b"x")
    assert not (tmp_path / "x").exists()


def test_log_is_numbered_from_one(store: Store) -> None:
    log = Log(store, "log")
    assert log.latest() is None
    assert [log.append({"n": n}).number for n in (1, 2, 3)] == [1, 2, 3]
    assert log.latest() == (3, {"n": 3})
    assert [entry.document["n"] for entry in log.history()] == [1, 2, 3]
    assert [entry.document["n"] for entry in log.history(2)] == [2, 3]
    assert log.read(2) == (2, {"n": 2})


def test_log_refuses_a_writer_who_has_not_seen_the_present(store: Store) -> None:
    log = Log(store, "log")
    log.append({"by": "first"}, after=0)
    with pytest.raises(Conflict):
        log.append({"by": "second"}, after=0)
    assert [entry.document["by"] for entry in log.history()] == ["first"]


def test_racing_creators_have_one_winner(address: str) -> None:
    code = """
        winners = [store.create(f"race/{n}", str(me).encode()) for n in range(30)]
        print("".join("1" if won else "0" for won in winners))
    """
    rounds = zip(*_race(address, code), strict=True)
    assert all(sorted(won) == ["0", "0", "0", "1"] for won in rounds)


def test_racing_log_writers_lose_no_entry(address: str) -> None:
    code = """
        log = Log(store, "log")
        for n in range(15):
            log.update(lambda document: {"done": [*document["done"], [me, n]]}, initial={"done": []})
    """
    _race(address, code)
    log = Log(Store(address), "log")
    entry = log.latest()
    assert entry
    assert sorted(entry.document["done"]) == [[me, n] for me in range(4) for n in range(15)]
    assert entry.number == 60
    assert [len(past.document["done"]) for past in log.history()] == list(range(1, 61))


def test_a_killed_writer_leaves_nothing_half_written(address: str) -> None:
    code = """
        print("ready", flush=True)
        for n in range(10_000):
            body = os.urandom(500_000)
            store.put(f"values/{n}", hashlib.sha256(body).digest() + body)
            store.put("same", hashlib.sha256(body).digest() + body)
            log.append({"n": n})
    """
    for number in range(4):
        writer = _start(address, f'log = Log(store, "log-{number}")' + code)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(0.03 + 0.05 * number)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    store = Store(address)
    for key in [*store.keys("values"), "same"]:
        value = store.get(key)
        assert hashlib.sha256(value[32:]).digest() == value[:32]
    for number in range(4):
        entries = Log(store, f"log-{number}").history()
        assert [entry.document["n"] for entry in entries] == list(range(len(entries)))
    store.put("same", b"a later writer is not held up")
    assert store.get("same") == b"a later writer is not held up"


def test_full_disk(small_disk: Path) -> None:
    store = Store(small_disk)
    store.put("before", b"x" * 1000)
    with pytest.raises(StoreError, match=r"free space"):
        store.put("large", b"x" * 3_000_000)
    with pytest.raises(StoreError):
        store.create("large", b"x" * 3_000_000)
    assert store.keys("") == ["before"]
    assert store.get("before") == b"x" * 1000
    store.put("after", b"there is room again")
    assert store.get("after") == b"there is room again"


def test_a_bucket_that_does_not_answer(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlcl.stores.store._SECONDS", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(StoreError, match="cannot be read or written"):
        Store(bucket).get("a")


def test_other_schemes_are_no_store() -> None:
    with pytest.raises(StoreError, match="s3://bucket/prefix"):
        Store("ftp://host/x")


def _start(address: str, code: str) -> subprocess.Popen[str]:
    lines = "\n".join(line.removeprefix("        ") for line in code.splitlines())
    program = f"import hashlib, os\nfrom mlcl.stores import Log, Store\nstore = Store({address!r})\n{lines}"
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=os.environ.copy())


def _race(address: str, code: str) -> list[str]:
    """What four processes print that run `code` at the same time; `me` is their number."""
    start = time.time() + 1
    wait = f"import time; time.sleep(max(0, {start} - time.time()))"
    racers = [_start(address, f"me = {me}\n{wait}\n{code}") for me in range(4)]
    printed = [racer.communicate()[0].strip() for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * 4
    return printed
