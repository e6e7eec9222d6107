"""Files that are scored over the API: by a process of their own, which tells how far it is, what was wrong and what
came of it, and which may be stopped, killed and resumed."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from csv import reader as csv_rows
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlcl import lifecycle
from mlcl.stores import Store
from tests.server.sites import Site, site, until
from tests.server.worlds import ARABIC, NAME, PATH, SCRIPT, TAG, World, rows

ENDED = ("done", "failed", "stopped", "interrupted")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def opened(world: World) -> Iterator[Site]:
    with site(world.store) as one:
        yield one


def start(to: Site, content: bytes, name: str = "rows.csv", **wish: Any) -> dict[str, Any]:
    answer = to.send("POST", f"/endpoints/{NAME}/batches", {"source": to.upload(content, name), **wish})
    assert answer.status_code == 202, answer.text
    return answer.json()  # type: ignore[no-any-return]


def ended(to: Site, batch: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = until(lambda: (told := to.told(f"/batches/{batch['id']}"))["state"] in ENDED and told)
    return found


def csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()


@pytest.mark.parametrize(("ending", "form"), [("csv", "csv"), ("parquet", "jsonl"), ("jsonl", "parquet")])
def test_a_file_comes_back_scored_as_the_model_scores_it(
    opened: Site, world: World, ending: str, form: str, tmp_path: Path
) -> None:
    frame = rows(50, 7).drop("bought")
    file = tmp_path / f"rows.{ending}"
    {"csv": frame.write_csv, "parquet": frame.write_parquet, "jsonl": frame.write_ndjson}[ending](file)
    begun = start(opened, file.read_bytes(), file.name, format=form)
    assert begun["state"] in ("waiting", "running")
    told = ended(opened, begun)
    assert (told["state"], told["rows"], told["skipped"], told["done"], told["total"]) == ("done", 50, 0, 50, 50)
    answer = opened.get(f"/batches/{told['id']}/result")
    assert answer.status_code == 200
    assert f'filename="rows-scored.{form}"' in answer.headers["content-disposition"]
    assert len(answer.content) == told["result_size"]
    read = {"csv": pl.read_csv, "jsonl": pl.read_ndjson, "parquet": pl.read_parquet}[form]
    scored = read(io.BytesIO(answer.content))
    if form == "csv":  # polars leaves the quotes of a header in
        scored.columns = next(csv_rows(io.StringIO(answer.text)))
    expected = lifecycle.load(NAME, store=world.store).predict(frame)
    assert scored["probability"].to_list() == pytest.approx(expected["probability"].to_list(), abs=1e-12)
    assert scored["decision"].to_list() == expected["decision"].to_list()
    assert {"row", "age", TAG, PATH} <= set(scored.columns)
    assert set(scored[TAG].drop_nulls()) - {""} == {SCRIPT, ARABIC, "retired"}


def test_wrong_values_are_told_row_by_row(opened: Site) -> None:
    bad = [f"{'x' if n % 3 == 0 else 40},retired,{'much' if n % 5 == 0 else 3000}" for n in range(90)]
    content = "\n".join([f'age,{TAG},"{PATH.replace(chr(34), chr(34) * 2)}"', *bad]).encode()
    told = ended(opened, start(opened, content))
    assert (told["state"], told["rows"] + told["skipped"]) == ("done", 90)
    wrong = {n for n in range(90) if n % 3 == 0 or n % 5 == 0}
    assert told["skipped"] == len(wrong)
    assert len(told["faults"]) == 20
    faults, cursor = [], None
    while True:
        params = {"limit": 30, **({"cursor": cursor} if cursor else {})}
        page = opened.told(f"/batches/{told['id']}/faults", params=params)
        faults += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(faults) == told["fault_count"] == page["total"]
    assert {fault["row"] for fault in faults} == wrong
    assert all(fault["line"] == fault["row"] + 2 for fault in faults)
    assert {(fault["column"], fault["found"]) for fault in faults} == {("age", "'x'"), (PATH, "'much'")}
    answer = opened.get(f"/batches/{told['id']}/result")
    assert len(pl.read_csv(io.BytesIO(answer.content))) == 90 - len(wrong)


def test_with_fail_a_wrong_value_ends_it_and_is_named(opened: Site) -> None:
    frame = rows(30, 1).drop("bought").with_columns(age=pl.lit("old"))
    told = ended(opened, start(opened, csv(frame), on_error="fail"))
    assert (told["state"], told["failure"]["error"]) == ("failed", "InputError")
    assert told["fault_count"] == 30
    assert told["faults"][0] | {"allowed": None} == {
        "row": 0,
        "line": 2,
        "column": "age",
        "found": "'old'",
        "allowed": None,
    }
    assert opened.get(f"/batches/{told['id']}/result").status_code in (404, 422)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"PAR1 this is no parquet file", "rows.parquet"),
        (b"color,size\nred,1\n", "others.csv"),
        (b"\x1f\x8b broken", "rows.csv.gz"),
        (b'{"age": \n[[[', "rows.jsonl"),
    ],
)
def test_a_broken_file_says_what_is_wrong(opened: Site, content: bytes, name: str) -> None:
    if not content:
        content = b"\n"
    told = ended(opened, start(opened, content, name))
    if told["state"] == "done":
        assert told["rows"] == 0
    else:
        assert told["state"] == "failed"
        assert told["failure"]["what"]
        assert "Traceback" not in str(told["failure"])


def test_what_cannot_be_scored_is_refused_at_once(opened: Site) -> None:
    path = f"/endpoints/{NAME}/batches"
    digest = "0" * 64
    for source, code in (
        ("rows.csv", 422),
        ("/etc/passwd", 422),
        ("upload:", 422),
        (f"upload:{digest}/../../tokens", 422),
        (f"upload:{digest}/rows.csv", 404),
    ):
        assert opened.send("POST", path, {"source": source}).status_code == code, source
    good = opened.upload(b"age\n1\n", "rows.csv")
    assert opened.send("POST", path, {"source": good, "version": 99}).status_code == 404
    assert opened.send("POST", path, {"source": opened.upload(b"a", "rows.exe")}).status_code == 422
    assert opened.send("POST", "/endpoints/nobody/batches", {"source": good}).status_code == 404
    assert opened.get("/batches/nothing").status_code == 404
    assert opened.get("/batches/..%2f..%2ftokens/result").status_code in (404, 422)


def test_one_that_is_killed_goes_on_where_it_stopped(opened: Site, world: World) -> None:
    frame = pl.concat([rows(1000, 3).drop("bought")] * 1200)  # several slices
    batch = start(opened, csv(frame), "large.csv")
    started = until(lambda: (told := opened.told(f"/batches/{batch['id']}"))["done"] > 0 and told)
    assert started["state"] == "running"
    assert 0 < started["done"] <= started["total"]
    pid = process_of(world.store, batch["id"])
    os.kill(pid, signal.SIGKILL)
    killed = until(lambda: (told := opened.told(f"/batches/{batch['id']}"))["state"] == "interrupted" and told)
    assert killed["can_resume"]
    assert opened.send("POST", f"/batches/{batch['id']}/resume").status_code == 202
    told = ended(opened, batch)
    assert (told["state"], told["rows"]) == ("done", len(frame))
    answer = opened.get(f"/batches/{batch['id']}/result")
    scored = pl.read_csv(io.BytesIO(answer.content), columns=["row"])
    assert scored["row"].equals(pl.Series("row", range(len(frame))))
    again = opened.send("POST", f"/batches/{batch['id']}/resume")
    assert again.status_code == 422


def test_one_is_stopped_and_the_list_knows(opened: Site) -> None:
    frame = pl.concat([rows(1000, 4).drop("bought")] * 4000)
    batch = start(opened, csv(frame), "stop.csv")
    until(lambda: opened.told(f"/batches/{batch['id']}")["done"] > 0)
    assert opened.send("POST", f"/batches/{batch['id']}/stop").status_code == 200
    told = ended(opened, batch)
    assert (told["state"], told["result_size"]) == ("stopped", None)
    listed = opened.told("/batches", params={"endpoint": NAME, "state": "stopped"})["items"]
    assert [one["id"] for one in listed] == [batch["id"]]
    names = [one["id"] for one in opened.told("/batches", params={"limit": 200})["items"]]
    assert names == sorted(names, reverse=True)
    assert opened.told("/batches", params={"endpoint": "other"})["total"] == 0


def process_of(store: Store, batch: str) -> int:
    from mlcl.server.predictions_files import find

    return int(find(store, batch).process.rpartition(":")[2])
