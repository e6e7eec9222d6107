"""Validate: does the problem fit the data, do the data hold what is expected of them, and what is odd about them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from mlcl.data import expectations
from mlcl.data.profile import Role, profile
from mlcl.data.target import Target, require_enough, resolve
from mlcl.errors import DataError, ProblemError, did_you_mean, listing
from mlcl.metrics import BINARY, METRICS
from mlcl.problem import Problem
from mlcl.records import Dataset


def validate(problem: Problem, inputs: Mapping[str, Path], output: Path) -> None:
    """Writes profile.json. Raises ProblemError when the problem does not fit the data, ExpectationError and DataError
    when the data cannot serve."""
    dataset = Dataset.read(inputs["collect"] / "dataset.json")
    frame = pl.scan_parquet(inputs["collect"] / "data.parquet")
    kinds = {column.name: column.kind for column in dataset.columns}
    check_columns(problem, list(kinds))
    expected = expectations.check(frame, problem.data.expect, kinds)
    expectations.require(expected)
    target = resolve(frame, problem.problem)
    require_enough(target)
    check_task(problem, target)
    counted = {column.name: column.distinct for column in dataset.columns if column.distinct is not None}
    document = profile(frame, target, roles=roles(problem), kinds=kinds, counted=counted, expectations=expected)
    _require_features(document, derived=bool(problem.features))
    (output / "profile.json").write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def roles(problem: Problem) -> dict[str, Role]:
    """Columns that are no features: the target, what data.drop names, and what the split goes by."""
    dropped: dict[str, Role] = dict.fromkeys(problem.data.drop, "dropped")
    split: dict[str, Role] = {name: "split" for _, name in _split_columns(problem)}
    return {**dropped, **split, problem.target: "target"}


def check_columns(problem: Problem, columns: Sequence[str]) -> None:
    """Raises one ProblemError for the columns that the problem names and the data do not have."""
    wrong = [(key, name) for key, name in _named_columns(problem) if name not in columns]
    if wrong:
        mistakes = [
            f"{key}: there is no column '{name}'. {did_you_mean(name, columns)}".rstrip() for key, name in wrong
        ]
        many = "a column" if len(wrong) == 1 else f"{len(wrong)} columns"
        raise ProblemError(
            "\n".join([f"The problem names {many} that the data do not have.", *(f"  - {text}" for text in mistakes)]),
            where=", ".join(dict.fromkeys(key for key, _ in wrong)),
            found=f"columns: {listing(columns, 40)}",
        )
    clash = next((key for key, name in _split_columns(problem) if name == problem.target), None)
    if clash:
        raise ProblemError("The rows cannot be split by the target.", where=clash, found=problem.target)


def check_task(problem: Problem, target: Target) -> None:
    """Raises ProblemError when a value or a goal makes no sense for the task that the target turned out to be."""
    because = f"this is a {target.task} problem ({target.task_why})"
    if problem.value and target.task != BINARY:
        raise ProblemError(f"Outcomes have a value in binary problems only; {because}.", where="[value]")
    for goal in problem.goal:
        if target.task not in METRICS[goal.metric].tasks:
            fit = [name for name, metric in METRICS.items() if target.task in metric.tasks]
            raise ProblemError(
                f"The goal's metric does not fit: {because}.",
                where="[[goal]] metric",
                found=goal.metric,
                fix=f"Use one of {listing(fit, 20)}; or set problem.task.",
            )


def _split_columns(problem: Problem) -> Iterator[tuple[str, str]]:
    split = problem.split
    for key, name in (("split.time", split.time), ("split.group", split.group), ("split.column", split.column)):
        if name is not None:
            yield key, name


def _named_columns(problem: Problem) -> Iterator[tuple[str, str]]:
    yield "problem.target", problem.target
    yield from (("data.drop", name) for name in problem.data.drop)
    yield from (("data.expect", name) for name in problem.data.expect)
    yield from _split_columns(problem)
    yield from (("evaluate.segments", name) for name in problem.evaluate.segments or ())


def _require_features(document: Mapping[str, Any], *, derived: bool) -> None:
    features = [column for column in document["columns"] if column["role"] == "feature"]
    useless = {column["name"]: _why_useless(column, document["rows"], derived=derived) for column in features}
    if not all(useless.values()) or (derived and not features):
        return
    found = listing([f"'{name}' {why}" for name, why in useless.items()])
    raise DataError(
        "There is no column to learn from.",
        found=found or "no column besides the target and those dropped or split by",
        fix="Add columns that vary from row to row and are known when the decision is made.",
    )


def _why_useless(column: Mapping[str, Any], rows: int, *, derived: bool) -> str:
    if column["missing"] == rows:
        return "is empty"
    if "constant" in column["warnings"]:
        return "is constant"
    # A derived feature may still draw something from a text that occurs once, such as a title from a name.
    unique = "identifier" in column["warnings"] and column["kind"] in ("category", "text")
    return "is different in every row" if unique and not derived else ""
