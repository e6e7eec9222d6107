"""The files of SageMaker Model Monitor, by the schemas of its developer guide."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import orjson
import polars as pl
import pytest
from jsonschema import validate

from mlcl.errors import Corrupt
from mlcl.features.baseline import summarise
from mlcl.monitoring.counts import Tally
from mlcl.monitoring.drift import compare_to_baseline
from mlcl.monitoring.quality import quality
from mlcl.monitoring.sagemaker import check, constraints, read_constraints, statistics, violations

RNG = np.random.default_rng(0)
TRAINING = pl.DataFrame(
    {
        "n": RNG.normal(size=2000),
        "i": RNG.integers(0, 50, 2000),
        "flag": RNG.random(2000) < 0.5,
        "c": RNG.choice(["a", "b"], 2000),
        "gap": [1.5, None] * 1000,
        "none": pl.Series([None] * 2000, dtype=pl.Float64),
    }
)
BASELINE = summarise(TRAINING)

COUNT = {"type": "integer", "minimum": 0}
COMMON = {"type": "object", "required": ["num_present", "num_missing"], "additionalProperties": COUNT}
KLL = {"type": "object", "required": ["lower_bound", "upper_bound", "count"]}
STATISTICS: dict[str, Any] = {
    "type": "object",
    "required": ["version", "dataset", "features"],
    "properties": {
        "dataset": {"type": "object", "required": ["item_count"]},
        "features": {
            "items": {
                "required": ["name", "inferred_type"],
                "oneOf": [{"required": ["numerical_statistics"]}, {"required": ["string_statistics"]}],
                "properties": {
                    "inferred_type": {"enum": ["Integral", "Fractional", "String", "Unknown"]},
                    "numerical_statistics": {
                        "required": ["common"],
                        "properties": {
                            "common": COMMON,
                            "distribution": {
                                "properties": {
                                    "kll": {"properties": {"buckets": {"items": KLL, "minItems": 10, "maxItems": 10}}}
                                }
                            },
                        },
                    },
                    "string_statistics": {"required": ["common", "distinct_count", "distribution"]},
                },
            }
        },
    },
}
CHECKS = [
    "data_type_check",
    "completeness_check",
    "baseline_drift_check",
    "missing_column_check",
    "extra_column_check",
    "categorical_values_check",
]
VIOLATIONS = {
    "type": "object",
    "required": ["violations"],
    "properties": {
        "violations": {
            "items": {
                "required": ["feature_name", "constraint_check_type", "description"],
                "properties": {"constraint_check_type": {"enum": CHECKS}},
            }
        }
    },
}


def kinds(document: dict[str, Any]) -> list[tuple[str, str]]:
    validate(document, VIOLATIONS)
    return [(one["feature_name"], one["constraint_check_type"]) for one in document["violations"]]


def test_statistics() -> None:
    document = json.loads(orjson.dumps(statistics(BASELINE)))
    validate(document, STATISTICS)
    features = {feature["name"]: feature for feature in document["features"]}
    assert document["dataset"] == {"item_count": 2000}
    numbers = features["n"]["numerical_statistics"]
    assert numbers["sum"] == pytest.approx(TRAINING["n"].sum())
    assert numbers["std_dev"] == pytest.approx(TRAINING["n"].std(ddof=0))
    buckets = numbers["distribution"]["kll"]["buckets"]
    assert sum(bucket["count"] for bucket in buckets) == 2000
    wanted, _ = np.histogram(TRAINING["n"], bins=10)
    assert [bucket["count"] for bucket in buckets] == pytest.approx(wanted, abs=40)
    assert features["gap"]["numerical_statistics"]["common"] == {"num_present": 1000, "num_missing": 1000}
    assert features["c"]["string_statistics"]["distinct_count"] == 2
    assert features["c"]["inferred_type"] == "String"
    assert features["none"]["numerical_statistics"] == {"common": {"num_present": 0, "num_missing": 2000}}


def test_constraints_there_and_back() -> None:
    written = orjson.dumps(constraints(BASELINE, missing=0.1, js=0.2))
    read = read_constraints(written)
    features = {feature.name: feature for feature in read.features}
    assert read.comparison_threshold == 0.2
    assert features["n"].completeness == 0.9
    assert features["gap"].completeness == pytest.approx(0.4)
    assert features["c"].domain == ("a", "b")
    assert features["i"].is_non_negative
    assert not features["n"].is_non_negative


def test_sagemakers_own_constraints_are_read() -> None:
    theirs = {
        "version": 0.0,
        "features": [
            {
                "name": "n",
                "inferred_type": "Fractional",
                "completeness": 1.0,
                "num_constraints": {"is_non_negative": True},
            },
            {"name": "c", "inferred_type": "String", "completeness": 1.0, "string_constraints": {"domains": ["a"]}},
            {"name": "gone", "inferred_type": "Integral", "completeness": 1.0},
        ],
        "monitoring_config": {
            "evaluate_constraints": "Enabled",
            "distribution_constraints": {"perform_comparison": "Disabled", "comparison_threshold": 0.1},
        },
    }
    read = read_constraints(orjson.dumps(theirs))
    assert read.comparison_threshold is None
    tally = Tally(summarise(TRAINING.select("n", "c", "i")))
    tally.add(TRAINING.head(100).with_columns(n=pl.when(pl.int_range(pl.len()) < 10).then(None).otherwise("n")))
    assert kinds(check(read, tally)) == [
        ("n", "completeness_check"),
        ("c", "categorical_values_check"),
        ("gone", "missing_column_check"),
        ("i", "extra_column_check"),
    ]


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"features": [{}]}', b'{"features": 3}'])
def test_what_is_no_constraints_file_is_told(damage: bytes) -> None:
    with pytest.raises(Corrupt, match="constraints"):
        read_constraints(damage)


def test_violations() -> None:
    window = TRAINING.head(1000).with_columns(n=pl.col("n") + 3, c=pl.lit("new"), gap=pl.lit(None, dtype=pl.Float64))
    tally = Tally(BASELINE)
    tally.add(window)
    drift, broken = compare_to_baseline(tally), quality(tally, faults={"i": 500})
    found = kinds(violations(drift, broken, missing_columns=["x"], extra_columns=["y"]))
    assert found == [
        ("n", "baseline_drift_check"),
        ("c", "baseline_drift_check"),
        ("gap", "baseline_drift_check"),
        ("n", "baseline_drift_check"),
        ("i", "data_type_check"),
        ("c", "categorical_values_check"),
        ("gap", "completeness_check"),
        ("x", "missing_column_check"),
        ("y", "extra_column_check"),
    ]


def test_no_violations() -> None:
    tally = Tally(BASELINE)
    tally.add(TRAINING)
    assert violations(compare_to_baseline(tally), quality(tally)) == {"violations": []}
