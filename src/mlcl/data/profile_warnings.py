"""What in the profile should worry: leakage, identifiers, constants, duplicates, imbalance, and more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from mlcl.data.profile_columns import Distribution
from mlcl.data.profile_facts import Facts, Look
from mlcl.data.rows import value_text
from mlcl.data.target import LEAST_ROWS, Target
from mlcl.errors import listing
from mlcl.records import Kind

LEAKAGE = 0.985  # strength of a column alone; as ROC AUC 0.9925
MANY_CATEGORIES = 100
MANY_MISSING = 0.5
NEARLY_CONSTANT = 0.995
RARE_CLASS = 0.05
_LEAST_TO_JUDGE = 30  # rows below which a perfect column, or a unique one, may be chance
_MOSTLY_NUMBERS = 0.5
_IDENTIFIER_NAME = re.compile(
    r"(^|[^a-z])(id|uuid|guid|key|index|row|no|nr|number)$|(?<=[a-z])(Id|ID|Number|Key)$|^Unnamed"
)


class Seen(NamedTuple):
    """A feature column and what was found out. strength: alone for the target; rising: its values only grow down the
    table (as row numbers do)."""

    name: str
    kind: Kind
    role: str
    facts: Facts
    distribution: Distribution
    strength: float | None
    rising: bool


class Warned(NamedTuple):
    code: str
    column: str | None
    message: str


def warnings_of(seen: Sequence[Seen], look: Look, target: Target) -> list[Warned]:
    """All warnings: of the table, of the target, of each feature."""
    features = [each for each in seen if each.role == "feature"]
    return [
        *_table(look),
        *_target(target),
        *(warning for each in features for warning in _column(each, look.rows)),
        *_equal_columns(features, look.sample),
    ]


def _table(look: Look) -> Iterator[Warned]:
    if look.duplicates:
        share = look.duplicates / max(look.rows, 1)
        yield Warned(
            "duplicates",
            None,
            f"{look.duplicates:,} of {look.rows:,} rows ({share:.2%}) repeat an earlier row in every column; copies "
            "that land in both train and test make the figures look better than they are.",
        )


def _target(target: Target) -> Iterator[Warned]:
    if target.missing:
        yield Warned(
            "missing", target.name, f"{target.missing:,} of {target.rows:,} rows have no target; they are left out."
        )
    rare = [label for label, count in (target.counts or {}).items() if count < LEAST_ROWS]
    if rare:
        found = listing([f"{value_text(label)} ({(target.counts or {})[label]})" for label in rare])
        yield Warned(
            "imbalance",
            target.name,
            f"Classes of fewer than {LEAST_ROWS} rows can hardly be learnt or measured: {found}.",
        )
    elif target.imbalance is not None and target.imbalance < RARE_CLASS:
        yield Warned(
            "imbalance",
            target.name,
            f"The rarest class has {target.imbalance:.2%} of the rows; look at average precision rather than accuracy.",
        )


def _column(each: Seen, rows: int) -> Iterator[Warned]:
    known = rows - each.facts.missing
    if not known:
        yield Warned("missing", each.name, "The column has no value at all.")
        return
    if each.facts.distinct == 1 and known == rows:
        value = each.distribution.top[0]["value"] if each.distribution.top else each.facts.min
        yield Warned("constant", each.name, f"Every row holds the same value, {value_text(value)}.")
        return
    identifier = _identifier(each, rows)
    leaks = each.strength is not None and each.strength >= LEAKAGE and known >= _LEAST_TO_JUDGE
    if identifier:
        also = " It even predicts the target: is the table sorted by it?" if leaks else ""
        yield Warned("identifier", each.name, f"{identifier}: it says nothing about rows to come.{also}")
    elif leaks:
        yield Warned(
            "leakage",
            each.name,
            "This column alone predicts the target almost perfectly. Is it known when the decision is made? "
            "If not, name it in data.drop.",
        )
    yield from _values(each, rows, known, identifier=bool(identifier))


def _values(each: Seen, rows: int, known: int, *, identifier: bool) -> Iterator[Warned]:
    facts, spread = each.facts, each.distribution
    if facts.missing / rows >= MANY_MISSING:
        yield Warned("missing", each.name, f"{facts.missing / rows:.1%} of the values are missing.")
    if facts.infinite:
        yield Warned("infinite", each.name, f"{facts.infinite:,} values are infinite; they count as missing.")
    if facts.distinct > 1 and spread.top_share >= NEARLY_CONSTANT:
        yield Warned("near_constant", each.name, f"{spread.top_share:.2%} of the known values are the same.")
    if _MOSTLY_NUMBERS <= spread.numeric_share < 1:
        yield Warned(
            "mixed",
            each.name,
            f"{spread.numeric_share:.1%} of the values are numbers, but not "
            f"{listing([value_text(x) for x in spread.odd])}: all are taken for texts. "
            "If these mean a missing value, name them in data.missing.",
        )
    if not identifier and each.kind in ("category", "text") and facts.distinct > MANY_CATEGORIES:
        yield Warned("high_cardinality", each.name, f"{facts.distinct:,} different texts in {known:,} rows.")


def _identifier(each: Seen, rows: int) -> str:
    """Why the column looks like an identifier, or ''."""
    facts = each.facts
    known = rows - facts.missing
    if facts.distinct < known or known < _LEAST_TO_JUDGE:
        return ""
    if each.kind in ("category", "text"):
        return "Every text occurs once"
    if each.kind == "integer" and known == rows:
        if each.rising:
            return "The numbers only rise from row to row"
        if facts.max - facts.min < 2 * rows or _IDENTIFIER_NAME.search(each.name):
            return "Every number occurs once"
    return ""


def _equal_columns(features: Sequence[Seen], sample: pl.DataFrame) -> Iterator[Warned]:
    first: dict[tuple[object, ...], list[str]] = {}
    for each in features:
        if each.facts.distinct < 2:
            continue
        key = (sample[each.name].dtype, *each.facts[:5], str(each.distribution.top))
        same = next((name for name in first.get(key, ()) if sample[name].equals(sample[each.name])), None)
        if same is not None:
            yield Warned("duplicates", each.name, f"The column equals '{same}' in every row looked at.")
        else:
            first.setdefault(key, []).append(each.name)
