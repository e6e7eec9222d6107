"""The profile against independent oracles, and on any table at all."""

from __future__ import annotations

import datetime as dt
import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.data import profile_facts
from mlcl.data.profile import profile
from mlcl.data.profile_columns import QUANTILES, distribution
from mlcl.data.target import Target, resolve
from mlcl.problem.sections import Question
from tests.data.profiling import RNG, N, codes, column, kind_of, profiled


def classes(rows: int = N) -> np.ndarray:
    return np.where(RNG.random(rows) < 0.3, "yes", "no")


def test_numbers_as_pandas_counts_them() -> None:
    values = RNG.normal(50, 10, N).round(1)
    values[:20] = np.nan
    values[20:23] = np.inf
    frame = pl.DataFrame({"x": values, "y": classes()})
    got = column(profiled(frame), "x")
    finite = pd.Series(values[np.isfinite(values)])
    assert (got["missing"], got["infinite"]) == (20, 3)
    assert got["missing_share"] == pytest.approx(20 / N)
    assert got["distinct"] == pd.Series(values).nunique()
    assert (got["min"], got["max"]) == (finite.min(), finite.max())
    assert got["mean"] == pytest.approx(finite.mean())
    assert got["std"] == pytest.approx(finite.std())
    assert list(got["quantiles"]) == [str(q) for q in QUANTILES]
    assert list(got["quantiles"].values()) == pytest.approx(finite.quantile(list(QUANTILES)).tolist())
    edges = np.array(got["histogram"]["edges"])
    assert got["histogram"]["counts"] == np.histogram(finite, bins=edges)[0].tolist()
    assert sum(got["histogram"]["counts"]) == len(finite)
    counted = finite.value_counts()
    assert [each["count"] for each in got["top"]] == counted.head(10).tolist()
    assert all(counted[each["value"]] == each["count"] for each in got["top"])


def test_whole_numbers_get_a_bin_each() -> None:
    spread = distribution(pl.Series([1, 1, 3, None, 5, 5, 5]))
    assert spread.histogram == {"edges": [0.5, 1.5, 2.5, 3.5, 4.5, 5.5], "counts": [2, 0, 1, 0, 3]}
    assert spread.top == [{"value": 5, "count": 3}, {"value": 1, "count": 2}]


def test_texts_dates_and_truth_values() -> None:
    frame = pl.DataFrame(
        {
            "text": ["b", "a", "b", None, "x" * 999, "a"] * 10,
            "flag": [True, False, None, True, True, False] * 10,
            "day": [dt.date(2024, 1, 1) + dt.timedelta(days=i) for i in range(60)],
            "moment": [dt.datetime.fromisoformat("2024-01-01T10:00:00") + dt.timedelta(hours=i) for i in range(60)],
            "y": ["yes", "no"] * 30,
        }
    )
    document = profiled(frame)
    text, flag, day, moment = (column(document, name) for name in ("text", "flag", "day", "moment"))
    assert [(each["value"], each["count"]) for each in text["top"][:2]] == [("a", 20), ("b", 20)]
    assert len(text["top"][2]["value"]) == 200
    assert (text["distinct"], text["missing"]) == (3, 10)
    assert flag["top"] == [{"value": True, "count": 30}, {"value": False, "count": 20}]
    assert (day["min"], day["max"]) == ("2024-01-01", "2024-02-29")
    assert day["quantiles"]["0.5"] == "2024-01-30"
    assert sum(day["histogram"]["counts"]) == 60
    assert day["histogram"]["edges"][0] == "2024-01-01"
    assert moment["max"] == "2024-01-03T21:00:00"
    assert moment["quantiles"]["0.5"] == "2024-01-02T15:30:00"


