"""The pages of models: the registry, the card and its exports, lineage, promote, deploy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import mlcl
from mlcl import registry
from mlcl.stores import Store
from tests import small
from tests.e2e.page import DESKTOP, HEIGHT, PHONE, expect, faults, opened, part, shoot, up, violations

pytestmark = pytest.mark.xdist_group("page of models")

TABS = {
    "results": "Results",
    "card": "Model card",
    "lineage": "Lineage",
    "inputs": "Inputs",
    "versions": "Versions",
}


class Served(NamedTuple):
    address: str
    store: Store
    runs: tuple[str, str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two versions, and a model that misses its goal."""
    folder = tmp_path_factory.mktemp("page")
    store = Store(folder / "store")
    problem = small.problem(folder)
    first = mlcl.run(problem, store=store).run.id
    second = mlcl.run(problem, store=store, overrides=["train.parameters.max_depth=2"]).run.id
    goals = "goal=[{metric='roc_auc', at_least=0.9999}]"
    third = mlcl.run(problem, store=store, overrides=[goals, "train.parameters.max_depth=1"]).run.id
    with up(folder / "store") as address:
        yield Served(address, store, (first, second, third))


def test_nothing_is_wrong_with_any_part(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, "/models/small/1")
    found = {}
    for tab, label in TABS.items():
        part(page, label)
        found[tab] = faults(page, f"model-{tab}")
    assert found == {tab: [] for tab in TABS}
    assert page.complaints == []


def test_navigation_comes_back_when_the_window_is_wide_again(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, "/models/small")
    endpoints = page.get_by_role("navigation").get_by_role("link", name="Endpoints")
    for _ in range(3):
        expect(endpoints).to_be_visible()
        page.set_viewport_size({"width": PHONE, "height": HEIGHT})
        expect(endpoints).to_be_hidden()
        page.set_viewport_size({"width": DESKTOP, "height": HEIGHT})
    expect(endpoints).to_be_visible()


def test_the_registry_lists_versions_and_compares_two(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, "/models/small")
    row = page.get_by_role("row", name=re.compile("Version 2"))
    row.get_by_text("champion").wait_for()
    page.get_by_text("Not registered").wait_for()
    assert faults(page, "models") == []
    for version in (1, 2):
        page.get_by_role("checkbox", name=f"Version {version}").check()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("table", name="Metrics of each run").wait_for()
    assert all(run in page.url for run in served.runs[:2])


@pytest.mark.parametrize(
    ("kind", "ending", "start"), [("HTML", "html", "<!doctype html>"), ("Markdown", "md", "# small")]
)
def test_the_card_is_exported(browser: Any, served: Served, tmp_path: Path, kind: str, ending: str, start: str) -> None:
    page = opened(browser, served.address, "/models/small/1?tab=card")
    page.get_by_role("heading", name="Intended use").wait_for()
    expect(page.get_by_role("table", name="Metrics").get_by_text("ROC AUC")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=kind, exact=True).click()
    file = tmp_path / "card"
    download.value.save_as(file)
    assert download.value.suggested_filename.endswith(f".{ending}")
    assert file.read_text(encoding="utf-8").startswith(start)


def test_lineage_leads_back_to_problem_data_code_and_run(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, "/models/small/1?tab=lineage")
    model = registry.find(served.store, "small", 1)
    for digest in (model.problem_digest, model.dataset_digest, model.bundle_digest):
        page.get_by_text(digest[:12], exact=True).wait_for()
    page.get_by_text(f"mlcl {model.code_version}").wait_for()
    page.get_by_role("tabpanel", name="Lineage").get_by_role("link", name=model.run).click()
    page.get_by_text("The goal is met.").first.wait_for()


def test_a_version_is_rejected_and_promoted_again(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, "/models/small/2")
    page.get_by_role("button", name="Reject").click()
    dialog = page.get_by_role("dialog", name=re.compile("Reject version 2"))
    dialog.get_by_label("Why").fill("It forgets students")
    assert violations(page) == []
    shoot(page, "model-reject")
    dialog.get_by_role("button", name="Reject").click()
    page.get_by_text("Version 2 is rejected", exact=True).first.wait_for()
    page.get_by_text("It forgets students").first.wait_for()
    champion = registry.champion(served.store, "small")
    assert champion is not None
    assert champion.version == 1
    page.get_by_role("button", name="Promote").click()
    page.get_by_role("dialog").get_by_role("button", name="Promote").click()
    page.get_by_text("Version 2 is approved", exact=True).first.wait_for()
    champion = registry.champion(served.store, "small")
    assert champion is not None
    assert champion.version == 2


def _dialog(page: Any) -> Any:
    page.get_by_role("button", name="Deploy", exact=True).first.click()
    return page.get_by_role("dialog", name=re.compile("Deploy"))


def test_two_people_deploy_at_once_and_the_second_is_told(browser: Any, served: Served) -> None:
    first = opened(browser, served.address, "/models/small/1")
    mine = _dialog(first)
    mine.get_by_text("this is its first model").wait_for()
    assert violations(first) == []
    shoot(first, "deploy-first")
    mine.get_by_role("button", name="Deploy", exact=True).click()
    first.get_by_text("Version 1 of small is deployed", exact=True).first.wait_for()

    here, there = (opened(browser, served.address, "/models/small/2") for _ in range(2))
    dialogs = _dialog(here), _dialog(there)
    for dialog in dialogs:
        dialog.get_by_text("What answers now").wait_for()
        dialog.get_by_role("radio", name="Canary").check()
    dialogs[0].get_by_role("button", name="Deploy", exact=True).click()
    here.get_by_text("Version 2 of small is deployed", exact=True).first.wait_for()
    dialogs[1].get_by_role("button", name="Deploy", exact=True).click()
    there.get_by_role("dialog").get_by_text("Somebody else changed this endpoint meanwhile").wait_for()
    expect(dialogs[1]).to_contain_text("Nothing of yours was done")
    shoot(there, "deploy-conflict")
    assert violations(there) == []


def test_a_model_that_missed_its_goals_is_deployed_only_on_purpose(browser: Any, served: Served) -> None:
    page = opened(browser, served.address, f"/models/small/{served.runs[2]}")
    dialog = _dialog(page)
    deploy = dialog.get_by_role("button", name="Deploy", exact=True)
    dialog.get_by_role("checkbox", name=re.compile("all the same")).wait_for()
    expect(deploy).to_be_disabled()
    dialog.get_by_role("checkbox", name=re.compile("all the same")).check()
    expect(deploy).to_be_enabled()
    shoot(page, "deploy-forced")
