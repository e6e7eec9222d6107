"""OpenML and UCI, by their protocols."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from mlcl.data.sources import http
from mlcl.errors import SourceError
from tests.data import servers
from tests.data.fetching import content, fetch, table
from tests.data.servers import Reply, Server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(http, "PAUSE", 0.0)
    monkeypatch.setattr(http, "TIMEOUT", 0.5)
    with servers.serving() as server:
        monkeypatch.setenv("MLCL_OPENML_URL", server.url)
        monkeypatch.setenv("MLCL_UCI_URL", server.url)
        yield server


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
