"""Batch scoring: every format gives the predictions that the rows get one by one, in order, whatever happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcl import lifecycle
from mlcl.errors import DataError, InputError, NotFound, UsageError
from mlcl.models.bundle import Bundle as RealBundle
from mlcl.progress import listening
from mlcl.serving import batch_input
from mlcl.serving.batch import predict_file
from mlcl.stores import Store
from tests import small
from tests.serving.batches import BUNDLE, TRAINING, Bundle, expected, read, rows, write


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_input, "_MOST_ROWS", {"parquet": 7, "csv": 7, "jsonl": 7})


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet", "jsonl", "jsonl.gz", "ndjson"])
def test_every_input_format_gives_the_same_bits(tmp_path: Path, ending: str) -> None:
    frame = rows(50)
    result = predict_file(BUNDLE, write(frame, tmp_path / f"in.{ending}"), tmp_path / "out.parquet")
    got = pl.read_parquet(tmp_path / "out.parquet")
    assert got.columns == ["row", "probability", "decision"]
    assert got["row"].to_list() == list(range(50))
    assert got["probability"].to_list() == expected(frame)
    assert got["decision"].to_list() == ["yes" if p >= 0.5 else "no" for p in expected(frame)]
    one_by_one = BUNDLE.recipe.compile().encode(frame.drop("id").to_dicts()).matrix
    assert got["probability"].to_list() == BUNDLE.score(one_by_one).tolist()
    assert (result.rows, result.skipped, result.resumed, result.absent, result.faults) == (50, 0, 0, [], [])
    assert result.missing == sum(frame.drop("id").null_count().row(0))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"in.{ending}", "out.parquet"])


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet", "jsonl", "jsonl.gz"])
def test_every_output_format_holds_the_same(tmp_path: Path, ending: str) -> None:
    frame = rows(20)
    predict_file(BUNDLE, write(frame, tmp_path / "in.csv"), tmp_path / f"out.{ending}")
    assert read(tmp_path / f"out.{ending}")["probability"].to_list() == expected(frame)


@pytest.mark.parametrize(
    ("task", "columns"),
    [
        ("regression", ["prediction"]),
        ("multiclass", ["probability_a", "probability_b", "probability_c", "decision"]),
    ],
)
def test_every_task(tmp_path: Path, task: str, columns: list[str]) -> None:
    bundle: Any = Bundle(task)
    frame = rows(20)
    predict_file(bundle, write(frame, tmp_path / "in.parquet"), tmp_path / "out.parquet")
    got = pl.read_parquet(tmp_path / "out.parquet")
    assert got.columns == ["row", *columns]
    scores = bundle.score(bundle.recipe.apply(frame))
    if task == "regression":
        assert got["prediction"].to_list() == scores.tolist()
    else:
        assert got.select(columns[:3]).to_numpy().tolist() == scores.tolist()
        assert got["decision"].to_list() == ["abc"[place] for place in scores.argmax(axis=1)]


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_columns_can_be_kept(tmp_path: Path, ending: str) -> None:
    frame = rows(20).with_columns(probability=pl.lit("mine"))
    source = write(frame, tmp_path / f"in.{ending}")
    predict_file(BUNDLE, source, tmp_path / "out.parquet", keep=["id"])
    got = pl.read_parquet(tmp_path / "out.parquet")
    assert got.columns == ["row", "id", "probability", "decision"]
    assert got["id"].to_list() == frame["id"].to_list()
    predict_file(BUNDLE, source, tmp_path / "out.csv", keep=["*"])
    everything = pl.read_csv(tmp_path / "out.csv")
    assert everything.columns == [
        "row",
        "id",
        "age",
        "rate",
        "job",
        "since",
        "probability_input",
        "probability",
        "decision",
    ]
    assert everything["job"].fill_null("").to_list() == frame["job"].fill_null("").to_list()
    with pytest.raises(NotFound, match="Did you mean 'id'"):
        predict_file(BUNDLE, source, tmp_path / "out.csv", keep=["idd"])


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_columns_that_are_missing_or_not_needed(tmp_path: Path, ending: str) -> None:
    frame = rows(20).drop("rate", "since").with_columns(more=pl.lit(1))
    result = predict_file(BUNDLE, write(frame, tmp_path / f"in.{ending}"), tmp_path / "out.csv")
    assert result.absent == ["rate", "since"]
    assert read(tmp_path / "out.csv")["probability"].to_list() == expected(frame)


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_a_file_about_something_else_is_refused(tmp_path: Path, ending: str) -> None:
    source = write(pl.DataFrame({"x": [1], "y": [2]}), tmp_path / f"in.{ending}")
    with pytest.raises(DataError, match="age, rate, job, since"):
        predict_file(BUNDLE, source, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_wrong_values_fail_by_name_and_leave_nothing(tmp_path: Path, ending: str) -> None:
    frame = rows(30).with_columns(age=pl.Series([*["1"] * 25, "many", *["2"] * 4]))
    with pytest.raises(InputError, match="row 25, column 'age'") as caught:
        predict_file(BUNDLE, write(frame, tmp_path / f"in.{ending}"), tmp_path / "out.csv")
    assert caught.value.faults == [{"row": 25, "column": "age", "found": "'many'", "allowed": "a number"}]
    assert [path.name for path in tmp_path.iterdir()] == [f"in.{ending}"]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_wrong_rows_can_be_skipped(tmp_path: Path, ending: str) -> None:
    frame = rows(30).with_columns(age=pl.Series(["many" if n % 10 == 3 else "40" for n in range(30)]))
    result = predict_file(
        BUNDLE, write(frame, tmp_path / f"in.{ending}"), tmp_path / "out.csv", on_error="skip", keep=["id"]
    )
    assert (result.rows, result.skipped) == (27, 3)
    assert [fault["row"] for fault in result.faults] == [3, 13, 23]
    good = frame.filter(pl.col("age") == "40")
    got = read(tmp_path / "out.csv")
    assert got["row"].to_list() == [n for n in range(30) if n % 10 != 3]
    assert got["id"].to_list() == good["id"].to_list()
    assert got["probability"].to_list() == expected(good)


def test_when_all_rows_of_a_slice_are_wrong(tmp_path: Path) -> None:
    frame = rows(20).with_columns(age=pl.Series(["x" if n < 14 else "1" for n in range(20)]))
    for task in ("binary", "multiclass", "regression"):
        bundle: Any = Bundle(task)
        result = predict_file(bundle, write(frame, tmp_path / "in.csv"), tmp_path / f"{task}.csv", on_error="skip")
        assert (result.rows, result.skipped) == (6, 14)


def test_lines_that_are_no_rows(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"age":1}\n\n{"age":2\n[1,2]\n"text"\n{"age":3}\n')
    with pytest.raises(InputError, match="row 1"):
        predict_file(BUNDLE, tmp_path / "in.jsonl", tmp_path / "out.csv")
    result = predict_file(BUNDLE, tmp_path / "in.jsonl", tmp_path / "out.csv", on_error="skip")
    assert (result.rows, result.skipped) == (2, 3)
    assert read(tmp_path / "out.csv")["row"].to_list() == [0, 4]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_without_rows(tmp_path: Path, ending: str) -> None:
    source = write(rows(3).head(0), tmp_path / f"in.{ending}")
    for out in ("parquet", "csv"):
        assert predict_file(BUNDLE, source, tmp_path / f"out.{out}").rows == 0
        assert read(tmp_path / f"out.{out}").columns == ["row", "probability", "decision"]


@pytest.mark.parametrize(
    "text",
    [
        "age;rate;job;since\n30;0.5;cook;2020-01-01\n",
        "age\trate\tjob\tsince\n30\t0.5\tcook\t2020-01-01\n",
        "\ufeffage,rate,job,since\r\n30,0.5,cook,2020-01-01\r\n",
        " age , rate,job,since\n30,0.5,cook,2020-01-01",
        "30,0.5,cook,2020-01-01\n",
        'since,"job",rate,age\n2020-01-01,"cook",0.5,30\n',
        'note,age,rate,job,since\n"two\nlines, and ""quotes""",30,0.5,cook,2020-01-01\n',
    ],
    ids=["semicolon", "tab", "BOM and CRLF", "spaces", "no header", "other order", "quotes"],
)
def test_csv_as_people_write_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "in.csv").write_text(text, newline="")
    predict_file(BUNDLE, tmp_path / "in.csv", tmp_path / "out.csv")
    row = pl.DataFrame({"age": [30], "rate": [0.5], "job": ["cook"], "since": ["2020-01-01"]})
    assert read(tmp_path / "out.csv")["probability"].to_list() == expected(row)


