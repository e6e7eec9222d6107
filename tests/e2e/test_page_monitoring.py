"""The pages of monitoring: drift, its price, acknowledge, retrain, and who replaced whom."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

import polars as pl
import pytest

from mlcl.problem import Problem
from mlcl.retraining import demo
from mlcl.retraining.traffic import unheard
from mlcl.stores import Store
from tests.e2e.page import contrast, faults, opened, part, shoot, up, violations

pytestmark = pytest.mark.xdist_group("page of monitoring")

NAME = "breast-cancer"
TABS = {
    "drift": "Drift",
    "quality": "Data quality",
    "performance": "Performance and value",
    "outcomes": "Outcomes",
    "alerts": "Alerts",
    "champions": "Champion and challengers",
}
LONG = 60_000  # milliseconds that a retraining may take on a busy machine


class Served(NamedTuple):
    address: str
    ids: list[str]  # of predictions without an outcome


class _Drifted(demo._Play):
    """The demonstration up to the middle of the changed world: nobody has retrained yet."""

    def play(self) -> dict[str, Any]:
        self._first()
        for changed in (False, False, True, True, True):
            self._day(self.world.more, changed=changed)
        return {}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("page")
    store = Store(folder / "store")
    with pytest.MonkeyPatch.context() as patch:
        for name, days in {"CALM": 2, "CHANGED": 3, "FRESH": 0, "LAST": 0, "AFTER": 0}.items():
            patch.setattr(demo, name, days)
        patch.setattr(demo, "_asked", _by_hand(demo._asked))
        play = _Drifted(store, demo._problem(None), lambda text: None, datetime.now(UTC))
        with unheard():
            play.play()
    assert play.untold is not None
    with up(folder / "store") as address:
        _looked(address)
        yield Served(address, play.untold["id"].to_list())


def _looked(address: str) -> None:
    """The server looks as soon as it starts, and that may resolve alerts: not in the middle of a test."""
    for _ in range(300):
        with urlopen(f"{address}/api/v1/endpoints/{NAME}/monitoring") as answer:
            jobs = {job["kind"]: job["state"] for job in json.load(answer)["jobs"]}
        if jobs["monitor"] == "done":
            return
        time.sleep(0.1)
    raise AssertionError("the server did not look")


def _by_hand(asked: Any) -> Any:
    """The demonstration's problem, retrained only when a person asks for it."""

    def problem(*given: Any) -> Problem:
        made: Problem = asked(*given)
        return made.model_copy(update={"retrain": made.retrain.model_copy(update={"on": (), "minimum_rows": 100})})

    return problem


def test_nothing_is_wrong_with_any_part(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, "/alerts")
    page.get_by_role("table", name="Alerts").get_by_role("button").first.wait_for()
    found = {"list": faults(page, "alerts")}
    page.get_by_role("table", name="Alerts").get_by_role("link", name=NAME).first.click()
    for tab, label in TABS.items():
        part(page, label)
        found[tab] = faults(page, f"monitoring-{tab}")
    assert found == {tab: [] for tab in ("list", *TABS)}
    assert page.complaints == []


def test_a_column_shows_its_two_distributions_and_its_price(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, f"/monitoring/{NAME}")
    dearest = page.get_by_role("table", name="Columns").get_by_role("row").nth(1)
    dearest.get_by_text("Drifted").wait_for()
    dearest.get_by_role("radio").click()
    page.get_by_role("table", name=re.compile("Distributions of")).wait_for()
    page.get_by_text(re.compile("EUR at risk in the window")).first.wait_for()
    shoot(page, "monitoring-column")
    assert violations(page) + contrast(page, "dark") == []
    page.reload()  # a link to all of it
    page.get_by_role("table", name=re.compile("Distributions of")).wait_for()


def test_outcomes_are_sent_from_a_file(browser: Any, served: Served, tmp_path: Path) -> None:
    ids = [*served.ids[:20], "nobody-asked-this"]
    pl.DataFrame({"id": ids, "label": ["malignant"] * 21}).write_csv(tmp_path / "outcomes.csv")
    page = opened(browser, served.address, f"/monitoring/{NAME}?tab=outcomes")
    page.locator("input[type=file]").set_input_files(tmp_path / "outcomes.csv")
    page.get_by_text("The file has arrived.").first.wait_for()
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("20 outcomes of 21 rows stored").first.wait_for()
    page.get_by_role("table", name="Rows that were left out").get_by_text("nobody-asked-this").wait_for()
    shoot(page, "monitoring-outcomes-sent")
    assert violations(page) == []


def test_drift_is_acknowledged_and_a_challenger_is_trained(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, "/alerts")
    alerts = page.get_by_role("table", name="Alerts")
    alerts.get_by_role("button", name=re.compile("Acknowledge")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note").fill("The scanner was replaced")
    shoot(page, "alert-acknowledge")
    assert violations(page) == []
    dialog.get_by_role("button", name="Acknowledge").click()
    alerts.get_by_text("The scanner was replaced").wait_for()

    alerts.get_by_role("link", name=NAME).first.click()
    page.get_by_role("button", name="Look now").click()
    page.get_by_text("Looked", exact=True).first.wait_for(timeout=LONG)
    page.get_by_role("button", name="Retrain").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("only when it is asked for").wait_for()
    shoot(page, "monitoring-retrain")
    assert violations(page) == []
    dialog.get_by_role("button", name="Retrain").click()
    page.get_by_text("The retraining is done").first.wait_for(timeout=LONG)
    page.get_by_role("link", name="See what came of it").click()
    challengers = page.get_by_role("table", name="Challengers")
    challengers.get_by_text(re.compile("Took over|Champion stays")).wait_for()
    page.get_by_role("table", name="Champion and challenger on the same rows").wait_for()
    shoot(page, "monitoring-champions")
    assert violations(page) == []
