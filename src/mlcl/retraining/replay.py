"""The time machine: months of recorded traffic lived through in minutes, once for each policy of retraining, before
anything is live.

Each policy has a store of its own, with the same first model. What is compared is what the decisions were worth, or
the main metric, over the whole traffic, beside what the policy cost: trainings and seconds of computing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from mlcl import lifecycle, progress
from mlcl import problem as problem_file
from mlcl.errors import UsageError, listing
from mlcl.metrics import METRICS
from mlcl.problem import Problem
from mlcl.problem.base import duration
from mlcl.results import RunResult
from mlcl.retraining import recorded, table
from mlcl.retraining.life import Life
from mlcl.retraining.recorded import Delay, Recorded
from mlcl.retraining.traffic import unheard
from mlcl.stores import Store

POLICIES = ("never", "schedule", "drift", "performance")
KNOWN = (*POLICIES, "new_data")
_BASE = "first"

Document = dict[str, Any]


class Settings(NamedTuple):
    """period: how often monitoring looks, and how far back ('7d'); keep: folder in which the policies' stores stay."""

    time: str
    delay: Delay
    period: str = "7d"
    start: datetime | None = None
    policies: Sequence[str] = POLICIES
    keep: Path | None = None


def replay(problem: Problem, traffic: Path, settings: Settings) -> Document:
    """Plays the table `traffic` through the life of the problem's model, once per policy.

    {schema_version, problem, question, metric, label, unit, greater_is_better, start, end, period (seconds), rows:
    {before, traffic}, first: {version, passed, why, figure}, policies: [{policy, figure, total (value; else None),
    trainings, promotions, alerts, compute: {scoring, monitoring, retraining} (CPU seconds), periods: [see Life]}],
    best, notes}. Raises UsageError and DataError for what is wrong with problem, table or settings.
    """
    if strange := [name for name in settings.policies if name not in KNOWN]:
        raise UsageError("There is no such policy.", found=listing(strange), fix=f"Known: {listing(KNOWN)}")
    length = duration(settings.period, "--period")
    rows = recorded.load(problem, traffic, settings.time, settings.delay, settings.start)
    with TemporaryDirectory(prefix="mlcl-replay-") as temporary:
        folder = settings.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        asked = _over(problem, rows, folder, settings.period)
        first = lifecycle.run(asked, store=Store(folder / _BASE), trigger="replay")
        metric = table.main_metric(asked, first.documents["evaluation"]["task"])
        lives = _Progress(len(settings.policies) * len(list(rows.periods(length))))
        policies = [
            _lived(asked, rows, settings, Store(_copied(folder, name)), metric, lives.told(name))
            for name in settings.policies
        ]
    return _result(asked, rows, settings, first, metric, policies)


def _over(problem: Problem, rows: Recorded, folder: Path, period: str) -> Problem:
    """The problem, asked of the rows before the start; nobody is told of alerts that are not real."""
    file = folder / "before.parquet"
    rows.before.write_parquet(file)
    raw = table.restated(problem, str(file.absolute()), rows.apart, rows.before.columns)
    raw["monitor"] |= {"every": period, "window": period, "webhook": None, "email": None}
    return problem_file.from_dict(raw, base=problem.base)


def _copied(folder: Path, policy: str) -> Path:
    """A policy's own store, in which the first model need not be computed again."""
    store = folder / policy
    if store.exists():
        raise UsageError("A replay was kept here before.", where=str(store), fix="Give another folder.")
    shutil.copytree(folder / _BASE / "steps", store / "steps")
    return store


def _lived(
    asked: Problem, rows: Recorded, settings: Settings, store: Store, metric: str, done: Callable[[], None]
) -> Document:
    policy = store.folder.name if store.folder else ""
    on = () if policy == "never" else (policy,)
    problem = asked.model_copy(update={"retrain": asked.retrain.model_copy(update={"on": on})})
    result = lifecycle.run(problem, store=store, trigger="replay")
    made = str(result.run.model_version or result.run.id)
    lifecycle.deploy(problem.name, made, force=not result.passed, store=store)
    life = Life(store, problem, rows, metric)
    with unheard():
        periods = life.lived(duration(settings.period), done)
    attempts = [period["attempt"] for period in periods if period["attempt"]]
    figure = life.figure()
    total = sum(period["rows"] * period["figure"] for period in periods if period["rows"])
    return {
        "policy": policy,
        "figure": figure,
        "total": total if metric == "value_per_case" else None,
        "trainings": len([attempt for attempt in attempts if attempt["run"]]),
        "promotions": len([attempt for attempt in attempts if attempt["state"] == "deployed"]),
        "alerts": len([alert for period in periods for alert in period["alerts"] if alert["state"] == "firing"]),
        "compute": life.compute,
        "periods": periods,
    }


class _Progress:
    """Counts periods over all policies."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0

    def told(self, policy: str) -> Callable[[], None]:
        def period() -> None:
            self.done += 1
            progress.report(self.done, self.total, f"policy '{policy}'")

        return period


def _result(
    problem: Problem,
    rows: Recorded,
    settings: Settings,
    first: RunResult,
    metric: str,
    policies: list[Document],
) -> Document:
    about = METRICS[metric]
    sign = 1 if about.greater_is_better else -1
    known = [one for one in policies if one["figure"] is not None]
    best = max(known, key=lambda one: (sign * one["figure"], -one["trainings"]), default=None)
    return {
        "schema_version": 1,
        "problem": problem.name,
        "question": problem.problem.question,
        "metric": metric,
        "label": about.label,
        "unit": problem.value.unit if problem.value else "",
        "greater_is_better": about.greater_is_better,
        "start": rows.start.isoformat(),
        "end": rows.end.isoformat(),
        "period": duration(settings.period).total_seconds(),
        "rows": {"before": len(rows.before), "traffic": len(rows.traffic)},
        "first": {
            "version": first.run.model_version,
            "passed": first.passed,
            "why": first.verdict["why"],
            "figure": first.metrics["test"].get(metric),
        },
        "policies": policies,
        "best": best["policy"] if best else None,
        "notes": [*rows.notes, *_notes(problem, settings, first)],
    }


def _notes(problem: Problem, settings: Settings, first: RunResult) -> list[str]:
    retrain, delay = problem.retrain, settings.delay
    late = f"as the column '{delay.column}' says" if delay.column else f"after {delay.mean.days} days on average"
    notes = [
        f"Outcomes become known {late}. A schedule trains every {retrain.every}; no policy more often than every "
        f"{retrain.cooldown}; after {retrain.attempts} challengers in a row that did not replace the live model, none.",
        "The outcomes are those recorded: what a decision changes in the world is not replayed.",
    ]
    if not first.passed:
        notes.append("The first model did not meet its goals, and was deployed all the same.")
    return notes