def test_csv_missing_values_are_the_recipes(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('age,rate,job,since\n,,,\n"","","",""\n')
    result = predict_file(BUNDLE, tmp_path / "in.csv", tmp_path / "out.csv")
    assert result.missing == 8
    nothing = pl.DataFrame({"age": [None], "rate": [None], "job": [None], "since": [None]})
    assert read(tmp_path / "out.csv")["probability"].to_list() == expected(nothing) * 2


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=6)


ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "age": st.none() | st.integers(-(2**53), 2**53),
            "rate": st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32),
            "job": st.none() | st.sampled_from(["admin", "cook", "new"]) | TEXTS,
            "since": st.none() | st.dates().map(str),
        },
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_rows_online_and_in_files_are_one(tmp_path: Path, wanted: list[dict[str, Any]]) -> None:
    online = BUNDLE.score(BUNDLE.recipe.compile().encode(wanted).matrix).tolist()
    full = [{name: row.get(name) for name in TRAINING.columns} for row in wanted]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in full))
    pl.DataFrame(
        full, schema=dict(zip(TRAINING.columns, [pl.Int64, pl.Float64, pl.String, pl.String], strict=True))
    ).write_csv(tmp_path / "in.csv")
    for source in ("in.jsonl", "in.csv"):
        predict_file(BUNDLE, tmp_path / source, tmp_path / "out.parquet")
        assert pl.read_parquet(tmp_path / "out.parquet")["probability"].to_list() == online


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[float, float, str]] = []
    with listening(lambda *now: told.append(now)):
        predict_file(BUNDLE, write(rows(30), tmp_path / "in.csv"), tmp_path / "out.csv")
    assert [done for done, _, _ in told] == [7, 14, 21, 28, 30]
    assert {total for _, total, _ in told} == {30}


