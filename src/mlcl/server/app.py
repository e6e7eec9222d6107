"""The REST API as one FastAPI application, mounted under /api/v1 by mlcl.server.gateway."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from mlcl.server import (
    alerts,
    datasets,
    documents,
    endpoints,
    endpoints_predict,
    errors,
    events,
    lineage,
    models,
    monitoring,
    predictions,
    problems,
    retraining,
    runs,
    sessions,
    uploads,
)
from mlcl.server.context import Server
from mlcl.server.schemas.base import Fault
from mlcl.version import __version__

PREFIX = "/api/v1"
_ROUTES = (
    sessions,
    problems,
    runs,
    documents,
    models,
    datasets,
    uploads,
    events,
    endpoints,
    predictions,
    monitoring,
    alerts,
    lineage,
    retraining,
)
_REF = "#/components/schemas/"
_FAULT = {
    "description": "An error.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Fault"}}},
}


def create(server: Server | None = None) -> FastAPI:
    """The application. server: what it answers from; None: only its document is wanted."""
    app = FastAPI(
        title="mlcl",
        version=__version__,
        description="The life cycle of machine-learning problems: from the question to monitored predictions.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation,
    )
    app.state.server = server
    errors.install(app)
    for module in _ROUTES:
        app.include_router(module.router, prefix=PREFIX)
    if server is None:
        # Answered by the model server beside the API; in the document, so that clients cover it.
        app.include_router(endpoints_predict.beside)
    return app


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document. Errors of every route are faults (RFC 9457); what answers hold is always there."""
    found: dict[str, Any] = app.openapi()
    schemas = found["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    shown = Fault.model_json_schema(ref_template=_REF + "{model}", mode="serialization")
    schemas |= shown.pop("$defs", {}) | {"Fault": shown}
    operations = [operation for path in found["paths"].values() for operation in path.values()]
    for operation in operations:
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = _FAULT
    asked = _reached([operation.get("requestBody") for operation in operations], schemas)
    for name, schema in schemas.items():
        if not schema.pop("x-sparse", False) and name not in asked and "properties" in schema:
            schema["required"] = list(schema["properties"])
    found["components"]["schemas"] = dict(sorted(schemas.items()))
    return found


def _reached(node: Any, schemas: dict[str, Any]) -> set[str]:
    """Names of the schemas that a part of the document refers to, however indirectly."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix(_REF)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return found


def _operation(route: APIRoute) -> str:
    """'list_runs' as listRuns."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), route.name)
