"""A first problem file for a table that nobody has described yet, with every line explained (`mlcl init`)."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from mlcl.data.guess import Guess, guess_target, slug, split_hint
from mlcl.data.profile import profile
from mlcl.data.profile_facts import look
from mlcl.data.target import Target, resolve, values_of
from mlcl.problem.sections import Data, Question
from mlcl.records import Dataset

_WIDTH = 100
_STRONG = 0.3
_DROP = ("leakage", "identifier")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")


class _Table(NamedTuple):
    dataset: Dataset
    source: str
    guess: Guess
    profile: dict[str, Any]
    positive: Any
    split: tuple[str, str]

    @property
    def target(self) -> Target:
        return self.guess.target

    @property
    def features(self) -> list[dict[str, Any]]:
        return [column for column in self.profile["columns"] if column["role"] == "feature"]


def propose(folder: Path, source: str, *, target: str | None = None) -> str:
    """Text of a commented problem.toml. folder: what `collect` wrote; source: as data.source names it; target: the
    column to predict, guessed when left out. Raises ProblemError when there is no such column, DataError when it (or
    any) cannot be predicted."""
    return proposal(folder, source, target=target)[0]


def proposal(folder: Path, source: str, *, target: str | None = None) -> tuple[str, dict[str, Any]]:
    """The same, with the profile of the table that it was guessed from."""
    table = _looked_at(folder, source, target)
    parts = (_head, _problem, _value, _goals, _data, _rest)
    return "\n\n".join("\n".join(part(table)) for part in parts) + "\n", table.profile


def _looked_at(folder: Path, source: str, target: str | None) -> _Table:
    dataset = Dataset.read(folder / "dataset.json")
    frame = pl.scan_parquet(folder / "data.parquet")
    seen = look(frame)
    if target is None:
        guess = guess_target(frame, dataset.columns, seen.facts, seen.rows)
    else:
        guess = Guess(resolve(frame, Question(name="guess", target=target)), "", ())
    found = guess.target
    kinds = {column.name: column.kind for column in dataset.columns}
    document = profile(frame, found, roles={found.name: "target"}, kinds=kinds)
    tops = {column["name"]: {each["value"] for each in column["top"]} for column in document["columns"]}
    others = [column for column in dataset.columns if column.name != found.name]
    positive = values_of([found.positive], seen.sample[found.name].dtype)[0] if found.positive is not None else None
    return _Table(dataset, source, guess, document, positive, split_hint(others, seen.facts, tops, seen.rows))


def literal(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    # JSON escapes what TOML wants escaped, except for DEL.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _line(key: str, value: Any, why: str = "", *, off: bool = False) -> Iterator[str]:
    """One setting below its comment. off: switched off by a leading #."""
    yield from _comment(why)
    yield f"{'#' if off else ''}{key} = {literal(value)}"


def _comment(text: str) -> list[str]:
    safe = _UNSAFE.sub(lambda found: repr(found.group())[1:-1], text)
    return [f"# {line}" for line in textwrap.wrap(safe, _WIDTH)]


def _head(table: _Table) -> Iterator[str]:
    size = f"{table.profile['rows']:,} rows, {len(table.profile['columns'])} columns"
    yield from _comment(
        f"A problem file, written by `mlcl init` after a look at {table.source}: {size}. It is a guess: read it from "
        "top to bottom and put it right. Lines that start with # and no space are settings switched off; delete the # "
        "to use one. Then: mlcl check FILE, and mlcl run FILE."
    )


def _problem(table: _Table) -> Iterator[str]:
    target, guess = table.target, table.guess
    yield "[problem]"
    yield from _line("name", slug(table.dataset.name or table.source), "Short name; models and reports carry it.")
    yield from _line("question", _question(target), "The question, as you would ask a colleague.")
    yield from _line("decision", "", "What you will do with an answer, such as: call the customers most likely to buy.")
    others = f" Other candidates: {', '.join(literal(name) for name in guess.others)}." if guess.others else ""
    why = f" (a guess: {guess.why})" if guess.why else ""
    yield from _line("target", target.name, f"The column to predict{why}.{others}")
    yield from _line("task", target.task, f"binary, multiclass or regression. Here: {target.task_why}.")
    if target.positive is not None:
        yield from _line(
            "positive", table.positive, f"The class that the question asks about. A guess: {target.positive_why}."
        )


def _question(target: Target) -> str:
    if target.task == "binary":
        return f"Which cases will have {target.name} = {target.positive}?"
    return f"What will {target.name} be?"


