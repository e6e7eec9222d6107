"""What a method does: SageMaker's InvokeEndpoint by the AWS service integration, or MOCK; the rest is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from mlcl.sandbox import identity
from mlcl.sandbox.gateway.authorise import allowed
from mlcl.sandbox.gateway.mapping import Beyond, lookup, rendered
from mlcl.sandbox.gateway.refusal import Refusal
from mlcl.sandbox.gateway.stages import Target
from mlcl.sandbox.runtime import jsonpath
from mlcl.sandbox.wire import ACCOUNT, AwsError, Reply, as_error

_URI = re.compile(r"arn:aws:apigateway:(?P<region>[a-z0-9-]+):(?P<service>[\w.-]+):(?P<kind>path|action)/(?P<path>.*)")
_INVOKE = re.compile(r"endpoints/([^/]+)/invocations")
Invoke = Callable[[str, bytes, Mapping[str, str], str], Reply]


class Given(NamedTuple):
    """A request as mappings see it. sources: 'path', 'querystring', 'header' (names in small letters) by name."""

    body: bytes
    sources: Mapping[str, Mapping[str, str]]
    context: Mapping[str, Any]

    @property
    def parameters(self) -> dict[str, str]:
        return {**self.sources["header"], **self.sources["querystring"], **self.sources["path"]}


def ask(target: Target, given: Given, invoke: Invoke, note: Callable[[str, str, str], None]) -> Reply:
    """What the back end answers. Raises Refusal."""
    integration = target.method.method_integration
    if integration is None:
        raise _wrong(target, "No integration defined for method")
    if integration.integration_type == "MOCK":
        return _mock(target, given)
    if integration.integration_type != "AWS":
        raise _wrong(
            target,
            f"The sandbox does not do integrations of type {integration.integration_type}; it does AWS and MOCK.",
        )
    uri = _URI.fullmatch(_staged(integration.uri, target))
    if not uri or uri["service"] != "runtime.sagemaker" or uri["kind"] != "path":
        raise _wrong(
            target,
            f"The sandbox does not do the integration {integration.uri}; it does runtime.sagemaker:path.",
        )
    mapped = _mapped(integration.request_parameters or {}, given, target)
    path = re.sub(r"\{(\w+)\}", lambda found: quote(mapped["path"].get(found[1], ""), safe=""), uri["path"])
    endpoint = _INVOKE.fullmatch(path)
    if not endpoint:
        raise _wrong(target, f"The sandbox does not do the path {path} of runtime.sagemaker.")
    body, content_type = _body(target, given)
    headers = {"content-type": content_type, **mapped["header"]}
    return _invoke(target, endpoint[1], body, headers, (uri["region"], invoke, note))


def answer(target: Target, reply: Reply, given: Given) -> Reply:
    """The back end's answer as the integration responses word it. Raises Refusal."""
    responses = target.method.method_integration.integration_responses or {}
    chosen = None
    for response in responses.values():
        pattern = response.selection_pattern
        if pattern and re.fullmatch(pattern, str(reply.status)):
            chosen = response
            break
        if not pattern and chosen is None:
            chosen = response
    if chosen is None:
        raise _wrong(target, f"No integration response fits status {reply.status}")
    told = {name.lower(): value for name, value in reply.headers}
    headers = [("Content-Type", "application/json")]
    for name, source in (chosen.response_parameters or {}).items():
        value = _response_value(source, told, reply, given)
        header = name.removeprefix("method.response.header.")
        if value is not None:
            headers = [pair for pair in headers if pair[0].lower() != header.lower()] + [(header, value)]
    template = (chosen.response_templates or {}).get("application/json")
    body = reply.body
    if template:
        body = _rendered(target, template, reply.body, given)
    return Reply(int(chosen.status_code), headers, body)


