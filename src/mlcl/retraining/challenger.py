"""A challenger: trained on what the champion was trained on and on what has become known since, judged against it on
the newest of those rows, deployed only if the goals are met and it is the better one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import polars as pl

from mlcl import lifecycle, registry
from mlcl.errors import Conflict, MlclError, NotFound
from mlcl.models.bundle import Bundle
from mlcl.monitoring import ledger, outcomes
from mlcl.monitoring.deployed import Deployed
from mlcl.monitoring.watched import Watched
from mlcl.monitoring.window import read_window
from mlcl.problem import Problem
from mlcl.records import Model, Step, time_text
from mlcl.results import RunResult
from mlcl.retraining import attempts, table
from mlcl.retraining.attempts import Attempt
from mlcl.retraining.table import Table
from mlcl.serving import endpoints
from mlcl.serving.endpoints import EndpointState
from mlcl.stores import Store
from mlcl.stores.log import Entry

Watch = Callable[[Step], None]
LEAST = 10  # new rows with an outcome, without which nothing can be judged


class Champion(NamedTuple):
    """The live model of an endpoint, with all that made it. problem: as it was asked when the model was made."""

    state: EndpointState
    model: Model
    bundle: Bundle
    problem: Problem


def retrain(
    store: Store,
    name: str,
    now: datetime,
    trigger: str = "person",
    *,
    watch: Watch = lambda step: None,
) -> Attempt:
    """Trains and judges a challenger for the endpoint `name`, and deploys it by the endpoint's strategy if it won.

    Raises Conflict when that is being done already, NotFound when the endpoint is not in use. What fails after that
    is recorded and raised.
    """
    champion = champion_of(store, name)
    lease = attempts.begin(store, name, trigger, now)
    attempt = Attempt.model_validate(lease.document).model_copy(update={"live": champion.model.version})
    try:
        found = _attempt(store, champion, now, trigger, watch)
    except BaseException as error:
        why = error.what if isinstance(error, MlclError) else f"{type(error).__name__}: {error}"
        _end(store, lease, attempt, now, {"state": "failed", "why": why})
        raise
    return _end(store, lease, attempt, now, found)


def champion_of(store: Store, name: str) -> Champion:
    """Raises NotFound when the endpoint is not in use, or when its model was not made by a run of this store."""
    state = endpoints.find(store, name)
    digest = state.live.bundle_digest if state.live else ""
    model = next((one for one in registry.models(store, name) if one.bundle_digest == digest), None)
    problem = Watched(store, name).problem
    if model is None or problem is None:
        raise NotFound(
            "The live model was not made by a run of this store.",
            where=f"endpoint '{name}'",
            found=f"bundle {digest[:12]}",
            fix=f"Deploy one that was: mlcl deploy {name}",
        )
    return Champion(state, model, Bundle.load(registry.bundle_folder(store, digest)), problem)


def known_since(store: Store, champion: Champion, now: datetime) -> pl.DataFrame:
    """Outcomes (id, label, predicted_at) that had arrived by `now` of predictions that the champion was not made from.

    Cohorts of which many outcomes are still to come are left out: what arrives first is not like what arrives late.
    """
    found = ledger.mature(store, champion.state.name, now)
    used = table.snapshot(store, champion.model, [], champion.problem.target).select(table.ID)
    return found.join(used, left_on="id", right_on=table.ID, how="anti")


def _attempt(store: Store, champion: Champion, now: datetime, trigger: str, watch: Watch) -> dict[str, Any]:
    """What came of it, as fields of an Attempt."""
    known = known_since(store, champion, now)
    if len(known) < LEAST:
        return {"state": "waiting", "why": _too_few(store, champion.state.name, len(known))}
    made = _table(store, champion, known)
    rows = {"old": made.old, "new": made.new, "test": made.test}
    source = table.stored(store, champion.state.name, made.frame)
    problem = table.over(champion.problem, source, champion.bundle, made.frame.columns)
    result = lifecycle.run(problem, store=store, watch=watch, trigger=trigger, champion=champion.model)
    told: dict[str, Any] = {
        "rows": rows,
        "run": result.run.id,
        "report": result.report,
        "version": result.run.model_version,
    }
    told["goals"] = tuple(result.verdict["goals"])
    return {**told, **_released(store, champion, result)}


def _too_few(store: Store, name: str, rows: int) -> str:
    arrived = len(outcomes.present(outcomes.history(store, name)))
    why = f"Only {rows:,} outcomes can be learnt from that the live model was not made from; {LEAST} are needed."
    if arrived > rows:
        why += f" {arrived:,} have arrived, of days that are not complete yet or that it was made from."
    return why


def _table(store: Store, champion: Champion, known: pl.DataFrame) -> Table:
    target, columns = champion.problem.target, [column.name for column in champion.bundle.recipe.inputs]
    models = Deployed(store, champion.state.name)
    times = known["predicted_at"].sort()
    labels = known.select(pl.col("id").alias(table.ID), pl.col("label").alias(target))
    parts = [labels.clear().with_columns(pl.lit(None, pl.Datetime("us", "UTC")).alias(table.TIME))]
    until = times[-1] + timedelta(seconds=1)
    for part in read_window(store, champion.state.name, times[0], until, models, version_of=models.version):
        rows = part.inputs.with_columns(part.outputs["id"].alias(table.ID), part.outputs["time"].alias(table.TIME))
        parts.append(rows.join(labels, on=table.ID))
    old = table.snapshot(store, champion.model, columns, target)
    new = pl.concat(parts, how="diagonal_relaxed")
    absent = [pl.lit(None, old.schema[name]).alias(name) for name in old.columns if name not in new.columns]
    return table.joined(old, new.with_columns(absent), target, champion.problem.split)


def _released(store: Store, champion: Champion, result: RunResult) -> dict[str, Any]:
    """Deploys a challenger that passed; says what was done and why."""
    name, live = champion.state.name, _version(champion.model.version)
    if not result.passed:
        return {"state": "kept", "why": f"{live} stays in use. {result.verdict['why']} {_reasons(result)}".strip()}
    version, digest = result.run.model_version, result.run.bundle_digest
    if endpoints.find(store, name).live != champion.state.live:
        return {"state": "kept", "why": f"{_version(version)} passed, but another model was deployed meanwhile."}
    strategy = champion.state.strategy
    try:
        endpoints.deploy(store, name, digest, version, strategy=strategy)
    except Conflict as error:
        return {"state": "kept", "why": f"{_version(version)} passed, but is not deployed: {error.what}"}
    trying = strategy in ("canary", "shadow")
    how = f"is tried beside {live.lower()} ({strategy})" if trying else f"replaces {live.lower()} ({strategy})"
    why = f"{_version(version)} {how}. {_reasons(result)}".strip()
    return {"state": "trying" if trying else "deployed", "why": why}


def _reasons(result: RunResult) -> str:
    """Of the verdict: what was not met; when all was, the comparison with the champion."""
    goals = result.verdict["goals"]
    told = [goal for goal in goals if goal["outcome"] != "met"]
    told = told or [goal for goal in goals if goal["wanted"] == "better than the champion"]
    return " ".join(goal["why"] for goal in told)


def _version(version: int | None) -> str:
    return f"Version {version}" if version else "The model without a version"


def _end(store: Store, lease: Entry, attempt: Attempt, now: datetime, found: dict[str, Any]) -> Attempt:
    ended = attempt.model_copy(update={**found, "process": "", "ended_at": time_text(now)})
    return attempts.end(store, lease, ended)
