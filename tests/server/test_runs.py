"""Runs from the page: processes of their own that outlive the server; their progress; two people at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from mlcl import lifecycle, runs
from mlcl.stores import Store
from tests import small
from tests.server.sites import API, Process, Site, ended, process, site, until

SLOW = ["train.trials=10000", "train.seconds=600"]


@pytest.fixture
def running(store: Store) -> Iterator[Process]:
    with process(store) as started:
        yield started


def saved(to: Site) -> str:
    """The problem of tests/small.py over an uploaded table."""
    source = to.upload(small.frame().write_csv().encode())
    toml = small.PROBLEM.format(at_least=0.6).replace("small.csv", source)
    toml = toml.replace("[train.parameters]\nn_estimators = 20\nmax_depth = 3\n", "")
    assert to.send("PUT", "/problems/small", {"toml": toml}).status_code == 200
    return toml


def start(to: Site, **body: Any) -> httpx.Response:
    return to.send("POST", "/problems/small/runs", body)


def events(to: Site, last: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Id and data of the events, as they come."""
    headers = {"last-event-id": last} if last else {}
    with to.client.stream("GET", f"{API}/events", headers=headers) as stream:
        number = ""
        for line in stream.iter_lines():
            if line.startswith("id: "):
                number = line[4:]
            if line.startswith("data: "):
                yield number, orjson.loads(line[6:])
            elif line.startswith(": here"):
                yield number, {"kind": "here"}


def test_from_a_file_to_a_judged_model(running: Process, store: Store) -> None:
    site = running.start()
    saved(site)
    told = start(site).json()
    assert (told["state"], told["trigger"]) == ("running", "page")
    run = ended(site, told["id"])
    assert run["state"] == "passed"
    assert run["model_version"] == 1
    assert run["verdict"]["outcome"] == "met"
    assert [step["state"] for step in run["steps"]] == ["done"] * 7
    assert {"profile", "training", "evaluation", "verdict"} <= set(run["documents"])
    log = site.told(f"/runs/{told['id']}/log")
    assert log["ended"]
    assert "train: running" in [line["text"] for line in log["lines"]]
    assert site.told(f"/runs/{told['id']}/log?after={log['next']}")["lines"] == []
    again = ended(site, start(site).json()["id"])  # asked again, it is done again, from what is known
    if again["code_version"] == run["code_version"]:
        assert {step["state"] for step in again["steps"][:4]} == {"cached"}
    assert again["model_version"] == 1
    assert len(runs.recent(store)) == 2


def test_a_run_outlives_the_server(running: Process) -> None:
    site = running.start()
    saved(site)
    run = start(site, overrides=SLOW).json()["id"]
    until(lambda: site.told(f"/runs/{run}")["step"] == "train")
    assert running.end(signal.SIGKILL) == -signal.SIGKILL
    site = running.start()
    assert site.told(f"/runs/{run}")["state"] == "running"
    assert site.told("/runs?state=running")["items"][0]["id"] == run
    before = len(site.told(f"/runs/{run}/log")["lines"])
    until(lambda: len(site.told(f"/runs/{run}/log")["lines"]) > before)  # it goes on
    assert start(site).status_code == 409  # and is still the one that goes on
    site.send("POST", f"/runs/{run}/stop")
    assert ended(site, run)["state"] == "interrupted"


def test_one_run_of_a_problem_at_a_time(running: Process) -> None:
    site = running.start()
    saved(site)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: start(site, overrides=SLOW), range(4)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    run = next(answer.json()["id"] for answer in answers if answer.status_code == 202)
    late = start(site)
    assert late.status_code == 409
    assert late.json()["detail"] == "A run of this problem is going on already."
    assert late.json()["where"] == run
    assert site.told("/runs")["total"] == 1
    stopped = site.send("POST", f"/runs/{run}/stop")
    assert stopped.status_code == 200
    assert ended(site, run)["state"] == "interrupted"
    assert site.send("POST", f"/runs/{run}/stop").status_code == 409
    assert any("asked this run to end" in line["text"] for line in site.told(f"/runs/{run}/log")["lines"])
    assert start(site).status_code == 202  # the way is free again


def test_a_run_that_is_killed_is_told_as_interrupted(running: Process, store: Store) -> None:
    site = running.start()
    saved(site)
    run = start(site, overrides=SLOW).json()["id"]
    pid = until(lambda: site.told(f"/runs/{run}")["step"] == "train" and site.told(f"/runs/{run}")["process"])
    os.kill(int(pid.rpartition(":")[2]), signal.SIGKILL)
    told = ended(site, run)
    assert told["state"] == "interrupted"
    assert "failed" in [step["state"] for step in told["steps"]]
    until(lambda: site.told("/runs")["items"][0]["state"] == "interrupted")


def test_what_fails_before_the_first_step_is_told(running: Process, store: Store) -> None:
    site = running.start()
    saved(site)
    toml = site.told("/problems/small")["toml"]
    source = site.told("/problems/small")["problem_file"]["data"]["source"]
    digest, _, name = source.removeprefix("upload:").partition("/")
    run = start(site, overrides=["problem.target=nothing"]).json()["id"]
    told = ended(site, run)
    assert (told["state"], told["step"]) == ("failed", "validate")
    assert "column" in told["failure"]["what"]
    store.delete(f"uploads/{digest}/{name}")
    assert start(site).status_code == 422  # the table is gone
    assert site.told("/problems/small")["mistakes"][0]["key"] == "data.source"
    assert toml


