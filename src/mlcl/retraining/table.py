"""What a challenger learns from: the champion's own snapshot, and what has become known since.

The newest of the rows whose outcome became known since are the untouched test rows, for challenger and champion alike:
neither has seen them, and they are what the world looks like now.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mlcl import problem as problem_file
from mlcl.data.target import values_of
from mlcl.metrics import BINARY
from mlcl.models.bundle import Bundle
from mlcl.problem import Problem
from mlcl.problem.sections import Split
from mlcl.records import Model
from mlcl.stores import Store, keys

ID, TIME, SPLIT = "mlcl_id", "mlcl_time", "mlcl_split"
OWN = (ID, TIME, SPLIT)  # columns of the table that are no features
FRESH_TEST = 0.4  # share of the new rows that test: a verdict needs more of them than a split of all rows would give


class Table(NamedTuple):
    """frame: inputs and target with ID, TIME (rows of the first snapshot have none) and SPLIT; old, new, test: rows."""

    frame: pl.DataFrame
    old: int
    new: int
    test: int


def snapshot(store: Store, model: Model, columns: list[str], target: str) -> pl.DataFrame:
    """The rows that the model was made from: those columns, the target, ID and TIME."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.parquet"
        store.save(f"{keys.dataset(model.dataset_digest)}/data.parquet", file)
        scan = pl.scan_parquet(file)
        there = scan.collect_schema().names()
        frame = scan.select([name for name in (*columns, target, ID, TIME) if name in there]).collect()
    absent = [pl.lit(None).alias(name) for name in (ID, TIME) if name not in there]
    own = (pl.col(ID).cast(pl.String), pl.col(TIME).cast(pl.Datetime("us", "UTC")))
    return frame.with_columns(absent).with_columns(own).drop_nulls(target)


def joined(old: pl.DataFrame, new: pl.DataFrame, target: str, split: Split) -> Table:
    """Old and new rows as one table. new: as `snapshot` gives them, its target as texts; rows that `old` has, and
    later rows of the same id, are left out."""
    new = new.unique(ID, keep="first").join(old.select(ID), on=ID, how="anti").sort(TIME, ID)
    new = new.with_columns(_outcomes(new[target], old.schema[target])).drop_nulls(target)
    new = new.with_columns([_alike(new[name], kind) for name, kind in old.schema.items() if name not in (target, *OWN)])
    test = round(FRESH_TEST * len(new))
    rng = np.random.default_rng(split.seed)
    parts = [*_drawn(len(old), split, rng), *_drawn(len(new) - test, split, rng), *["test"] * test]
    frame = pl.concat([old, new.select(old.columns)], how="vertical_relaxed")
    return Table(frame.with_columns(pl.Series(SPLIT, parts)), len(old), len(new), test)


def over(problem: Problem, source: str, bundle: Bundle, columns: list[str]) -> Problem:
    """The same problem, asked of a table with these columns. What has been done to the data in reading them is not
    done again; and what the first data told (the task, the positive class) stays, whatever the new ones would tell."""
    raw = restated(problem, source, [ID, TIME], columns)
    raw["split"] |= {"time": None, "group": None, "column": SPLIT}
    derived = {one["name"] for one in bundle.manifest["recipe"]["derived"]}
    raw["features"] = {name: sql for name, sql in raw["features"].items() if name in derived}
    raw["problem"]["task"] = bundle.task
    raw["problem"]["positive"] = (bundle.labels or [])[1] if bundle.task == BINARY else None
    raw["goal"] = [*raw["goal"], *_beating(raw, bundle.task)]
    return problem_file.from_dict(raw, base=problem.base, where=f"problem '{problem.name}', retrained")


def restated(problem: Problem, source: str, drop: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    """The problem file's content, asked of a table with these columns that was read and normalised before. drop:
    columns besides those of the problem that are no inputs."""
    raw = problem.model_dump(mode="json")
    data, segments = raw["data"], raw["evaluate"]["segments"]
    dropped = [name for name in dict.fromkeys((*data["drop"], *drop)) if name in columns]
    expected = {name: one for name, one in data["expect"].items() if name in columns}
    raw["data"] = {"source": source, "missing": data["missing"], "expect": expected, "drop": dropped}
    raw["evaluate"]["segments"] = segments and [name for name in segments if name in columns]
    return raw


def stored(store: Store, name: str, frame: pl.DataFrame) -> str:
    """Puts a table into the store under its digest (the same rows are the same source); gives its address."""
    out = io.BytesIO()
    frame.write_parquet(out)
    key = keys.challenger_data(name, hashlib.sha256(out.getvalue()).hexdigest()[:32])
    store.put(key, out.getvalue())
    return f"{store.absolute}/{key}"


def main_metric(problem: Problem, task: str) -> str:
    """What decides between two models: the value of their decisions, else the first goal's metric."""
    if problem.value is not None and task == BINARY:
        return "value_per_case"
    if problem.goal:
        return problem.goal[0].metric
    return {BINARY: "roc_auc", "multiclass": "log_loss"}.get(task, "rmse")


def _beating(raw: dict[str, Any], task: str) -> list[dict[str, Any]]:
    """The goal to beat the champion, unless it is given already."""
    metric = main_metric(problem_file.from_dict(raw, base=Path()), task)
    given = any(goal["metric"] == metric and goal["better_than"] == "champion" for goal in raw["goal"])
    return [] if given else [{"metric": metric, "better_than": "champion"}]


def _drawn(rows: int, split: Split, rng: np.random.Generator) -> list[str]:
    """'train' or 'validation' for each row, in the shares that the problem gives them."""
    names = np.full(rows, "train", dtype=object)
    validating = round(rows * split.validation / (split.train + split.validation))
    names[rng.permutation(rows)[:validating]] = "validation"
    return list(names)


def _outcomes(texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Outcomes in the type of the target's column; what is none of its values is missing."""
    if dtype.is_numeric():
        return texts.cast(pl.Float64, strict=False).cast(dtype, strict=False)
    known = texts.drop_nulls().unique().to_list()
    values = values_of(known, dtype)
    return texts.replace_strict(known, values, default=None, return_dtype=dtype)


def _alike(series: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The column in the old rows' type, where no value changes by it."""
    cast = series.cast(dtype, strict=False)
    if cast.null_count() > series.null_count():
        return series
    return cast if not dtype.is_integer() or (cast == series).all() else series
