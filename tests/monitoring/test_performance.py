"""Realised figures against promised ones, and the refusal to judge what is not mature."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import sklearn.metrics as oracle

from mlcl import registry
from mlcl.models.bootstrap import Interval
from mlcl.monitoring import feedback
from mlcl.monitoring.deployed import Deployed
from mlcl.monitoring.ledger import DAY
from mlcl.monitoring.performance import changes, judge, performance
from mlcl.monitoring.promise import Promise, promise
from mlcl.records import Model
from mlcl.stores import Store, keys
from tests.monitoring.truth import LABELS, START, VALUE, endpoint, send

RNG = np.random.default_rng(5)
HOUR = timedelta(hours=1)
JOBS = ["clerk", "cook"]
METRICS = {"validation": {}, "test": {"accuracy": 0.9, "roc_auc": 0.95, "value_per_case": 30.0, "log_loss": 0.2}}


def traffic(store: Store, days: int, per_day: int = 100, right: float = 0.7) -> tuple[list[float], list[bool]]:
    """Days of traffic with all outcomes a day later; probabilities, and what came true."""
    said, came = [], []
    for day in range(days):
        p = RNG.random(per_day).round(3)
        y = np.where(RNG.random(per_day) < right, p >= 0.4, p < 0.4)
        rows = [{"age": 40, "job": JOBS[place % 2], "owner": place % 3 == 0} for place in range(per_day)]
        ids = send(store, START + day * DAY + HOUR, p.tolist(), rows)
        table = [{"id": one, "label": "yes" if true else "no"} for one, true in zip(ids, y, strict=True)]
        feedback.add(store, "bank", table, now=START + (day + 1) * DAY + HOUR)
        said += p.tolist()
        came += y.tolist()
    return said, came


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, list[float], list[bool]]:
    store = Store(tmp_path_factory.mktemp("store"))
    endpoint(store, metrics=METRICS, value=VALUE)
    return store, *traffic(store, 6)


def test_figures_are_those_of_the_outcomes(watched: tuple[Store, list[float], list[bool]]) -> None:
    store, said, came = watched
    found = performance(store, "bank", START, START + 6 * DAY, START + 9 * DAY)
    assert (found["judged"], found["predictions"], found["labelled"], found["immature"]) == (True, 600, 600, 0)
    (model,) = found["models"]
    p, y = np.array(said), np.array(came)
    metrics, ends = model["metrics"], model["intervals"]
    assert metrics["roc_auc"] == pytest.approx(oracle.roc_auc_score(y, p))
    assert metrics["accuracy"] == pytest.approx(oracle.accuracy_score(y, p >= 0.4))
    assert metrics["recall"] == pytest.approx(oracle.recall_score(y, p >= 0.4))
    hits, alarms = np.sum(y & (p >= 0.4)), np.sum(~y & (p >= 0.4))
    assert metrics["value_per_case"] == pytest.approx((100 * hits - 10 * alarms) / 600)
    assert model["value"]["realised"] == pytest.approx(100 * hits - 10 * alarms)
    assert (model["value"]["promised_per_case"], model["value"]["unit"], model["value"]["cases"]) == (30.0, "EUR", 600)
    assert all(ends[name]["low"] <= metrics[name] <= ends[name]["high"] for name in metrics)
    from scipy.stats import binomtest

    wanted = binomtest(int(np.sum(y == (p >= 0.4))), 600).proportion_ci(method="wilson")
    assert (ends["accuracy"]["low"], ends["accuracy"]["high"]) == pytest.approx((wanted.low, wanted.high))
    assert model["changes"]["accuracy"]["outcome"] == "worse"
    assert model["changes"]["accuracy"]["difference"] == pytest.approx(metrics["accuracy"] - 0.9)
    assert model["changes"]["log_loss"]["outcome"] == "worse"  # greater is worse
    assert "taken as exact" in model["promised"]["source"]
    assert performance(store, "bank", START, START + 6 * DAY, START + 9 * DAY) == found  # deterministic


def test_cohorts_and_segments_add_up(watched: tuple[Store, list[float], list[bool]]) -> None:
    store, said, came = watched
    (model,) = performance(store, "bank", START, START + 6 * DAY, START + 9 * DAY)["models"]
    assert [one["rows"] for one in model["cohorts"]] == [100] * 6
    first = np.array(came[:100]) == (np.array(said[:100]) >= 0.4)
    assert model["cohorts"][0]["metrics"]["accuracy"] == pytest.approx(first.mean())
    segments = {one["column"]: one["groups"] for one in model["segments"]}
    assert set(segments) == {"job", "owner"}
    assert {group["value"]: group["rows"] for group in segments["job"]} == {"clerk": 300, "cook": 300}
    cook = np.array(came)[1::2] == (np.array(said)[1::2] >= 0.4)
    group = next(group for group in segments["job"] if group["value"] == "cook")
    assert group["metrics"]["accuracy"] == pytest.approx(cook.mean())
    assert group["intervals"]["accuracy"]["low"] < cook.mean() < group["intervals"]["accuracy"]["high"]


def test_an_immature_cohort_is_refused_with_the_time_when_it_is_ripe(
    watched: tuple[Store, list[float], list[bool]],
) -> None:
    store, *_ = watched
    now = START + 5 * DAY + HOUR
    found = performance(store, "bank", START, START + 6 * DAY, now)
    assert (found["judged"], found["labelled"], found["immature"]) == (True, 500, 100)  # all of five days are known
    assert [one["since"] for one in found["refused"]] == [(START + 5 * DAY).isoformat()]
    none = performance(store, "bank", START + 5 * DAY, START + 6 * DAY, START + 6 * DAY + HOUR / 2)
    assert (none["judged"], none["models"]) == (False, [])
    assert none["refused"][0]["mature_at"] == (START + 7 * DAY).isoformat()
    assert (START + 7 * DAY).isoformat() in none["why"]
    assert "no predictions" in performance(store, "bank", START - DAY, START, now)["why"]


def test_versions_and_variants_are_told_apart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    endpoint(store, metrics=METRICS, value=VALUE)
    endpoint(store, version=2, seed=2, metrics=METRICS)
    one = send(store, START, [0.9] * 20)
    two = send(store, START, [0.1] * 30, version=2)
    send(store, START, [0.1] * 20, variant="shadow", version=2, event_id=one[0].rpartition("-")[0])
    feedback.add(store, "bank", [{"id": key, "label": "yes"} for key in one + two], now=START + HOUR)
    found = performance(store, "bank", START, START + DAY, START + DAY)
    figures = {(one["variant"], one["version"]): (one["rows"], one["metrics"]["accuracy"]) for one in found["models"]}
    assert figures == {("live", 1): (20, 1.0), ("live", 2): (30, 0.0), ("shadow", 2): (20, 0.0)}
    assert found["models"][0]["metrics"]["roc_auc"] is None  # one class alone
    assert found["models"][0]["value"]["realised"] == 2000
    assert found["models"][1]["value"] is None


def test_regression(tmp_path: Path) -> None:
    store = Store(tmp_path)
    endpoint(store, task="regression", metrics={"test": {"mae": 1.0, "rmse": 1.0}})
    said, true = RNG.normal(size=50), RNG.normal(size=50)
    ids = send(store, START, [repr(float(one)) for one in said])
    feedback.add(
        store, "bank", [{"id": k, "label": float(v)} for k, v in zip(ids, true, strict=True)], now=START + HOUR
    )
    (model,) = performance(store, "bank", START, START + DAY, START + DAY)["models"]
    assert model["metrics"]["mae"] == pytest.approx(oracle.mean_absolute_error(true, said))
    assert model["metrics"]["r2"] == pytest.approx(oracle.r2_score(true, said))
    assert model["value"] is None


def test_several_classes(tmp_path: Path) -> None:
    from mlcl.serving.events import Body, line

    store = Store(tmp_path)
    endpoint(store, task="multiclass", metrics={"test": {"accuracy": 0.4}})
    labels = LABELS["multiclass"] or []
    shares = RNG.dirichlet(np.ones(3), 60)
    told = [
        {
            "id": f"e-{n}",
            "probability": dict(zip(labels, map(float, s), strict=True)),
            "decision": labels[int(s.argmax())],
        }
        for n, s in enumerate(shares)
    ]
    sides = (
        Body("application/json", b'{"rows": [%b]}' % b",".join([b"{}"] * 60)),
        Body("application/json", orjson.dumps({"predictions": told})),
    )
    store.put(f"captures/bank/live/{START:%Y/%m/%d/%H}/a.jsonl", line("e", START.isoformat(), 1, *sides))
    y = RNG.integers(0, 3, 60)
    table = [{"id": f"e-{n}", "label": labels[code]} for n, code in enumerate(y)]
    assert feedback.add(store, "bank", table, now=START + HOUR).stored == 60
    (model,) = performance(store, "bank", START, START + DAY, START + DAY)["models"]
    assert model["metrics"]["accuracy"] == pytest.approx(oracle.accuracy_score(y, shares.argmax(1)))
    assert model["metrics"]["roc_auc"] == pytest.approx(oracle.roc_auc_score(y, shares, multi_class="ovr"))


@pytest.mark.parametrize(
    ("change", "between", "greater", "outcome"),
    [
        (-0.2, (-0.3, -0.1), True, "worse"),
        (-0.2, (-0.3, -0.1), False, "better"),
        (0.2, (0.1, 0.3), True, "better"),
        (0.2, (0.1, 0.3), False, "worse"),
        (-0.2, (-0.5, 0.1), True, "undecided"),
        (-0.01, (-0.04, 0.02), True, "as promised"),
        (-0.03, (-0.04, -0.02), True, "as promised"),  # surely lower, and too little to matter
        (0.2, (-0.04, 0.4), True, "as promised"),  # surely not worse by more than matters
        (-0.04, (-0.06, -0.01), True, "undecided"),  # lower for sure; whether it matters is open
    ],
)
def test_changes_are_judged_with_their_interval(change: float, between: Any, greater: bool, outcome: str) -> None:
    assert judge(change, Interval(*between), 0.05, greater) == outcome


def test_a_promise_is_no_surer_than_its_test_rows() -> None:
    ends = {"accuracy": Interval(0.78, 0.86)}
    exact = Promise({"accuracy": 0.9}, {}, None, {}, {}, "")
    vague = exact._replace(intervals={"accuracy": Interval(0.8, 0.96)})
    assert changes({"accuracy": 0.82}, ends, exact)["accuracy"].outcome == "worse"
    assert changes({"accuracy": 0.82}, ends, vague)["accuracy"].outcome == "undecided"
    assert changes({"accuracy": None, "f1": 0.5}, ends, exact) == {}


def test_the_promise_is_that_of_the_run_that_made_the_model(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = endpoint(store, metrics=METRICS, value=VALUE)
    known = Model(problem="bank", version=None, stage="approved", bundle_digest=digest, learner="xgboost", run="r1")
    registry.register(store, known, registry.bundle_folder(store, digest))
    evaluation = {
        "intervals": {"accuracy": {"low": 0.88, "high": 0.92, "level": 0.95}},
        "baseline": {"metrics": {"value_per_case": 12.0}},
        "importance": {
            "permutation": [{"feature": "age", "mean": 0.3, "std": 0.1}, {"feature": "job", "mean": -0.1, "std": 0.1}]
        },
        "segments": [{"column": "job", "groups": [{"value": "cook", "metrics": {"accuracy": 0.8}, "enough": True}]}],
    }
    store.put(f"{keys.run_files('r1')}/evaluation.json", orjson.dumps(evaluation))
    found = promise(store, Deployed(store, "bank").live())
    assert found.metrics["accuracy"] == 0.9
    assert found.intervals == {"accuracy": Interval(0.88, 0.92)}
    assert (found.naive, found.importance) == (12.0, {"age": 1.0, "job": 0.0})
    assert found.segments == {"job": {"cook": {"accuracy": 0.8}}}
    assert found.source == "the test rows of run r1"
