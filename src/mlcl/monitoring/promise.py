"""What a model promised: its figures on test rows when it was made, how sure they were, and what is at stake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from mlcl import registry
from mlcl.errors import NotFound
from mlcl.models.bootstrap import Interval
from mlcl.monitoring.deployed import Model
from mlcl.stores import Store, keys


class Promise(NamedTuple):
    """metrics, intervals: of the test rows (no intervals where no run of this store made the model); naive: value
    per case of the better of acting on nobody and on everybody; importance: column -> its share of what the model
    relies on; segments: {column: {value: metrics}}; source: where this is from."""

    metrics: Mapping[str, float | None]
    intervals: Mapping[str, Interval]
    naive: float | None
    importance: Mapping[str, float]
    segments: Mapping[str, Mapping[str | None, Mapping[str, float | None]]]
    source: str


def promise(store: Store, model: Model) -> Promise:
    """From the evaluation of the run that made the model; where that is not there, from the bundle alone."""
    metrics = model.manifest["metrics"].get("test") or {}
    known = registry.models(store, model.name)
    run = next((one.run for one in known if one.bundle_digest == model.digest and one.run), "")
    try:
        found = orjson.loads(store.get(f"{keys.run_files(run)}/evaluation.json")) if run else {}
    except NotFound:
        found = {}
    if not found:
        return Promise(metrics, {}, None, {}, {}, "the bundle's test metrics, taken as exact")
    ends = {name: Interval(one["low"], one["high"]) for name, one in (found.get("intervals") or {}).items()}
    naive = ((found.get("baseline") or {}).get("metrics") or {}).get("value_per_case")
    return Promise(metrics, ends, naive, _importance(found), _segments(found), f"the test rows of run {run}")


def _importance(evaluation: Mapping[str, Any]) -> dict[str, float]:
    """Shares of the columns in the loss that shuffling each of them causes; where none causes any, in what each
    contributes to the scores."""
    found = evaluation.get("importance") or {}
    for kind, figure in (("permutation", "mean"), ("contribution", "mean_abs")):
        sizes = {one["feature"]: max(0.0, one[figure] or 0.0) for one in found.get(kind) or []}
        if total := sum(sizes.values()):
            return {name: size / total for name, size in sizes.items()}
    return {}


def _segments(evaluation: Mapping[str, Any]) -> dict[str, dict[str | None, dict[str, float | None]]]:
    return {
        one["column"]: {group["value"]: group["metrics"] for group in one["groups"] if group["enough"]}
        for one in evaluation.get("segments") or []
    }