@pytest.mark.parametrize(
    ("source", "output", "error"),
    [
        ("none.csv", "out.csv", NotFound),
        ("in.xlsx", "out.csv", UsageError),
        ("in.csv", "out.xlsx", UsageError),
        ("in.csv", "out.parquet.gz", UsageError),
        ("in.csv", "in.csv", UsageError),
        ("in.csv", "folder.csv", UsageError),
        ("in.csv", "nowhere/out.csv", UsageError),
        ("empty.csv", "out.csv", DataError),
        ("empty.jsonl", "out.csv", DataError),
        ("broken.parquet", "out.csv", DataError),
        ("broken.csv", "out.csv", DataError),
        ("broken.csv.gz", "out.csv", DataError),
        ("broken.jsonl.gz", "out.csv", DataError),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, source: str, output: str, error: Any) -> None:
    write(rows(3), tmp_path / "in.csv")
    (tmp_path / "in.xlsx").write_bytes(b"PK")
    (tmp_path / "folder.csv").mkdir()
    for name in ("empty.csv", "empty.jsonl"):
        (tmp_path / name).touch()
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    (tmp_path / "broken.csv").write_bytes(b"age,rate,job,since\n1,2,\xff\xfe,2020-01-01\n")
    for name in ("broken.csv.gz", "broken.jsonl.gz"):
        (tmp_path / name).write_bytes(b"\x1f\x8b no")
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(error):
        predict_file(BUNDLE, tmp_path / source, tmp_path / output)
    after = sorted(path.name for path in tmp_path.iterdir() if not path.name.endswith(".parts"))
    assert after == before
    with pytest.raises(UsageError):
        predict_file(BUNDLE, tmp_path / "in.csv", tmp_path / "out.csv", on_error="ignore")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> RealBundle:
    folder = tmp_path_factory.mktemp("small")
    store = Store(folder / "store")
    lifecycle.run(small.problem(folder), store=store)
    return lifecycle.load("small", "latest", store=store)