def _invoke(
    target: Target,
    endpoint: str,
    body: bytes,
    headers: Mapping[str, str],
    by: tuple[str, Invoke, Callable[[str, str, str], None]],
) -> Reply:
    """InvokeEndpoint in the name of the integration's role; a refusal by IAM is SageMaker's answer, not ours."""
    region, invoke, note = by
    role = target.method.method_integration.credentials or ""
    arn = f"arn:aws:sagemaker:{region}:{ACCOUNT}:endpoint/{endpoint.lower()}"
    if not role.startswith("arn:aws:iam:") or not identity.trusts(role, "apigateway.amazonaws.com"):
        raise _wrong(target, f"API Gateway cannot assume the integration's role '{role}'")
    note(role, "sagemaker:InvokeEndpoint", arn)
    if not allowed(identity.policies(identity.Caller(role, role)), "sagemaker:InvokeEndpoint", arn):
        words = f"User: {role} is not authorized to perform: sagemaker:InvokeEndpoint on resource: {arn}"
        return as_error(AwsError("AccessDeniedException", words, 403))
    try:
        return invoke(endpoint, body, headers, region)
    except AwsError as error:
        return as_error(error)


def _body(target: Target, given: Given) -> tuple[bytes, str]:
    """The body after the request template, and its content type; passthroughBehavior counts where none fits."""
    integration = target.method.method_integration
    templates = integration.request_templates or {}
    content_type = given.sources["header"].get("content-type", "application/json")
    template = templates.get(content_type.partition(";")[0].strip())
    if template:
        return _rendered(target, template, given.body, given), content_type
    passes = integration.passthrough_behaviour or "WHEN_NO_MATCH"
    if passes == "NEVER" or (passes == "WHEN_NO_TEMPLATES" and templates):
        raise Refusal("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type", api=target.api)
    return given.body, content_type


def _mock(target: Target, given: Given) -> Reply:
    body, _ = _body(target, given)
    try:
        status = int(json.loads(body or b"{}").get("statusCode", 500))
    except (ValueError, AttributeError):
        raise _wrong(target, 'The request template of a MOCK integration must give {"statusCode": …}') from None
    return Reply(status, [], b"")


def _mapped(mappings: Mapping[str, str], given: Given, target: Target) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}}
    for name, source in mappings.items():
        _, _, kind, key = name.split(".", 3)
        value = _request_value(source, given, target)
        if value is not None:
            found[kind][key.lower() if kind == "header" else key] = value
    return found


def _request_value(source: str, given: Given, target: Target) -> str | None:
    if source.startswith("'"):
        return source.strip("'")
    if source.startswith("method.request.body"):
        try:
            value = jsonpath.find(json.loads(given.body), source.removeprefix("method.request.body").lstrip(".") or "$")
        except (KeyError, ValueError):
            return None
        return value if isinstance(value, str) else json.dumps(value)
    if source.startswith("method.request."):
        _, _, kind, key = source.split(".", 3)
        kind = kind.removeprefix("multivalue")
        return given.sources[kind].get(key.lower() if kind == "header" else key)
    if source.startswith("stageVariables."):
        return (target.stage.variables or {}).get(source.partition(".")[2])
    value = lookup(given.context, source.removeprefix("context."))
    return None if value is None else str(value)


def _response_value(source: str, headers: Mapping[str, str], reply: Reply, given: Given) -> str | None:
    if source.startswith("'"):
        return source.strip("'")
    if source.startswith("integration.response.header."):
        return headers.get(source.removeprefix("integration.response.header.").lower())
    if source.startswith("integration.response.body"):
        path = source.removeprefix("integration.response.body").lstrip(".")
        try:
            return str(jsonpath.find(json.loads(reply.body), path or "$"))
        except (KeyError, ValueError):
            return None
    value = lookup(given.context, source.removeprefix("context."))
    return None if value is None else str(value)


def _rendered(target: Target, template: str, body: bytes, given: Given) -> bytes:
    context = {**given.context, "stageVariables": target.stage.variables or {}}
    try:
        return rendered(template, context, body, given.parameters).encode()
    except Beyond as error:
        raise _wrong(target, str(error)) from None


def _staged(uri: str, target: Target) -> str:
    variables = target.stage.variables or {}
    return re.sub(r"\$\{stageVariables\.(\w+)\}", lambda found: str(variables.get(found[1], "")), uri)


def _wrong(target: Target, text: str) -> Refusal:
    return Refusal("API_CONFIGURATION_ERROR", text, api=target.api)
