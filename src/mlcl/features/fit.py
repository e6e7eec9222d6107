"""Fitting a recipe on the training rows: which columns it needs, and how each becomes features."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from mlcl.errors import DataError, listing
from mlcl.features.baseline import document
from mlcl.features.derive import formulate
from mlcl.features.describe import Numbers, Summary, Texts
from mlcl.features.ops import reads
from mlcl.features.parts import Derived, Encode, Feature, Input, Parts
from mlcl.features.source import Open, Seen
from mlcl.features.values import EPOCH_DAY
from mlcl.records import Kind

MOST_CATEGORIES = 255  # codes of one feature, the one for all other texts included
LEAST_OF_CATEGORY = 2  # rows; rarer texts share a code, so that the model learns what a new one means
FEW = 50  # different texts that an input lists


class Fitted(NamedTuple):
    """baseline: statistics of the inputs in the training rows (see baseline)."""

    parts: Parts
    baseline: dict[str, Any]


def fit(
    rows: Open,
    kinds: Mapping[str, Kind],
    derived: Mapping[str, str],
    *,
    left_out: Sequence[str] = (),
    forbidden: Mapping[str, str] | None = None,
    missing: Sequence[str] = ("",),
) -> Fitted:
    """A recipe for the columns `kinds` of a table.

    rows: opens the training rows. left_out: columns that are no features themselves, though derived ones may read
    them. forbidden: columns that derived features must not read, and why. Raises ProblemError for a derived feature
    that cannot be, DataError when nothing is left to learn from.
    """
    formulas = formulate(derived, kinds, forbidden or {})
    used = {name for formula in formulas for name in reads(formula.program)}
    columns = [Input(name=name, kind=kind) for name, kind in kinds.items() if name not in left_out or name in used]
    seen = rows(columns, formulas, tuple(missing))
    # Two columns at once keep both the reader and the sorting busy; what they give does not depend on it.
    with ThreadPoolExecutor(max_workers=2) as pool:
        looked = list(pool.map(partial(_look, seen), [*columns, *formulas]))
    features = [feature for part in looked if part.name not in left_out for feature in part.features]
    if not features:
        raise _nothing(kinds)
    needed = _needed(formulas, features)
    inputs = {part.name: part for part in looked[: len(columns)] if part.name in needed}
    parts = Parts(
        inputs=tuple(column.model_copy(update=inputs[column.name].seen) for column in columns if column.name in inputs),
        derived=tuple(formula for formula in formulas if formula.name in needed),
        features=_distinct(features),
        missing=tuple(missing),
    )
    return Fitted(parts, document(parts, {name: part.statistics for name, part in inputs.items()}))


class _Looked(NamedTuple):
    """What the training rows say about an input or derived feature."""

    name: str
    features: list[Feature]
    seen: dict[str, Any]
    statistics: dict[str, Any]


def _look(rows: Seen, part: Input | Derived) -> _Looked:
    [summary] = rows.describe(part.name)
    features = _features(part.name, part.kind, summary, rows)
    looked = _Looked(part.name, features, _seen(part.kind, summary), summary.as_dict())
    rows.forget(part.name)
    return looked


def _needed(formulas: Sequence[Derived], features: Sequence[Feature]) -> set[str]:
    """Names of the inputs and derived features that the features come from."""
    needed = {feature.source for feature in features}
    for formula in reversed(formulas):
        if formula.name in needed:
            needed.update(reads(formula.program))
    return needed


def _nothing(kinds: Mapping[str, Kind]) -> DataError:
    return DataError(
        "There is no column to learn from.",
        where="the training rows",
        found=f"columns: {listing(list(kinds))}" if kinds else "no column beside the target",
        fix="A column helps when it has several values, of which some occur more than once or are numbers or dates.",
    )


def _features(name: str, kind: Kind, summary: Summary, rows: Seen) -> list[Feature]:
    """The features of one input or derived feature; none where there is nothing to learn from it."""
    if not summary.varies:
        return []
    if isinstance(summary, Texts):
        return _categories(name, summary)
    if kind not in ("date", "datetime"):
        return [_number(name, name, "boolean" if kind == "boolean" else "number", summary)]
    encodes: list[Encode] = ["month", "weekday", *(["hour"] if kind == "datetime" else [])]  # type: ignore[list-item]
    features = [_number(f"{name} days", name, "days", summary)]
    for encode, part in zip(encodes, rows.describe(name, encodes), strict=True):
        if isinstance(part, Numbers) and part.several:
            features.append(_number(f"{name} {encode}", name, encode, part))
    return features


def _number(name: str, source: str, encode: Encode, summary: Numbers) -> Feature:
    return Feature(name=name, source=source, encode=encode, median=summary.median, mean=summary.mean, std=summary.std)


def _categories(name: str, summary: Texts) -> list[Feature]:
    kept = [text for text, count in summary.counts.items() if count >= LEAST_OF_CATEGORY]
    other = len(kept) < len(summary.counts) or len(kept) > MOST_CATEGORIES
    kept = sorted(kept[: MOST_CATEGORIES - other])
    return [Feature(name=name, source=name, encode="category", categories=tuple(kept), other=other)] if kept else []


def _seen(kind: Kind, summary: Summary) -> dict[str, Any]:
    """What an input says about the training rows."""
    seen: dict[str, Any] = {"missing_seen": summary.known < summary.rows}
    if isinstance(summary, Texts):
        return seen | {"categories": tuple(sorted(summary.counts)) if len(summary.counts) <= FEW else None}
    if not summary.known:
        return seen
    low, high = summary.ends
    return seen | {"min": _bound(low, kind), "max": _bound(high, kind)}


def _bound(value: float, kind: Kind) -> float | str:
    if kind not in ("date", "datetime"):
        return value
    day = min(max(int(value // 1) + EPOCH_DAY, 1), dt.date.max.toordinal())
    return dt.date.fromordinal(day).isoformat()


def _distinct(features: Sequence[Feature]) -> tuple[Feature, ...]:
    """The features, each under a name of its own ('due month' may be a column beside the date 'due')."""
    taken: Counter[str] = Counter()
    result = []
    for feature in features:
        name = feature.name
        while taken[name]:
            taken[feature.name] += 1
            name = f"{feature.name}_{taken[feature.name]}"
        taken[name] += 1
        result.append(feature.model_copy(update={"name": name}))
    return tuple(result)
