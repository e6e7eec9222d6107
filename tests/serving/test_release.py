"""Canaries: decided rightly, and not for chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from mlcl.serving.release import BUCKETS, Rules, VariantStats, decide, error_evidence


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def observed(requests: int, errors: int = 0, latency: float = 0.01, seconds: float = 1000.0) -> VariantStats:
    clock = Clock()
    stats = VariantStats(clock)
    for number in range(requests):
        stats.record(latency, error=number < errors)
    clock.now = seconds
    return stats


@pytest.mark.parametrize(
    ("live", "canary", "wanted"),
    [
        (observed(9000, 9), observed(1000, 1), "promote"),
        (observed(9000, 0), observed(1000, 0), "promote"),
        (observed(1800, 0), observed(199, 0), "wait"),
        (observed(9000, 0), observed(1000, 0, seconds=59), "wait"),
        (observed(9000, 9), observed(1000, 200), "rollback"),
        (observed(45, 0), observed(5, 5), "rollback"),
        (observed(9000, 900), observed(1000, 40), "promote"),
        (observed(9000), observed(1000, latency=0.05), "rollback"),
        (observed(9000), observed(1000, latency=0.014), "promote"),
        (observed(9000, latency=0.0005), observed(1000, latency=0.002), "promote"),
        (observed(9000), observed(100, latency=0.05), "wait"),
        (observed(0), observed(1000), "promote"),
        (observed(0), observed(0), "wait"),
    ],
    ids=[
        "as good",
        "no errors",
        "too few requests",
        "too early",
        "many errors",
        "fails at once",
        "fewer errors",
        "slow",
        "a bit slower",
        "slower by less than the slack",
        "slow, but too few requests",
        "nothing to compare with",
        "nothing happened",
    ],
)
def test_decisions(live: VariantStats, canary: VariantStats, wanted: str) -> None:
    assert decide(live, canary) == wanted


def test_rules_are_heeded() -> None:
    live, canary = observed(900), observed(100)
    assert decide(live, canary, Rules(min_requests=100)) == "promote"
    assert decide(live, canary, Rules(min_requests=100, min_seconds=2000)) == "wait"
    slow = observed(100, latency=0.03)
    assert decide(live, slow, Rules(min_requests=100)) == "rollback"
    assert decide(live, slow, Rules(min_requests=100, latency_ratio=4)) == "promote"


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(0, 30), st.integers(0, 30))
@settings(deadline=None)
def test_the_evidence_is_the_mixture_of_binomial_likelihood_ratios(
    live: int, canary: int, live_errors: int, canary_errors: int
) -> None:
    live, canary = live + live_errors, canary + canary_errors
    errors, share = live_errors + canary_errors, canary / (live + canary)
    ratios = []
    for times in (1.5, 2.0, 4.0, 10.0, 100.0):
        assumed = times * share / (times * share + 1 - share)
        log = scipy_stats.binom.logpmf
        ratios.append(np.exp(log(canary_errors, errors, assumed) - log(canary_errors, errors, share)))
    got = error_evidence(observed(live, live_errors), observed(canary, canary_errors))
    assert got == pytest.approx(np.log(np.mean(ratios)), rel=1e-6, abs=1e-6)


def test_looking_often_does_not_roll_back_a_canary_that_is_as_good() -> None:
    """300 canaries as good as live, looked at after every error: at most 1 % + noise may be rolled back."""
    random = np.random.default_rng(1729)
    wrong = 0
    for _ in range(300):
        to_canary = random.random(20_000) < 0.1
        failed = random.random(20_000) < 0.02
        requests = np.cumsum(to_canary)
        looks = np.flatnonzero(failed)
        canary_errors = np.cumsum(to_canary[looks])
        for look, hits in zip(
            looks[:: max(1, len(looks) // 100)], canary_errors[:: max(1, len(looks) // 100)], strict=True
        ):
            live, canary = VariantStats(), VariantStats()
            canary.requests, live.requests = int(requests[look]), int(look + 1 - requests[look])
            canary.errors, live.errors = int(hits), int(failed[: look + 1].sum() - hits)
            if error_evidence(live, canary) >= np.log(100):
                wrong += 1
                break
    assert wrong <= scipy_stats.binom.ppf(0.999, 300, 0.01)


def test_a_bad_canary_is_found() -> None:
    """Four times the errors of live is found in 20,000 requests, nearly always."""
    random = np.random.default_rng(1729)
    found = 0
    for _ in range(100):
        canary_requests = random.binomial(20_000, 0.1)
        live, canary = VariantStats(), VariantStats()
        live.requests, canary.requests = 20_000 - canary_requests, canary_requests
        live.errors, canary.errors = random.binomial(live.requests, 0.02), random.binomial(canary.requests, 0.08)
        found += decide(live, canary) == "rollback"
    assert found >= 98


@given(st.lists(st.floats(1e-5, 100), min_size=1, max_size=200), st.floats(0.05, 1))
def test_quantiles_are_right_to_a_bucket(latencies: list[float], share: float) -> None:
    stats = VariantStats()
    for seconds in latencies:
        stats.record(seconds)
    exact = float(np.quantile(latencies, share, method="inverted_cdf"))
    exact = min(max(exact, BUCKETS[0] / 1.15), BUCKETS[-1])
    assert stats.quantile(share) <= exact * 1.1501
    assert stats.quantile(share) >= (exact / 1.1501 if exact > BUCKETS[0] else 0)


def test_counts() -> None:
    stats = observed(10, 3, latency=0.5)
    assert (stats.requests, stats.errors, sum(stats.counts)) == (10, 3, 10)
    assert stats.total == pytest.approx(5)
    assert VariantStats().p95 == 0
