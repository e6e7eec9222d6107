"""The page: well-formed, self-contained, inert whatever the data hold, and complete for every task."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlcl.report.html import render
from tests.report import samples
from tests.report.pages import Page

MAKERS = {
    "binary": samples.binary,
    "multiclass": samples.multiclass,
    "regression": samples.regression,
    "failed": samples.failed,
}
each_run = pytest.mark.parametrize("name", MAKERS)
DOCUMENTS = ("dataset", "profile", "prepare", "training", "evaluation", "verdict", "model")


def page(name: str) -> Page:
    return Page(render(MAKERS[name]()))


@each_run
def test_well_formed(name: str) -> None:
    assert page(name).faults == []


@each_run
def test_ids_are_unique_and_links_lead_to_them(name: str) -> None:
    found = page(name)
    ids = found.values("id")
    assert len(ids) == len(set(ids))
    targets = [value[1:] for value in found.values("href") if value.startswith("#")]
    pointed = found.values("aria-labelledby") + found.values("for") + targets
    assert targets
    assert set(pointed) <= set(ids)


@each_run
def test_headings_go_down_one_level_at_a_time(name: str) -> None:
    levels = [int(tag[1]) for tag in page(name).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each_run
def test_nothing_is_loaded_from_elsewhere(name: str) -> None:
    text = render(MAKERS[name]())
    found = Page(text)
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & set(found.tags)
    assert not found.values("src") + found.values("srcset") + found.values("xlink:href")
    assert not re.search(r"url\(|@import|\bfetch\(|XMLHttpRequest", text)


@each_run
def test_policy_allows_just_the_page_s_own_style_and_script(name: str) -> None:
    found = page(name)
    policy = next(value for value in found.values("content") if "default-src" in value)
    texts = ["".join(found.within("style")), found.within("script")[-1]]
    for text in texts:
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert "default-src 'none'" in policy
    assert not found.values("style")  # the policy would refuse them


@each_run
def test_every_picture_has_words(name: str) -> None:
    text = render(MAKERS[name]())
    for picture in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        told = 'role="img"' in picture and "<title>" in picture and "<desc>" in picture
        assert told or 'aria-hidden="true"' in picture


@each_run
def test_no_number_is_broken(name: str) -> None:
    assert not re.search(r"\b(nan|inf|None|null)\b", page(name).text)
    drawn = [
        value for tag, key, value in page(name).attributes if key in ("d", "x", "y", "width", "height", "cx", "cy")
    ]
    assert not [value for value in drawn if re.search("nan|inf|None", value)]


def test_same_documents_give_the_same_page() -> None:
    assert render(samples.binary()) == render(samples.binary())


@pytest.mark.parametrize("name", ["binary", "multiclass", "regression"])
def test_small_enough_to_mail(name: str) -> None:
    assert len(render(MAKERS[name]()).encode()) < 400_000


def test_wide_tables_stay_small() -> None:
    documents = samples.binary()
    one = documents["profile"]["columns"][0]
    documents["profile"]["columns"] = [{**one, "name": f"column {number}"} for number in range(800)]
    text = render(documents)
    assert len(text.encode()) < 400_000
    assert "740 more are in the profile" in text


def test_the_question_and_the_verdict_come_first() -> None:
    text = "\n".join(text for tag, text in page("binary").data if tag in ("h1", "h2", "h3", "caption"))
    order = ["Which customers will subscribe", "The goals are met.", "ROC AUC at least 0.77", "Value of each way"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_undecided_says_how_many_rows_would_decide() -> None:
    text = page("regression").text
    assert "The test data cannot decide yet." in text
    assert "5,400 more labelled rows would decide" in text


def test_figures_stand_beside_the_baseline_s() -> None:
    documents = samples.binary()
    metrics = table(Page(render(documents)), render(documents), "Metrics on the test rows")
    for row in metrics[1:]:
        assert re.search(r"\d", row[3]), row
    assert metrics[0][3] == "Naive baseline"


def test_value_of_every_alternative() -> None:
    text = render(samples.binary())
    rows = {row[0]: row[2] for row in table(Page(text), text, "Value of each way to decide")[1:]}
    assert list(rows) == ["This model", "The model now in use", "Naive baseline", "Act on everybody", "Act on nobody"]
    assert rows["Act on nobody"] == "0 EUR"


def island(documents: dict[str, Any]) -> tuple[dict[str, list[float]], int]:
    """Columns of the slider's data and the number of the chosen point."""
    data = json.loads(Page(render(documents)).within("script")[0])
    return data["columns"], data["chosen"]


def test_slider_data_are_the_thresholds() -> None:
    documents = samples.binary()
    columns, chosen = island(documents)
    curve = documents["evaluation"]["curves"]["thresholds"]
    assert columns["threshold"] == sorted(curve["threshold"], reverse=True)
    assert columns["threshold"][chosen] == documents["evaluation"]["threshold"]