def test_progress_is_told_as_it_comes_and_goes_on_after_a_dropped_connection(running: Process) -> None:
    site = running.start()
    saved(site)
    stream = events(site)
    assert next(stream)[1] == {"kind": "here"}
    run = start(site, overrides=["train.trials=25", "train.seconds=5"]).json()["id"]
    last, seen = "", []
    for number, event in stream:
        seen.append(event)
        last = number
        if event["kind"] == "run" and event["step"] == "train" and event["total"]:
            break
    stream.close()  # the connection drops in the middle of training
    assert {event["name"] for event in seen if event["kind"] == "run"} == {run}
    ended(site, run)
    rest = []
    for _, event in events(site, last):
        rest.append(event)
        if event["kind"] == "run" and event["state"] == "passed":
            break
    assert {"kind": "here"} not in rest[1:]
    assert "lost" not in {event["kind"] for event in rest}
    assert "model" in {event["kind"] for event in rest}


def test_after_a_restart_the_page_is_told_to_look_again(running: Process) -> None:
    site = running.start()
    last = next(events(site))[0]
    running.end()
    site = running.start()
    assert next(events(site, last))[1]["kind"] == "lost"
    assert next(events(site, "nonsense"))[1]["kind"] == "lost"


def test_open_streams_do_not_keep_the_server_from_ending(running: Process) -> None:
    site = running.start()
    began = threading.Event()

    def listen() -> None:
        for _ in events(site):
            began.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert began.wait(10)
    assert running.end() == 0
    listener.join(10)
    assert not listener.is_alive()


def test_runs_from_the_command_line_are_seen_at_once(store: Store, tmp_path: Path) -> None:
    with site(store) as opened:
        assert opened.told("/runs")["total"] == 0
        result = lifecycle.run(small.problem(tmp_path), store=store)
        until(lambda: opened.told("/runs")["total"] == 1, 5)
        assert opened.told("/runs")["items"][0]["id"] == result.run.id
        assert opened.told("/models")["items"][0]["champion"]


class TestLists:
    def test_filter_sort_and_pages(self, small_site: Site) -> None:
        assert small_site.told("/runs")["total"] == 2
        first = small_site.told("/runs?limit=1")
        second = small_site.told("/runs", params={"limit": 1, "cursor": first["next"]})
        assert second["next"] is None
        assert first["items"][0]["started_at"] > second["items"][0]["started_at"]
        assert [one["state"] for one in small_site.told("/runs?sort=state")["items"]] == ["not passed", "passed"]
        assert small_site.told("/runs?state=passed")["total"] == 1
        assert small_site.told("/runs?state=passed&state=failed&q=small")["total"] == 1
        assert small_site.told("/runs?problem=other")["total"] == 0
        assert small_site.told("/runs?q=%3Cscript%3E")["total"] == 0

    def test_a_brief_has_what_lists_show(self, small_site: Site) -> None:
        brief = small_site.told("/runs?state=passed")["items"][0]
        assert (brief["learner"], brief["stage"], brief["model_version"]) == ("xgboost", "approved", 1)
        assert brief["metrics"]["roc_auc"] > 0.6
        assert (brief["steps_done"], brief["steps_total"]) == (7, 7)

    def test_runs_side_by_side(self, small_site: Site) -> None:
        ids = [run["id"] for run in small_site.told("/runs")["items"]]
        told = small_site.told("/comparison", params={"run": ids})
        assert [run["id"] for run in told["runs"]] == ids
        assert told["same"] == {**told["same"], "dataset": True, "split": False}
        row = next(row for row in told["metrics"] if row["metric"] == "roc_auc")
        assert len(row["values"]) == 2
        assert row["best"][0] in ids
        differing = {one["key"]: one["values"] for one in told["problem"]}
        assert differing["split.seed"] == ["5", "1729"]
        assert small_site.get("/comparison", params={"run": ids[:1]}).status_code == 422

    def test_a_data_set_with_its_rows_and_users(self, small_site: Site) -> None:
        digest = small_site.told("/datasets")["items"][0]["digest"]
        told = small_site.told(f"/datasets/{digest}")
        assert (told["rows"], told["runs"], len(told["used_by"])) == (400, 2, 2)
        rows = small_site.told(f"/datasets/{digest}/rows?offset=398")
        assert (len(rows["rows"]), rows["total"]) == (2, 400)
        assert len(rows["rows"][0]) == len(rows["columns"]) == 4


class TestModels:
    def test_a_stage_is_set_by_hand(self, store: Store, tmp_path: Path) -> None:
        lifecycle.run(small.problem(tmp_path), store=store)
        with site(store) as opened:
            told = opened.told("/models/small/champion")
            assert (told["version"], told["champion"], told["task"]) == (1, True, "binary")
            assert [column["name"] for column in told["inputs"]] == ["age", "job", "income"]
            body = {"stage": "rejected", "why": "<b>Unfair</b>"}
            changed = opened.send("PUT", "/models/small/1/stage", body)
            assert changed.json()["stage"] == "rejected"
            assert opened.get("/models/small/champion").status_code == 404
            assert opened.told("/models")["items"][0]["why"] == "<b>Unfair</b>"

    def test_lists(self, small_site: Site) -> None:
        assert small_site.told("/models")["total"] == 2
        assert small_site.told("/models?versions=true")["items"][0]["version"] == 1
        assert small_site.told("/models?stage=rejected")["total"] == 1
        run = small_site.told("/models?stage=rejected")["items"][0]["run"]
        assert small_site.told(f"/models/small/{run}")["version"] is None
        assert small_site.send("PUT", f"/models/small/{run}/stage", {"stage": "approved"}).status_code == 422
