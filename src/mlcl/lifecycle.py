"""What a person asks for: check, run, load, report. The command line, the Python API and the server all call these."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import orjson

from mlcl import diary, library, registry, results, runs
from mlcl import problem as problem_file
from mlcl.data import sources
from mlcl.errors import InputError, ProblemError, described
from mlcl.platforms.base import Plan
from mlcl.platforms.local import Local
from mlcl.problem import Problem
from mlcl.records import Model, Step
from mlcl.results import RunResult, new_run
from mlcl.steps import STEPS
from mlcl.stores import Store

if TYPE_CHECKING:
    from mlcl.models.bundle import Bundle
    from mlcl.report.notebook import Sections
    from mlcl.serving.endpoints import EndpointState

Watch = Callable[[Step], None]


def check(path: str | Path, overrides: Sequence[str] = ()) -> Problem:
    """The problem in the file, when it has no mistake that shows without looking at the data."""
    problem = problem_file.load(path, overrides)
    sources.fingerprint(problem.data, problem.base)
    return problem


def run(  # noqa: PLR0913 - each is an option of the command
    problem: str | Path | Problem,
    *,
    overrides: Sequence[str] = (),
    store: Store | None = None,
    fresh: bool = False,
    watch: Watch = lambda step: None,
    trigger: str = "person",
    champion: Model | None = None,
    run_id: str | None = None,
    on: str = "local",
) -> RunResult:
    """From the problem to a judged, registered model.

    overrides: 'key.path=value' texts that take precedence over the file; fresh: fetch and compute everything anew;
    watch: called at each change of a step's state; trigger: what asked for the run; champion: the model to compare
    with (left out: the registry's); run_id: what to call the run; it is then done even when
    nothing has changed; on: where it runs: local, or aws:ENV (there the store is the environment's). Goals that are
    not met are a result (`passed` is False), not an error.
    """
    if on != "local":
        from mlcl import cloud

        asked = cloud.Asked(problem, tuple(overrides), fresh, trigger, champion, run_id)
        return cloud.run(on, asked, watch=watch, store=store)
    store = store or Store.default()
    if not isinstance(problem, Problem):
        problem = library.load(store, problem, overrides)
    if problem.train.learner.startswith("sagemaker:"):
        raise ProblemError(
            "AWS's own algorithm runs in AWS only.",
            where="train.learner",
            found=problem.train.learner,
            fix=f"Use --on aws:ENV, or --set train.learner={problem.train.learner.removeprefix('sagemaker:')}",
        )
    source = sources.fingerprint(problem.data, problem.base)
    question = runs.question(problem, source, champion)
    before = runs.answered(store, question)
    if before and before.state in ("passed", "not passed") and not (fresh or run_id):
        return RunResult(before, runs.documents(store, before), results.address(store, before), cached=True)
    refreshing, uploaded = sources.REFRESH.set(fresh), sources.STORE.set(store)
    try:
        broken_off = before.id if before and before.state == "interrupted" else ""
        # What the broken run registered just before its end is no rival: it would be compared with itself.
        rival = champion or registry.champion(store, problem.name, but=broken_off)
        plan = Plan(problem, source, _champion_input(store, rival), fresh)
        new = new_run(problem, trigger, run_id)
        if not broken_off:
            runs.remember(store, question, new.id)
        result = _run(runs.Journal(store, new), plan, watch)
    finally:
        sources.REFRESH.reset(refreshing)
        sources.STORE.reset(uploaded)
    runs.remember(store, question, result.run.id)
    return result


def profile(problem: str | Path | Problem, *, overrides: Sequence[str] = (), height: int = 600) -> Sections:
    """A look at the data before anything is trained: fetched, checked against the problem's expectations, and described
    column by column. Shows itself in a notebook; `documents["profile"]` has the figures. height: of the frame, pixels.
    """
    from mlcl.report.notebook import Sections

    if not isinstance(problem, Problem):
        problem = problem_file.load(problem, overrides)
    with TemporaryDirectory() as folder:
        collect, validate = STEPS[:2]
        collected, validated = Path(folder) / "collect", Path(folder) / "validate"
        collected.mkdir()
        collect.load()(problem, {}, collected)
        validated.mkdir()
        validate.load()(problem, {"collect": collected}, validated)
        documents = {
            "problem": problem.model_dump(mode="json"),
            "dataset": orjson.loads((collected / "dataset.json").read_bytes()),
            "profile": orjson.loads((validated / "profile.json").read_bytes()),
        }
    return Sections(documents, ["data"], height)


def load(name: str, version: int | str = "champion", *, store: Store | None = None) -> Bundle:
    """A registered model of the problem `name`, ready to predict. version: a number, 'champion' or 'latest'."""
    from mlcl.report.loaded import LoadedModel

    store = store or Store.default()
    model = registry.find(store, name, version)
    return LoadedModel.load(registry.bundle_folder(store, model.bundle_digest))


def report(run_id: str = "latest", *, card: bool = False, store: Store | None = None) -> str:
    """The run's report: one self-contained HTML page; card: its model card in Markdown instead."""
    store = store or Store.default()
    documents = runs.documents(store, runs.find(store, run_id))
    if card:
        from mlcl.report.card import markdown

        return markdown(documents)
    from mlcl.report.html import render

    return render(documents)


def logs(
    run_id: str,
    say: Callable[[str], None],
    *,
    on: str = "local",
    follow: bool = False,
    store: Store | None = None,
    poll: float = 0.5,
) -> None:
    """Tells `say` the lines that a run has said; follow: and those to come, until it has ended. on: local, or aws:ENV,
    where it is the log of the jobs, or that of the endpoint of this name. poll: seconds between looks."""
    if on != "local":
        from mlcl import cloud

        cloud.logs(on, run_id, say, follow=follow)
        return
    store, told, going = store or Store.default(), 0, True
    found = runs.find(store, run_id)
    while going:
        going = follow and found.state == "running"
        for line in diary.lines(store, found.id):
            if line["number"] > told:
                say(f"{line['at'][11:19]} {line['text']}")
                told = line["number"]
        if going:
            time.sleep(poll)
            found = runs.find(store, found.id)  # before its lines: a run that has ended has all of them


def propose(data: str, *, base: Path, target: str | None = None) -> str:
    """Text of a commented problem file for a data source, after looking at it. base: folder the file will lie in."""
    from mlcl.data.propose import propose as proposed

    looked_at = problem_file.from_dict(
        {"problem": {"name": "proposed", "target": target or "?"}, "data": {"source": data}}, base=base
    )
    with TemporaryDirectory() as folder:
        STEPS[0].load()(looked_at, {}, Path(folder))
        return proposed(Path(folder), data, target=target)


def deploy(  # noqa: PLR0913
    name: str,
    model: str = "champion",
    *,
    strategy: str = "all-at-once",
    weight: float = 10,
    force: bool = False,
    revision: int | None = None,
    by: str = "",
    store: Store | None = None,
) -> EndpointState:
    """Puts a registered model into use at the endpoint `name`.

    model: version, run id, 'champion' or 'latest'; weight: per cent of requests that a canary gets; force: also a
    model whose verdict did not pass (recorded); revision: only if the endpoint is still in this state (else Conflict);
    by: who does it.
    """
    from mlcl.serving import endpoints

    store = store or Store.default()
    found = registry.deployable(store, name, model, force=force)
    forced = found.stage != "approved"
    more: dict[str, Any] = {"strategy": strategy, "weight": weight, "forced": forced, "revision": revision, "by": by}
    return endpoints.deploy(store, name, found.bundle_digest, found.version, **more)


def predict_row(name: str, row: str, model: str = "champion", *, store: Store | None = None) -> dict[str, Any]:
    """The prediction for one row given as JSON text."""
    try:
        values = orjson.loads(row)
    except orjson.JSONDecodeError as error:
        raise InputError(
            "The row is not valid JSON.", found=str(error), fix="""For instance: --row '{"age": 30}'"""
        ) from error
    if not isinstance(values, dict):
        raise InputError("A row is a JSON object: column names and values.", found=row[:80])
    answer: dict[str, Any] = load(name, model, store=store).predict([values]).row(0, named=True)
    return answer


def predict_file(
    name: str,
    data: Path,
    output: Path,
    model: str = "champion",
    *,
    on_error: str = "fail",
    keep: Sequence[str] = (),
    store: Store | None = None,
) -> dict[str, Any]:
    """Scores a CSV, Parquet or JSON Lines file of any size into `output`; goes on where a killed call stopped."""
    from mlcl.serving.batch import predict_file as scored

    return scored(load(name, model, store=store), data, output, on_error=on_error, keep=keep).as_dict()


def _run(journal: runs.Journal, plan: Plan, watch: Watch) -> RunResult:
    platform = Local(journal.store.folder or Path(".mlcl"))
    said = diary.Diary(journal.store, journal.run.id)

    def watched(step: Step) -> None:
        if step.state in ("done", "cached"):
            journal.keep({step.name: platform.results / step.name / step.key})
        journal.watch(step)
        said.watch(step)
        watch(step)

    try:
        with said:
            folders = platform.run(plan, watched)
        return results.keep(journal, folders)  # a run that has ended has all its lines
    except KeyboardInterrupt:
        journal.finish("interrupted")
        raise
    except Exception as error:
        journal.finish("failed", error=described(error))
        raise


def _champion_input(store: Store, champion: Model | None) -> tuple[Path, str] | None:
    return (registry.bundle_folder(store, champion.bundle_digest), champion.bundle_digest) if champion else None
