"""What models answered lately: slots of time, of all workers of a server, forgotten after an hour."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlcl.serving.metrics import Metrics
from mlcl.serving.series import KEPT, SLOT, Series


def answered(metrics: Metrics, seconds: float, times: int, errors: int = 0, version: str = "1") -> None:
    stats = metrics.model("bank", version).requests
    for place in range(times):
        stats.record(seconds, place < errors)


def test_requests_are_counted_in_the_slot_in_which_they_were_seen() -> None:
    metrics, series = Metrics(), Series()
    answered(metrics, 0.010, 4)
    series.look(metrics, [], now=1000)
    answered(metrics, 0.100, 2, errors=1)
    series.look(metrics, [], now=1004)
    answered(metrics, 0.100, 3, version="2")
    series.look(metrics, [], now=1000 + SLOT)
    lately = series.read("bank")
    first = lately.models["1"][1000 // SLOT]
    assert (first.requests, first.errors) == (6, 1)
    assert first.quantile(0.5) == pytest.approx(0.010, rel=0.15)
    assert first.quantile(0.99) == pytest.approx(0.100, rel=0.15)
    assert list(lately.models["1"]) == [200]
    assert lately.models["2"][201].requests == 3
    assert series.read("other").models == {}


def test_refusals_are_counted_but_for_those_of_the_server_itself() -> None:
    metrics, series = Metrics(), Series()
    metrics.rejected.update({("bank", 422): 3, ("bank", 404): 1, ("bank", 503): 9, ("", 404): 5})
    series.look(metrics, [], now=50)
    metrics.rejected["bank", 422] += 2
    series.look(metrics, [], now=60)
    assert series.read("bank").rejected == {10: 4, 12: 2}


def test_what_is_older_than_an_hour_is_forgotten() -> None:
    metrics, series = Metrics(), Series()
    answered(metrics, 0.01, 1)
    series.look(metrics, [], now=0)
    series.look(metrics, [], now=KEPT * SLOT)
    assert list(series.read("bank").models["1"]) == [0]
    series.look(metrics, [], now=(KEPT + 1) * SLOT)
    assert series.read("bank").models["1"] == {}


def test_workers_are_added_up_also_those_that_died(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workers = []
    for pid in (11, 12, 13):
        monkeypatch.setattr(os, "getpid", lambda pid=pid: pid)
        metrics, series = Metrics(), Series(tmp_path)
        answered(metrics, 0.01, pid)
        series.look(metrics, [], now=100)
        workers.append(series)
    assert workers[2].read("bank").models["1"][20].requests == 36
    monkeypatch.setattr(os, "getpid", lambda: 11)
    assert workers[0].read("bank").models["1"][20].requests == 36
