"""CloudFront: response headers policies, origins inside a VPC and published functions, which moto does not know.

The first two are one document with an id and an ETag that changes with it; moto's own machinery reads requests and
writes answers by botocore's model of the service, so only the keeping is done here.
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
    from moto.cloudfront.models import DefaultCacheBehaviour, Origin, ViewerCertificate
    from moto.cloudfront.responses import CloudFrontResponse

    for kind in _KINDS:
        start = "{0}/2020-05-31/" + kind.path
        for path in (f"{start}$", f"{start}/(?P<id>[^/]+)$", f"{start}/(?P<id>[^/]+)/config$"):
            urls.url_paths[path] = CloudFrontResponse.dispatch
        _add(CloudFrontResponse, kind)
    urls.url_paths["{0}/2020-05-31/function/(?P<function_name>[^/]+)/publish$"] = CloudFrontResponse.dispatch
    CloudFrontResponse.publish_function = _publish_function
    CloudFrontResponse.update_function = _update_function
    _origins(Origin)
    _behaviours(DefaultCacheBehaviour)
    _certificates(ViewerCertificate)


class _Operations(NamedTuple):
    """The operations on one kind, each called with moto's response object."""

    kind: _Kind

    def create(self, on: Any) -> Any:
        found = _new(self.kind, on._get_param(self.kind.config))
        if self.kind.deployed:
            on.backend.tagger.tag_resource(found["Arn"], (on._get_param("Tags") or {}).get("Items") or [])
        return self._keep(on, found)

    def get(self, on: Any) -> Any:
        return self._answer(*self._look(on))

    def get_config(self, on: Any) -> Any:
        from moto.core.responses import ActionResult

        found, etag = self._look(on)
        return ActionResult({self.kind.config: found[self.kind.config], "ETag": etag})

    def update(self, on: Any) -> Any:
        found, _ = self._look(on)
        config = on._get_param(self.kind.config)
        return self._keep(on, {**found, self.kind.config: config, "LastModifiedTime": datetime.now(UTC)})

    def delete(self, on: Any) -> Any:
        from moto.core.responses import EmptyResult

        found, etag = self._look(on)
        del _kept(on, self.kind)[found["Id"]]
        return self._answer(found, etag) if self.kind.deployed else EmptyResult()

    def _keep(self, on: Any, found: dict[str, Any]) -> Any:
        etag = _etag()
        _kept(on, self.kind)[found["Id"]] = (found, etag)
        return self._answer(found, etag)

    def _look(self, on: Any) -> tuple[dict[str, Any], str]:
        from moto.cloudfront.exceptions import CloudFrontException

        key = on._get_param("Id")
        if key not in _kept(on, self.kind):
            raise CloudFrontException(self.kind.missing, f"There is no {self.kind.noun} {key}.")
        return _kept(on, self.kind)[key]

    def _answer(self, found: dict[str, Any], etag: str) -> Any:
        from moto.core.responses import ActionResult

        location = f"/2020-05-31/{self.kind.path}/{found['Id']}"
        return ActionResult({self.kind.noun: found, "ETag": etag, "Location": location})


def _add(responses: Any, kind: _Kind) -> None:
    from moto.core.utils import camelcase_to_underscores

    operations, name = _Operations(kind), camelcase_to_underscores(kind.noun)
    for verb in ("create", "get", "update", "delete"):
        setattr(responses, f"{verb}_{name}", _method(getattr(operations, verb)))
    setattr(responses, f"get_{name}_config", _method(operations.get_config))


def _method(operation: Any) -> Any:
    def method(self: Any) -> Any:
        return operation(self)

    return method


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
    """moto forgets the functions that a cache behaviour calls, and tells of forwarded values beside a cache policy."""
    told = getattr(behaviour.__init__, "told", behaviour.__init__)

    def __init__(self: Any, config: dict[str, Any]) -> None:  # noqa: N807
        told(self, config)
        if (config.get("FunctionAssociations") or {}).get("Items"):
            self.function_associations = config["FunctionAssociations"]
        if config.get("CachePolicyId"):
            self.forwarded_values = None

    __init__.told = told  # type: ignore[attr-defined]
    behaviour.__init__ = __init__


def _certificates(certificate: Any) -> None:
    """moto gives CloudFront's own certificate a way of serving that only other people's have."""
    told = getattr(certificate.__init__, "told", certificate.__init__)

    def __init__(self: Any, config: dict[str, Any]) -> None:  # noqa: N807
        told(self, config)
        if not config.get("SSLSupportMethod"):
            self.ssl_support_method = None

    __init__.told = told  # type: ignore[attr-defined]
    certificate.__init__ = __init__


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