def test_what_worries() -> None:
    x = RNG.normal(size=N)
    frame = pl.DataFrame(
        {
            "id": [f"c{i:05d}" for i in range(N)],
            "row": list(range(100, 100 + N)),
            "shuffled_id": RNG.permutation(N),
            "empty": pl.Series([None] * N, dtype=pl.Float64),
            "same": ["a"] * N,
            "almost": [1] + [0] * (N - 1),
            "x": x,
            "copy": x,
            "infinite": [math.inf, -math.inf, *range(N - 2)],
            "holes": [None if i % 3 else float(i) for i in range(N)],
            "mixed": [str(i % 50) if i % 10 else "unknown" for i in range(N)],
            "street": [f"street {i % 200}" for i in range(N)],
            "income": RNG.permutation(N) * 1000 + 7,
            "y": classes(),
        }
    )
    document = profiled(frame)
    found = {name: codes(document, name) for name in frame.columns}
    assert found == {
        "id": {"identifier"},
        "row": {"identifier"},
        "shuffled_id": {"identifier"},
        "empty": {"missing"},
        "same": {"constant"},
        "almost": {"near_constant"},
        "x": set(),
        "copy": {"duplicates"},
        "infinite": {"infinite"},
        "holes": {"missing"},
        "mixed": {"mixed"},
        "street": {"high_cardinality"},
        "income": set(),
        "y": set(),
    }
    assert all(set(each["warnings"]) == found[each["name"]] for each in document["columns"])
    assert "'unknown'" in next(w["message"] for w in document["warnings"] if w["code"] == "mixed")
    assert "'x'" in next(w["message"] for w in document["warnings"] if w["code"] == "duplicates")


def test_an_identifier_of_a_sorted_table_is_no_leak_but_said_to_predict() -> None:
    y = ["a"] * 300 + ["b"] * 300
    document = profiled(pl.DataFrame({"row": range(600), "x": RNG.normal(size=600), "y": y}))
    assert codes(document, "row") == {"identifier"}
    assert "is the table sorted by it" in document["warnings"][0]["message"]


def test_duplicate_rows_and_a_rare_class() -> None:
    frame = pl.DataFrame({"a": [1, 1, 2, *range(3, 400)], "y": ["yes", "yes", "no", *["no"] * 397]})
    document = profiled(pl.concat([frame, frame.head(3)]))
    assert document["duplicates"] == 4
    assert codes(document, None) == {"duplicates"}
    assert codes(document, "y") == {"imbalance"}
    assert "'yes' (4)" in next(w["message"] for w in document["warnings"] if w["code"] == "imbalance")


def test_missing_target_and_imbalance() -> None:
    document = profiled(pl.DataFrame({"a": range(1000), "y": [None, *["yes"] * 30, *["no"] * 969]}))
    assert codes(document, "y") == {"missing", "imbalance"}


def test_dropped_columns_are_described_but_not_warned_of() -> None:
    frame = pl.DataFrame({"leak": [0.0, 1.0] * 50, "x": RNG.normal(size=100), "y": ["n", "p"] * 50})
    resolved = resolve(frame, Question(name="p", target="y"))
    kinds = {"leak": "number", "x": "number", "y": "category"}
    document = profile(frame.lazy(), resolved, roles={"leak": "dropped", "y": "target"}, kinds=kinds)
    assert column(document, "leak")["association"]["value"] == 1.0
    assert codes(document, "leak") == set()
    assert "leak" not in document["correlations"]["columns"]


def test_a_large_table_is_sampled_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = 30_000
    rng = np.random.default_rng(7)  # of its own: the estimate of distinct values is off by some per cent, now and then
    frame = pl.DataFrame(
        {
            "x": rng.normal(size=rows),
            "few": rng.integers(0, 7, rows).astype(str),
            "id": [f"c{i}" for i in range(rows)],
            "row": range(rows),
            "y": classes(rows),
        }
    )
    frame = pl.concat([frame, frame.tail(5)])
    whole = profiled(frame)
    monkeypatch.setattr(profile_facts, "EXACT_ROWS", 20_000)
    monkeypatch.setattr(profile_facts, "SAMPLE_ROWS", 10_000)
    sampled = profiled(frame)
    assert whole["sampled"] is None
    assert sampled["sampled"] == pytest.approx(10_000, rel=0.01)
    assert sampled["duplicates"] == whole["duplicates"] == 5
    for name in frame.columns:
        exact, guess = column(whole, name), column(sampled, name)
        assert all(exact[key] == guess[key] for key in ("missing", "min", "max", "mean", "std"))
        assert guess["distinct"] == pytest.approx(exact["distinct"], rel=0.05)
    assert column(sampled, "few")["distinct"] == 7
    assert column(sampled, "x")["quantiles"]["0.5"] == pytest.approx(column(whole, "x")["quantiles"]["0.5"], abs=0.05)
    assert profiled(frame) == sampled