def test_slider_starts_where_the_model_decides() -> None:
    documents = samples.binary()
    evaluation = documents["evaluation"]
    whole = [list(column) for column in island(documents)[0].values()]
    evaluation["threshold"] -= 1e-6  # between two scores: the same decisions
    columns, chosen = island(documents)
    assert columns["threshold"][chosen] == evaluation["threshold"]
    tp, fp = columns["tp"][20], columns["fp"][20]
    evaluation["confusion"]["matrix"] = [[1302 - fp, fp], [198 - tp, tp]]  # capacity allowed fewer
    columns, chosen = island(documents)
    assert chosen == 20
    assert columns["threshold"][20] == whole[0][20]


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_one_document_missing(task: str, name: str) -> None:
    documents = MAKERS[task]()
    del documents[name]
    assert Page(render(documents)).faults == []


def test_nothing_but_a_run() -> None:
    run = {**samples.failed()["run"], "steps": [], "error": None, "state": "interrupted"}
    text = Page(render({"run": run, "problem": {}})).text
    assert "the run was interrupted" in text


def test_failed_run_says_why_and_where() -> None:
    text = page("failed").text
    assert "The data break what is expected of them." in text
    assert "3 rows above 100" in text
    assert "not there, because the run stopped in the step 'validate'" in text


def test_no_value_table_no_champion_no_goals() -> None:
    documents = samples.binary()
    evaluation = documents["evaluation"]
    evaluation.update(value=None, unit="", nothing=None, everything=None, champion=None)
    del evaluation["metrics"]["test"]["value_per_case"], evaluation["curves"]["thresholds"]["value_per_case"]
    documents["problem"].update(value=None, goal=[])
    documents["verdict"].update(goals=[])
    text = Page(render(documents)).text
    assert "No goals were set." in text
    assert "has no table [value]" in text
    assert "there is none yet" in text


def test_undefined_metric_gives_its_reason() -> None:
    assert "MAPE could not be computed: The target is zero in some test rows." in page("regression").text


def test_an_address_that_acts_is_no_link() -> None:
    documents = samples.binary()
    documents["dataset"]["url"] = "javascript:alert(1)"
    assert not [value for value in Page(render(documents)).values("href") if "javascript" in value]


HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><svg onload=alert(1)>", "</script><script>x",
    "</style><b>", "</title><script>", "<!--", "]]>", "&lt;script&gt;", "{{x}}", "javascript:alert(1)", "\x00",
)  # fmt: skip
NAMED = {
    "name", "column", "message", "value", "label", "feature", "best", "worst", "source", "licence", "citation", "note",
    "question", "decision", "why", "wanted", "split_how", "target", "positive", "learner", "unit", "task_why",
    "threshold_why", "code_version", "id", "trigger", "platform", "problem", "what", "where", "found", "fix", "digest",
}  # fmt: skip
KEYED = {"counts", "classes", "features", "parameters"}
LISTED = {"labels", "notes", "columns", "drop", "missing"}


def poisoned(value: Any, write: Callable[[str], str]) -> Any:
    """The documents with every text that comes from data or people rewritten."""
    if isinstance(value, list):
        return [poisoned(item, write) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _poisoned(key, item, write) for key, item in value.items()}


def _poisoned(key: str, item: Any, write: Callable[[str], str]) -> Any:
    if key in NAMED and isinstance(item, str):
        return write(item)
    if key in KEYED and isinstance(item, dict):
        return {write(name): poisoned(inner, write) for name, inner in item.items()}
    if key in LISTED and isinstance(item, list) and all(isinstance(one, str) for one in item):
        return [write(one) for one in item]
    return poisoned(item, write)


@each_run
@settings(max_examples=12, deadline=None)
@given(text=st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=60)))
@example(text=HOSTILE[0])
@example(text=HOSTILE[1])
@example(text=HOSTILE[3])
def test_hostile_texts_are_inert(name: str, text: str) -> None:
    """Whatever the texts are, the page has the very elements and attributes that it has for harmless ones."""
    documents = MAKERS[name]()
    harmless = Page(render(poisoned(documents, lambda old: f"{old} word")))
    hostile = Page(render(poisoned(documents, lambda old: f"{old} {text}")))
    assert hostile.faults == []
    assert hostile.tags == harmless.tags
    assert shape(hostile) == shape(harmless)


def shape(found: Page) -> list[tuple[str, str]]:
    return [(tag, name) for tag, name, _ in found.attributes]


def table(found: Page, text: str, caption: str) -> list[list[str]]:
    """Cells of the table with the caption, as plain texts."""
    inner = text[text.index(f"<caption>{caption}</caption>") :].partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", inner, re.DOTALL)
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub("<.*?>", "", cell).replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in cells]
