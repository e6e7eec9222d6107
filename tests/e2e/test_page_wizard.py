"""The wizard: from a question to a model in use, without an editor; with hostile names, broken files, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlcl.stores import Store
from tests import small
from tests.e2e.page import expect, faults, opened, shoot, up, violations

pytestmark = pytest.mark.xdist_group("page of the wizard")

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
WORSE = "</script><script>document.title='owned'</script>"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("wizard")
    Store(folder / "store")
    with up(folder / "store") as address:
        yield address


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Past cases with a column and categories that would take over a careless page."""
    hostile = pl.when(pl.col("job") == "clerk").then(pl.lit(WORSE)).otherwise(pl.col("job"))
    frame = small.frame(1500).with_columns(hostile.alias(HOSTILE)).select(HOSTILE, "age", "income", "bought")
    file = tmp_path / "cases.csv"
    frame.write_csv(file)
    return file


def chosen(page: Any, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)


def forward(page: Any, title: str) -> None:
    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name=title, level=1).wait_for()


def test_from_a_question_to_a_model_in_use(browser: Any, served: str, table: Path) -> None:
    page = opened(browser, served)
    page.get_by_role("heading", name="Ask your first question").wait_for()
    assert faults(page, "empty") == []
    page.locator("main").get_by_role("link", name="New problem").last.click()
    page.wait_for_url("**/new")
    assert faults(page, "wizard", phone=True) == []
    chosen(page, table)
    page.get_by_text("The file has arrived.").first.wait_for()
    forward(page, "Question")
    page.get_by_label("Column to predict").click()
    page.get_by_role("option", name="bought").click()
    page.get_by_text("The answer is one of two.").wait_for()
    page.get_by_label("Asked for").click()
    page.get_by_role("option", name="yes").click()
    page.get_by_label("Question", exact=True).fill(f"Who buys? {HOSTILE}")
    page.get_by_label("Name", exact=True).fill("buyers")
    shoot(page, "wizard-question")
    assert violations(page) == []
    forward(page, "Worth")
    page.get_by_text("I can say what a decision is worth").click()
    page.get_by_label("Act, and rightly so").fill("50")
    page.get_by_label("Act, but in vain").fill("-60")
    page.get_by_text("is 54.5% or more").wait_for()
    shoot(page, "wizard-worth")
    assert violations(page) == []
    forward(page, "Goals")
    page.get_by_label("It finds at least", exact=True).check()
    page.get_by_label("It finds at least … % of all “yes”").fill("40")
    shoot(page, "wizard-goals")
    assert violations(page) == []
    forward(page, "Review and start")
    page.get_by_text("It finds at least 40 % of all “yes”.").wait_for()
    page.get_by_role("radio", name="Quick").check()
    shoot(page, "wizard-review")
    assert violations(page) == []
    page.get_by_role("button", name="Start", exact=True).click()
    deploy = page.get_by_role("button", name="Put it into use")
    deploy.wait_for(timeout=60_000)
    page.get_by_text("of all “yes”").first.wait_for()
    shoot(page, "wizard-answer")
    assert violations(page) == []
    deploy.click()
    page.get_by_role("heading", name="Your model is in use").wait_for()
    expect(page.get_by_role("link", name="Try it")).to_have_attribute("href", "/endpoints/buyers")
    answer = page.request.get(f"{served}/api/v1/endpoints/buyers").json()
    assert (answer["state"], answer["version"]) == ("live", 1)
    page.goto(f"{served}/problems/buyers")
    page.get_by_role("heading", name="buyers", level=1).wait_for()
    expect(page.locator("main")).to_contain_text(HOSTILE)
    assert "owned" not in page.title()
    assert page.complaints == []


def test_what_is_missing_is_said_where_it_is(browser: Any, served: str) -> None:
    page = opened(browser, served, "/new")
    page.get_by_role("button", name="Next").click()
    page.get_by_text("Upload a file, or name a source.").first.wait_for()
    page.get_by_role("radio", name="Name a source").check()
    page.get_by_label("Source", exact=True).fill("sklearn:no_such_table")
    page.get_by_role("button", name="Next").click()
    page.get_by_text("no_such_table").last.wait_for()
    assert page.get_by_role("heading", name="Data", level=1).is_visible()


@pytest.mark.parametrize(
    ("name", "content"), [("broken.csv", b'a,b\n"1'), ("nothing.csv", b""), ("noise.parquet", b"PAR1 no")]
)
def test_a_broken_file_is_told(browser: Any, served: str, tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    page = opened(browser, served, "/new")
    chosen(page, file)
    if content:
        page.get_by_text("The file has arrived.").first.wait_for()
        page.get_by_role("button", name="Next").click()
        page.locator("[role=alert], [class*=error]").first.wait_for()
        assert page.get_by_role("heading", name="Data", level=1).is_visible()
    else:
        page.get_by_text("The file is empty.").first.wait_for()
    shoot(page, f"wizard-{name}")
