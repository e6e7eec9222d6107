"""The pages of endpoints: what-if prediction, a file scored, canary and rollback, where a prediction came from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

import polars as pl
import pytest

import mlcl
from mlcl import lifecycle
from mlcl.serving import endpoints
from mlcl.stores import Store
from tests import small
from tests.e2e.page import contrast, expect, faults, opened, part, shoot, up, violations

pytestmark = pytest.mark.xdist_group("page of endpoints")

TABS = {
    "live": "In use",
    "try": "Try it",
    "file": "Score a file",
    "predictions": "Predictions",
    "changes": "Changes",
    "settings": "Settings",
}
ASKED = 40


class Served(NamedTuple):
    address: str
    store: Store


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A live model with a canary beside it, and some traffic."""
    folder = tmp_path_factory.mktemp("page")
    store = Store(folder / "store")
    problem = small.problem(folder)
    mlcl.run(problem, store=store)
    mlcl.run(problem, store=store, overrides=["train.parameters.max_depth=2"])
    lifecycle.deploy("small", "1", store=store)
    lifecycle.deploy("small", "2", strategy="canary", weight=30, store=store)
    with up(folder / "store") as address:
        for row in small.frame(ASKED).drop("bought").to_dicts():
            _ask(address, row)
        yield Served(address, store)


def _ask(address: str, row: dict[str, Any]) -> None:
    body = json.dumps({"rows": [row]}).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{address}/endpoints/small/predict", body, headers)) as answer:
        assert answer.status == 200


def test_nothing_is_wrong_with_any_part(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, "/endpoints")
    page.get_by_role("grid").get_by_role("link", name="small", exact=True).wait_for()
    found = {"list": faults(page, "endpoints")}
    page.get_by_role("grid").get_by_role("link", name="small", exact=True).click()
    for tab, label in TABS.items():
        part(page, label)
        found[tab] = faults(page, f"endpoint-{tab}")
    assert found == {tab: [] for tab in ("list", *TABS)}
    assert page.complaints == []


def test_a_slider_changes_the_answer_and_its_explanation(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, "/endpoints/small?tab=try")
    answer = page.get_by_test_id("answer")
    answer.wait_for()
    before = answer.inner_text()
    why = page.get_by_role("table", name="Contributions to this answer")
    expect(why.get_by_role("row").nth(1)).to_be_visible()
    page.get_by_role("slider", name="age, slider").focus()
    page.keyboard.press("End")
    page.wait_for_function("before => document.querySelector('[data-testid=answer]').innerText !== before", arg=before)
    page.get_by_text("Decision: yes", exact=True).first.wait_for()
    page.get_by_role("button", name="From a program").click()
    expect(page.locator("pre")).to_contain_text('"age":79')
    shoot(page, "endpoint-what-if")
    page.get_by_role("button", name="Start again").click()
    page.wait_for_function("before => document.querySelector('[data-testid=answer]').innerText === before", arg=before)
    page.goto(f"{served.address}/endpoints/small?tab=predictions")
    page.get_by_role("heading", name=re.compile(rf"Predictions .{ASKED}.")).wait_for()  # what-if is no traffic


def test_a_file_comes_back_scored_with_its_faults(browser: Any, served: Served, tmp_path: Path) -> None:
    frame = small.frame(30).drop("bought").with_columns(pl.col("age").cast(pl.String))
    ages = ["<script>alert(1)</script>", *frame["age"].to_list()[1:]]
    frame.with_columns(pl.Series("age", ages)).write_csv(tmp_path / "cases.csv")
    page = opened(browser, served.address, "/endpoints/small?tab=file")
    page.locator("input[type=file]").set_input_files(tmp_path / "cases.csv")
    page.get_by_text("The file has arrived.").first.wait_for()
    page.get_by_role("button", name="Score it").click()
    faults = page.get_by_role("table", name="Wrong values of the file")
    faults.get_by_text("<script>alert(1)</script>").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the result").click()
    download.value.save_as(tmp_path / "scored.csv")
    scored = pl.read_csv(tmp_path / "scored.csv")
    assert len(scored) == 29
    assert {"age", "income", "decision"} <= set(scored.columns)
    shoot(page, "endpoint-batch")
    assert violations(page) == []


def test_a_prediction_leads_to_all_that_it_came_from(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, "/endpoints/small?tab=predictions&decision=yes")
    table = page.get_by_role("grid", name="Predictions")
    table.get_by_role("link").first.wait_for()
    table.get_by_role("link").first.click()
    page.get_by_role("heading", name="Where it came from").wait_for()
    shoot(page, "lineage-light")
    assert violations(page) + contrast(page, "dark") == []
    page.get_by_role("link", name="Who buys?").wait_for()
    page.get_by_role("searchbox").fill("nothing-of-that-name")
    page.get_by_role("button", name="Find").click()
    page.get_by_text("Not found").first.wait_for()
    shoot(page, "lineage-missing")


def test_two_people_decide_on_a_canary_and_it_is_rolled_back(browser: Any, served: Served) -> None:
    pages = [opened(browser, served.address, "/endpoints/small") for _ in range(2)]
    pages[0].get_by_text("Not decided yet").wait_for()
    pages[0].get_by_text(re.compile(r"of 200 requests have reached it")).first.wait_for()
    dialogs = []
    for page, word in zip(pages, ("Roll back", "Promote"), strict=True):
        page.get_by_role("button", name=word).click()
        dialogs.append(page.get_by_role("dialog"))
        dialogs[-1].get_by_label("Why").fill("It is slower")
    shoot(pages[0], "endpoint-rollback")
    assert violations(pages[0]) == []
    dialogs[0].get_by_role("button", name="Roll back").click()
    # Exactly: the canary's panel has words like these, and what is read aloud repeats them.
    pages[0].get_by_text("Rolled back", exact=True).first.wait_for()
    expect(dialogs[0]).to_be_hidden()
    dialogs[1].get_by_text("Somebody else changed this endpoint meanwhile", exact=True).first.wait_for()
    shoot(pages[1], "endpoint-conflict")
    assert violations(pages[1]) == []
    expect(dialogs[1].get_by_role("button", name="Promote all the same")).to_be_disabled()
    state = endpoints.history(served.store, "small")[-1]
    assert [variant.version for variant in state.variants if variant.role == "live"] == [1]
    pages[0].get_by_role("tab", name="Changes").click()
    pages[0].get_by_role("table", name="Changes of the endpoint").get_by_text("It is slower").first.wait_for()
