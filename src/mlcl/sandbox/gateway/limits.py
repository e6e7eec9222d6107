"""Throttling (token buckets) and quotas of usage plans."""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import Any

from mlcl.sandbox.gateway.refusal import Refusal


class Limits:
    """What was used so far, in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}
        self._used: dict[tuple[str, str], int] = {}

    def method(self, stage: Any, path: str, method: str, api: Any) -> None:
        """The stage's settings for a method. Raises Refusal."""
        settings = stage.method_settings or {}
        name = path.strip("/").replace("/", "~1")
        found = settings.get(f"~1{name}/{method}") or settings.get("*/*") or {}
        rate, burst = found.get("throttlingRateLimit"), found.get("throttlingBurstLimit")
        if rate is not None and rate >= 0:
            self._take(f"{api.id}/{stage.name}/{path}/{method}", float(rate), float(burst or rate), api)

    def plan(self, plan: Any, key: Any, api: Any) -> None:
        """The usage plan's limits for an API key. Raises Refusal."""
        throttle, quota = plan.throttle or {}, plan.quota or {}
        if throttle.get("rateLimit"):
            rate = float(throttle["rateLimit"])
            self._take(f"{plan.id}/{key.id}", rate, float(throttle.get("burstLimit") or rate), api)
        if quota.get("limit"):
            with self._lock:
                name = (f"{plan.id}/{key.id}", _period(quota.get("period", "MONTH")))
                if self._used.get(name, 0) >= int(quota["limit"]):
                    raise Refusal("QUOTA_EXCEEDED", "Limit Exceeded", api=api)
                self._used[name] = self._used.get(name, 0) + 1

    def _take(self, name: str, rate: float, burst: float, api: Any) -> None:
        """One token of a bucket that holds `burst` and gets `rate` a second."""
        moment = time.monotonic()
        with self._lock:
            left, since = self._buckets.get(name, (burst, moment))
            left = min(burst, left + (moment - since) * rate)
            if left < 1:
                self._buckets[name] = (left, moment)
                raise Refusal("THROTTLED", "Too Many Requests", api=api)
            self._buckets[name] = (left - 1, moment)


def _period(kind: str) -> str:
    today = dt.datetime.now(dt.UTC)
    if kind == "DAY":
        return today.strftime("%Y-%m-%d")
    return today.strftime("%G-W%V") if kind == "WEEK" else today.strftime("%Y-%m")
