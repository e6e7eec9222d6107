"""Whole looks: a small model in use, traffic that is as before or not, and what the look says, writes and alerts."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import mlcl
from mlcl.errors import NotFound
from mlcl.models.bootstrap import Interval
from mlcl.monitoring import alerts
from mlcl.monitoring.findings import against
from mlcl.monitoring.look import Looked, acknowledge, folder, look, monitor, reports
from mlcl.monitoring.sample import Sample
from mlcl.monitoring.watched import Watched
from mlcl.report.monitoring import render
from mlcl.retraining.traffic import Sender
from mlcl.stores import Store
from tests import small
from tests.monitoring import truth
from tests.monitoring.receivers import Hook
from tests.report.pages import Page
from tests.retraining.world import DAY, NAME, START, World, rows
from tests.serving.served import frame

SETTINGS = "\n[monitor]\nminimum_rows = 100\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("made"), SETTINGS)


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    """The same model in a store of its own, for tests that change it."""
    assert made.store.folder
    shutil.copytree(made.store.folder, tmp_path / "store")
    fresh = World.__new__(World)
    fresh.store, fresh.problem, fresh.result = Store(tmp_path / "store"), made.problem, made.result
    fresh.sender = Sender(fresh.store, NAME)
    return fresh


def looked(world: World, days: float = 1) -> Looked:
    return monitor(world.store, NAME, START + days * DAY)


def kinds(report: dict[str, Any]) -> set[tuple[str, str | None]]:
    return {(finding["kind"], finding["column"]) for finding in report["findings"]}


def drifted(seed: int = 2) -> pl.DataFrame:
    return rows(600, seed).with_columns(pl.col("age") + 15)


def test_traffic_as_before_finds_nothing(world: World) -> None:
    world.live(rows(600, 1), START)
    result = looked(world)
    assert result.report["findings"] == []
    # The 40 test rows are too few to tell how predictions were distributed.
    assert set(result.report["judged"]) == {
        *("missing", "type_faults", "out_of_range", "unseen"),
        *("drift", "multivariate", "estimated"),
    }
    assert (result.report["rows"], result.report["enough"], result.changed) == (600, True, [])


def test_a_column_that_drifts_is_found_priced_and_alerted(world: World) -> None:
    world.live(drifted(), START)
    result = looked(world)
    assert {("drift", "age"), ("out_of_range", "age"), ("multivariate", None)} <= kinds(result.report)
    assert not {place for place in kinds(result.report) if place[1] in ("job", "income")}
    risks = [finding["money_at_risk"] for finding in result.report["findings"]]
    assert risks == sorted(risks, reverse=True)
    assert risks[0] > 0
    assert {(alert.kind, alert.column or None) for alert in result.changed} == kinds(result.report)
    assert looked(world).changed == []


def test_it_is_resolved_when_traffic_is_as_before(world: World) -> None:
    world.live(drifted(), START)
    fired = looked(world).changed
    world.live(rows(600, 3), START + DAY)
    assert {alert.state for alert in looked(world, 2).changed} == {"resolved"}
    assert len(alerts.present(world.store, NAME, resolved=True)) == len(fired)


@pytest.mark.parametrize("count", [0, 1, 99])
def test_not_enough_traffic_alerts_nothing(world: World, count: int) -> None:
    world.live(drifted(), START)
    before = looked(world).changed
    if count:
        world.live(drifted(4)[:count], START + DAY, requests=1)
    result = looked(world, 2)
    assert (result.report["enough"], result.report["judged"], result.changed) == (False, [], [])
    assert len(alerts.present(world.store, NAME)) == len(before)
    assert "Not enough traffic" in render(result.report)


def test_what_is_missing_and_unseen(world: World) -> None:
    odd = rows(600, 5).with_columns(
        pl.when(pl.int_range(pl.len()) % 5 == 0).then(None).otherwise("income").alias("income"),
        pl.when(pl.int_range(pl.len()) % 4 == 0).then(pl.lit("pilot")).otherwise("job").alias("job"),
    )
    world.live(odd, START)
    found = {(finding["kind"], finding["column"]): finding for finding in looked(world).report["findings"]}
    assert found["missing", "income"]["value"] == pytest.approx(0.2)
    assert found["unseen", "job"]["value"] == pytest.approx(0.25)


def test_traffic_far_below_the_usual(world: World) -> None:
    for day in range(4):
        world.live(rows(1000 if day < 3 else 110, 10 + day), START + day * DAY)
        report = looked(world, day + 1).report
        assert ("volume" in report["judged"]) == (day == 3)
    assert ("volume", None) in kinds(report)


def test_outcomes_that_break_the_promise(world: World) -> None:
    """The relation to the outcome turns: neither inputs nor predictions show it, outcomes do."""
    told = world.live(rows(600, 1, turned=True), START.replace(hour=0))
    assert ("performance", None) not in kinds(looked(world).report)
    world.tell(told, START + DAY)
    world.live(rows(600, 2), START + DAY)
    report = looked(world, 2).report
    (finding,) = [finding for finding in report["findings"] if finding["kind"] == "performance"]
    assert finding is report["findings"][0]
    assert "Value per case" in finding["message"]
    lost = (report["performance"]["against"]["promised"] - report["performance"]["against"]["got"]) * report["rows"]
    assert finding["money_at_risk"] == pytest.approx(lost)
    assert report["ledger"]["labels"] == 600
    # Without new outcomes nothing new is known: the alert stays.
    assert "performance" in {alert.kind for alert in alerts.present(world.store, NAME)}


def test_files_in_the_store(world: World) -> None:
    world.live(drifted(), START)
    report = looked(world).report
    place = folder(NAME, report["id"])
    names = {key.rpartition("/")[2] for key in world.store.keys(place)}
    sagemaker = {"statistics.json", "constraints.json", "constraint_violations.json"}
    assert names == sagemaker | {"report.json", "report.html"}
    assert json.loads(world.store.get(f"{place}/report.json")) == report
    violations = json.loads(world.store.get(f"{place}/constraint_violations.json"))["violations"]
    assert "age" in {violation["feature_name"] for violation in violations}
    assert json.loads(world.store.get(f"{place}/statistics.json"))["dataset"]["item_count"] == 600
    assert reports(world.store, NAME) == [report]


def test_a_look_that_was_killed_is_no_report(world: World) -> None:
    world.live(rows(300, 1), START)
    report = looked(world).report
    world.store.put(f"{folder(NAME, '99990101-000000-dead')}/report.html", b"half")
    assert [found["id"] for found in reports(world.store, NAME, 5)] == [report["id"]]


def test_the_same_look_gives_the_same_report(world: World) -> None:
    world.live(drifted(), START)
    spans = (START, START + DAY, START + DAY)
    assert look(world.store, NAME, *spans) == look(world.store, NAME, *spans)
    assert alerts.present(world.store, NAME) == []


def test_other_models_and_shadows_are_left_out(world: World) -> None:
    world.live(rows(200, 1), START)
    for variant, version in (("shadow", 1), ("live", 1)):
        truth.send(world.store, START, [0.9] * 7, [{"age": 30, "job": "clerk", "income": 1}] * 7, name=NAME,
                   variant=variant, version=version)  # fmt: skip
    report = look(world.store, NAME, START, START + DAY, START + DAY)
    assert (report["rows"], report["others"]) == (207, 7)


def test_new_settings_take_effect_when_the_problem_is_run_again(world: World) -> None:
    file = world.problem
    edited = file.parent / "edited.toml"
    edited.write_text(file.read_text().replace("minimum_rows = 100", "minimum_rows = 5000"))
    again = mlcl.run(edited, store=world.store)
    assert again.run.bundle_digest == world.result.run.bundle_digest
    assert again.run.model_version == world.result.run.model_version
    assert Watched(world.store, NAME).settings.minimum_rows == 5000


def test_notices_are_sent_once(world: World) -> None:
    with Hook() as receiver:
        text = small.PROBLEM + SETTINGS + f'\n[monitor.webhook]\nurl = "{receiver.url}"\n'
        mlcl.run(small.problem(world.problem.parent, text=text), store=world.store)
        world.live(drifted(), START)
        first = looked(world)
        assert first.delivery.sent == len(first.changed) == len(receiver.posts) > 0
        assert looked(world).delivery.sent == 0
        acknowledge(world.store, first.changed[0].id, START + DAY)
        acknowledge(world.store, first.changed[0].id, START + DAY)
    events = [json.loads(post.body)["event"] for post in receiver.posts]
    assert events.count("acknowledged") == 1


def test_an_endpoint_without_baseline_run_or_data(tmp_path: Path) -> None:
    store = Store(tmp_path)
    truth.endpoint(store)
    truth.send(store, truth.START, [0.2, 0.7] * 150)
    report = look(store, "bank", truth.START, truth.START + DAY, truth.START + DAY)
    assert (report["rows"], report["drift"], report["multivariate"], report["findings"]) == (300, None, None, [])
    assert Page(render(report)).faults == []


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_other_tasks(tmp_path: Path, task: str) -> None:
    store = Store(tmp_path)
    truth.endpoint(store, task=task)
    Sender(store, "bank").send(frame(300), truth.START)
    report = look(store, "bank", truth.START, truth.START + DAY, truth.START + DAY)
    assert report["rows"] == 300
    assert (report["estimated"]["metrics"] is None) == (task == "regression")
    assert Page(render(report)).faults == []


def test_no_such_endpoint(world: World) -> None:
    with pytest.raises(NotFound, match="small"):
        monitor(world.store, "smal", START)


def test_a_bucket_gives_the_same_report(
    world: World, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    world.live(drifted(), START)
    other = Store(bucket)
    for kind in ("models", "bundles", "runs", "endpoints", "datasets", "captures"):
        for key in world.store.keys(kind):
            other.put(key, world.store.get(key))
    there = monitor(other, NAME, START + DAY)
    assert there.report == looked(world).report
    assert {alert.kind for alert in alerts.present(other)} >= {"drift", "multivariate"}


def test_the_page_is_whole_and_inert(world: World) -> None:
    told = world.live(rows(600, 1), START.replace(hour=0))
    world.tell(told, START + DAY)
    world.live(drifted(), START + DAY)
    report = looked(world, 2).report
    found = Page(render(report))
    assert found.faults == []
    assert len(found.values("id")) == len(set(found.values("id")))
    links = {value[1:] for value in found.values("href")}
    assert links <= set(found.values("id"))
    for title in ("How well it did", "How well it probably does", "Columns", "Outcomes that have arrived"):
        assert title in found.text
    text = json.dumps(report).replace('"age"', '"<script>alert(1)</script>"').replace("'age'", "<img src=x>")
    hostile = Page(render(json.loads(text)))
    assert hostile.faults == []
    assert not {"script", "img"} & set(hostile.tags)


def test_a_sample_holds_every_row_with_the_same_chance() -> None:
    hits = [0] * 40
    for seed in range(300):
        sample = Sample(10, seed)
        for part in range(4):
            sample.add(pl.DataFrame({"x": range(part * 10, part * 10 + 10)}))
        assert len(sample.frame) == 10
        assert set(sample.head(3)["x"]) <= set(sample.frame["x"])
        for value in sample.frame["x"]:
            hits[value] += 1
    assert min(hits) > 75 - 4 * 75**0.5 < max(hits) < 75 + 4 * 75**0.5


@pytest.mark.parametrize(
    ("metric", "got", "ends", "outcome"),
    [
        ("roc_auc", 0.6, Interval(0.58, 0.62), "worse"),
        ("roc_auc", 0.6, Interval(0.3, 0.9), "undecided"),
        ("roc_auc", 0.79, Interval(0.785, 0.795), "as promised"),
        ("roc_auc", 0.95, Interval(0.94, 0.96), "better"),
        ("log_loss", 0.95, Interval(0.94, 0.96), "worse"),
        ("log_loss", 0.6, None, "better"),
    ],
)
def test_against_the_promise(metric: str, got: float, ends: Interval | None, outcome: str) -> None:
    compared = against(metric, got, ends, 0.8, Interval(0.79, 0.81), 0.1)
    assert compared["outcome"] == outcome
    assert (compared["loss"] > 0) == ((got < 0.8) == (metric == "roc_auc"))


def test_a_window_of_another_length(world: World) -> None:
    world.live(rows(600, 1), START)
    result = monitor(world.store, NAME, START + DAY, timedelta(hours=7))
    assert (result.report["rows"], result.report["since"]) == (150, "2026-03-03T01:00:00.000Z")
