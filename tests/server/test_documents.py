"""What the steps found reaches the page whole: no key of a real document is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from mlcl import lifecycle
from mlcl.stores import Store, keys
from tests import small
from tests.server.sites import Site, site

NAMES = {
    "dataset": "dataset",
    "profile": "profile",
    "preparation": "prepare",
    "training": "training",
    "evaluation": "evaluation",
    "verdict": "verdict",
}
TASKS = {
    "binary": small.PROBLEM,
    "multiclass": small.PROBLEM.replace('positive = "yes"', "").split("[value]")[0]
    + '[[goal]]\nmetric = "accuracy"\nat_least = 0.2\n[data]\nsource = "small.csv"\n[train]\ntrials = 0\n',
    "regression": small.PROBLEM.replace('positive = "yes"', "").split("[value]")[0]
    + '[[goal]]\nmetric = "rmse"\nbetter_than = "baseline"\n[data]\nsource = "small.csv"\n[train]\ntrials = 2\n',
}
TARGETS = {"binary": "bought", "multiclass": "job", "regression": "income"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("documents")
    store = Store(folder / "store")
    for task, text in TASKS.items():
        told = text.replace('"small"', f'"{task}"').replace('target = "bought"', f'target = "{TARGETS[task]}"')
        lifecycle.run(small.problem(folder / task, text=told), store=store)
    lifecycle.run(folder / "binary", store=store, overrides=["split.seed=3"])  # beside a champion
    with site(store) as made:
        yield made


def lost(document: Any, told: Any, path: str = "") -> list[str]:
    """Keys whose values the answer does not have, or has otherwise."""
    if isinstance(document, Mapping):
        if not isinstance(told, Mapping):
            return [path]
        keys_ = [key for key in document if key != "schema_version"]
        return [one for key in keys_ for one in lost(document[key], told.get(key, "missing"), f"{path}.{key}")]
    if isinstance(document, list):
        if not isinstance(told, list) or len(told) != len(document):
            return [path]
        return [one for n, part in enumerate(document) for one in lost(part, told[n], f"{path}[{n}]")]
    if isinstance(document, float) and isinstance(told, int | float):
        return [] if np.isclose(document, told, rtol=1e-12) else [path]
    return [] if document == told else [f"{path}: {document!r} as {told!r}"]


@pytest.mark.parametrize("task", [*TASKS, "champion"])
@pytest.mark.parametrize("name", NAMES)
def test_no_key_is_lost(opened: Site, task: str, name: str) -> None:
    problem = "binary" if task == "champion" else task
    order = "-started_at" if task == "champion" else "started_at"
    run = opened.told(f"/runs?problem={problem}&sort={order}")["items"][0]["id"]
    store = Store(opened.session["store"])
    document = orjson.loads(store.get(f"{keys.run_files(run)}/{NAMES[name]}.json"))
    assert lost(document, opened.told(f"/runs/{run}/{name}")) == []


def test_a_card_as_a_page_holds_what_the_text_holds(opened: Site) -> None:
    page = opened.get("/models/binary/1/card")
    assert page.headers["content-type"].startswith("text/html")
    assert "sandbox" in page.headers["content-security-policy"]
    text = opened.get("/models/binary/1/card?format=markdown")
    assert text.headers["content-disposition"].startswith("attachment")
    for line in ("Intended use", "Verdict", "Metrics", "Lineage"):
        assert f"## {line}" in text.text
        assert f"<h2>{line}</h2>" in page.text
    assert "<td>ROC AUC</td>" in page.text


def test_hostile_texts_stay_texts_in_cards_and_reports(tmp_path: Path) -> None:
    nasty = "<img src=x onerror=alert(1)>|**b**`c`&amp;"
    store = Store(tmp_path / "store")
    file = small.problem(tmp_path, text=small.PROBLEM.replace("Who buys?", nasty.replace('"', "")))
    lifecycle.run(file, store=store)
    with site(store) as made:
        for path in ("/runs/latest/card", "/runs/latest/report"):
            assert "<img src=x" not in made.get(path).text
        assert made.told("/runs/latest")["question"] == nasty
        assert made.get("/runs/latest").headers["content-type"] == "application/json"


def test_a_document_that_is_not_there_says_why(opened: Site, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with pytest.raises(Exception, match="no column"):
        lifecycle.run(small.problem(tmp_path), store=store, overrides=["problem.target=nothing"])
    with site(store) as made:
        answer = made.get("/runs/latest/evaluation")
        assert (answer.status_code, answer.json()["found"]) == (404, "state: failed")
        told = made.told("/runs/latest")
        assert told["failure"]["what"].startswith("The problem names a column")
        assert told["documents"] == ["dataset"]
        assert [step["state"] for step in told["steps"]][:3] == ["done", "failed", "waiting"]
        assert any(line["level"] == "error" for line in made.told("/runs/latest/log")["lines"])
