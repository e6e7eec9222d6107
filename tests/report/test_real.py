"""Reports of real, small runs: the documents are those that the steps write today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mlcl
from mlcl.report import card, notebook, terminal
from mlcl.report.compare import compare
from mlcl.report.html import render
from mlcl.stores import Store
from tests import small
from tests.report.pages import Page
from tests.report.test_texts import printed

TRAIN = (
    '[data]\nsource = "small.csv"\n[train]\nlearner = "xgboost"\ntrials = 0\n[train.parameters]\nn_estimators = 10\n'
)
TEXTS = {
    "binary": small.PROBLEM,
    "multiclass": '[problem]\nname = "small"\ntarget = "job"\ntask = "multiclass"\n' + TRAIN,
    "regression": '[problem]\nname = "small"\ntarget = "income"\n[[goal]]\nmetric = "mae"\nat_most = 1\n' + TRAIN,
}


@pytest.fixture(scope="module", params=TEXTS)
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Documents of two runs of one problem; the first one's model is the champion of the second, where it passed."""
    folder = tmp_path_factory.mktemp(request.param)
    store = Store(folder / "store")
    file = small.problem(folder, text=TEXTS[request.param])
    return [mlcl.run(file, overrides=[f"split.seed={seed}"], store=store).documents for seed in (1, 2)]


def test_page(runs: list[dict[str, Any]]) -> None:
    found = Page(render(runs[1]))
    assert found.faults == []
    # What a whole run has, no section may miss.
    assert "not computed in this run" not in found.text
    assert "not there" not in found.text
    assert ("Model now in use" in found.text) == runs[0]["verdict"]["passed"]


def test_texts(runs: list[dict[str, Any]]) -> None:
    facts = compare(*runs)
    assert facts["same"]["dataset"]
    assert [entry["key"] for entry in facts["problem"]] == ["split.seed"]
    json.dumps(facts)
    lines = printed([*terminal.run(runs[1]), *terminal.comparison(facts), terminal.models([runs[1]["model"]])])
    assert max(map(len, lines.splitlines())) <= 80
    assert card.markdown(runs[1]).startswith("# small")
    assert Page(notebook.run(runs[1])).faults == []


def test_notebook_of_a_model(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    mlcl.run(small.problem(tmp_path), store=store)
    text = Page(notebook.model(mlcl.load("small", store=store).manifest)).text
    assert "small: Who buys?" in text
    assert "3 inputs" in text
