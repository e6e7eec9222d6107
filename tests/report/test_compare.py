"""Two runs side by side."""

from __future__ import annotations

import json

from mlcl.report.compare import compare
from tests.report import samples


def test_a_run_with_itself() -> None:
    facts = compare(samples.binary(), samples.binary())
    assert all(facts["same"].values())
    assert facts["problem"] == []
    assert {entry["better"] for entry in facts["metrics"]} == {None}


def test_what_differs_is_named_by_its_key() -> None:
    other = samples.binary()
    other["problem"]["train"]["trials"] = 0
    other["problem"]["data"]["expect"] = {}
    facts = compare(samples.binary(), other)
    assert {entry["key"]: entry["second"] for entry in facts["problem"]} == {
        "train.trials": 0,
        "data.expect.age": None,
    }


def test_better_knows_which_way_is_better() -> None:
    other = samples.binary()
    test, intervals = other["evaluation"]["metrics"]["test"], other["evaluation"]["intervals"]
    test["roc_auc"], intervals["roc_auc"] = 0.9, {"low": 0.88, "high": 0.92}
    test["log_loss"], intervals["log_loss"] = 0.275, {"low": 0.26, "high": 0.29}
    better = {
        entry["metric"]: (entry["better"], entry["clear"]) for entry in compare(samples.binary(), other)["metrics"]
    }
    assert better["roc_auc"] == ("second", True)
    assert better["log_loss"] == ("first", False)


def test_runs_of_different_tasks_or_without_results() -> None:
    facts = compare(samples.binary(), samples.regression())
    assert {entry["better"] for entry in facts["metrics"]} == {None}
    facts = compare(samples.binary(), samples.failed())
    assert facts["runs"]["second"]["verdict"]["outcome"] is None
    assert facts["seconds"]["validate"] == {"first": 0.12, "second": 0.21}
    assert facts["seconds"]["train"] == {"first": 41.7, "second": None}


def test_facts_are_json() -> None:
    facts = compare(samples.regression(), samples.failed())
    assert json.loads(json.dumps(facts)) == facts
