"""Which cohorts may be judged, and how late outcomes are."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.models.bootstrap import Interval
from mlcl.monitoring import feedback
from mlcl.monitoring.ledger import DAY, Tally, learnt, ledger, mature, quantiles, refused, summary
from mlcl.monitoring.shares import difference, wilson
from mlcl.stores import Store
from tests.monitoring.truth import START, endpoint, send

HOUR = timedelta(hours=1)
RNG = np.random.default_rng(3)


def tally(days: int, per_day: int, delays: Any, now: datetime, *, seed: int = 1, share: float = 1.0) -> Tally:
    """Predictions at random times of each day, whose outcomes arrive after delays (seconds) drawn by `delays`."""
    rng = np.random.default_rng(seed)
    seconds = np.sort(rng.uniform(0, days * 86400, days * per_day)).round(3)
    late = np.asarray(delays(rng, len(seconds)))
    ids = [f"e-{place}" for place in range(len(seconds))]
    times = [START + timedelta(seconds=float(second)) for second in seconds]
    there = (rng.random(len(seconds)) < share) & (seconds + late <= (now - START).total_seconds())
    arrived = [time + timedelta(seconds=float(one)) for time, one in zip(times, late, strict=True)]
    outputs = pl.DataFrame({"id": ids, "time": times, "decision": ["yes", "no"] * (len(ids) // 2)})
    labels = pl.DataFrame({"id": ids, "first_arrived_at": arrived}).filter(pl.Series(there))
    made = Tally(labels, DAY)
    made.add(outputs[: len(ids) // 3])
    made.add(outputs[len(ids) // 3 :])
    return made


def exponential(mean_days: float) -> Any:
    return lambda rng, rows: rng.exponential(mean_days * 86400, rows)


def test_without_truncation_quantiles_are_those_of_the_delays() -> None:
    delays = RNG.integers(0, 50, 500).astype(float)
    wanted = np.quantile(delays, [0.1, 0.5, 0.9, 0.95], method="inverted_cdf")
    assert quantiles(delays, np.full(500, 1e9), (0.1, 0.5, 0.9, 0.95)) == wanted.tolist()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30))
def test_the_product_limit_is_that_of_its_definition(pairs: list[tuple[int, int]]) -> None:
    pairs = [(min(pair), max(pair)) for pair in pairs]
    values = sorted({delay for delay, _ in pairs})
    cumulative = []
    for value in values:  # the definition, term by term
        product = 1.0
        for longer in [one for one in values if one > value]:
            at_risk = sum(delay <= longer <= age for delay, age in pairs)
            product *= 1 - sum(delay == longer for delay, _ in pairs) / at_risk
        cumulative.append(product)
    wanted = next(value for value, share in zip(values, cumulative, strict=True) if share >= 0.9 - 1e-12)
    delays, ages = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    assert quantiles(delays, ages, (0.9,)) == [wanted]


def test_delays_are_learnt_although_young_predictions_show_only_short_ones() -> None:
    now = START + 30 * DAY
    counted = tally(30, 400, exponential(3), now)
    found = summary(counted, now, DAY)["delay"]
    true = 3 * 86400 * -np.log(0.05)
    assert found["known"]
    assert found["p95"] == pytest.approx(true, rel=0.08)
    seen = counted.delays["delay"].to_numpy()
    assert np.quantile(seen, 0.95) < 0.95 * found["p95"]  # what a glance at the outcomes would say


def test_a_cohort_is_mature_once_it_is_older_than_nearly_all_delays() -> None:
    now = START + 30 * DAY
    found = summary(tally(30, 400, exponential(3), now), now, DAY)
    ripe = [one["mature"] for one in found["cohorts"]]
    assert len(ripe) == 30
    assert ripe == sorted(ripe, reverse=True)  # the old ones, then the young ones
    first_young = ripe.index(False)
    assert 30 - first_young == pytest.approx(found["delay"]["p95"] / 86400, abs=1)
    young = found["cohorts"][-1]
    assert datetime.fromisoformat(young["mature_at"]) == pytest.approx(
        START + 30 * DAY + timedelta(seconds=found["delay"]["p95"]), abs=timedelta(seconds=1)
    )
    assert "95% of outcomes are known only after" in young["why"]
    assert young["share"] < 0.5 < young["expected_share"]


def test_while_outcomes_still_come_in_no_cohort_is_judged() -> None:
    """After four days, with outcomes up to weeks late, the oldest cohort looks nearly as full as it ever was."""
    now = START + 4 * DAY
    found = summary(tally(4, 500, exponential(20), now), now, DAY)
    assert not found["delay"]["known"]
    assert not any(one["mature"] for one in found["cohorts"])
    assert all(one["mature_at"] is None for one in found["cohorts"])
    assert "may be later than the 4 days seen so far" in found["cohorts"][0]["why"]


def test_nearly_all_outcomes_make_a_cohort_mature_at_once() -> None:
    now = START + DAY
    found = summary(tally(1, 100, lambda rng, rows: np.zeros(rows), now), now, DAY)
    assert found["cohorts"][0]["mature"]
    now = START + DAY - HOUR
    early = summary(tally(1, 100, lambda rng, rows: np.zeros(rows), now), now, DAY)["cohorts"][0]
    assert (early["mature"], early["why"]) == (False, "the cohort is not over")


def test_few_outcomes_teach_nothing_and_a_known_delay_helps() -> None:
    now = START + 10 * DAY
    few = tally(10, 100, exponential(0.1), now, share=0.01)
    assert len(few.delays) < 20
    assert not any(one["mature"] for one in summary(few, now, DAY)["cohorts"])
    given_delay = summary(few, now, DAY, delay=2 * DAY)["cohorts"]
    assert [one["mature"] or one["labels"] == 0 for one in given_delay] == [True] * 8 + [
        one["labels"] == 0 for one in given_delay[8:]
    ]


def test_a_cohort_whose_outcomes_went_astray_is_not_judged() -> None:
    now = START + 20 * DAY
    counted = tally(20, 200, exponential(0.1), now, share=0.6)
    cohort = counted.counts["cohort"].min() + 5
    counted._counts = [
        pl.concat(counted._counts).with_columns(
            labels=pl.when(pl.col("cohort") == cohort).then(pl.col("labels") // 4).otherwise("labels").cast(pl.UInt32)
        )
    ]
    found = summary(counted, now, DAY)
    assert [place for place, one in enumerate(found["cohorts"][:18]) if not one["mature"]] == [5]
    assert "are usual: some have not come in" in found["cohorts"][5]["why"]
    assert any("2026-03-07" in warning for warning in found["warnings"])
    assert found["expected_share"] == pytest.approx(0.6, abs=0.05)


def test_selective_outcomes_are_warned_of() -> None:
    now = START + 10 * DAY
    times = [START + place * HOUR / 10 for place in range(1000)]
    outputs = pl.DataFrame(
        {"id": [str(place) for place in range(1000)], "time": times, "decision": ["yes", "no"] * 500}
    )
    known = outputs.filter((pl.col("decision") == "yes") | (pl.int_range(1000) % 20 == 1))
    for some, warned in ((known, True), (outputs, False), (outputs.filter(pl.int_range(1000) % 3 > 0), False)):
        counted = Tally(some.select("id", first_arrived_at=pl.col("time") + HOUR), DAY)
        counted.add(outputs)
        found = summary(counted, now, DAY)
        assert bool(found["selective"]) == warned
        assert bool(found["warnings"]) == warned
        if warned:
            shares = {row["decision"]: row["share"] for row in found["selective"]["by_decision"]}
            assert shares == {"yes": 1.0, "no": pytest.approx(0.1)}
            table = [[row["labels"], row["predictions"] - row["labels"]] for row in found["selective"]["by_decision"]]
            wanted = scipy.stats.chi2_contingency(table, correction=False).pvalue
            assert found["selective"]["p_value"] == pytest.approx(wanted, abs=1e-12)


def test_the_ledger_of_an_endpoint(tmp_path: Path) -> None:
    store = Store(tmp_path)
    endpoint(store)
    for day in range(6):
        ids = send(store, START + day * DAY + HOUR, [0.1, 0.9] * 10)
        send(store, START + day * DAY + HOUR, [0.1] * 20, variant="shadow", event_id=ids[0].rpartition("-")[0])
        now = START + day * DAY + 30 * HOUR
        if day < 5:
            feedback.add(store, "bank", [{"id": one, "label": "no"} for one in ids[:18]], now=now)
    now = START + 6 * DAY
    found = ledger(store, "bank", now)
    assert (found["predictions"], found["labels"], found["unmatched"]) == (120, 90, 0)
    assert [one["mature"] for one in found["cohorts"]] == [True] * 4 + [False] * 2
    assert found["cohorts"][0]["delay"] == {"median": 29 * 3600.0, "p90": 29 * 3600.0}
    assert found["delay"]["p95"] == 29 * 3600.0
    assert datetime.fromisoformat(found["cohorts"][5]["mature_at"]) == START + 6 * DAY + 29 * HOUR
    assert [one["since"] for one in refused(found, START + 3 * DAY, START + 9 * DAY)] == [
        (START + day * DAY).isoformat() for day in (4, 5)
    ]
    assert len(mature(store, "bank", now)) == 72
    early = ledger(store, "bank", START + DAY + 2 * HOUR)
    assert (early["predictions"], early["labels"]) == (40, 0)  # as it was seen then
    assert ledger(store, "bank", now, every=7 * DAY)["cohorts"][0]["since"] == START.isoformat()


def test_an_endpoint_without_traffic_has_an_empty_ledger(tmp_path: Path) -> None:
    store = Store(tmp_path)
    endpoint(store)
    found = ledger(store, "bank", START)
    assert (found["predictions"], found["cohorts"], found["selective"], found["warnings"]) == (0, [], None, [])
    assert mature(store, "bank", START).is_empty()


def test_learning_needs_outcomes() -> None:
    empty = pl.DataFrame(schema={"time": pl.Datetime("us", "UTC"), "delay": pl.Float64})
    assert learnt(empty, START, DAY).why == "only 0 outcomes so far; 20 tell how late"


@given(st.integers(0, 200), st.integers(1, 200), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_is_scipys(count: int, more: int, level: float) -> None:
    rows = count + more - 1 or 1
    count = min(count, rows)
    wanted = scipy.stats.binomtest(count, rows).proportion_ci(level, method="wilson")
    assert wilson(count, rows, level) == pytest.approx((wanted.low, wanted.high), abs=1e-12)


def test_an_interval_of_a_difference_is_newcombes() -> None:
    """Newcombe (1998), Statistics in Medicine 17:873, table II, method 10, 56/70 against 48/80."""
    found = difference(56 / 70, wilson(56, 70), 48 / 80, wilson(48, 80))
    assert found == pytest.approx((0.0524, 0.3339), abs=5e-5)
    exact = difference(0.5, Interval(0.4, 0.7), 0.3, Interval(0.3, 0.3))
    assert exact == pytest.approx((0.1, 0.4))
