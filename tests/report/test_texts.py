"""Terminal, model card and notebook: the same facts in other clothes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.report import card, notebook, terminal
from mlcl.report.compare import compare
from tests.report import samples
from tests.report.pages import Page
from tests.report.test_html import MAKERS, poisoned, shape

MANIFEST = {
    "problem": {"name": "bank-marketing", "question": "Who subscribes?"},
    "task": "binary",
    "threshold": 0.06,
    "positive": "yes",
    "value": {"unit": "EUR"},
    "learner": {"kind": "blend"},
    "metrics": {"test": {"roc_auc": 0.8, "value_per_case": 9.5}},
    "lineage": {"dataset_digest": samples.DIGEST},
    "recipe": {
        "inputs": [
            {"name": "age", "kind": "number", "min": 17, "max": 98, "categories": None},
            {"name": "job", "kind": "category", "min": None, "max": None, "categories": ["clerk", "student"]},
        ]
    },
}


def printed(parts: Iterable[Any], width: int = 80) -> str:
    from rich.console import Console

    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False)
    for part in parts:
        console.print(part)
    return stream.getvalue().replace("\N{NO-BREAK SPACE}", " ")


def test_end_of_a_run() -> None:
    text = printed(terminal.result(samples.binary()))
    assert "The goals are met." in text
    assert re.search(r"ROC AUC at least 0.77 +0.801 +0.779 to 0.823 +0.500 +met", text)
    assert "Registered as bank-marketing version 3." in text
    assert "train 41.7 s" in text


def test_end_of_an_undecided_run() -> None:
    text = " ".join(printed(terminal.result(samples.regression())).split())
    assert "About 5,400 more labelled rows would decide." in text
    assert "not registered" in text


@pytest.mark.parametrize("name", MAKERS)
def test_nothing_is_wider_than_the_terminal(name: str) -> None:
    documents = MAKERS[name]()
    parts = [
        *terminal.run(documents),
        terminal.runs([documents["run"]]),
        terminal.models([documents["model"]] if "model" in documents else []),
        *terminal.comparison(compare(documents, samples.binary())),
    ]
    assert max(len(line) for line in printed(parts).splitlines()) <= 80


def test_show_of_a_failed_run() -> None:
    text = printed(terminal.run(samples.failed()))
    assert "The data break what is expected of them." in text
    assert "fix: Correct the rows, or the expectation." in text
    assert re.search(r"prepare +waiting +not reached", text)


def test_lists() -> None:
    assert re.search(
        "20261123-142501-9f3a +bank-marketing +passed +3 +42.9 s", printed([terminal.runs([samples.binary()["run"]])])
    )
    assert "ROC AUC 0.801" in printed([terminal.models([samples.binary()["model"]])])
    state = {
        "name": "bank", "strategy": "canary", "forced": True,
        "variants": [{"version": 3, "bundle_digest": "x", "weight": 90.0, "role": "live"},
                     {"version": None, "bundle_digest": samples.DIGEST, "weight": 10.0, "role": "canary"}],
    }  # fmt: skip
    assert re.search(r"bank +canary +9f2c41d07ab3 +10% +canary +forced", printed([terminal.endpoints([state])]))
    for empty in (terminal.runs([]), terminal.models([]), terminal.endpoints([])):
        assert printed([empty]).strip()


def test_comparison_warns_of_other_test_rows() -> None:
    other = samples.binary()
    other["dataset"]["digest"] = "0" * 64
    assert "other test rows" in printed(terminal.comparison(compare(samples.binary(), other)))
    assert "other test rows" not in printed(terminal.comparison(compare(samples.binary(), samples.binary())))


def test_markup_in_names_is_no_markup() -> None:
    documents = samples.binary()
    documents["run"]["problem"] = documents["problem"]["problem"]["name"] = "[red]x[/red][/]"
    assert "[red]x[/red][/]" in printed([*terminal.run(documents), terminal.runs([documents["run"]])])


@pytest.mark.parametrize("name", MAKERS)
def test_card_has_its_sections(name: str) -> None:
    text = card.markdown(MAKERS[name]())
    titles = re.findall("^## (.*)$", text, re.MULTILINE)
    wanted = ["Intended use", "Verdict", "Data", "Metrics", "Limits", "Lineage"]
    assert [title for title in titles if title != "Segments"] == wanted
    assert ("Segments" in titles) == (name != "failed")


def test_card_tables_are_whole() -> None:
    rows = [line for line in card.markdown(samples.binary()).splitlines() if line.startswith("|")]
    assert "| ROC AUC | 0.801 | 0.777 to 0.825 | 0.500 |" in rows
    assert all(re.fullmatch(r"\|( [^|]* \|)+", row) for row in rows)


@settings(deadline=None)
@given(text=st.text(alphabet="|<>`*[]\n\\&#ab", min_size=1, max_size=20))
def test_card_texts_are_inert(text: str) -> None:
    found = card.markdown(poisoned(samples.multiclass(), lambda old: f"{old} {text}"))
    assert "<" not in found
    rows = [line for line in found.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows[:8]} == {5}


def test_notebook_run() -> None:
    found = Page(notebook.run(samples.binary()))
    assert found.faults == []
    assert "The goals are met." in found.text
    assert not {"script", "style", "link", "img"} & set(found.tags)


def test_notebook_model() -> None:
    found = Page(notebook.model(MANIFEST))
    assert found.faults == []
    assert "acts at 6% and above for yes" in found.text
    assert "clerk, student" in found.text


@settings(max_examples=20, deadline=None)
@given(text=st.text(min_size=1, max_size=40))
def test_notebook_texts_are_inert(text: str) -> None:
    for draw, source in ((notebook.run, samples.failed()), (notebook.model, MANIFEST)):
        harmless = Page(draw(poisoned(source, lambda old: f"{old} word")))
        hostile = Page(draw(poisoned(source, lambda old: f"{old} <script>{text}")))
        assert hostile.tags == harmless.tags
        assert shape(hostile) == shape(harmless)
