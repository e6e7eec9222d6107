"""The pipeline definition: what the cache takes, and what it does not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mlcl.platforms.sagemaker.definition import definition
from tests.platforms.definitions import request, steps


def test_the_same_question_is_the_same_definition(tmp_path: Path) -> None:
    """Names are content-addressed: no time or random name keeps SageMaker from taking a cached step."""
    first, second = definition(request(tmp_path / "a")), definition(request(tmp_path / "b"))
    assert first == second


def cached(document: dict[str, Any]) -> set[str]:
    return {name for name, step in steps(document).items() if step.get("CacheConfig", {}).get("Enabled")}


def test_what_the_cache_looks_at_knows_no_run(tmp_path: Path) -> None:
    """What differs between executions may stand in outputs, which the step cache leaves aside."""
    document = definition(request(tmp_path))
    assert cached(document) == {"Data", "Train"}
    for name in cached(document):
        arguments = steps(document)[name]["Arguments"]
        looked_at = {key: value for key, value in arguments.items() if key != "ProcessingOutputConfig"}
        assert not re.search(r"Parameters\.|Execution\.", json.dumps(looked_at)), name


def test_a_source_that_may_have_changed_is_looked_at_in_every_execution(tmp_path: Path) -> None:
    assert cached(definition(request(tmp_path, "data.source=s3://bucket/table.csv"))) == {"Train"}
    assert cached(definition(request(tmp_path, "data.source=sklearn:wine"))) == {"Data", "Train"}


def test_nobody_has_to_give_a_parameter(tmp_path: Path) -> None:
    """EventBridge starts pipelines without any."""
    given = {one["Name"]: one.get("DefaultValue") for one in definition(request(tmp_path))["Parameters"]}
    assert given == {"Run": "new", "Trigger": "schedule", "Definition": given["Definition"]}
    assert given["Definition"]


@pytest.mark.parametrize(
    ("override", "changed"),
    [
        ("data.expect.age.max=99", {"data", "judge"}),
        ("train.parameters.max_depth=2", {"train", "judge"}),
        ("evaluate.bootstrap=500", {"judge"}),
        ("aws.train.instances=2", {"train", "judge"}),
        ("monitor.every=2h", set()),
        ("aws.train.instance=ml.m5.2xlarge", set()),
        ("aws.process.instances=2", {"data"}),
    ],
)
def test_a_changed_key_changes_the_orders_that_depend_on_it(tmp_path: Path, override: str, changed: set[str]) -> None:
    before, after = request(tmp_path).orders, request(tmp_path, override).orders
    assert {job for job in before if before[job].key != after[job].key} == changed


def test_the_table_of_awss_algorithm_is_asked_for_by_a_name_of_its_own(tmp_path: Path) -> None:
    keys = [
        request(tmp_path, "problem.task=binary", f"train.learner={learner}", balance).orders["data"].key
        for learner in ("xgboost", "sagemaker:xgboost")
        for balance in ("train.balance=false", "train.balance=true")
    ]
    assert keys[0] == keys[1]  # mlcl's own learners weigh the rows when they are fitted
    assert len(set(keys)) == 3


def test_fresh_takes_nothing_from_the_cache(tmp_path: Path) -> None:
    document = definition(request(tmp_path, fresh=True))
    assert not cached(document)
