"""CloudFront: response headers policies, origins inside a VPC and publishing of functions, which moto does not know.

The first two are one document with an id and an ETag that changes with it; moto's own machinery reads requests and writes
answers by botocore's model of the service, so only the keeping is done here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from mlcl.sandbox.wire import ACCOUNT


class _Kind(NamedTuple):
    """noun: as in CreateVpcOrigin; config: name of its document; missing: AWS's error; deployed: whether it has an ARN
    and a status."""

    noun: str
    path: str
    config: str
    missing: str
    deployed: bool


_KINDS = (
    _Kind("VpcOrigin", "vpc-origin", "VpcOriginEndpointConfig", "EntityNotFound", True),
    _Kind(
        "ResponseHeadersPolicy",
        "response-headers-policy",
        "ResponseHeadersPolicyConfig",
        "NoSuchResponseHeadersPolicy",
        False,
    ),
)


def apply() -> None:
    from moto.cloudfront import urls
    from moto.cloudfront.models import DefaultCacheBehaviour, Origin
    from moto.cloudfront.responses import CloudFrontResponse

    for kind in _KINDS:
        start = "{0}/2020-05-31/" + kind.path
        for path in (f"{start}$", f"{start}/(?P<id>[^/]+)$", f"{start}/(?P<id>[^/]+)/config$"):
            urls.url_paths[path] = CloudFrontResponse.dispatch
        _operations(CloudFrontResponse, kind)
    urls.url_paths["{0}/2020-05-31/function/(?P<function_name>[^/]+)/publish$"] = CloudFrontResponse.dispatch
    CloudFrontResponse.publish_function = _publish_function
    CloudFrontResponse.update_function = _update_function
    _origins(Origin)
    _behaviours(DefaultCacheBehaviour)


def _operations(responses: Any, kind: _Kind) -> None:
    from moto.core.responses import ActionResult, EmptyResult
    from moto.core.utils import camelcase_to_underscores

    name = camelcase_to_underscores(kind.noun)

    def create(self: Any) -> Any:
        found = _new(kind, self._get_param(kind.config))
        tags = (self._get_param("Tags") or {}).get("Items") or []
        if kind.deployed:
            self.backend.tagger.tag_resource(found["Arn"], tags)
        _kept(self, kind)[found["Id"]] = (found, _etag())
        return answer(self, found["Id"])

    def get(self: Any) -> Any:
        return answer(self, self._get_param("Id"))

    def get_config(self: Any) -> Any:
        found, etag = look(self, self._get_param("Id"))
        return ActionResult({kind.config: found[kind.config], "ETag": etag})

    def update(self: Any) -> Any:
        found, _ = look(self, self._get_param("Id"))
        changed = {**found, kind.config: self._get_param(kind.config), "LastModifiedTime": datetime.now(UTC)}
        _kept(self, kind)[found["Id"]] = (changed, _etag())
        return answer(self, found["Id"])

    def delete(self: Any) -> Any:
        found, etag = look(self, self._get_param("Id"))
        del _kept(self, kind)[found["Id"]]
        return ActionResult({kind.noun: found, "ETag": etag}) if kind.deployed else EmptyResult()

    def look(self: Any, key: str) -> tuple[dict[str, Any], str]:
        from moto.cloudfront.exceptions import CloudFrontException

        if key not in _kept(self, kind):
            raise CloudFrontException(kind.missing, f"There is no {kind.noun} {key}.")
        found: tuple[dict[str, Any], str] = _kept(self, kind)[key]
        return found

    def answer(self: Any, key: str) -> Any:
        found, etag = look(self, key)
        return ActionResult({kind.noun: found, "ETag": etag, "Location": f"/2020-05-31/{kind.path}/{key}"})

    for verb, function in (("create", create), ("get", get), ("update", update), ("delete", delete)):
        setattr(responses, f"{verb}_{name}", function)
    setattr(responses, f"get_{name}_config", get_config)


def _publish_function(self: Any) -> Any:
    from moto.core.responses import ActionResult

    function = self.backend.describe_function(name=self._get_param("Name"))
    function.stage, function.status = "LIVE", "UNASSOCIATED"
    return ActionResult({"FunctionSummary": function.function_summary})


def _update_function(self: Any) -> Any:
    from moto.core.responses import ActionResult

    function = self.backend.describe_function(name=self._get_param("Name"))
    function.config, function.code = self._get_param("FunctionConfig"), self._get_param("FunctionCode")
    function.etag = _etag()
    return ActionResult({"FunctionSummary": function.function_summary, "ETag": function.etag})


def _origins(origin: Any) -> None:
    """moto forgets on a distribution's origin that it lies in a VPC, and which access control it has."""
    told = getattr(origin.__init__, "told", origin.__init__)

    def __init__(self: Any, config: dict[str, Any]) -> None:  # noqa: N807
        told(self, config)
        if "VpcOriginConfig" in config:
            self.vpc_origin_config = config["VpcOriginConfig"]
        if config.get("OriginAccessControlId"):
            self.origin_access_control_id = config["OriginAccessControlId"]

    __init__.told = told  # type: ignore[attr-defined]
    origin.__init__ = __init__


def _behaviours(behaviour: Any) -> None:
    """moto forgets the functions that a cache behaviour calls."""
    told = getattr(behaviour.__init__, "told", behaviour.__init__)

    def __init__(self: Any, config: dict[str, Any]) -> None:  # noqa: N807
        told(self, config)
        if (config.get("FunctionAssociations") or {}).get("Items"):
            self.function_associations = config["FunctionAssociations"]

    __init__.told = told  # type: ignore[attr-defined]
    behaviour.__init__ = __init__


def _new(kind: _Kind, config: Any) -> dict[str, Any]:
    key, now = uuid4().hex[:14], datetime.now(UTC)
    found = {"Id": key, kind.config: config, "LastModifiedTime": now}
    if kind.deployed:
        arn = f"arn:aws:cloudfront::{ACCOUNT}:{kind.path.replace('-', '')}/{key}"
        found |= {"Arn": arn, "Status": "Deployed", "CreatedTime": now}
    return found


def _kept(responses: Any, kind: _Kind) -> dict[str, tuple[dict[str, Any], str]]:
    """The documents of a kind, in moto's backend, so that its reset forgets them, too."""
    backend = responses.backend
    if not hasattr(backend, "mended"):
        backend.mended = {}
    kept: dict[str, tuple[dict[str, Any], str]] = backend.mended.setdefault(kind.noun, {})
    return kept


def _etag() -> str:
    return f"E{uuid4().hex[:13].upper()}"
