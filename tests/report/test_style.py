"""Colours keep WCAG AA in both themes; the slider does what it says in a real browser, where there is one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlcl.report import html
from tests.report import samples

if TYPE_CHECKING:
    from playwright.sync_api import Page

STYLE = Path(html.__file__).with_name("style.css").read_text()
THEMES = dict(zip(("light", "dark"), re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL), strict=True))
TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "model") for ground in ("ground", "paper")),
    *((tone, f"{tone}-tint") for tone in ("good", "bad", "unsure")),
    *((tone, "paper") for tone in ("good", "bad", "unsure", "second", "champion", "naive", "violet")),
    *((ink, tint) for ink in ("ink", "soft") for tint in ("good-tint", "bad-tint", "unsure-tint", "calm-tint")),
]
MIXES = {
    name: int(share)
    for name, share in re.findall(r"\.(h\d+) \{ background: color-mix\(in srgb, var\(--model\) (\d+)%", STYLE)
}


def colours(theme: str) -> dict[str, tuple[int, int, int]]:
    found = re.findall(r"--([\w-]+): #([0-9a-f]{6})", THEMES[theme])
    return {name: (int(hexed[:2], 16), int(hexed[2:4], 16), int(hexed[4:], 16)) for name, hexed in found}


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(colour: tuple[float, ...]) -> float:
        parts = [c / 255 for c in colour]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_contrast(theme: str, ink: str, ground: str) -> None:
    known = colours(theme)
    assert contrast(known[ink], known[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_shaded_cells_stay_readable(theme: str) -> None:
    known = colours(theme)
    assert len(MIXES) == 11
    for share in MIXES.values():
        cell = tuple(
            a * share / 100 + b * (1 - share / 100) for a, b in zip(known["model"], known["paper"], strict=True)
        )
        assert contrast(known["ink"], cell) >= 4.5


def test_both_themes_name_the_same_colours() -> None:
    assert colours("light").keys() == colours("dark").keys()


def test_every_class_that_colours_a_mark_has_a_colour() -> None:
    for kind in ("model", "second", "champion", "naive", "wanted", "good", "bad"):
        assert f"svg .{kind}" in STYLE


@pytest.fixture
def browser_page(tmp_path: Path) -> Iterator[Page]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    file = tmp_path / "report.html"
    file.write_text(html.render(samples.binary()), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 375, "height": 800})
        page.goto(file.as_uri())
        yield page
        browser.close()


def test_slider_by_keyboard(browser_page: Page) -> None:
    slider, share = browser_page.locator("#threshold"), browser_page.locator("[data-reading=share]")
    start = share.inner_text()
    slider.focus()
    slider.press("End")
    assert share.inner_text() == "100%"
    assert browser_page.locator("[data-reading=recall]").inner_text() == "100%"
    assert "100% acted on" in (slider.get_attribute("aria-valuetext") or "")
    browser_page.get_by_role("button", name="Back to the chosen threshold").click()
    assert share.inner_text() == start
    assert browser_page.locator("#threshold-reset").is_hidden()


def test_slider_says_what_the_page_said_without_it(browser_page: Page) -> None:
    written = dict(re.findall(r'<output data-reading="(\w+)"[^>]*>(.*?)</output>', html.render(samples.binary())))
    for key, text in written.items():
        assert browser_page.locator(f"[data-reading={key}]").inner_text() == text


def test_no_sideways_scrolling_on_a_phone(browser_page: Page) -> None:
    assert browser_page.evaluate("document.documentElement.scrollWidth") == 375
