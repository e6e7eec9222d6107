"""How many predictions there were, by hour or day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from mlcl.errors import UsageError
from mlcl.records import time_text
from mlcl.server.context import Server
from mlcl.server.predictions_captures import Counts
from mlcl.server.predictions_hours import NO_DECISION
from mlcl.server.predictions_index import Index, Wanted
from mlcl.server.schemas.predictions import DecisionCount, HourCount, PredictionCounts

MOST = 2000  # hours or days that are told at once
_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_USUAL = {"hour": timedelta(hours=24), "day": timedelta(days=30)}


def counts(
    server: Server, name: str, since: datetime | None, until: datetime | None, every: Literal["hour", "day"]
) -> PredictionCounts:
    """since <= time < until; widened to whole hours or days. UsageError: there are too many of them."""
    step = _STEPS[every]
    until = _floor(until - timedelta(microseconds=1) if until else datetime.now(UTC), every) + step
    since = _floor(since, every) if since else until - _USUAL[every]
    if (until - since) / step > MOST:
        raise UsageError(
            f"These are too many {every}s to count at once.",
            where="since",
            found=f"{(until - since) / step:,.0f}",
            fix=f"At most {MOST:,}; count by days, or a shorter span.",
        )
    index = server.part(Index)
    sums: dict[str, Counts] = {}
    form = "%Y/%m/%d/%H" if every == "hour" else "%Y/%m/%d"
    for hour, found in index.hours(name, Wanted(since, until)):
        _add(sums.setdefault(hour if every == "hour" else hour[:10], {}), found)
    starts = [since + number * step for number in range(int((until - since) / step))]
    slots = [_slot(start, sums.get(start.strftime(form), {})) for start in starts]
    return PredictionCounts(
        endpoint=name,
        every=every,
        since=time_text(since),
        until=time_text(until),
        predictions=sum(slot.predictions for slot in slots),
        counted=index.total(name).whole,
        counts=slots,
        decisions=sorted({one.decision for slot in slots for one in slot.decisions if one.decision is not None}),
        variants=sorted({variant for slot in slots for variant in slot.variants}),
    )


def _slot(at: datetime, found: Counts) -> HourCount:
    variants = {variant: sum(decisions.values()) for variant, decisions in found.items()}
    merged: dict[str, int] = {}
    for decisions in found.values():
        for decision, number in decisions.items():
            merged[decision] = merged.get(decision, 0) + number
    return HourCount(
        at=time_text(at),
        predictions=sum(variants.values()),
        variants=variants,
        decisions=[
            DecisionCount(decision=None if decision == NO_DECISION else decision, predictions=number)
            for decision, number in sorted(merged.items())
        ],
    )


def _add(sums: Counts, more: Counts) -> None:
    for variant, decisions in more.items():
        mine = sums.setdefault(variant, {})
        for decision, number in decisions.items():
            mine[decision] = mine.get(decision, 0) + number


def _floor(moment: datetime, every: str) -> datetime:
    whole = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return whole if every == "hour" else whole.replace(hour=0)
