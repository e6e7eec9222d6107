"""Whether a canary is promoted, rolled back or watched on: its errors and latency against the live variant's."""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Callable
from typing import Literal

from mlcl.records import Record

Decision = Literal["wait", "promote", "rollback"]

# Upper bounds of the latency buckets in seconds, 0.1 ms to 60 s, each 15 % above the one before.
BUCKETS = tuple(1e-4 * 1.15**step for step in range(96))

# How many times more errors than live a canary may make: the alternatives that the test weighs against "as many".
_ERROR_RATIOS = (1.5, 2.0, 4.0, 10.0, 100.0)


class Rules(Record):
    """When a canary is decided. chance_of_error: that a canary as good as the live variant is rolled back for its
    errors, over the whole of its life; latency_ratio: how much slower its 95th percentile may be, beyond
    latency_slack seconds."""

    min_requests: int = 200
    min_seconds: float = 60.0
    chance_of_error: float = 0.01
    latency_ratio: float = 1.5
    latency_slack: float = 0.005


class VariantStats:
    """What one variant did since `started` (a reading of `clock`): requests, errors, latencies in seconds."""

    __slots__ = ("clock", "counts", "errors", "requests", "started", "total")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.started = clock()
        self.requests = self.errors = 0
        self.total = 0.0
        self.counts = [0] * (len(BUCKETS) + 1)

    def record(self, seconds: float, error: bool = False) -> None:
        """Counts one request. error: the variant failed (5xx); a caller's mistake (4xx) is none."""
        self.requests += 1
        self.errors += error
        self.total += seconds
        self.counts[bisect_left(BUCKETS, seconds)] += 1

    @property
    def seconds(self) -> float:
        """How long the variant has been observed."""
        return self.clock() - self.started

    def quantile(self, share: float) -> float:
        """Latency in seconds below which `share` of the requests lie, to 15 % (0 without requests)."""
        if not self.requests:
            return 0.0
        wanted, seen = share * self.requests, 0
        for bucket, count in enumerate(self.counts):
            if count and seen + count >= wanted:
                low = BUCKETS[bucket - 1] if bucket else 0.0
                high = BUCKETS[min(bucket, len(BUCKETS) - 1)]
                return low + (high - low) * (wanted - seen) / count
            seen += count
        return BUCKETS[-1]

    @property
    def p95(self) -> float:
        return self.quantile(0.95)


def decide(live: VariantStats, canary: VariantStats, rules: Rules | None = None) -> Decision:
    """What to do with the canary, from both variants' statistics since the canary began.

    Rolled back as soon as its errors, or after `min_requests` its latency, are shown to be worse; promoted after
    `min_requests` and `min_seconds` when nothing speaks against it. May be asked as often as wished: the test of the
    errors stays valid under any number of looks.
    """
    rules = rules or Rules()
    evidence = error_evidence(live, canary)
    if evidence >= math.log(1 / rules.chance_of_error):
        return "rollback"
    if canary.requests < rules.min_requests:
        return "wait"
    if live.requests >= rules.min_requests and canary.p95 > live.p95 * rules.latency_ratio + rules.latency_slack:
        return "rollback"
    return "promote" if canary.seconds >= rules.min_seconds and evidence <= 0 else "wait"


def error_evidence(live: VariantStats, canary: VariantStats) -> float:
    """Logarithm of the evidence that the canary makes more errors than the live variant (above 0: for it).

    Requests are given to variants at random, so were the error rates equal, each error would fall on the canary with
    the canary's share of the requests. A likelihood ratio against that, averaged over rates 1.5 to 100 times as high,
    is a test martingale: it exceeds 1/a with chance at most a, however often one looks (Ville 1939; Robbins 1970,
    Statistical methods related to the law of the iterated logarithm).
    """
    errors = live.errors + canary.errors
    if not errors or not canary.requests or not live.requests:
        return 0.0
    share = canary.requests / (canary.requests + live.requests)
    terms = []
    for ratio in _ERROR_RATIOS:
        odds = ratio * share / (1 - share)
        assumed = odds / (1 + odds)
        hits = canary.errors * math.log(assumed / share)
        terms.append(hits + live.errors * math.log((1 - assumed) / (1 - share)))
    top = max(terms)
    return top + math.log(sum(math.exp(term - top) for term in terms) / len(terms))