@pytest.mark.parametrize("exact_rows", [100, 100_000])
def test_what_was_counted_before_gives_the_same_profile(monkeypatch: pytest.MonkeyPatch, exact_rows: int) -> None:
    monkeypatch.setattr(profile_facts, "EXACT_ROWS", exact_rows)
    texts = ["a", "b", None, "c"] * (N // 4)
    frame = pl.DataFrame({"gaps": texts, "empty": pl.Series([None] * N, dtype=pl.String), "y": classes(N)})
    whole = profiled(frame)
    resolved = resolve(frame, Question(name="p", target="y"))
    kinds = {name: kind_of(dtype) for name, dtype in frame.schema.items()}
    counted = {name: frame[name].drop_nulls().n_unique() for name in frame.columns}
    assert counted == {name: column(whole, name)["distinct"] for name in frame.columns}
    assert profile(frame.lazy(), resolved, roles={"y": "target"}, kinds=kinds, counted=counted) == whole


def test_unique_columns_of_a_large_table_are_counted_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_facts, "EXACT_ROWS", 1000)
    rows = 20_000
    frame = pl.DataFrame({"id": [f"c{i}" for i in range(rows)], "row": range(rows), "y": classes(rows)})
    document = profiled(frame)
    assert column(document, "id")["distinct"] == rows
    assert codes(document, "id") == codes(document, "row") == {"identifier"}


def test_many_columns() -> None:
    frame = pl.DataFrame({f"x{i}": RNG.normal(size=200) for i in range(600)} | {"y": classes(200)})
    document = profiled(frame)
    assert len(document["columns"]) == 601
    assert len(document["correlations"]["columns"]) == 31


# --- anything at all -------------------------------------------------------------------------------------------------

COLUMNS = {
    pl.Int64: st.integers(-(2**63), 2**63 - 1),
    pl.Float64: st.floats(),
    pl.Boolean: st.booleans(),
    pl.String: st.text(max_size=5) | st.sampled_from(["", "1", "nan", "yes"]),
    pl.Date: st.dates(),
    pl.Datetime("us"): st.datetimes(),
}


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    rows = draw(st.integers(2, 25))
    names = draw(st.lists(st.text(max_size=4), min_size=1, max_size=5, unique=True))
    series = []
    for name in names:
        dtype = draw(st.sampled_from(list(COLUMNS)))
        values = draw(st.lists(st.none() | COLUMNS[dtype], min_size=rows, max_size=rows))
        series.append(pl.Series(name, values, dtype=dtype, strict=False))
    return pl.DataFrame(series)


@given(tables(), st.sampled_from(["classes", "many", "numbers"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_table_is_profiled_as_valid_json(frame: pl.DataFrame, sort: str, sampled: bool) -> None:
    target = {
        "classes": pl.Series([["b", "a", None][i % 3] for i in range(len(frame))], dtype=pl.String),
        "many": pl.Series([i % 4 for i in range(len(frame))]),
        "numbers": pl.Series([1e300 * i if i % 4 else None for i in range(len(frame))], dtype=pl.Float64),
    }[sort]
    task = {"classes": "binary", "many": "multiclass", "numbers": "regression"}[sort]
    if target.n_unique() < 2 + target.has_nulls():
        return
    if target.drop_nulls().n_unique() != 2:
        task = "regression" if sort == "numbers" else "multiclass"
    frame = frame.with_columns(target.alias("the target"))
    with pytest.MonkeyPatch.context() as patch:
        if sampled:
            patch.setattr(profile_facts, "EXACT_ROWS", 3)
            patch.setattr(profile_facts, "SAMPLE_ROWS", 5)
        document = profiled(frame, "the target", task=task)
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text) == document
    for each in document["columns"]:
        histogram = each["histogram"]
        assert histogram is None or len(histogram["counts"]) + 1 == len(histogram["edges"]) <= 21
        assert 0 <= each["missing"] <= document["rows"]
        assert each["association"] is None or 0 <= each["association"]["value"] <= 1
    assert isinstance(Target.model_validate(document["target"]), Target)
