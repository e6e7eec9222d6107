"""mlcl feedback and mlcl lineage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlcl.cli.app import app
from mlcl.errors import NotFound, UsageError
from mlcl.stores import Store
from tests.monitoring.truth import START, endpoint, send


@pytest.fixture
def told(tmp_path: Path) -> tuple[Path, list[str]]:
    """A store with predictions, and their ids."""
    store = Store(tmp_path / "store")
    endpoint(store)
    return tmp_path, send(store, START, [0.1, 0.9], [{"customer": "a"}, {"customer": "b"}])


def run(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--store", str(folder / "store")])
    if done.exception:
        raise done.exception
    return done.stdout


def test_feedback_says_what_became_of_each_row(told: tuple[Path, list[str]]) -> None:
    folder, ids = told
    (folder / "labels.csv").write_text(f"id,label\n{ids[0]},no\n{ids[1]},yes\nnobody,yes\n{ids[0]},\n")
    said = run(folder, "feedback", "bank", str(folder / "labels.csv"))
    assert "Stored 2 of 4 outcomes (0 corrected, 0 known already, 1 without a value)." in said
    assert "row 2, id nobody, why no prediction" in said
    again = json.loads(run(folder, "feedback", "bank", str(folder / "labels.csv"), "--json"))
    assert (again["stored"], again["duplicates"], again["unmatched"]) == (0, 2, 1)


def test_feedback_by_keys_within_a_span(told: tuple[Path, list[str]]) -> None:
    folder, _ = told
    (folder / "labels.csv").write_text("customer,outcome\na,no\n")
    words = ("feedback", "bank", str(folder / "labels.csv"), "--by", "customer", "--json")
    assert json.loads(run(folder, *words, "--until", "2026-03-01"))["unmatched"] == 1
    assert json.loads(run(folder, *words, "--since", "2026-03-02"))["stored"] == 1
    with pytest.raises(UsageError, match="no time"):
        run(folder, *words, "--since", "yesterday")


def test_lineage_shows_where_a_prediction_came_from(told: tuple[Path, list[str]]) -> None:
    folder, ids = told
    said = run(folder, "lineage", ids[1])
    assert "decision yes" in said
    assert "customer b" in said
    assert "not known" in said  # no run made this model
    assert json.loads(run(folder, "lineage", ids[1], "--json"))["endpoint"]["name"] == "bank"
    with pytest.raises(NotFound, match="No prediction"):
        run(folder, "lineage", "nobody")
