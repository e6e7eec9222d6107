"""Two to eight runs side by side, as facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from mlcl.errors import NotFound
from mlcl.metrics import METRICS
from mlcl.server.briefs import Briefs
from mlcl.server.context import Server
from mlcl.server.index import Known, present
from mlcl.server.schemas.evaluation import Interval
from mlcl.server.schemas.runs import Comparison, Differing, MetricRow, MetricValue, Same, StepSeconds
from mlcl.steps import STEPS
from mlcl.stores import keys


class _Side(NamedTuple):
    """One run. test, intervals: of its metrics, empty where it has no evaluation."""

    id: str
    problem: dict[str, Any]
    digests: dict[str, str]
    seconds: dict[str, float | None]
    test: dict[str, float | None]
    intervals: dict[str, Any]


def compared(server: Server, runs: Sequence[Known]) -> Comparison:
    """The runs in the order given."""
    sides, briefs = [_side(server, known) for known in runs], Briefs(server)
    return Comparison(
        runs=[briefs.run(known) for known in runs],
        same=_same(sides),
        metrics=[row for metric in METRICS if (row := _row(metric, sides))],
        problem=list(_differing([side.problem for side in sides])),
        seconds=[
            StepSeconds(step=spec.name, label=spec.label, seconds=[side.seconds.get(spec.name) for side in sides])
            for spec in STEPS
        ],
    )


def _side(server: Server, known: Known) -> _Side:
    run = present(server.store, known.id)
    try:
        evaluation = orjson.loads(server.store.get(f"{keys.run_files(known.id)}/evaluation.json"))
    except NotFound:
        evaluation = {}
    return _Side(
        id=known.id,
        problem=run.problem_json,
        digests={
            "dataset": run.dataset_digest,
            "problem": run.problem_digest,
            "code": run.code_version,
            "bundle": run.bundle_digest,
        },
        seconds={step.name: step.seconds if step.state in ("done", "failed") else None for step in run.steps},
        test=(evaluation.get("metrics") or {}).get("test") or {},
        intervals=evaluation.get("intervals") or {},
    )


def _same(sides: Sequence[_Side]) -> Same:
    def equal(name: str) -> bool:
        first = sides[0].digests[name]
        return bool(first) and all(side.digests[name] == first for side in sides)

    split = sides[0].problem.get("split")
    return Same(
        dataset=equal("dataset"),
        split=all(side.problem.get("split") == split for side in sides),
        problem=equal("problem"),
        code=equal("code"),
        bundle=equal("bundle"),
    )


def _row(metric: str, sides: Sequence[_Side]) -> MetricRow | None:
    """None where no run has the metric."""
    about = METRICS[metric]
    figures = {side.id: value for side in sides if (value := side.test.get(metric)) is not None}
    if not figures:
        return None
    extreme = (max if about.greater_is_better else min)(figures.values())
    best = [name for name, value in figures.items() if value == extreme] if len(set(figures.values())) > 1 else []
    return MetricRow(
        metric=metric,
        label=about.label,
        greater_is_better=about.greater_is_better,
        values=[
            MetricValue(
                value=side.test.get(metric),
                interval=Interval(**side.intervals[metric]) if side.intervals.get(metric) else None,
            )
            for side in sides
        ],
        best=best,
        clear=len(best) == 1 and _apart(metric, best[0], sides),
    )


def _apart(metric: str, best: str, sides: Sequence[_Side]) -> bool:
    """Whether the best run's interval overlaps with that of no other run."""
    ends = {side.id: side.intervals.get(metric) for side in sides if side.test.get(metric) is not None}
    own = ends.pop(best)
    if not own:
        return False
    return all(other and (own["low"] > other["high"] or own["high"] < other["low"]) for other in ends.values())


def _differing(values: Sequence[Any], key: str = "") -> Iterator[Differing]:
    """Keys whose values differ, by their path in the problem file."""
    if all(isinstance(value, Mapping) for value in values):
        for name in dict.fromkeys(name for value in values for name in value):
            yield from _differing([value.get(name) for value in values], f"{key}.{name}" if key else name)
    elif any(value != values[0] for value in values):
        texts = [None if value is None else orjson.dumps(value).decode() for value in values]
        yield Differing(key=key, values=texts)
