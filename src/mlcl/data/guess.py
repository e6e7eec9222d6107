"""Guesses about a table that nobody has described yet: which column is the target, what may split the rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import polars as pl

from mlcl.data.profile_facts import Facts
from mlcl.data.target import FEW, Target, resolve
from mlcl.errors import DataError
from mlcl.problem.sections import Question
from mlcl.records import Column

_TARGET_WORD = re.compile(
    "y|target|class|label|outcome|result|response|churn(ed)?|attrition|default|fraud|quality|survived|diagnosis|price|"
    "value|score|rating|status|subscribed|converted|conversion|purchased?|revenue|income|cancell?ed|returned|species|"
    "medv|rings|salary|demand|sales|exited"
)
_NEVER_WORD = re.compile("id|uuid|guid|key|index|date|time|timestamp|name")
_GROUP_WORD = re.compile("id|customer|client|user|patient|account|household|group|store|subject")
_SPLITS = frozenset({"train", "validation", "test"})
_SUFFIX = re.compile(
    r"\.(gz|bz2|xz|zst|zip|csv|tsv|txt|data|parquet|jsonl|ndjson|json|arrow|feather|xlsx|xls|arff)$", re.IGNORECASE
)


class Guess(NamedTuple):
    """target: what seems to be asked for; why: in words; others: the next candidates."""

    target: Target
    why: str
    others: tuple[str, ...]


def guess_target(frame: pl.LazyFrame, columns: Iterable[Column], facts: Mapping[str, Facts], rows: int) -> Guess:
    """The column most likely meant as the target: by its name, its place (often the last) and its few values. Raises
    DataError when no column can be one."""
    names = [column.name for column in columns]
    points = {name: _points(name, place, names, facts[name], rows) for place, name in enumerate(names)}
    ranked = sorted(names, key=lambda name: (-points[name], -names.index(name)))
    for place, name in enumerate(ranked):
        try:
            target = resolve(frame, Question(name="guess", target=name))
        except DataError:
            continue
        return Guess(target, _why(name, names, facts[name]), tuple(ranked[place + 1 : place + 4]))
    raise DataError(
        "No column of this table can be predicted.",
        found=f"{len(names)} columns, {rows:,} rows",
        fix="A target is a column of two or more different values.",
    )


def slug(source: str) -> str:
    """A problem name from a file name or address: 'data/Bank Full.csv.gz' gives 'bank-full'."""
    path = urlsplit(source).path if "://" in source else source
    name = re.split(r"[/\\]", path.rstrip("/"))[-1]
    while _SUFFIX.search(name):
        name = _SUFFIX.sub("", name)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:63].strip("-") or "my-problem"


def split_hint(
    columns: Sequence[Column], facts: Mapping[str, Facts], tops: Mapping[str, set[object]], rows: int
) -> tuple[str, str]:
    """(key of [split], column) that the rows should perhaps be split by, or ('', ''). tops: the most frequent values of
    each column."""
    for column in columns:
        values = tops.get(column.name, set())
        if "test" in values and values <= _SPLITS:
            return "column", column.name
    for column in columns:
        if column.kind in ("date", "datetime") and facts[column.name].distinct > 1:
            return "time", column.name
    for column in columns:
        fact = facts[column.name]
        named = column.kind in ("integer", "category", "text") and _says(column.name, _GROUP_WORD)
        if named and FEW < fact.distinct < rows - fact.missing:
            return "group", column.name
    return "", ""


def _says(name: str, word: re.Pattern[str]) -> bool:
    """Whether one of the words in a column name is such a word ('SalePrice' and 'sale_price' say 'price')."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return any(word.fullmatch(part) for part in re.findall(r"[a-z]+", apart.lower()))


def _points(name: str, place: int, names: list[str], facts: Facts, rows: int) -> float:
    points = 2.0 * bool(_TARGET_WORD.fullmatch(name.strip().lower())) + 3.0 * _says(name, _TARGET_WORD)
    points -= 4.0 * _says(name, _NEVER_WORD)
    points += 2.0 * (place == len(names) - 1) + 0.5 * (place == 0)
    points += 1.0 * (facts.distinct == 2) + 0.5 * (2 <= facts.distinct <= FEW)
    points -= 3.0 * (facts.missing > rows / 2) + 9.0 * (facts.distinct < 2)
    return points


def _why(name: str, names: list[str], facts: Facts) -> str:
    reasons = [
        (_says(name, _TARGET_WORD), "targets are often called so"),
        (name == names[-1], "it is the last column"),
        (facts.distinct <= FEW, f"it has {facts.distinct} different values"),
    ]
    return "; ".join(text for holds, text in reasons if holds) or "no other column looked more like one"
