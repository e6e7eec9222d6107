"""The files of SageMaker Model Monitor: statistics.json, constraints.json, constraint_violations.json.

Schemas: SageMaker developer guide, "Schema for Statistics", "Schema for Constraints" and "Schema for Violations". Our
statistics have ten buckets, as they must, and no KLL sketch: the guide lets a container leave out what it has not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mlcl.errors import Corrupt
from mlcl.features.parts import TYPES
from mlcl.monitoring.counts import Cells, Tally

_INTEGRAL, _FRACTIONAL, _STRING = "Integral", "Fractional", "String"
_BUCKETS = 10
_FEW = 50  # different texts that count as a domain
_CHECKS = {"missing": "completeness_check", "type_faults": "data_type_check", "unseen": "categorical_values_check"}


class FeatureConstraint(NamedTuple):
    """completeness: least share of values that are not missing; domain: the texts allowed, or None."""

    name: str
    inferred_type: str
    completeness: float
    is_non_negative: bool
    domain: tuple[str, ...] | None


class Constraints(NamedTuple):
    """comparison_threshold: greatest distance (ours: Jensen-Shannon) from the baseline."""

    features: tuple[FeatureConstraint, ...]
    comparison_threshold: float | None


def statistics(baseline: Mapping[str, Any]) -> dict[str, Any]:
    """statistics.json of a baseline, or of a window that `mlcl.features.baseline.summarise` described."""
    features = [_statistics(name, column) for name, column in baseline["columns"].items()]
    return {"version": 0, "dataset": {"item_count": baseline["rows"]}, "features": features}


def constraints(baseline: Mapping[str, Any], *, missing: float = 0.05, js: float = 0.1) -> dict[str, Any]:
    """constraints.json suggested by a baseline. missing: rise of the missing share that is let pass; js: greatest
    Jensen-Shannon distance."""
    return {
        "version": 0,
        "features": [_constraint(name, column, missing) for name, column in baseline["columns"].items()],
        "monitoring_config": {
            "evaluate_constraints": "Enabled",
            "emit_metrics": "Enabled",
            "datatype_check_threshold": 1.0,
            "domain_content_threshold": 1.0,
            "distribution_constraints": {
                "perform_comparison": "Enabled",
                "comparison_threshold": js,
                "comparison_method": "Robust",
            },
        },
    }


def violations(
    drift: Mapping[str, Any],
    quality: Mapping[str, Any],
    *,
    missing_columns: Sequence[str] = (),
    extra_columns: Sequence[str] = (),
) -> dict[str, Any]:
    """constraint_violations.json of what mlcl.monitoring.drift and .quality found. Values outside the training range
    have no check of that name in SageMaker, and are told as baseline drift."""
    found = [_drifted(column) for column in drift["columns"] if column["drifted"]]
    found += [_broken(check) for check in quality["checks"] if check["broken"] and check["column"]]
    for kind, names in (("missing_column_check", missing_columns), ("extra_column_check", extra_columns)):
        found += [_violation(name, kind, f"The column is {kind.partition('_')[0]}.") for name in names]
    return {"violations": found}


def read_constraints(data: bytes) -> Constraints:
    """constraints.json, ours or SageMaker's. Raises Corrupt."""
    try:
        document = _Document.model_validate_json(data)
    except ValidationError as error:
        raise Corrupt("This is no constraints.json.", found=str(error).splitlines()[0]) from error
    features = tuple(
        FeatureConstraint(
            feature.name,
            feature.inferred_type,
            feature.completeness,
            feature.num_constraints.is_non_negative,
            feature.string_constraints.domains,
        )
        for feature in document.features
    )
    distribution = document.monitoring_config.distribution_constraints
    return Constraints(features, distribution.comparison_threshold if distribution.enabled else None)


def check(constraints: Constraints, tally: Tally) -> dict[str, Any]:
    """constraint_violations.json of a window by constraints alone, such as SageMaker's own: completeness, domain."""
    known = {feature.name: feature for feature in constraints.features}
    found = [
        violation
        for name, feature in known.items()
        if name in tally.cells
        for violation in _against(feature, tally.cells[name], tally.counts[name].cells)
    ]
    found += [
        _violation(name, "missing_column_check", "The column is missing.") for name in known if name not in tally.cells
    ]
    found += [
        _violation(name, "extra_column_check", "The column is extra.") for name in tally.cells if name not in known
    ]
    return {"violations": found}


