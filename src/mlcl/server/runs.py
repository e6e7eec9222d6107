"""/runs: what was run."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from mlcl import diary, runs
from mlcl.errors import Conflict, NotFound
from mlcl.records import Run as Record
from mlcl.records import RunState
from mlcl.report import toml
from mlcl.server.briefs import Briefs
from mlcl.server.comparing import compared
from mlcl.server.context import Context, Server
from mlcl.server.index import Known, present
from mlcl.server.paging import matches
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.parameters import Cursor, Limit, ProblemFilter, RunId, Search, Sort
from mlcl.server.schemas.runs import Comparison, LogLine, Progress, Run, RunBrief, RunError, RunLog, Step, Verdict
from mlcl.steps import STEPS
from mlcl.stores import keys

router = APIRouter(tags=["runs"])

LABELS = {spec.name: spec.label for spec in STEPS}


@router.get("/runs")
def list_runs(
    server: Context,
    limit: Limit = 50,
    cursor: Cursor = None,
    sort: Sort = "-started_at",
    q: Search = "",
    problem: ProblemFilter = None,
    state: Annotated[list[RunState] | None, Query(description="Only runs in these states.")] = None,
) -> Page[RunBrief]:
    """Runs. sort: started_at, finished_at, problem, state, seconds, trigger, model_version or id; q: in id, problem,
    state, trigger or error."""

    def keep(known: Known) -> bool:
        return (
            problem in (None, known.problem)
            and (not state or known.state in state)
            and matches(q, known.id, known.problem, known.state, known.trigger, known.error)
        )

    index = server.live.runs
    part = server.sorted_runs.page(
        index.version,
        index.all,
        keep if problem is not None or state or q else None,
        sort=sort,
        limit=limit,
        cursor=cursor,
    )
    briefs = Briefs(server)
    return Page(items=[briefs.run(known) for known in part.items], next=part.next, total=part.total)


@router.get("/runs/{run}")
def get_run(run: RunId, server: Context) -> Run:
    """A run with its steps, its verdict and the problem file that was run."""
    return shown(server, find(server, run).id)


@router.get("/runs/{run}/log")
def get_run_log(
    run: RunId,
    server: Context,
    after: Annotated[int, Query(ge=0, description="Only lines after this number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> RunLog:
    """What a run said while it worked, oldest first."""
    known = find(server, run)
    # The state is asked first: lines that come between the two answers are then asked for again.
    ended = known.state != "running"
    lines = [LogLine(**line) for line in diary.lines(server.store, known.id) if line["number"] > after]
    part = lines[:limit]
    return RunLog(lines=part, next=part[-1].number if part else after, ended=ended and len(part) == len(lines))


@router.post("/runs/{run}/stop")
def stop_run(run: RunId, server: Context) -> Run:
    """Asks a running run to end. It does within seconds; what its finished steps found stays."""
    known = find(server, run)
    if known.state != "running":
        raise Conflict("This run is not running.", where=known.id, found=known.state)
    server.launcher.stop(present(server.store, known.id))
    return shown(server, known.id)


@router.get("/comparison")
def compare_runs(
    server: Context,
    run: Annotated[list[str], Query(min_length=2, max_length=8, description="Run ids, two to eight.")],
) -> Comparison:
    """Runs side by side: metrics with their intervals, seconds of the steps, and where their problem files differ."""
    found = [find(server, one) for one in dict.fromkeys(run)]
    return compared(server, found)


def find(server: Server, run: str) -> Known:
    """The run of that id, or the newest for 'latest'; as it is in the store now."""
    known = server.live.runs.known
    if run == "latest" and known:
        run = max(list(known.values()), key=lambda one: (one.started_at, one.id)).id
    if run not in known or known[run].state == "running":
        keys.name(run)
        if run not in known and not server.store.exists(f"{keys.run(run)}/00000001.json"):
            raise NotFound.among("run", run, sorted(known)[-200:], fix="Start one from a problem.")
        return Known.of(present(server.store, run))
    return known[run]


def shown(server: Server, run_id: str) -> Run:
    """A run in full."""
    record = present(server.store, run_id)
    brief = Briefs(server).run(Known.of(record))
    head = record.problem_json.get("problem") or {}
    documents = [name for name in runs.DOCUMENTS if _has(server, run_id, name)]
    parsed = _parsed(record.problem_json)
    return Run(
        **brief.model_dump(),
        question=str(head.get("question") or ""),
        decision=str(head.get("decision") or ""),
        target=str(head.get("target") or ""),
        unit=str((record.problem_json.get("value") or {}).get("unit") or ""),
        process=record.process,
        code_version=record.code_version,
        problem_digest=record.problem_digest,
        steps=_steps(server, record),
        failure=RunError(**{key: str(value) for key, value in record.error.items()}) if record.error else None,
        documents=documents,
        verdict=server.facts(run_id, "verdict", Verdict.model_validate) if "verdict" in documents else None,
        problem_file=parsed,
        problem_toml=toml.dumps(record.problem_json) if record.problem_json else "",
        can_stop=record.state == "running",
    )


def _has(server: Server, run_id: str, name: str) -> bool:
    return server.store.exists(f"{keys.run_files(run_id)}/{name}.json")


def _parsed(document: dict[str, object]) -> object:
    from mlcl.problem import Problem

    try:
        return Problem.model_validate(document) if document else None
    except ValueError:  # written by an older version
        return None


def _steps(server: Server, record: Record) -> list[Step]:
    progress = diary.present(server.store, record.id) if record.state == "running" else None
    found = []
    for step in record.steps:
        working = step.state == "running" and progress and progress["step"] == step.name
        state = "failed" if step.state == "running" and record.state != "running" else step.state
        found.append(
            Step(
                name=step.name,
                label=LABELS.get(step.name, step.name),
                state=state,
                seconds=step.seconds,
                note=step.note,
                progress=Progress(**progress) if working and progress else None,
            )
        )
    return found
