"""The pages of runs: live progress, data, the threshold's money, verdicts, comparison."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import mlcl
from mlcl import runs
from mlcl.stores import Store
from tests import small
from tests.e2e.page import MLCL, PATIENCE, expect, faults, free_port, opened, part, shoot, started, up, violations

pytestmark = pytest.mark.xdist_group("page of runs")

TABS = {
    "verdict": "Verdict",
    "steps": "Steps and log",
    "data": "Data",
    "tuning": "Tuning",
    "evaluation": "Evaluation",
    "groups": "Groups and fairness",
    "importance": "Importance",
}


class Served(NamedTuple):
    address: str
    store: Store
    folder: Path
    first: str
    second: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("page")
    store = Store(folder / "store")
    problem = small.problem(folder, rows=1200)
    tried = mlcl.run(problem, store=store, overrides=["train.trials=6"])
    other = mlcl.run(problem, store=store, overrides=["train.parameters.max_depth=1"])
    with up(folder / "store") as address:
        yield Served(address, store, folder, tried.run.id, other.run.id)


def shown(browser: Any, served: Served, tab: str, **options: Any) -> Any:
    page = opened(browser, served.address, f"/runs/{served.first}?tab={tab}", **options)
    panel = page.get_by_role("tabpanel", name=TABS[tab], exact=True)
    panel.locator("h2, h3, [role=img], table").first.wait_for()
    return page


def test_nothing_is_wrong_with_any_part(browser: Any, served: Served) -> None:
    page = shown(browser, served, "verdict")
    found = {}
    for tab, label in TABS.items():
        part(page, label)
        found[tab] = faults(page, f"run-{tab}")
    assert found == {tab: [] for tab in TABS}
    assert page.complaints == []


def evaluation(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = runs.documents(served.store, runs.find(served.store, served.first))["evaluation"]
    return found


def test_the_threshold_slider_changes_counts_and_money(browser: Any, served: Served) -> None:
    page = shown(browser, served, "evaluation")
    slider = page.get_by_role("slider", name=re.compile("Act on a probability"))
    (tn, fp), (fn, tp) = evaluation(served)["confusion"]["matrix"]
    chosen = re.compile(f"{tp} rightly, {fp} in vain, {fn} missed")
    expect(slider).to_have_attribute("aria-valuetext", chosen)
    slider.focus()
    page.keyboard.press("End")
    acted = tp + fn, fp + tn
    everybody = re.compile(f"{acted[0]} rightly, {acted[1]} in vain, 0 missed")
    expect(slider).to_have_attribute("aria-valuetext", everybody)
    words = slider.get_attribute("aria-valuetext")
    # Act on everybody: 10 EUR for each that buys, -2 EUR for each that does not.
    worth = round(1000 * (10 * acted[0] - 2 * acted[1]) / sum(acted))
    assert f"worth {worth:,} EUR".replace("-", "−") in words.replace("\xa0", " ")
    told = page.locator("[role=tabpanel]:visible").get_by_text(f"{worth:,}\xa0EUR".replace("-", "−"), exact=True)
    expect(told.first).to_be_visible()
    assert "100% acted on" in words
    shoot(page, "threshold-end")
    page.get_by_role("button", name="Back to the chosen threshold").click()
    expect(slider).to_have_attribute("aria-valuetext", chosen)


def test_a_curve_can_be_read_with_the_arrow_keys_and_as_a_table(browser: Any, served: Served) -> None:
    page = shown(browser, served, "evaluation")
    curve = page.get_by_role("slider", name="ROC", exact=True)
    curve.focus()
    page.keyboard.press("End")
    end = re.compile("Negative cases acted on 100%: model 100%, no skill 100%")
    expect(curve).to_have_attribute("aria-valuetext", end)
    page.get_by_role("button", name="ROC as a table").click()
    page.get_by_role("table", name="ROC").get_by_role("row").nth(5).wait_for()


def test_a_column_of_the_data_has_an_address_of_its_own(browser: Any, served: Served) -> None:
    page = shown(browser, served, "data")
    page.get_by_role("radio", name="Show income").click()
    page.get_by_role("heading", name="Distribution of income").wait_for()
    page.reload()
    page.get_by_role("heading", name="Distribution of income").wait_for()
    assert "column=income" in page.url


def test_a_run_is_followed_to_its_verdict_without_a_reload(browser: Any, served: Served) -> None:
    problem = small.problem(served.folder, rows=1200)
    sets = ["train.trials=40", "train.learner=xgboost", "train.parameters={}", "train.seconds=3"]
    options = [part for one in sets for part in ("--set", one)]
    command = [MLCL, "run", str(problem), "--store", str(served.folder / "store"), *options]
    before = set(served.store.children("runs"))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        run = _started(served, before)
        page = opened(browser, served.address, f"/runs/{run}?tab=steps")
        page.locator("[role=log]").get_by_text(re.compile("."), exact=False).first.wait_for()
        shoot(page, "run-live")
        page.get_by_text("Goals met").first.wait_for(timeout=3 * PATIENCE)
        page.get_by_role("tab", name="Verdict").click()
        page.get_by_text("The goal is met.").first.wait_for()
        assert page.complaints == []
    finally:
        process.wait(timeout=60)


def test_a_run_goes_on_while_the_server_is_killed_and_started_again(browser: Any, tmp_path: Path) -> None:
    store = tmp_path / "store"
    long = small.PROBLEM.replace("trials = 0", "trials = 500\nseconds = 6").replace("n_estimators = 20\n", "")
    toml = small.problem(tmp_path, rows=1200, text=long).read_text()
    toml = toml.replace('"small.csv"', f'"{tmp_path}/small.csv"')
    port = free_port()
    server, address = started(store, port)
    try:
        page = opened(browser, address)
        csrf = {"X-CSRF-Token": page.request.get(f"{address}/api/v1/session").json()["csrf"]}
        saved = page.request.put(f"{address}/api/v1/problems/small", data={"toml": toml, "revision": 0}, headers=csrf)
        assert saved.ok, saved.text()
        page.goto(f"{address}/problems/small")
        page.get_by_role("button", name="Start a run").click()
        page.wait_for_url("**/runs/*")
        page.get_by_role("tab", name="Steps and log").click()
        log = page.locator("[role=log]")
        log.get_by_text("train: running").wait_for()
        server.kill()
        server.wait()
        page.get_by_text("Connection lost").first.wait_for()
        page.get_by_text("runs go on by themselves").wait_for()
        assert violations(page) == []
        shoot(page, "connection-lost")
        server, _ = started(store, port)
        page.get_by_text("Connection lost").first.wait_for(state="detached", timeout=2 * PATIENCE)
        page.get_by_text("Goals met").first.wait_for(timeout=3 * PATIENCE)
        page.get_by_role("tab", name="Steps and log").click()
        for step in ("collect", "validate", "prepare", "train", "evaluate", "judge", "register"):
            log.get_by_text(f"{step}: done").wait_for()
        page.get_by_role("tab", name="Verdict").click()
        page.get_by_text("The goal is met.").first.wait_for()
    finally:
        server.kill()
        server.wait()


def test_a_run_that_was_killed_says_so_and_is_started_again(browser: Any, served: Served) -> None:
    before = set(served.store.children("runs"))
    options = ["--set", "train.trials=500", "--set", "train.seconds=30", "--set", "train.parameters={}"]
    problem = str(served.folder / "problem.toml")
    command = [MLCL, "run", problem, "--store", str(served.folder / "store"), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        page = opened(browser, served.address, f"/runs/{_started(served, before)}?tab=steps")
        page.locator("[role=log]").get_by_text("train: running").wait_for()
    finally:
        process.kill()
        process.wait()
    page.get_by_text("The run was interrupted").first.wait_for()
    page.get_by_text("steps that were done are not done twice").wait_for()
    shoot(page, "run-interrupted")
    assert violations(page) == []
    page.get_by_role("button", name="Start again").click()
    page.get_by_text("Goals met").first.wait_for(timeout=3 * PATIENCE)
    assert page.complaints == []


def _started(served: Served, before: set[str]) -> str:
    for _ in range(400):
        new = set(served.store.children("runs")) - before
        if new:
            return new.pop()
        time.sleep(0.05)
    raise AssertionError("the run did not start")


def test_two_runs_are_compared(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, f"/compare?run={served.first}&run={served.second}")
    changed = page.get_by_role("table", name="Keys of the problem file that differ")
    changed.get_by_text("train.parameters.max_depth").wait_for()
    results = page.get_by_role("table", name="Metrics of each run")
    got = evaluation(served)["metrics"]["test"]["roc_auc"]
    expect(results.get_by_text(f"{got:.3f}", exact=True).first).to_be_visible()
    page.get_by_role("slider", name="ROC", exact=True).wait_for()
    assert faults(page, "compare", phone=True) == []
    assert page.complaints == []


def test_runs_are_found_and_added_to_a_comparison(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, f"/compare?run={served.first}")
    page.get_by_role("button", name=re.compile("Runs")).first.click()
    page.get_by_role("option", name=re.compile(served.second)).click()
    page.keyboard.press("Escape")
    page.get_by_role("table", name="Metrics of each run").wait_for()
    assert served.second in page.url


def test_a_run_that_is_not_there_says_so(browser: Any, served: Served) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{served.address}/runs/nothing")
    page.get_by_role("button", name="Try again").wait_for()
