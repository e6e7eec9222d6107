"""Every error that a user can cause has a status and says what, where, what was found and what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlcl import errors as tree
from mlcl.errors import Conflict, InputError, MlclError, NotFound
from mlcl.server import errors
from tests.server.sites import API, Site


def _all(kind: type[MlclError]) -> Iterator[type[MlclError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _all(below)


@pytest.mark.parametrize("kind", [one for one in _all(MlclError) if one.__module__ == tree.__name__])
def test_every_error_of_the_tree_has_a_status_of_its_own(kind: type[MlclError]) -> None:
    assert kind in errors.STATUS


def test_the_status_tells_whose_mistake_it_is() -> None:
    for kind, status in errors.STATUS.items():
        mine = kind.exit_code == tree.USAGE or kind.exit_code == tree.BAD_DATA
        assert (400 <= status < 500) >= mine


def test_an_error_of_a_kind_that_comes_later_has_the_status_of_its_parent() -> None:
    class Later(Conflict):
        pass

    assert errors.status_of(Later("x")) == 409


def test_a_fault_carries_all_that_the_error_says() -> None:
    told = errors.of(NotFound("There is no such run.", where="runs/x", found="none", fix="Start one."))
    assert (told.status, told.detail, told.where, told.found, told.fix) == (
        404,
        "There is no such run.",
        "runs/x",
        "none",
        "Start one.",
    )
    rows = InputError("Bad rows.", [{"row": 1, "column": "age"}])
    assert errors.of(rows).faults == [{"row": 1, "column": "age"}]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("DELETE", "/runs", 405),
        ("GET", "/runs/20200101-000000-0000", 404),
        ("GET", "/runs?limit=0", 422),
        ("GET", "/runs?cursor=zzz", 422),
        ("GET", "/runs?sort=colour", 422),
        ("GET", "/models/nobody/3", 404),
        ("GET", "/datasets/00", 404),
        ("GET", "/uploads/../../etc/passwd", 404),
    ],
)
def test_all_that_goes_wrong_is_a_problem_document(empty: Site, method: str, path: str, status: int) -> None:
    answer = empty.send(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["detail"]
    assert told["title"]


def test_a_body_that_is_no_json_is_refused(empty: Site) -> None:
    headers = {**empty.headers, "content-type": "application/json"}
    answer = empty.client.post(f"{API}/problem-check", content=b"{", headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_refused_before_it_is_in_memory(empty: Site) -> None:
    answer = empty.send("POST", "/problem-check", {"toml": "#" * 5_000_000})
    assert answer.status_code == 413
