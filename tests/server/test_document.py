"""The OpenAPI document: what the page's client is made from, and what the server really does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mlcl import lifecycle
from mlcl.server import document
from mlcl.server.app import create
from mlcl.stores import Store
from tests import small
from tests.server.sites import API, HERE, Site, site

ROOT = Path(__file__).resolve().parents[2]
TOLD: dict[str, Any] = orjson.loads(document.text())
LEFT_OUT = ("/events", "/problem-proposal")  # a stream does not end, and a proposal starts a process
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in TOLD["paths"].items()
    for method, operation in operations.items()
]


def test_the_pages_client_is_made_from_this_document() -> None:
    file = ROOT / "ui" / "openapi.json"
    assert file.read_bytes() == document.text(), "make it anew: python -m mlcl.server.document > ui/openapi.json"


def test_every_operation_has_a_short_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+([A-Z0-9][a-z0-9]*)*", name) and len(name) < 30 for name in names)


def test_every_operation_says_what_it_does_and_how_it_fails() -> None:
    for method, path, operation in OPERATIONS:
        assert operation.get("description"), (method, path)
        if path.startswith(API):
            assert "application/problem+json" in operation["responses"]["default"]["content"]
        assert "422" not in operation["responses"]


def test_every_answer_is_typed() -> None:
    """Every answer has a schema; that of files may be open."""
    for method, path, operation in OPERATIONS:
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                assert "schema" in content, (method, path, status, kind)


def test_all_routes_are_in_the_document() -> None:
    routes = {route.path for route in create().routes if hasattr(route, "path")}  # type: ignore[attr-defined]
    assert routes <= set(TOLD["paths"]) | {"/openapi.json"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with one run, deployed."""
    folder = tmp_path_factory.mktemp("any")
    store = Store(folder / "store")
    lifecycle.run(small.problem(folder), store=store)
    lifecycle.deploy("small", store=store)
    with site(store) as made:
        yield made


STARTS = ("/runs", "/attempts", "/looks")  # POST starts a process there
# What names something that is there, so that requests get as far as they can.
KNOWN = {"name": "small", "problem": "small", "version": "1", "run": "latest"}


@pytest.mark.parametrize(
    ("method", "path"),
    [(method, path) for method, path, _ in OPERATIONS if path.startswith(API) and not path.endswith(LEFT_OUT)],
)
def test_no_request_makes_the_server_fail(opened: Site, method: str, path: str) -> None:
    """What schemathesis thinks of: each answer is one that the document knows, and nothing fails inside."""
    operation = schemathesis.openapi.from_dict(TOLD)[path][method]

    @settings(
        max_examples=10,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), real=st.booleans())
    def ask(case: Any, real: bool) -> None:
        if real and case.path_parameters and not (method == "POST" and path.endswith(STARTS)):
            case.path_parameters = {
                **case.path_parameters,
                **{k: v for k, v in KNOWN.items() if k in case.path_parameters},
            }
        answer = opened.client.send(_request(opened, case.as_transport_kwargs(base_url=HERE)))
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"

    ask()


def _request(opened: Site, asked: dict[str, Any]) -> httpx.Request:
    asked.pop("cookies", None)
    headers = {**dict(asked.pop("headers", None) or {}), **opened.headers}
    allowed = {"json", "data", "content", "params", "files"}
    more = {key: value for key, value in asked.items() if key in allowed and value is not None}
    if isinstance(more.get("data"), bytes | str):
        more["content"] = more.pop("data")
    return opened.client.build_request(asked["method"], asked["url"], headers=headers, **more)
