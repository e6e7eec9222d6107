"""Request validation: required parameters, and the body against its model (JSON Schema draft 4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mlcl.sandbox.gateway.refusal import Refusal
from mlcl.sandbox.gateway.stages import Target


def check(target: Target, body: bytes, content_type: str, sources: Mapping[str, Mapping[str, str]]) -> None:
    """sources: the request's 'path', 'querystring' and 'header' by name. Raises Refusal."""
    validator = (target.api.request_validators or {}).get(target.method.request_validator_id)
    if validator is None:
        return
    if validator.validate_request_parameters:
        _parameters(target, sources)
    if validator.validate_request_body:
        _body(target, body, content_type)


def _parameters(target: Target, sources: Mapping[str, Mapping[str, str]]) -> None:
    missing = []
    for name, required in (target.method.request_parameters or {}).items():
        _, _, kind, key = name.split(".", 3)
        given = sources[kind].get(key.lower() if kind == "header" else key)
        if str(required).lower() == "true" and not given:
            missing.append(key)
    if missing:
        text = f"Missing required request parameters: [{', '.join(missing)}]"
        raise Refusal("BAD_REQUEST_PARAMETERS", text, detail=text, api=target.api)


def _body(target: Target, body: bytes, content_type: str) -> None:
    models = target.method.request_models or {}
    name = models.get(content_type.partition(";")[0].strip() or "application/json")
    model = target.api.models.get(name) if name else None
    if model is None:
        return
    try:
        document = json.loads(body)
    except ValueError:
        raise Refusal(
            "BAD_REQUEST_BODY", "Invalid request body", detail="The body is not JSON", api=target.api
        ) from None
    found = _broken(json.loads(model.schema), document)
    if found:
        raise Refusal("BAD_REQUEST_BODY", "Invalid request body", detail=f"[{found}]", api=target.api)


def _broken(schema: Any, document: Any) -> str:
    import jsonschema

    errors = sorted(jsonschema.Draft4Validator(schema).iter_errors(document), key=lambda error: list(error.path))
    return ", ".join(error.message[:200] for error in errors[:5])
