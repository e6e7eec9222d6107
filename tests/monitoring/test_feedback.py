"""Outcomes find their predictions; whatever the order in which they come, the present is the same."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlcl.errors import Corrupt, InputError, NotFound
from mlcl.monitoring import outcomes
from mlcl.monitoring.feedback import FeedbackResult, add, labels, receive
from mlcl.monitoring.outcomes import SCHEMA, Outcome, history, present
from mlcl.stores import Store, keys
from tests.monitoring.telling import DAY, HOUR, NOW, made_up
from tests.monitoring.truth import START, endpoint, send


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    endpoint(made)
    return made


def told(store: Store, **more: Any) -> dict[str, str]:
    found = labels(store, "bank", START, START + 365 * DAY, **more)
    return dict(zip(found["id"].to_list(), found["label"].to_list(), strict=True))


def test_outcomes_find_predictions_by_id(store: Store) -> None:
    one, two = send(store, START + HOUR, [0.1, 0.9])
    three = send(store, START + 30 * HOUR, [0.5])[0]
    table = pl.DataFrame({"id": [one, two, three, f"{one}9", "no-such"], "label": ["no", "yes", "no", "no", "no"]})
    result = add(store, "bank", table, now=NOW)
    assert result == FeedbackResult(5, 3, 0, 0, 2, 0, 0, result.left_out)
    assert [(row["row"], row["id"], row["why"]) for row in result.left_out] == [
        (3, f"{one}9", "no prediction"),
        (4, "no-such", "no prediction"),
    ]
    assert told(store) == {one: "no", two: "yes", three: "no"}
    found = labels(store, "bank", START, START + DAY)
    assert found["predicted_at"].to_list() == [START + HOUR] * 2
    assert found["arrived_at"].to_list() == [NOW] * 2


def test_lines_are_ground_truth_as_sagemaker_reads_it(store: Store) -> None:
    (one,) = send(store, START, [0.1])
    add(store, "bank", [{"id": one, "label": "no"}], now=NOW)
    (key,) = store.keys(keys.feedback("bank"))
    assert key.startswith(f"feedback/bank/{NOW:%Y/%m/%d/%H}/")
    assert key.endswith(".jsonl")
    line = json.loads(store.get(key))
    assert line["groundTruthData"] == {"data": "no", "encoding": "CSV"}
    assert line["eventVersion"] == "0"
    assert line["eventMetadata"]["eventId"] == one.rpartition("-")[0]


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "tsv", "parquet", "jsonl", "jsonl.gz"])
def test_every_kind_of_file_is_read(store: Store, tmp_path: Path, kind: str) -> None:
    one, two = send(store, START, [0.1, 0.9])
    frame = pl.DataFrame({"prediction_id": [one, two], "outcome": ["no", "yes"]})
    path = tmp_path / f"labels.{kind}"
    text = {"c": frame.write_csv(), "t": frame.write_csv(separator="\t"), "j": frame.write_ndjson(), "p": ""}[kind[0]]
    if kind == "parquet":
        frame.write_parquet(path)
    else:
        path.write_bytes(gzip.compress(text.encode()) if kind.endswith("gz") else text.encode())
    assert add(store, "bank", path, now=NOW).stored == 2
    assert told(store) == {one: "no", two: "yes"}


def test_keys_join_by_columns_that_the_model_need_not_know(store: Store) -> None:
    rows = [{"age": 30, "customer": 7}, {"age": 31, "customer": "8"}, {"age": 32, "customer": 9}]
    seven, eight, _ = send(store, START, [0.1, 0.9, 0.5], rows)
    send(store, START + HOUR, [0.5], [{"age": 33, "customer": 9}])
    send(store, START + HOUR, [0.5], [{"age": 33}])
    table = pl.DataFrame({"customer": ["7", "8", "9", "10", None], "label": ["yes"] * 5})
    result = add(store, "bank", table, now=NOW, by=["customer"])
    assert (result.stored, result.unmatched, result.ambiguous) == (2, 2, 1)
    assert {(row["customer"], row["why"]) for row in result.left_out} == {
        ("9", "several predictions"),
        ("10", "no prediction"),
        (None, "no id or key"),
    }
    assert told(store) == {seven: "yes", eight: "yes"}
    narrowed = add(store, "bank", table, now=NOW, by=["customer"], since=START + HOUR)
    assert (narrowed.stored, narrowed.unmatched, narrowed.ambiguous) == (1, 4, 0)


def test_a_long_body_and_csv_have_keys_too(store: Store) -> None:
    rows = [{"age": place, "customer": f"c{place}", "note": "x" * 50} for place in range(100)]
    ids = send(store, START, [0.5] * 100, rows)
    result = add(store, "bank", [{"customer": "c42", "age": 42.0, "label": "no"}], now=NOW, by=["customer", "age"])
    assert result.stored == 1
    assert told(store) == {ids[42]: "no"}


def test_a_shadow_answers_under_the_same_id(store: Store) -> None:
    (one,) = send(store, START, [0.1], [{"customer": 1}])
    send(store, START, [0.9], [{"customer": 1}], variant="shadow", event_id=one.rpartition("-")[0])
    assert add(store, "bank", [{"customer": 1, "label": "no"}], now=NOW, by=["customer"]).ambiguous == 0
    assert told(store) == {one: "no"}


def test_late_repeated_and_corrected_outcomes(store: Store) -> None:
    (one,) = send(store, START, [0.1])
    table = [{"id": one, "label": "no"}]
    assert add(store, "bank", table, now=NOW).stored == 1
    assert add(store, "bank", table, now=NOW + DAY)[:4] == (1, 0, 0, 1)
    fixed = [{"id": one, "label": "yes"}]
    assert add(store, "bank", fixed, now=NOW + 2 * DAY)[:4] == (1, 1, 1, 0)
    assert told(store) == {one: "yes"}
    assert told(store, as_of=NOW + DAY) == {one: "no"}
    assert told(store, as_of=NOW - HOUR) == {}
    row = labels(store, "bank", START, NOW).row(0, named=True)
    assert (row["first_arrived_at"], row["arrived_at"], row["corrections"]) == (NOW, NOW + 2 * DAY, 1)
    assert len(history(store, "bank")) == 2


def test_contradictions_in_one_table_are_not_guessed_at(store: Store) -> None:
    one, two = send(store, START, [0.1, 0.2])
    rows = [{"id": one, "label": "no"}, {"id": one, "label": "yes"}, {"id": two, "label": "no"}]
    result = add(store, "bank", [*rows, rows[2]], now=NOW)
    assert (result.stored, result.ambiguous, result.duplicates) == (1, 2, 1)
    assert told(store) == {two: "no"}


def test_unknown_labels_are_named_and_nothing_is_stored(store: Store) -> None:
    ids = send(store, START, [0.1] * 3)
    table = pl.DataFrame({"id": ids, "label": ["no", "nope", "YES"]})
    with pytest.raises(InputError, match="2 outcomes are none") as caught:
        add(store, "bank", table, now=NOW)
    assert [(fault["row"], fault["found"]) for fault in caught.value.faults] == [(1, "nope"), (2, "YES")]
    assert caught.value.faults[0]["allowed"] == ["no", "yes"]
    assert history(store, "bank").is_empty()


@pytest.mark.parametrize(
    ("named", "sent", "stored"),
    [
        (["0", "1"], [1, 0, 1.0, "1.0", " 0 ", True], ["1", "0", "1", "1", "0", None]),
        (["false", "true"], [True, "True", "FALSE", "false"], ["true", "true", "false", "false"]),
    ],
)
def test_labels_mean_what_training_meant(tmp_path: Path, named: list[str], sent: list[Any], stored: list[Any]) -> None:
    store = Store(tmp_path)
    endpoint(store, labels=named, positive=named[1])
    for value, wanted in zip(sent, stored, strict=True):
        body = json.dumps([{"id": made_up(), "label": value}]).encode()
        if wanted is None:
            with pytest.raises(InputError):
                receive(store, "bank", "application/json", body, {}, NOW, 10)
        else:
            receive(store, "bank", "application/json", body, {}, NOW, 10)
    assert sorted(history(store, "bank")["label"].to_list()) == sorted(label for label in stored if label)


def test_values_are_numbers_and_missing_outcomes_are_left_out(tmp_path: Path) -> None:
    store = Store(tmp_path)
    endpoint(store, task="regression")
    ids = send(store, START, ["1.5", "2.5", "3.5"])
    table = pl.DataFrame({"id": ids, "label": ["0.1", None, "1e3"]})
    assert add(store, "bank", table, now=NOW)[1:] == (2, 0, 0, 0, 0, 1, [])
    assert told(store) == {ids[0]: "0.1", ids[2]: "1000.0"}
    for wrong in ("many", "inf", "true"):
        with pytest.raises(InputError, match="none that the model knows"):
            add(store, "bank", [{"id": ids[0], "label": wrong}], now=NOW)


def test_labels_with_quotes_and_commas_survive(tmp_path: Path) -> None:
    written = [
        Outcome(f"e-{place}", "e", label, START, NOW) for place, label in enumerate(['so "so"', "a,b", "ü\n", "x"])
    ]
    store = Store(tmp_path)
    outcomes.write(store, "bank", written, NOW)
    assert {tuple(row) for row in history(store, "bank").iter_rows()} == {tuple(one) for one in written}


@pytest.mark.parametrize(
    ("table", "more", "error", "match"),
    [
        ({"key": ["a"], "label": ["no"]}, {}, InputError, "no column of prediction ids"),
        ({"id": ["a"], "x": ["no"], "y": ["no"]}, {}, InputError, "Which column"),
        ({"id": ["a"], "x": ["no"]}, {"label": "z"}, NotFound, "column 'z'"),
        ({"id": ["a"], "label": ["no"]}, {"by": ["custmer"]}, NotFound, "column 'custmer'"),
    ],
)
def test_wrong_tables_are_refused(store: Store, table: Any, more: Any, error: type, match: str) -> None:
    with pytest.raises(error, match=match):
        add(store, "bank", pl.DataFrame(table), now=NOW, **more)


def test_files_that_are_none_are_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        add(store, "bank", tmp_path / "absent.csv", now=NOW)
    for name, content in (
        ("a.parquet", b"no"),
        ("a.jsonl", b"{"),
        ("a.csv", b""),
        ("a.csv.gz", b"no"),
        ("b.jsonl", b"1"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError):
            add(store, "bank", tmp_path / name, now=NOW)
    with pytest.raises(NotFound, match="endpoint"):
        add(store, "bnak", tmp_path / "a.csv", now=NOW)


def test_a_torn_last_line_is_no_outcome_and_damage_is_told(store: Store) -> None:
    (one,) = send(store, START, [0.1])
    add(store, "bank", [{"id": one, "label": "no"}], now=NOW)
    (key,) = store.keys("feedback")
    whole = store.get(key)
    store.put(key, whole + whole[:40])
    assert told(store) == {one: "no"}
    store.put(key, whole[:40] + b"\n" + whole)
    with pytest.raises(Corrupt, match="damaged"):
        told(store)


def test_what_cannot_be_written_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = send(store, START, [0.1, 0.2])
    add(store, "bank", [{"id": one, "label": "no"}], now=NOW)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outcomes.os, "fsync", full)
    with pytest.raises(Exception, match="cannot be written"):
        add(store, "bank", [{"id": two, "label": "no"}], now=NOW)
    monkeypatch.undo()
    assert told(store) == {one: "no"}
    assert add(store, "bank", [{"id": two, "label": "no"}], now=NOW).stored == 1


def test_a_bucket_keeps_outcomes_too(bucket: str) -> None:
    store = Store(bucket)
    written = [Outcome(f"e-{place}", "e", "no", START, NOW) for place in range(3)]
    outcomes.write(store, "bank", written[:1], NOW)
    outcomes.write(store, "bank", written[1:], NOW)
    assert sorted(history(store, "bank")["id"].to_list()) == ["e-0", "e-1", "e-2"]


LINES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["no", "yes"]), st.integers(0, 4)), min_size=1, max_size=12
)


@given(lines=LINES, data=st.data())
def test_the_present_does_not_depend_on_order_or_repetition(lines: list[tuple[str, str, int]], data: Any) -> None:
    shuffled = data.draw(st.permutations(lines + data.draw(st.lists(st.sampled_from(lines), max_size=5))))
    wanted: dict[str, str] = {}
    for one, label, _ in sorted(lines, key=lambda line: (line[2], line[1])):  # the oracle: play them in order
        wanted[one] = label
    found = [present(_frame(some)) for some in (lines, shuffled)]
    assert found[0].equals(found[1])
    assert dict(zip(found[0]["id"], found[0]["label"], strict=True)) == wanted
    for row in found[0].iter_rows(named=True):
        times = sorted((time, label) for one, label, time in set(lines) if one == row["id"])
        runs = [label for place, (_, label) in enumerate(times) if not place or times[place - 1][1] != label]
        assert row["corrections"] == len(runs) - 1
        assert row["first_arrived_at"] == NOW + times[0][0] * HOUR


def _frame(lines: list[tuple[str, str, int]]) -> pl.DataFrame:
    rows = [Outcome(one, one, label, START, NOW + time * HOUR) for one, label, time in lines]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)), cuts=st.lists(st.integers(0, 6), max_size=3))
def test_the_store_holds_the_same_however_outcomes_were_batched(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], cuts: list[int]
) -> None:
    store = Store(tmp_path_factory.mktemp("store"))
    all_of = [
        Outcome(f"e-{place % 3}", "e", "no" if place < 3 else "yes", START, NOW + place * HOUR) for place in range(6)
    ]
    ends = [0, *sorted(cuts), 6]
    for start, end in pairwise(ends):
        outcomes.write(store, "bank", [all_of[place] for place in order[start:end]], NOW)
    assert told(store) == {"e-0": "yes", "e-1": "yes", "e-2": "yes"}
