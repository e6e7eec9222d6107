"""Sources: what is fetched, what is kept, and what is said when it cannot be."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlcl import progress
from mlcl.data import read, sources
from mlcl.data.sources import http
from mlcl.errors import MlclError, NotFound, ProblemError, SourceError
from mlcl.problem.sections import Data
from tests.data import servers
from tests.data.servers import Reply, Server

CSV = b"a,b\n" + b"".join(b"%d,x\n" % number for number in range(1000))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(http, "PAUSE", 0.0)
    monkeypatch.setattr(http, "TIMEOUT", 0.5)
    with servers.serving() as server:
        monkeypatch.setenv("MLCL_OPENML_URL", server.url)
        monkeypatch.setenv("MLCL_UCI_URL", server.url)
        yield server


def fetch(source: str, folder: Path, *, refresh: bool = False, **options: Any) -> sources.Fetched:
    return sources.fetch(Data(source=source, **options), folder, folder / "cache", refresh=refresh)


def content(fetched: sources.Fetched) -> bytes:
    assert isinstance(fetched.table, Path)
    return fetched.table.read_bytes()


def table(fetched: sources.Fetched, folder: Path, **options: Any) -> pl.DataFrame:
    read.snapshot(fetched.table, folder / "out.parquet", Data(source="x", **options), declared=fetched.format)
    return pl.read_parquet(folder / "out.parquet", memory_map=False)


# Files ---------------------------------------------------------------------------------------------------------------


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(CSV)
    for source in ("data.csv", str(tmp_path / "data.csv"), "./data.csv"):
        assert content(fetch(source, tmp_path)) == CSV


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "bank-full.csv").write_bytes(CSV)
    with pytest.raises(NotFound) as error:
        fetch("bank_full.csv", tmp_path)
    assert "Did you mean 'bank-full.csv'" in str(error.value)
    with pytest.raises(NotFound, match="no folder"):
        fetch("nowhere/data.csv", tmp_path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "data.csv").write_bytes(CSV)
    with pytest.raises(ProblemError, match="a folder") as error:
        fetch("folder", tmp_path)
    assert "data.csv" in str(error.value)


def test_a_digest_that_differs(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(CSV)
    with pytest.raises(SourceError, match="digest differs"):
        fetch("data.csv", tmp_path, sha256="0" * 64)


@pytest.mark.parametrize("source", ["ftp://host/data.csv", "file:///etc/passwd", "opnml:61", "uci:", "s3://bucket"])
def test_what_is_no_source(tmp_path: Path, source: str) -> None:
    with pytest.raises(ProblemError) as error:
        fetch(source, tmp_path)
    assert error.value.where == "data.source"


def test_the_fingerprint_tells_what_the_source_is_now(tmp_path: Path) -> None:
    file, data = tmp_path / "data.csv", Data(source="data.csv")
    file.write_bytes(CSV)
    before = sources.fingerprint(data, tmp_path)
    assert before == sources.fingerprint(data, tmp_path)
    file.write_bytes(CSV + b"1,y\n")
    assert sources.fingerprint(data, tmp_path) != before
    assert sources.fingerprint(Data(source="openml:61"), tmp_path) == "openml:61"
    assert "sklearn:iris" in sources.fingerprint(Data(source="sklearn:iris"), tmp_path)
    for missing in ("data.cvs", "sklearn:irish"):
        with pytest.raises(NotFound, match="There is no"):
            sources.fingerprint(Data(source=missing), tmp_path)


def test_asking_for_the_fingerprint_loads_nothing_heavy() -> None:
    code = (
        "import sys, mlcl.data.sources; print([m for m in ('polars', 'numpy', 'httpx', 'sklearn') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("MLCL_CACHE", raising=False)
    assert sources.cache_folder() == tmp_path / "mlcl"
    monkeypatch.setenv("MLCL_CACHE", str(tmp_path / "other"))
    assert sources.cache_folder() == tmp_path / "other"


# The web -------------------------------------------------------------------------------------------------------------


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


# S3 ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def bucket(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "key")
    server.file("/bucket/some/data.csv", CSV)
    return server


def test_an_object_of_s3(bucket: Server, tmp_path: Path) -> None:
    fetched = fetch("s3://bucket/some/data.csv", tmp_path)
    assert content(fetched) == CSV
    assert fetched.name == "data.csv"
    bucket.answers.clear()
    assert content(fetch("s3://bucket/some/data.csv", tmp_path)) == CSV


def test_no_such_object(bucket: Server, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such object"):
        fetch("s3://bucket/some/other.csv", tmp_path)
    bucket.answers["/bucket/secret.csv"] = lambda _: Reply(b"<Error><Code>AccessDenied</Code></Error>", 403)
    with pytest.raises(SourceError, match="cannot be read from S3"):
        fetch("s3://bucket/secret.csv", tmp_path)


# OpenML --------------------------------------------------------------------------------------------------------------


def test_openml(server: Server, tmp_path: Path) -> None:
    servers.add_openml(server)
    fetched = fetch("openml:61", tmp_path)
    assert (fetched.format, fetched.name, fetched.licence) == ("arff", "iris (version 1)", "Public")
    assert fetched.url == "https://www.openml.org/d/61"
    assert fetched.citation == "R.A. Fisher. iris, version 1. OpenML data set 61."
    assert fetched.target == "class"
    assert "row identifiers: id" in fetched.notes[0]
    assert table(fetched, tmp_path).to_dict(as_series=False) == {
        "sepallength": [5.1, 4.9, 4.7], "petal width": [0.2, None, 0.4], "id": [1, 2, 3],
        "class": ["Iris-setosa", "Iris, other", "it's"],
    }  # fmt: skip
    asked = len(server.asked)
    server.answers.clear()
    assert fetch("openml:61", tmp_path) == fetched
    assert len(server.asked) == asked


def test_openml_by_name(server: Server, tmp_path: Path) -> None:
    servers.add_openml(server, 61)
    servers.add_openml(server, 969, version="3")
    servers.add_openml_list(server, "iris", [61, 969])
    servers.add_openml_list(server, "iris", [969], "data_version/3")
    newest = fetch("openml:iris", tmp_path)
    assert newest.url.endswith("/61")
    assert "several" in newest.notes[0]
    assert fetch("openml:iris@3", tmp_path).name == "iris (version 3)"


def test_openml_packs_the_download(server: Server, tmp_path: Path) -> None:
    servers.add_openml(server)
    servers.add_openml_packed(server, 61, servers.IRIS)
    assert content(fetch("openml:61", tmp_path)) == servers.IRIS


@pytest.mark.parametrize(
    ("source", "path", "code"),
    [
        ("openml:999999", "/data/999999", "111"),
        ("openml:nope", "/data/list/data_name/nope/limit/2/status/active/", "372"),
    ],
)
def test_openml_has_no_such_data_set(server: Server, tmp_path: Path, source: str, path: str, code: str) -> None:
    server.answers[path] = servers.openml_error(code, "No results")
    with pytest.raises(SourceError, match="OpenML has no data set") as error:
        fetch(source, tmp_path)
    assert f"error {code}: No results" in str(error.value)
    assert len(server.asked) == 1


def test_other_errors_of_openml(server: Server, tmp_path: Path) -> None:
    server.answers["/data/1"] = servers.openml_error("364", "Dataset processed with error", "see log")
    with pytest.raises(SourceError, match="refused") as error:
        fetch("openml:1", tmp_path)
    assert "error 364: Dataset processed with error see log" in str(error.value)
    server.answers["/data/2"] = lambda _: Reply(b"<html>down</html>")
    with pytest.raises(SourceError, match="not JSON"):
        fetch("openml:2", tmp_path)


def test_openml_sends_another_file_than_it_announces(server: Server, tmp_path: Path) -> None:
    servers.add_openml(server, md5_checksum="0" * 32)
    with pytest.raises(SourceError, match="md5 digest differs"):
        fetch("openml:61", tmp_path)
    servers.add_openml(server)
    assert content(fetch("openml:61", tmp_path, refresh=True)) == servers.IRIS


def test_openml_says_what_is_odd(server: Server, tmp_path: Path) -> None:
    servers.add_openml(
        server, status="deactivated", warning="careful", row_id_attribute=None, ignore_attribute=["id", "x,y"],
        creator=["A", "B"], citation="Cite me",
    )  # fmt: skip
    fetched = fetch("openml:61", tmp_path)
    text = " ".join(fetched.notes)
    assert "deactivated" in text
    assert "careful" in text
    assert "id, x, y" in text
    assert fetched.citation == "Cite me"


def test_openml_falls_back_to_parquet(server: Server, tmp_path: Path) -> None:
    pl.DataFrame({"a": [1, 2]}).write_parquet(tmp_path / "x.pq")
    servers.add_openml(server, parquet_url=f"{server.url}/dataset_61.pq")
    server.file("/dataset_61.pq", (tmp_path / "x.pq").read_bytes())
    del server.answers["/data/v1/download/61/iris.arff"]
    fetched = fetch("openml:61", tmp_path)
    assert fetched.format == "parquet"
    assert "Parquet copy" in fetched.notes[-1]
    assert table(fetched, tmp_path)["a"].to_list() == [1, 2]


# UCI -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["uci:222", "uci:Bank Marketing"])
def test_uci(server: Server, tmp_path: Path, source: str) -> None:
    servers.add_uci(server)
    fetched = fetch(source, tmp_path)
    assert (fetched.name, fetched.licence, fetched.target) == ("Bank Marketing", "CC BY 4.0", "y")
    assert fetched.citation == (
        "S. Moro, P. Rita, P. Cortez (2014). Bank Marketing. UCI Machine Learning Repository. "
        "https://doi.org/10.24432/C5K306"
    )
    assert table(fetched, tmp_path)["job"].to_list() == ["management", None, "entrepreneur"]


def test_uci_has_no_such_data_set(server: Server, tmp_path: Path) -> None:
    servers.add_uci(server)
    with pytest.raises(SourceError, match="UCI has no data set") as error:
        fetch("uci:9999", tmp_path)
    assert "status 404: Dataset not found in repository" in str(error.value)


def test_uci_lists_more_than_it_offers(server: Server, tmp_path: Path) -> None:
    servers.add_uci(server, data_url=None)
    with pytest.raises(SourceError, match="does not offer") as error:
        fetch("uci:222", tmp_path)
    assert "archive.ics.uci.edu/dataset/222" in str(error.value)


def test_uci_says_what_is_odd(server: Server, tmp_path: Path) -> None:
    variables = [{"name": "ID", "role": "ID"}, {"name": "a", "role": "Target"}, {"name": "b", "role": "Target"}]
    servers.add_uci(server, variables=variables, target_col=["a", "b"], creators=[], dataset_doi=None)
    fetched = fetch("uci:222", tmp_path)
    assert [note.split(":")[1].split(" (")[0].strip(" .") for note in fetched.notes] == ["a, b", "ID"]
    assert fetched.citation == "Bank Marketing. UCI Machine Learning Repository."


# scikit-learn --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["breast_cancer", "iris", "wine", "diabetes", "digits"])
def test_the_bundled_sets_are_those_of_scikit_learn(tmp_path: Path, name: str) -> None:
    import sklearn.datasets

    options = {"scaled": False} if name == "diabetes" else {}
    oracle = getattr(sklearn.datasets, f"load_{name}")(**options)
    fetched = fetch(f"sklearn:{name}", tmp_path)
    frame = table(fetched, tmp_path)
    target = frame.drop_in_place("target").to_list()
    assert frame.columns == list(oracle.feature_names)
    assert (frame.to_numpy() == oracle.data).all()
    labels = getattr(oracle, "target_names", None)
    assert target == [str(labels[code]) if labels is not None else code for code in oracle.target]
    assert fetched.target == "target"
    assert fetched.licence
    assert fetched.citation


def test_an_unknown_bundled_set(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as error:
        fetch("sklearn:breastcancer", tmp_path)
    assert "Did you mean 'breast_cancer'" in str(error.value)


def test_errors_are_ready_for_json(tmp_path: Path) -> None:
    with pytest.raises(MlclError) as error:
        fetch("sklearn:x", tmp_path)
    assert json.dumps(error.value.as_dict())
