"""/problems: what is asked for."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter

from mlcl import library
from mlcl import problem as problem_file
from mlcl.errors import NotFound, ProblemError, UsageError
from mlcl.problem.base import is_problem_name
from mlcl.report import toml
from mlcl.server import proposing
from mlcl.server.briefs import Briefs
from mlcl.server.cards import Cards
from mlcl.server.context import Caller, Context, Server
from mlcl.server.errors import MistakesError
from mlcl.server.index import Known, present
from mlcl.server.mistakes import Looked, look
from mlcl.server.paging import matches, page
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.parameters import Cursor, Limit, ProblemName, Search, Sort
from mlcl.server.schemas.problems import (
    Checked,
    CheckProblem,
    ProblemCard,
    ProblemDetail,
    ProblemVersion,
    Proposal,
    Propose,
    SaveProblem,
    Schema,
)
from mlcl.server.schemas.runs import RunBrief, StartRun
from mlcl.stores import Log, keys

router = APIRouter(tags=["problems"])

_KEYS = {
    "changed_at": lambda card: card.changed_at,
    "name": lambda card: card.name,
    "runs": lambda card: card.runs,
    "models": lambda card: card.models,
}


@router.get("/problems")
def list_problems(
    server: Context, limit: Limit = 50, cursor: Cursor = None, sort: Sort = "-changed_at", q: Search = ""
) -> Page[ProblemCard]:
    """All problems, with how each stands in every phase of the life cycle. sort: changed_at, name, runs or models; q:
    in name or question."""
    cards = Cards(server)
    outlines = [one for one in cards.outlines() if matches(q, one.name, one.question)]
    part = page(outlines, _KEYS, lambda one: one.name, sort=sort, limit=limit, cursor=cursor)
    return Page(items=[cards.card(one.name) for one in part.items], next=part.next, total=part.total)


@router.get("/problems/{name}")
def get_problem(name: ProblemName, server: Context) -> ProblemDetail:
    """A problem with the text of its file."""
    return _detail(server, name)


@router.put("/problems/{name}")
def save_problem(name: ProblemName, body: SaveProblem, server: Context, caller: Caller) -> ProblemDetail:
    """Saves the text of a problem file. 422 with the mistakes when it has any; 409 when somebody saved since."""
    keys.name(name)
    before = library.find(server.store, name)
    _checked(server, body.toml, name, before)
    library.save(server.store, name, body.toml, by=caller or "page", revision=body.revision)
    server.live.refresh()
    return _detail(server, name)


@router.get("/problems/{name}/versions")
def list_problem_versions(
    name: ProblemName, server: Context, limit: Limit = 50, cursor: Cursor = None
) -> Page[ProblemVersion]:
    """Every text that was saved or run, newest first."""
    entries = [library.parsed(name, entry) for entry in Log(server.store, keys.problem(name)).history()]
    if not entries:
        raise _unknown(server, name)
    versions = [
        ProblemVersion(revision=one.revision, saved_at=one.saved_at, saved_by=one.by, toml=one.toml) for one in entries
    ]
    by_number = {"revision": lambda version: version.revision}
    return page(versions, by_number, lambda one: f"{one.revision:012}", sort="-revision", limit=limit, cursor=cursor)


@router.post("/problems/{name}/runs", status_code=202)
def start_run(name: ProblemName, body: StartRun, server: Context, caller: Caller) -> RunBrief:
    """Starts a run of the saved problem file, in a process of its own. 409 while another run of the problem is going
    on, or when the file is no longer the revision that was meant."""
    saved = library.find(server.store, name)
    if saved is None:
        raise NotFound(
            "The problem file is not in the store, so it cannot be run from here.", where=name, fix="Save it first."
        )
    if body.revision is not None and body.revision != saved.revision:
        raise library.outdated(saved, body.revision)
    problem = _checked(server, saved.toml, name, saved)
    if body.overrides:
        problem = saved.parse(body.overrides)
        library.own_name(problem, name)
        _allowed(server, problem, saved)
    run = server.launcher.start(saved, problem, overrides=body.overrides, fresh=body.fresh, by=caller)
    return Briefs(server).run(Known.of(run))


@router.post("/problem-check")
def check_problem(body: CheckProblem, server: Context) -> Checked:
    """What is wrong with a problem file, without looking at the data."""
    saved = library.find(server.store, keys.name(body.name)) if body.name else None
    looked = _look(server, body.toml, body.name, saved)
    return Checked(valid=looked.problem is not None, mistakes=looked.mistakes, problem_file=looked.problem)


@router.get("/problem-schema")
def get_problem_schema() -> Schema:
    """The JSON Schema of the problem file, for completion in editors."""
    return _schema()


@router.post("/problem-proposal")
def propose_problem(body: Propose, server: Context) -> Proposal:
    """Looks at a table and writes a commented problem file for it."""
    text = toml.dumps({"problem": {"name": "proposed", "target": "?"}, "data": {"source": body.source}})
    looked = _look(server, text)
    if looked.problem is None:
        raise ProblemError(looked.mistakes[0].message, where="source", found=body.source[:200])
    if body.name is not None and not is_problem_name(body.name):
        raise UsageError(
            "That is no name of a problem.", where="name", found=body.name, fix="Lower-case letters, digits, hyphens."
        )
    return proposing.propose(server.store, body.source, body.target, body.name)


@cache
def _schema() -> Schema:
    return Schema(json_schema=problem_file.schema())


def _look(server: Server, text: str, name: str | None = None, saved: library.Saved | None = None) -> Looked:
    """Files of this machine are read for whoever sits at it; for callers with a token only where the file that was
    saved from the command line names them."""
    base = saved.base if saved else ""
    looked = look(text, base=base, files=True, name=name, store=server.store)
    if looked.problem is not None and server.guard.needs_token and not _same_source(looked, saved):
        return look(text, base=base, files=False, name=name, store=server.store)
    return looked


def _same_source(looked: Looked, saved: library.Saved | None) -> bool:
    if saved is None or looked.problem is None:
        return False
    try:
        return saved.parse().data.source == looked.problem.data.source
    except ProblemError:
        return False


def _checked(server: Server, text: str, name: str, saved: library.Saved | None) -> problem_file.Problem:
    looked = _look(server, text, name, saved)
    if looked.problem is None:
        raise MistakesError(looked.mistakes, where=name)
    return looked.problem


def _allowed(server: Server, problem: problem_file.Problem, saved: library.Saved) -> None:
    """An override must not name a file either."""
    if server.guard.needs_token and problem.data.source != saved.parse().data.source:
        raise UsageError("data.source is not overridden from the page.", where="data.source", found=problem.data.source)


def _detail(server: Server, name: str) -> ProblemDetail:
    cards = Cards(server)
    saved = library.find(server.store, keys.name(name))
    if saved is None and name not in cards.names():
        raise _unknown(server, name)
    card = cards.card(name)
    if saved is None:
        text = _text_of_run(server, card.latest_run.id) if card.latest_run else ""
        looked = _look(server, text, name) if text else Looked(None, [])
        extra = {"toml": text}
    else:
        looked = _look(server, saved.toml, name, saved)
        extra = {"toml": saved.toml, "saved_at": saved.saved_at, "saved_by": saved.by}
    return ProblemDetail(
        **card.model_dump(),
        **extra,
        revision=saved.revision if saved else 0,
        problem_file=looked.problem,
        mistakes=looked.mistakes,
    )


def _text_of_run(server: Server, run_id: str) -> str:
    document = present(server.store, run_id).problem_json
    return toml.dumps(document) if document else ""


def _unknown(server: Server, name: str) -> NotFound:
    return NotFound.among("problem", name, Cards(server).names(), fix="Make one: PUT /api/v1/problems/NAME")
