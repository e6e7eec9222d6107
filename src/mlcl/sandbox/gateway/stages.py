"""Which API, stage, resource and method a request means, as moto's API Gateway keeps them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from mlcl.sandbox.gateway.refusal import Refusal
from mlcl.sandbox.wire import ACCOUNT, Request

_PATHS = (
    re.compile(r"/restapis/(?P<api>[\w-]+)/(?P<stage>[\w-]+)/_user_request_(?P<path>/.*)?"),
    re.compile(r"/_aws/execute-api/(?P<api>[\w-]+)/(?P<stage>[\w-]+)(?P<path>/.*)?"),
)
_HOST = re.compile(r"(?P<api>[a-z0-9]+)\.execute-api\.")
_STAGE = re.compile(r"/(?P<stage>[\w-]+)(?P<path>/.*)?")


class Address(NamedTuple):
    api: str
    stage: str
    path: str


class Target(NamedTuple):
    """What answers. parameters: of the path, by name."""

    api: Any
    stage: Any
    resource: Any
    method: Any
    parameters: Mapping[str, str]
    region: str
    backend: Any


def address(request: Request) -> Address | None:
    """Of a stage, or None for a request that means none."""
    for pattern in _PATHS:
        found = pattern.fullmatch(request.path)
        if found:
            return Address(_identifier(found["api"]), found["stage"], found["path"] or "/")
    host = _HOST.match(request.headers.get("host", ""))
    found = _STAGE.fullmatch(request.path) if host else None
    return Address(host["api"], found["stage"], found["path"] or "/") if host and found else None


def find(place: Address, method: str) -> Target:
    """Raises Refusal as API Gateway answers for what is not there."""
    backend, region = _backend(place.api)
    if backend is None:
        raise Refusal("ACCESS_DENIED", "Forbidden")
    api = backend.apis[place.api]
    stage = api.stages.get(place.stage)
    if stage is None:
        raise Refusal("ACCESS_DENIED", "Forbidden", api=api)
    for resource, parameters in _resources(api, place.path):
        found = resource.resource_methods.get(method) or resource.resource_methods.get("ANY")
        if found is not None:
            return Target(api, stage, resource, found, parameters, region, backend)
    raise Refusal("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token", api=api)


def _identifier(api: str) -> str:
    """Of an API that is named: a command that can be written down needs a name, as identifiers differ every time."""
    from moto.apigateway.models import apigateway_backends

    known = (one for backend in apigateway_backends[ACCOUNT].values() for one in list(backend.apis.values()))
    return next((one.id for one in known if one.name == api), api)


def _backend(api: str) -> tuple[Any, str]:
    from moto.apigateway.models import apigateway_backends

    for region, backend in list(apigateway_backends[ACCOUNT].items()):
        if api in backend.apis:
            return backend, region
    return None, ""


def _resources(api: Any, path: str) -> list[tuple[Any, dict[str, str]]]:
    """Resources that fit a path: literal ones first, greedy ones last."""
    found = []
    for resource in list(api.resources.values()):
        template = resource.get_path()
        pattern = re.sub(r"\\\{(\w+)\\\+\\\}", r"(?P<\1>.+)", re.escape(template))
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", pattern)
        match = re.fullmatch(pattern, path.rstrip("/") or "/")
        if match:
            named = {name: unquote(value) for name, value in match.groupdict().items()}
            found.append((template.count("+}"), template.count("{"), resource, named))
    return [(resource, named) for _, _, resource, named in sorted(found, key=lambda each: each[:2])]
