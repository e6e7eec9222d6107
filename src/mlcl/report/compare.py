"""Two runs side by side, as facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlcl.metrics import METRICS
from mlcl.report.facts import Facts

SIDES = ("first", "second")


def compare(documents_a: Mapping[str, Any], documents_b: Mapping[str, Any]) -> dict[str, Any]:
    """JSON-ready: what each run is, metrics with both intervals, differing keys of the problems, seconds of each step.

    same: whether data, problem, code and model are the same; with other data (or another split) the metrics come from
    other test rows. better names the better side of a metric, clear tells whether the intervals do not even overlap.
    """
    pair = Facts(documents_a), Facts(documents_b)
    return {
        "schema_version": 1,
        "runs": {side: _run(facts) for side, facts in zip(SIDES, pair, strict=True)},
        "same": _same(*pair),
        "metrics": list(_metrics(*pair)),
        "problem": list(_differences(pair[0].problem, pair[1].problem)),
        "seconds": _seconds(*pair),
    }


def _run(facts: Facts) -> dict[str, Any]:
    run, data = facts.run, facts.dataset
    return {
        "id": run.get("id"),
        "problem": facts.name,
        "state": run.get("state"),
        "started_at": run.get("started_at"),
        "learner": facts.training.get("learner"),
        "model_version": facts.model.get("version"),
        "bundle_digest": run.get("bundle_digest"),
        "code_version": run.get("code_version"),
        "dataset": {key: data.get(key) for key in ("digest", "rows", "source")},
        "verdict": {key: facts.verdict.get(key) for key in ("outcome", "passed", "why")},
        "threshold": facts.evaluation.get("threshold"),
        "seconds": round(sum(step.get("seconds") or 0.0 for step in run.get("steps") or ()), 4),
    }


def _same(a: Facts, b: Facts) -> dict[str, bool]:
    def equal(key: str) -> bool:
        return bool(a.run.get(key)) and a.run.get(key) == b.run.get(key)

    return {
        "dataset": bool(a.dataset) and a.dataset.get("digest") == b.dataset.get("digest"),
        "split": a.problem.get("split") == b.problem.get("split"),
        "problem": equal("problem_digest"),
        "code": equal("code_version"),
        "bundle": equal("bundle_digest"),
    }


def _metrics(a: Facts, b: Facts) -> Iterator[dict[str, Any]]:
    for metric, about in METRICS.items():
        first, second = a.test.get(metric), b.test.get(metric)
        if first is None and second is None:
            continue
        intervals = [facts.intervals.get(metric) for facts in (a, b)]
        yield {
            "metric": metric,
            "first": first,
            "second": second,
            "first_interval": intervals[0],
            "second_interval": intervals[1],
            "better": _better(first, second, about.greater_is_better),
            "clear": _apart(*intervals),
        }


def _better(first: float | None, second: float | None, greater: bool) -> str | None:
    if first is None or second is None or first == second:
        return None
    return SIDES[(second > first) == greater]


def _apart(first: Mapping[str, float] | None, second: Mapping[str, float] | None) -> bool:
    return bool(first and second) and (first["high"] < second["low"] or second["high"] < first["low"])  # type: ignore[index]


def _differences(first: Any, second: Any, key: str = "") -> Iterator[dict[str, Any]]:
    """Keys whose values differ, by their path in the problem file."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        for name in [*first, *(name for name in second if name not in first)]:
            yield from _differences(first.get(name), second.get(name), f"{key}.{name}" if key else name)
    elif first != second:
        yield {"key": key, "first": first, "second": second}


def _seconds(a: Facts, b: Facts) -> dict[str, dict[str, float | None]]:
    """Of each step; None where it was not done (cached, or not reached)."""
    first, second = (
        {
            step["name"]: step["seconds"] if step["state"] in ("done", "failed") else None
            for step in run.get("steps") or ()
        }
        for run in (a.run, b.run)
    )
    return {name: {"first": first.get(name), "second": second.get(name)} for name in [*first, *second]}
