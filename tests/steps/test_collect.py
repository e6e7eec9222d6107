"""The collect step, from a source to a snapshot."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlcl.data import sources
from mlcl.data.sources import http
from mlcl.errors import DataError, NotFound, SourceError
from mlcl.problem import Problem, from_dict
from mlcl.records import Dataset
from mlcl.steps.collect import collect
from tests.data import servers

CSV = "age;job;y\n30;cook;no\n?;nurse;yes\n40;cook;no\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLCL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def problem_of(base: Path, source: str, **data: Any) -> Problem:
    return from_dict({"problem": {"name": "p", "target": "y"}, "data": {"source": source, **data}}, base=base)


def collected(problem: Problem) -> tuple[Dataset, pl.DataFrame]:
    output = problem.base / f"output-{len(list(problem.base.iterdir()))}"
    output.mkdir()
    collect(problem, {}, output)
    assert sorted(file.name for file in output.iterdir()) == ["data.parquet", "dataset.json"]
    dataset = Dataset.read(output / "dataset.json")
    assert dataset.digest == hashlib.sha256((output / "data.parquet").read_bytes()).hexdigest()
    return dataset, pl.read_parquet(output / "data.parquet", memory_map=False)


def test_a_file_becomes_a_snapshot(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(CSV)
    dataset, frame = collected(problem_of(tmp_path, "data.csv"))
    assert frame.rows() == [(30, "cook", "no"), (None, "nurse", "yes"), (40, "cook", "no")]
    assert (dataset.rows, dataset.source, dataset.name) == (3, "data.csv", "data.csv")
    age, job, _ = dataset.columns
    assert (age.kind, age.missing, age.min, age.max) == ("integer", 1, 30, 40)
    assert (job.kind, job.distinct, job.categories) == ("category", 2, ("cook", "nurse"))


def test_the_same_table_is_the_same_snapshot(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(CSV)
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(CSV.replace(";", "\t").encode("utf-16")))
    pl.DataFrame({"age": [30, None, 40], "job": ["cook", "nurse", "cook"], "y": ["no", "yes", "no"]}).write_parquet(
        tmp_path / "data.parquet"
    )
    names = ("data.csv", "data.csv", "data.csv.gz", "data.parquet")
    assert len({collected(problem_of(tmp_path, name))[0].digest for name in names}) == 1


def test_samples_follow_the_seed(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("y\n" + "\n".join(map(str, range(500))))
    sample = {"rows": 20}
    first, again = (collected(problem_of(tmp_path, "data.csv", **sample))[1] for _ in range(2))
    assert first.equals(again)
    other = problem_of(tmp_path, "data.csv", **sample).model_dump(mode="json")
    other["split"]["seed"] = 3
    assert not first.equals(collected(from_dict(other, base=tmp_path))[1])


def test_a_bundled_set(tmp_path: Path) -> None:
    dataset, frame = collected(problem_of(tmp_path, "sklearn:breast_cancer", rename={"target": "y"}))
    assert frame["y"].value_counts(sort=True).rows() == [("benign", 357), ("malignant", 212)]
    assert dataset.target == "y"
    assert "Wolberg" in dataset.citation


def test_licence_and_citation_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving() as server:
        monkeypatch.setenv("MLCL_UCI_URL", server.url)
        servers.add_uci(server)
        problem = problem_of(tmp_path, "uci:222")
        dataset, _ = collected(problem)
    assert (dataset.licence, dataset.target) == ("CC BY 4.0", "y")
    assert dataset.citation.startswith("S. Moro")
    assert collected(problem)[0] == dataset  # from the cache: the server is gone


def test_a_fresh_run_asks_the_source_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAUSE", 0.0)
    with servers.serving() as server:
        server.file("/data.csv", b"y\n1\n")
        problem = problem_of(tmp_path, f"{server.url}/data.csv")
        collected(problem)
        server.file("/data.csv", b"y\n1\n2\n")
        assert collected(problem)[0].rows == 1
        token = sources.REFRESH.set(True)
        try:
            assert collected(problem)[0].rows == 2
        finally:
            sources.REFRESH.reset(token)


@pytest.mark.parametrize(
    ("content", "error", "what"),
    [(b"", DataError, "empty"), (b"a,y\n", DataError, "no rows"), (None, NotFound, "no file")],
)
def test_what_cannot_be_collected(tmp_path: Path, content: bytes | None, error: type[Exception], what: str) -> None:
    if content is not None:
        (tmp_path / "data.csv").write_bytes(content)
    with pytest.raises(error, match=what):
        collected(problem_of(tmp_path, "data.csv"))


def test_passwords_are_kept_out_of_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAUSE", 0.0)
    with servers.serving() as server:
        server.file("/data.csv", b"y\n1\n2\n")
        dataset, _ = collected(problem_of(tmp_path, server.url.replace("//", "//me:secret@") + "/data.csv"))
    assert "secret" not in dataset.model_dump_json()
    with pytest.raises(SourceError) as error:
        collected(problem_of(tmp_path, "http://me:secret@127.0.0.1:9/data.csv"))
    assert "secret" not in str(error.value)
