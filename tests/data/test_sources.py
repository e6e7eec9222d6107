"""Sources: files, buckets and the sets that scikit-learn brings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlcl.data import sources
from mlcl.data.sources import http
from mlcl.errors import MlclError, NotFound, ProblemError, SourceError
from mlcl.problem.sections import Data
from tests.data import servers
from tests.data.fetching import CSV, content, fetch, table
from tests.data.servers import Reply, Server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(http, "PAUSE", 0.0)
    monkeypatch.setattr(http, "TIMEOUT", 0.5)
    with servers.serving() as server:
        monkeypatch.setenv("MLCL_OPENML_URL", server.url)
        monkeypatch.setenv("MLCL_UCI_URL", server.url)
        yield server


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
