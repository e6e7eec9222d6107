"""The report in a real browser: self-contained, alive, readable on a phone and in the dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mlcl
from mlcl.stores import Store
from tests import small


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return Path(mlcl.run(small.problem(folder), store=Store(folder / "store")).report)


def opened(browser: Any, report: Path, **options: Any) -> Any:
    """The page, with every complaint of the browser and every request that leaves the file collected."""
    page = browser.new_context(offline=True, **options).new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else page.complaints.append(r.url))
    page.goto(report.resolve().as_uri())
    return page


def test_nothing_is_fetched_and_nothing_fails(browser: Any, report: Path) -> None:
    page = opened(browser, report)
    assert page.locator("h1").inner_text()
    assert page.locator("svg").count() >= 5
    assert page.complaints == []


def test_the_slider_shows_what_another_threshold_would_bring(browser: Any, report: Path) -> None:
    page = opened(browser, report)
    slider = page.locator("input[type=range]").first
    region = slider.locator("xpath=ancestor::*[self::section or self::figure or self::div][2]")
    before = region.inner_text()
    slider.focus()
    for _ in range(15):
        page.keyboard.press("ArrowRight")
    assert region.inner_text() != before
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(browser: Any, report: Path, scheme: str) -> None:
    page = opened(browser, report, viewport={"width": 375, "height": 800}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_dark_and_light_differ(browser: Any, report: Path) -> None:
    colours = {
        opened(browser, report, color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert len(colours) == 2