def _value(table: _Table) -> Iterator[str]:
    if table.target.task != "binary":
        yield from _comment("Outcomes have a worth ([value]) only where two classes are predicted.")
        return
    yield from _comment(
        "What each outcome of the decision is worth, per case (a cost is negative). With it, the model acts where that "
        "pays; without it, where precision and recall balance best (F1)."
    )
    yield "#[value]"
    yield from _line("unit", "EUR", off=True)
    yield from _line("true_positive", 100, "acted, and rightly so", off=True)
    yield from _line("false_positive", -10, "acted in vain", off=True)
    yield from _line("false_negative", 0, "missed one", off=True)
    yield from _line("true_negative", 0, "rightly left alone", off=True)


def _goals(table: _Table) -> Iterator[str]:
    number = table.target.task == "regression"
    metric = "mae" if number else "roc_auc"
    yield from _comment(
        "When is the model good enough to be used? It must meet every goal on rows it has never seen. The naive "
        "baseline always gives the same answer; write the bound that your decision needs below."
    )
    yield "[[goal]]"
    yield from _line("metric", metric)
    yield from _line("better_than", "baseline")
    yield ""
    yield "#[[goal]]"
    yield from _line("metric", metric, off=True)
    spread = next(column["std"] for column in table.profile["columns"] if column["role"] == "target")
    bound = float(f"{(spread or 1.0) / 2:.2g}") if number else 0.8
    yield from _line("at_most" if number else "at_least", bound, off=True)


def _data(table: _Table) -> Iterator[str]:
    yield "[data]"
    yield from _line("source", table.source)
    for note in table.dataset.notes:
        yield from _comment(note)
    yield from _drops(table)
    yield from _strongest(table)
    odd = [warning for warning in table.profile["warnings"] if warning["code"] == "mixed"]
    for warning in odd:
        yield from _comment(f"{literal(warning['column'])}: {warning['message']}")
    if odd:
        default = Data.model_fields["missing"].default
        yield f"#missing = [{', '.join(map(literal, [*default, 'unknown']))}]"
    ranged = next(
        (each for each in table.features if each["kind"] in ("integer", "number") and each["distinct"] > 2), None
    )
    if ranged:
        yield ""
        yield from _comment("What a column must hold; data that break it stop the run, and the message names the rows.")
        name = ranged["name"]
        yield f"#[data.expect.{name if re.fullmatch('[A-Za-z0-9_-]+', name) else literal(name)}]"
        yield from _line("min", ranged["min"], off=True)
        yield from _line("max", ranged["max"], off=True)


def _drops(table: _Table) -> Iterator[str]:
    yield from _comment(
        "Columns that the model must not see: what is only known after the decision, and what merely names a row."
    )
    reasons = [each for each in table.profile["warnings"] if each["code"] in _DROP]
    for reason in reasons:
        yield from _comment(f"{literal(reason['column'])}: {reason['message']}")
    yield f"#drop = [{', '.join(literal(reason['column']) for reason in reasons)}]"


def _strongest(table: _Table) -> Iterator[str]:
    strong = sorted(table.features, key=lambda column: -column["association"]["value"])[:3]
    named = [literal(column["name"]) for column in strong if column["association"]["value"] >= _STRONG]
    if named:
        yield from _comment(
            f"Alone these say most about the target: {', '.join(named)}. Make sure that each is known when the "
            "decision is made; if not, it belongs in drop."
        )


def _rest(table: _Table) -> Iterator[str]:
    yield from _comment("New columns as SQL expressions over the others.")
    yield "#[features]"
    yield from _line("example", "CASE WHEN a > b THEN 1 ELSE 0 END", off=True)
    yield ""
    yield "[split]"
    yield from _line("train", 0.7, "The model learns from these rows,")
    yield from _line("validation", 0.2, "is tuned on these,")
    yield from _line("test", 0.1, "and is judged on these, which it has never seen.")
    yield from _split_line(table.split)
    yield ""
    yield "[train]"
    yield from _line("learner", "auto", "auto compares xgboost, lightgbm and linear; or name one of them.")
    yield from _line("trials", 20, "How many settings to try (0: none), and for how many seconds at most.")
    yield from _line("seconds", 120)
    groups = [each["name"] for each in table.features if each["kind"] == "category" and each["distinct"] <= 20]
    if groups:
        yield ""
        yield from _comment("Groups whose figures are compared with one another (is the model fair to each?).")
        yield "#[evaluate]"
        yield f"#segments = [{', '.join(map(literal, groups[:3]))}]"


def _split_line(hint: tuple[str, str]) -> Iterator[str]:
    why: Mapping[str, str] = {
        "time": "The oldest rows train and the newest test: right when the future is to be predicted.",
        "group": "Rows with the same value stay together: right when one case has several rows.",
        "column": "This column already names the split of each row.",
    }
    key, column = hint
    if key:
        yield from _line(key, column, why[key], off=True)
