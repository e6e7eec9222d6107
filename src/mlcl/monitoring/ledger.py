"""The label-maturity ledger: of the predictions of each day, how many outcomes are known, how late outcomes usually
are, and so whether a day may be judged already. What arrives first is seldom like what arrives late, so an immature
cohort is never judged.

Delays are right-truncated: of a prediction made five days ago only delays of up to five days can have been seen. The
distribution is estimated by the product limit in reverse time (Lynden-Bell 1971; Lagakos, Barraj and De Gruttola 1988),
which corrects for that: F(d) is the product over longer delays e of 1 - (outcomes with delay e) / (outcomes with a
delay of at most e, of predictions at least e old).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mlcl.models.metrics import Floats
from mlcl.monitoring import feedback
from mlcl.monitoring.deployed import Deployed
from mlcl.monitoring.hypotheses import homogeneity
from mlcl.monitoring.lookup import answers
from mlcl.monitoring.outcomes import Schema
from mlcl.monitoring.shares import wilson
from mlcl.stores import Store

DAY = timedelta(days=1)
RIPE = 0.95  # share of all delays, or of all predictions, that makes a cohort mature
LEAST = 20  # outcomes from which delays are learnt
SEEN = 2.0  # delays are known once traffic is so many times as old as their 95th percentile
SHORT = 0.8  # of the usual share of outcomes: with surely less, their way in must be broken
SELECTIVE = 1.5  # times as many outcomes for one decision as for another
_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_COUNTS: Schema = {"cohort": pl.Int64, "decision": pl.String, "predictions": pl.UInt32, "labels": pl.UInt32}


class Delays(NamedTuple):
    """How late outcomes are, in seconds. known: whether that may be relied on; why: if not, why not."""

    labels: int
    median: float | None
    p90: float | None
    p95: float | None
    known: bool
    why: str


class Tally:
    """Counts predictions and outcomes by cohort, in parts of any size. labels: see feedback.labels."""

    def __init__(self, labels: pl.DataFrame, every: timedelta) -> None:
        self._labels = labels.select("id", "first_arrived_at")
        self._every = every
        self._counts: list[pl.DataFrame] = [pl.DataFrame(schema=_COUNTS)]
        self._delays: list[pl.DataFrame] = []
        self.matched = 0

    def add(self, outputs: pl.DataFrame) -> None:
        """outputs: id, time and, where decisions are made, decision; each id once."""
        decision = pl.col("decision") if "decision" in outputs.columns else pl.lit(None, pl.String)
        rows = outputs.select("id", "time", number(pl.col("time"), self._every).alias("cohort"), decision=decision)
        rows = rows.join(self._labels, on="id", how="left")
        there = pl.col("first_arrived_at").is_not_null()
        counts = rows.group_by("cohort", "decision").agg(pl.len().alias("predictions"), there.sum().alias("labels"))
        self._counts.append(counts.cast({"predictions": pl.UInt32, "labels": pl.UInt32}))
        known = rows.filter(there)
        self.matched += len(known)
        if len(known):
            late = (pl.col("first_arrived_at") - pl.col("time")).dt.total_microseconds() / 1e6
            self._delays.append(known.select("cohort", "time", delay=late.clip(0)))

    @property
    def counts(self) -> pl.DataFrame:
        return pl.concat(self._counts).group_by("cohort", "decision").sum().sort("cohort", "decision")

    @property
    def delays(self) -> pl.DataFrame:
        """cohort, time and delay (seconds) of each outcome."""
        time = pl.Datetime("us", "UTC")
        return pl.concat([pl.DataFrame(schema={"cohort": pl.Int64, "time": time, "delay": pl.Float64}), *self._delays])


def ledger(
    store: Store,
    endpoint: str,
    now: datetime,
    *,
    since: datetime | None = None,
    every: timedelta = DAY,
    delay: timedelta | None = None,
) -> dict[str, Any]:
    """The ledger of all predictions from `since` to now, as it stands now (aware times).

    every: length of a cohort (weeks begin on Mondays); delay: how late the last outcomes are, where that is known, else
    it is learnt. {endpoint, now, every, predictions, labels, unmatched, delay: Delays (seconds), expected_share,
    cohorts: [{cohort, since, until, predictions, labels, share, delay: {median, p90} | None, expected_share, mature,
    mature_at, why}], selective: {by_decision: [{decision, predictions, labels, share}], p_value} | None, warnings}.
    mature_at: when a cohort will be mature, None where nobody can say.
    """
    since = since or _BEGINNING
    labels = feedback.labels(store, endpoint, since, now + _MICRO, as_of=now)
    tally = Tally(labels, every)
    for part in answers(store, endpoint, since, now + _MICRO, Deployed(store, endpoint)):
        if len(part) and part["variant"][0] != "shadow":  # its answers went to nobody
            tally.add(part)
    return {"endpoint": endpoint, **summary(tally, now, every, delay), "unmatched": len(labels) - tally.matched}


def mature(store: Store, endpoint: str, now: datetime, *, since: datetime | None = None) -> pl.DataFrame:
    """The outcomes (see feedback.labels) known now of predictions whose cohorts are mature."""
    found = ledger(store, endpoint, now, since=since)
    labels = feedback.labels(store, endpoint, since or _BEGINNING, now + _MICRO, as_of=now)
    return labels.filter(in_mature(pl.col("predicted_at"), found))


def in_mature(time: pl.Expr, found: dict[str, Any]) -> pl.Expr:
    """Whether a time lies in a mature cohort of a ledger."""
    every = timedelta(seconds=found["every"])
    ripe = [one["cohort"] for one in found["cohorts"] if one["mature"]]
    return number(time, every).is_in(ripe)


def refused(found: dict[str, Any], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """The immature cohorts with predictions in a span: {cohort, since, until, mature_at, why}."""
    return [
        {key: one[key] for key in ("cohort", "since", "until", "mature_at", "why")}
        for one in found["cohorts"]
        if not one["mature"]
        and datetime.fromisoformat(one["since"]) < until
        and datetime.fromisoformat(one["until"]) > since
    ]


def number(time: pl.Expr, every: timedelta) -> pl.Expr:
    """The number of the cohort that a time lies in."""
    return (time - pl.lit(_MONDAY, pl.Datetime("us", "UTC"))).dt.total_microseconds() // (every // _MICRO)


def summary(tally: Tally, now: datetime, every: timedelta, delay: timedelta | None = None) -> dict[str, Any]:
    """The ledger (see `ledger`) of what was counted."""
    counts, late = tally.counts, tally.delays
    first = _MONDAY + every * int(counts["cohort"].min()) if len(counts) else now  # type: ignore[arg-type]
    delays = _given(late, delay) if delay is not None else learnt(late, now, now - first)
    cohorts = list(_cohorts(counts, late, every))
    expected = _expected(cohorts, delays, now)
    for one in cohorts:
        _judge(one, delays, expected, now)
    selective = _selective(counts, [one["cohort"] for one in cohorts if one["mature"]])
    return {
        "now": now.isoformat(),
        "every": every.total_seconds(),
        "predictions": int(counts["predictions"].sum()),
        "labels": int(counts["labels"].sum()),
        "delay": delays._asdict(),
        "expected_share": expected,
        "cohorts": [{**one, "since": one["since"].isoformat(), "until": one["until"].isoformat()} for one in cohorts],
        "selective": selective,
        "warnings": list(_warnings(cohorts, selective)),
    }


def learnt(late: pl.DataFrame, now: datetime, observed: timedelta) -> Delays:
    """The distribution of delays from what was seen so far. late: time, delay; observed: age of the oldest traffic."""
    if len(late) < LEAST:
        return Delays(len(late), None, None, None, False, f"only {len(late)} outcomes so far; {LEAST} tell how late")
    ages = late.select((pl.lit(now) - pl.col("time")).dt.total_microseconds() / 1e6).to_series().to_numpy()
    delay = late["delay"].to_numpy()
    median, p90, p95 = quantiles(delay, np.maximum(ages, delay), (0.5, 0.9, RIPE))
    known = observed.total_seconds() >= SEEN * p95
    why = "" if known else f"outcomes may be later than the {_span(observed.total_seconds())} seen so far"
    return Delays(len(late), median, p90, p95, known, why)


def quantiles(delays: Floats, ages: Floats, shares: Iterable[float]) -> list[float]:
    """Quantiles of delays that were seen only where delay <= age, by the product limit in reverse time."""
    values, counts = np.unique(delays, return_counts=True)
    at_risk = np.cumsum(counts) - np.searchsorted(np.sort(ages), values, side="left")
    stays = 1 - counts / at_risk
    # F at each value: the product over all longer ones.
    cumulative = np.append(np.cumprod(stays[:0:-1])[::-1], 1.0)
    return [float(values[np.argmax(cumulative >= share - 1e-12)]) for share in shares]


def _given(late: pl.DataFrame, delay: timedelta) -> Delays:
    return Delays(len(late), None, None, delay.total_seconds(), True, "")


def _cohorts(counts: pl.DataFrame, late: pl.DataFrame, every: timedelta) -> Iterator[dict[str, Any]]:
    quantile = [
        pl.col("delay").quantile(share, "higher").alias(name) for name, share in (("median", 0.5), ("p90", 0.9))
    ]
    delays = {row[0]: {"median": row[1], "p90": row[2]} for row in late.group_by("cohort").agg(quantile).iter_rows()}
    totals = counts.group_by("cohort").agg(pl.col("predictions", "labels").sum()).sort("cohort")
    for cohort, predictions, labels in totals.iter_rows():
        start = _MONDAY + every * cohort
        yield {
            "cohort": cohort,
            "since": start,
            "until": start + every,
            "predictions": predictions,
            "labels": labels,
            "share": labels / predictions,
            "delay": delays.get(cohort),
        }


def _old(one: dict[str, Any], delays: Delays, now: datetime) -> bool:
    """Whether all but the slowest outcomes of the cohort must have arrived."""
    return delays.known and delays.p95 is not None and now >= one["until"] + timedelta(seconds=delays.p95)


def _expected(cohorts: list[dict[str, Any]], delays: Delays, now: datetime) -> float | None:
    """The share of predictions whose outcome becomes known in the end: the middle one of the old cohorts."""
    shares = [one["share"] for one in cohorts if _old(one, delays, now)]
    return float(np.median(shares)) if shares else None


def _judge(one: dict[str, Any], delays: Delays, expected: float | None, now: datetime) -> None:
    """Adds expected_share, mature, mature_at and why."""
    mature_at = one["until"] + timedelta(seconds=delays.p95 or 0) if delays.known else None
    one |= {"expected_share": expected, "mature": False, "mature_at": mature_at and mature_at.isoformat()}
    if now < one["until"]:
        one["why"] = "the cohort is not over"
    elif one["share"] >= RIPE:
        one |= {"mature": True, "why": f"{one['share']:.0%} of its outcomes are known"}
    elif not delays.known:
        one["why"] = delays.why
    elif not _old(one, delays, now):
        one["why"] = f"{RIPE:.0%} of outcomes are known only after {_span(delays.p95 or 0)}"
    elif not one["labels"]:
        one |= {"mature_at": None, "why": "no outcome has arrived"}
    elif expected and wilson(one["labels"], one["predictions"])[1] < SHORT * expected:
        usual = f"{one['share']:.1%} of outcomes are known where {expected:.1%} are usual"
        one |= {"mature_at": None, "why": f"{usual}: some have not come in"}
    else:
        one |= {"mature": True, "why": f"older than {RIPE:.0%} of delays ({_span(delays.p95 or 0)})"}


def _selective(counts: pl.DataFrame, ripe: list[int]) -> dict[str, Any] | None:
    """Whether outcomes become known for one decision far more often than for another."""
    mature = counts.filter(pl.col("cohort").is_in(ripe) & pl.col("decision").is_not_null())
    by = mature.group_by("decision").agg(pl.col("predictions", "labels").sum()).sort("decision")
    if len(by) < 2:
        return None
    known, all_of = by["labels"].to_numpy().astype(np.int64), by["predictions"].to_numpy().astype(np.int64)
    shares = known / all_of
    tables = [np.array([known[place], all_of[place] - known[place]]) for place in (shares.argmin(), shares.argmax())]
    p_value = homogeneity(*tables).p_value
    if shares.max() < SELECTIVE * shares.min() or p_value >= 0.01:
        return None
    rows = [{**row, "share": row["labels"] / row["predictions"]} for row in by.iter_rows(named=True)]
    return {"by_decision": rows, "p_value": p_value}


def _warnings(cohorts: list[dict[str, Any]], selective: dict[str, Any] | None) -> Iterator[str]:
    if selective:
        shares = ", ".join(f"'{row['decision']}' {row['share']:.0%}" for row in selective["by_decision"])
        yield (
            f"Outcomes become known far more often for one decision than for another ({shares}). What depends on the "
            "rarer ones (recall, ROC AUC, value per case) says little; get outcomes of a random sample of them."
        )
    short = [one["since"].date().isoformat() for one in cohorts if one["why"].endswith("some have not come in")]
    if short:
        yield f"Fewer outcomes than usual have come in for {', '.join(short[:5])}{' …' if len(short) > 5 else ''}."


def _span(seconds: float) -> str:
    """A length of time as a person says it."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            many = math.ceil(10 * seconds / size) / 10
            return f"{many:g} {unit}{'' if many == 1 else 's'}"
    return f"{math.ceil(seconds)} seconds"