class _Loose(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Numbers(_Loose):
    is_non_negative: bool = False


class _Strings(_Loose):
    domains: tuple[str, ...] | None = None


class _Feature(_Loose):
    name: str
    inferred_type: str = "Unknown"
    completeness: float = 0.0
    num_constraints: _Numbers = _Numbers()
    string_constraints: _Strings = _Strings()


class _Distribution(_Loose):
    perform_comparison: str = "Disabled"
    comparison_threshold: float | None = None

    @property
    def enabled(self) -> bool:
        return self.perform_comparison == "Enabled"


class _Config(_Loose):
    distribution_constraints: _Distribution = _Distribution()


class _Document(_Loose):
    features: tuple[_Feature, ...]
    monitoring_config: _Config = Field(default_factory=_Config)


def _type(column: Mapping[str, Any]) -> str:
    kind = TYPES[column["kind"]]
    if kind == "text":
        return _STRING
    return _INTEGRAL if column["kind"] in ("integer", "boolean") else _FRACTIONAL


def _statistics(name: str, column: Mapping[str, Any]) -> dict[str, Any]:
    rows, missing = column["count"], round(column["count"] * column["missing"])
    common = {"num_present": rows - missing, "num_missing": missing}
    if "values" in column:
        buckets = [{"value": value, "count": times} for value, times in column["values"].items()]
        distribution = {"categorical": {"buckets": buckets}}
        texts = {"common": common, "distinct_count": column["distinct"], "distribution": distribution}
        return {"name": name, "inferred_type": _STRING, "string_statistics": texts}
    numbers: dict[str, Any] = {"common": common}
    if "mean" in column:
        numbers |= {
            "mean": column["mean"],
            "sum": column["mean"] * (rows - missing),
            "std_dev": column["std"],
            "min": column["min"],
            "max": column["max"],
            "distribution": {"kll": {"buckets": _buckets(column)}},
        }
    return {"name": name, "inferred_type": _type(column), "numerical_statistics": numbers}


def _buckets(column: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Ten buckets of equal width; a fine cell is counted where it begins."""
    bounds = np.linspace(column["min"], column["max"], _BUCKETS + 1)
    starts, counts = column["fine"]["edges"][:-1], column["fine"]["counts"]
    places = np.clip(np.searchsorted(bounds, starts, side="right") - 1, 0, _BUCKETS - 1)
    sums = np.bincount(places, weights=counts, minlength=_BUCKETS)
    return [
        {"lower_bound": low, "upper_bound": high, "count": int(times)}
        for low, high, times in zip(bounds[:-1].tolist(), bounds[1:].tolist(), sums.tolist(), strict=True)
    ]


def _constraint(name: str, column: Mapping[str, Any], missing: float) -> dict[str, Any]:
    complete = 1 - column["missing"]
    least = 1.0 if complete == 1 and not missing else max(0.0, complete - missing)
    constraint: dict[str, Any] = {"name": name, "inferred_type": _type(column), "completeness": least}
    if "values" not in column:
        return {**constraint, "num_constraints": {"is_non_negative": column.get("min", -1.0) >= 0}}
    if not column["rest"] and len(column["values"]) <= _FEW:
        constraint["string_constraints"] = {"domains": sorted(column["values"])}
    return constraint


def _drifted(column: Mapping[str, Any]) -> dict[str, str]:
    about = (
        f"Jensen-Shannon distance {column['js']:.3f}, PSI {column['psi']:.3f}, adjusted p {column['p_adjusted']:.2g}."
    )
    return _violation(column["column"], "baseline_drift_check", about)


def _broken(check: Mapping[str, Any]) -> dict[str, str]:
    about = f"{check['check']}: {check['value']:.2%} of the rows, {check['reference']:.2%} in training."
    return _violation(check["column"], _CHECKS.get(check["check"], "baseline_drift_check"), about)


def _against(feature: FeatureConstraint, cells: Cells, counts: Any) -> list[dict[str, str]]:
    rows, found = max(1, int(counts.sum())), []
    complete = 1 - int(counts[0]) / rows
    if counts.sum() and complete < feature.completeness:
        about = f"{complete:.2%} of the values are there; {feature.completeness:.2%} must be."
        found.append(_violation(feature.name, "completeness_check", about))
    if feature.domain is not None and cells.is_text:
        allowed = set(feature.domain)
        strange = int(counts[-1]) + sum(
            int(times) for value, times in zip(cells.values, counts[1:-1], strict=True) if value not in allowed
        )
        if strange:
            found.append(
                _violation(feature.name, "categorical_values_check", f"{strange} values are not in the domain.")
            )
    return found


def _violation(name: str, kind: str, description: str) -> dict[str, str]:
    return {"feature_name": name, "constraint_check_type": kind, "description": description}
