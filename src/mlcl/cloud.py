"""Runs in the cloud, as a person asks for them: start, come back, stop, read the logs. lifecycle.run comes here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from mlcl import library, registry, results, runs
from mlcl.data import sources
from mlcl.diary import Diary
from mlcl.errors import MlclError, NotFound, UsageError, described
from mlcl.platforms.base import Detached, Plan, Watch
from mlcl.platforms.sagemaker import unasked
from mlcl.platforms.sagemaker.errors import StoppedError
from mlcl.platforms.sagemaker.execution import RUNNING, Execution
from mlcl.platforms.sagemaker.logs import of_endpoint, of_run
from mlcl.platforms.sagemaker.platform import SageMaker
from mlcl.platforms.sagemaker.settings import Cloud
from mlcl.problem import Problem
from mlcl.problem.aws import EndpointOnAws
from mlcl.records import Model, Run, Step
from mlcl.results import RunResult
from mlcl.stores import Store, keys

if TYPE_CHECKING:
    from mlcl.serving.endpoints import EndpointState

Say = Callable[[str], None]


class Asked(NamedTuple):
    """What lifecycle.run was asked for."""

    problem: str | Path | Problem
    overrides: tuple[str, ...] = ()
    fresh: bool = False
    trigger: str = "person"
    champion: Model | None = None
    run_id: str | None = None


def run(on: str, asked: Asked, *, watch: Watch = lambda step: None, store: Store | None = None) -> RunResult:
    """From the problem to a judged, registered model, in the environment that `on` names (aws:ENV).

    A run of the same question that is under way is joined. Detached: it goes on without this process.
    """
    cloud = Cloud.open(on)
    store = _store(cloud, store)
    problem, plan, question = _planned(cloud, asked, store)
    before = None if asked.fresh or asked.run_id else runs.answered(store, question)
    if before and before.state in ("passed", "not passed"):
        return RunResult(before, runs.documents(store, before), results.address(store, before), cached=True)
    if before and before.state == "running" and before.platform == on and before.process.startswith("arn:"):
        return _follow(cloud, before, watch)
    _affordable(cloud, problem)
    new = results.new_run(problem, asked.trigger, asked.run_id).model_copy(update={"platform": on})
    journal = runs.Journal(store, new)

    def started(arn: str) -> None:
        journal.change(process=arn)
        runs.remember(store, question, new.id)

    return _watched(cloud, journal, watch, lambda platform, told: platform.run(plan, told), started)


def ledger(on: str, asked: Asked) -> dict[str, Any]:
    """What a run would cost, what the problem has cost so far, and what its decisions are worth (see spent.ledger)."""
    from mlcl.platforms.sagemaker import spent

    cloud = Cloud.open(on)
    return spent.ledger(cloud, _problem(asked, cloud.store))


def attach(on: str, run_id: str, *, watch: Watch = lambda step: None) -> RunResult:
    """Comes back to a run that is under way, or gives the result of one that has ended."""
    cloud = Cloud.open(on)
    found = runs.find(cloud.store, run_id)
    if found.state in ("passed", "not passed"):
        return RunResult(found, runs.documents(cloud.store, found), results.address(cloud.store, found), cached=True)
    if not found.process.startswith("arn:"):
        raise UsageError("This run is not under way in AWS.", where=found.id, found=f"{found.state}, {found.platform}")
    return _follow(cloud, found, watch)


def stop(on: str, run_id: str) -> Run:
    """Ends a run; what its jobs have finished is kept."""
    cloud = Cloud.open(on)
    found = runs.find(cloud.store, run_id)
    if found.state != "running" or not found.process.startswith("arn:"):
        raise UsageError("This run is not under way in AWS.", where=found.id, found=f"{found.state}, {found.platform}")
    execution = Execution(cloud, found.process)
    if (status := execution.describe()["PipelineExecutionStatus"]) not in RUNNING:
        raise UsageError(
            "This run has ended already.",
            where=found.id,
            found=status,
            fix=f"See how: mlcl attach {found.id} --on {on}",
        )
    execution.stop()
    journal = runs.Journal(cloud.store, found)
    journal.finish("interrupted")
    return journal.run


def logs(on: str, name: str, say: Say, *, follow: bool = False, poll: float = 2.0) -> None:
    """Says the lines that the jobs of a run, or else the endpoint of that name, have logged. follow: and those to come,
    of a run until it has ended. poll: seconds between looks."""
    cloud, wait = Cloud.open(on), poll if follow else None
    try:
        run_id = runs.find(cloud.store, name).id
    except NotFound as missing:
        if not of_endpoint(cloud, name, say, wait):
            raise missing from None
    else:
        of_run(cloud, run_id, say, wait)


def settle(on: str, *, watched: timedelta = timedelta()) -> Store:
    """Brings the records of runs up to date that began or ended while nobody watched; gives the environment's store.
    watched: for so long after the end of a run it is left to the client that may watch it."""
    cloud = Cloud.open(on)
    unasked.adopt(cloud, {found.process for found in runs.recent(cloud.store)})
    for found in runs.recent(cloud.store):
        if found.state != "running" or found.platform != on or not found.process.startswith("arn:"):
            continue
        described = Execution(cloud, found.process).describe()
        since = datetime.now(UTC) - described["LastModifiedTime"]
        if described["PipelineExecutionStatus"] in RUNNING or since < watched:
            continue
        try:
            _follow(cloud, found, lambda step: None)
        except MlclError:  # it is in the run's record now
            continue
    return cloud.store


def costs(on: str) -> dict[str, Any]:
    """What runs in an environment, since when, and what it costs."""
    from mlcl.platforms.sagemaker import costs as known

    found = known.running(Cloud.open(on))
    hourly = [one.hourly for one in found]
    total = None if None in hourly else sum(price for price in hourly if price is not None)
    return {"currency": "USD", "hourly": total, "running": [one._asdict() for one in found]}


def deploy(
    on: str,
    name: str,
    model: str = "champion",
    *,
    strategy: str = "all-at-once",
    weight: float = 10,
    force: bool = False,
    say: Say = lambda text: None,
) -> EndpointState:
    """Puts a registered model of the environment into use, as [aws.endpoint] of its problem file says."""
    from mlcl.platforms.sagemaker import endpoints

    cloud = Cloud.open(on)
    found = registry.deployable(cloud.store, name, model, force=force)
    asked = _hosting(cloud.store, found)
    forced = found.stage != "approved"
    release = endpoints.Release(name, found.bundle_digest, found.version, asked, strategy, weight, forced)
    return endpoints.deploy(cloud, release, say=say).state


def promote(on: str, name: str, *, say: Say = lambda text: None) -> EndpointState:
    """Makes the shadow at an endpoint the live model."""
    from mlcl.platforms.sagemaker import endpoints

    cloud = Cloud.open(on)
    return endpoints.promote(cloud, name, _configured(cloud.store, name), say=say)


def rollback(on: str, name: str, *, say: Say = lambda text: None) -> EndpointState:
    """Puts the model back into use that was live before the last deployment."""
    from mlcl.platforms.sagemaker import endpoints

    cloud = Cloud.open(on)
    return endpoints.rollback(cloud, name, _configured(cloud.store, name), say=say)


def monitor(on: str, name: str, window: str = "", *, say: Say = lambda text: None) -> dict[str, Any]:
    """Looks at an endpoint's traffic with a job in the environment; gives the report. window: '' for the problem's."""
    from mlcl.monitoring import look
    from mlcl.platforms.sagemaker import watching
    from mlcl.serving import endpoints

    cloud = Cloud.open(on)
    if not endpoints.history(cloud.store, name):
        endpoints.find(cloud.store, name)  # names the endpoints that there are
    found = watching.wait(cloud, watching.start(cloud, name, window), say)
    report: dict[str, Any] = orjson.loads(cloud.store.get(f"{look.folder(name, found)}/report.json"))
    return {**report, "files": f"{cloud.store.address}/{look.folder(name, found)}"}


def _configured(store: Store, name: str) -> EndpointOnAws:
    """[aws.endpoint] as it is for the newest model of the problem."""
    return _hosting(store, registry.find(store, name, "latest"))


def undeploy(on: str, name: str) -> EndpointState:
    """Deletes an endpoint and what only it used."""
    from mlcl.platforms.sagemaker import endpoints

    return endpoints.undeploy(Cloud.open(on), name)


def _hosting(store: Store, model: Model) -> EndpointOnAws:
    """[aws.endpoint] of the newest problem file, or of the run that made the model."""
    saved = library.find(store, model.problem)
    if saved:
        return saved.parse().aws.endpoint
    return EndpointOnAws.model_validate(runs.find(store, model.run).problem_json.get("aws", {}).get("endpoint", {}))


def _follow(cloud: Cloud, found: Run, watch: Watch) -> RunResult:
    journal = runs.Journal(cloud.store, found)
    return _watched(cloud, journal, watch, lambda platform, told: platform.follow(found.process, told))


def _watched(
    cloud: Cloud,
    journal: runs.Journal,
    watch: Watch,
    work: Callable[[SageMaker, Watch], Mapping[str, Path]],
    started: Callable[[str], None] = lambda arn: None,
) -> RunResult:
    """Does `work` while journal, diary and `watch` hear of the steps; keeps what came of it."""
    diary = Diary(journal.store, journal.run.id)

    def told(step: Step) -> None:
        journal.watch(step)
        diary.watch(step)
        watch(step)

    try:
        with SageMaker(cloud, journal.run.id, started=started, say=diary.say) as platform:
            with diary:
                folders = work(platform, told)
            result = results.keep(journal, folders)
    except Detached as left:
        if left.told and journal.store.exists(keys.run_stop(journal.run.id)):
            Execution(cloud, journal.run.process).stop()
            journal.finish("interrupted")
        raise
    except Exception as error:
        journal.finish("interrupted" if isinstance(error, StoppedError) else "failed", error=described(error))
        raise
    from mlcl.platforms.sagemaker import metrics

    metrics.publish(cloud, result.run, result.documents)
    return result


def _planned(cloud: Cloud, asked: Asked, store: Store) -> tuple[Problem, Plan, str]:
    problem = _problem(asked, store)
    token = sources.STORE.set(store)
    try:
        source = sources.fingerprint(problem.data, problem.base)
    finally:
        sources.STORE.reset(token)
    rival = asked.champion or registry.champion(store, problem.name)
    champion = (Path(), rival.bundle_digest) if rival else None
    return problem, Plan(problem, source, champion, asked.fresh), runs.question(problem, source, asked.champion, "aws")


def _problem(asked: Asked, store: Store) -> Problem:
    if isinstance(asked.problem, Problem):
        return asked.problem
    return library.load(store, asked.problem, asked.overrides)


def _store(cloud: Cloud, store: Store | None) -> Store:
    if store is not None and store.address != cloud.settings.store:
        raise UsageError(
            "A run in AWS keeps its records in the environment's own store.",
            where="--store",
            found=store.address,
            fix=f"Leave --store out: it is {cloud.settings.store}",
        )
    return cloud.store


def _affordable(cloud: Cloud, problem: Problem) -> None:
    from mlcl.platforms.sagemaker import costs

    costs.require(problem, cloud.settings)
