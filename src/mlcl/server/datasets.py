"""/datasets: the immutable snapshots that runs worked on."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import orjson
from fastapi import APIRouter, Query

from mlcl.errors import NotFound
from mlcl.server.context import Context, Server
from mlcl.server.index import Known
from mlcl.server.paging import matches, page
from mlcl.server.proposing import shown
from mlcl.server.schemas.base import Page
from mlcl.server.schemas.others import DatasetBrief, DatasetDetail, DatasetUse
from mlcl.server.schemas.parameters import Cursor, Digest, Limit, ProblemFilter, Search, Sort
from mlcl.server.schemas.profile import Dataset, Preview
from mlcl.stores import keys

router = APIRouter(tags=["datasets"])

SHOWN_RUNS = 100
_KEYS = {
    "fetched_at": lambda one: one.fetched_at,
    "name": lambda one: one.name,
    "rows": lambda one: one.rows,
    "columns": lambda one: one.columns,
    "runs": lambda one: one.runs,
}


class _Short(NamedTuple):
    name: str
    source: str
    rows: int
    columns: int
    licence: str
    fetched_at: str


@router.get("/datasets")
def list_datasets(
    server: Context,
    limit: Limit = 50,
    cursor: Cursor = None,
    sort: Sort = "-fetched_at",
    q: Search = "",
    problem: ProblemFilter = None,
) -> Page[DatasetBrief]:
    """Data sets that runs used. sort: fetched_at, name, rows, columns or runs; q: in name, source or licence."""
    used = _used(server, problem)
    found = [_brief(server, digest, runs) for digest, runs in used.items()]
    found = [one for one in found if matches(q, one.name, one.source, one.licence, one.digest)]
    return page(found, _KEYS, lambda one: one.digest, sort=sort, limit=limit, cursor=cursor)


@router.get("/datasets/{digest}")
def get_dataset(digest: Digest, server: Context) -> DatasetDetail:
    """A data set with its columns, and the runs that used it."""
    document, runs = _document(server, digest), _used(server, None).get(digest, [])
    newest = sorted(runs, key=lambda known: known.started_at, reverse=True)[:SHOWN_RUNS]
    return DatasetDetail(
        **Dataset.model_validate(document).model_dump(),
        runs=len(runs),
        size=_size(server, digest),
        used_by=[
            DatasetUse(
                run=known.id,
                problem=known.problem,
                state=known.state,
                started_at=known.started_at,
                model_version=known.model_version,
            )
            for known in newest
        ],
    )


@router.get("/datasets/{digest}/rows")
def preview_dataset(
    digest: Digest, server: Context, offset: Annotated[int, Query(ge=0, le=2**40)] = 0, limit: Limit = 20
) -> Preview:
    """Rows of a data set, in its order."""
    import polars as pl

    from mlcl.data.sources import cache_folder

    dataset = Dataset.model_validate(_document(server, digest))
    key = f"{keys.dataset(digest)}/data.parquet"
    if server.store.folder:
        file = server.store.folder / key
    else:
        file = cache_folder() / key
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            server.store.save(key, file.with_suffix(".partial"))
            file.with_suffix(".partial").replace(file)
    rows = pl.scan_parquet(file).slice(offset, limit).collect().rows() if offset < dataset.rows else []
    return Preview(
        columns=dataset.columns,
        rows=[[shown(value) for value in row] for row in rows],
        offset=offset,
        total=dataset.rows,
    )


def _used(server: Server, problem: str | None) -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = {}
    for known in server.live.runs.all():
        if known.dataset_digest and problem in (None, known.problem):
            found.setdefault(known.dataset_digest, []).append(known)
    return found


def _brief(server: Server, digest: str, runs: list[Known]) -> DatasetBrief:
    short = _short(server, digest)
    return DatasetBrief(
        digest=digest, **short._asdict(), problems=sorted({known.problem for known in runs}), runs=len(runs)
    )


def _short(server: Server, digest: str) -> _Short:
    """What lists need of a data set, kept in memory: a snapshot never changes."""

    def short(document: dict[str, Any]) -> _Short:
        fields = {key: document.get(key) or "" for key in ("name", "source", "licence", "fetched_at")}
        return _Short(**fields, rows=document["rows"], columns=len(document["columns"]))

    try:
        return server.remembered(("dataset", digest), lambda: short(_document(server, digest)))
    except NotFound:  # somebody cleaned up
        return _Short("", "", 0, 0, "", "")


def _document(server: Server, digest: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = orjson.loads(server.store.get(f"{keys.dataset(digest)}/dataset.json"))
    except NotFound:
        raise NotFound("There is no such data set.", where=digest, fix="List them: GET /api/v1/datasets") from None
    return document


def _size(server: Server, digest: str) -> int | None:
    if server.store.folder is None:
        return None
    file = server.store.folder / keys.dataset(digest) / "data.parquet"
    return file.stat().st_size if file.exists() else None
