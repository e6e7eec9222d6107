"""The OpenAPI 3.1 document of a server, with schemas and examples of the models that it serves."""

from __future__ import annotations

from typing import Any

from mlcl.serving import describe
from mlcl.serving.fleet import Endpoint
from mlcl.serving.web import CSV, JSON, LINES, PARQUET, PROBLEM
from mlcl.version import __version__

Document = dict[str, Any]

_KINDS: dict[str, Document] = {
    "integer": {"type": ["number", "string", "null"]},
    "number": {"type": ["number", "string", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "category": {"type": ["string", "number", "boolean", "null"]},
    "text": {"type": ["string", "number", "boolean", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
}
_REASONS = {
    "400": "The body is not what its content type says.",
    "401": "A token is needed.",
    "403": "The token is not known, or without tokens: not a loopback name.",
    "404": "There is no such endpoint.",
    "406": "None of the answer formats asked for is supported.",
    "413": "Too many bytes or rows.",
    "415": "The content type is not supported.",
    "422": "Values that do not fit the schema: each fault names row, column, found and allowed.",
    "503": "No model can answer now, or the server is busy or about to stop.",
}


def document(endpoints: list[Endpoint], *, feedback: bool = False) -> Document:
    """feedback: whether outcomes are taken too."""
    paths: Document = {
        "/ping": {"get": _operation("Whether models can answer", {"200": _json({"type": "object"})}, "503")},
        "/endpoints": {"get": _operation("The endpoints", {"200": _json({"type": "object"})}, "401", "403")},
        "/execution-parameters": {
            "get": _operation("Batch transform settings", {"200": _json({"type": "object"})}, "401", "403")
        },
        "/metrics": {"get": _operation("Prometheus metrics", {"200": _content({"text/plain": {}})}, "401", "403")},
    }
    schemas: Document = {"Problem": _problem()}
    for endpoint in endpoints:
        name = endpoint.name
        schemas[f"{name}.row"], schemas[f"{name}.answer"] = row_schema(endpoint), _answer_schema(endpoint)
        paths[f"/endpoints/{name}"] = {
            "get": _operation(
                f"{name}: schema, model, verdict, statistics", {"200": _json({"type": "object"})}, "401", "403"
            )
        }
        paths[f"/endpoints/{name}/predict"] = {"post": _predict(endpoint, f"Predict with {name}")}
        if feedback:
            paths[f"/endpoints/{name}/feedback"] = {"post": _feedback(endpoint)}
    if len(endpoints) == 1:
        paths["/invocations"] = {"post": _predict(endpoints[0], "Predict (the contract of SageMaker hosting)")}
    return {
        "openapi": "3.1.0",
        "info": {"title": "mlcl predictions", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def row_schema(endpoint: Endpoint) -> Document:
    """JSON Schema of one row. Columns may be left out (missing), and others may be there (not looked at)."""
    properties = {}
    for one in endpoint.live.bundle.recipe.inputs:
        known = [] if one.categories is None else list(one.categories)
        hint = {"description": f"In training: {', '.join(map(str, known[:20]))}"} if known else {}
        if one.min is not None:
            hint = {"description": f"In training: {one.min} to {one.max}"}
        properties[one.name] = {**_KINDS[one.kind], **hint}
    return {"type": "object", "properties": properties, "examples": [describe.example(endpoint.live)]}


def _predict(endpoint: Endpoint, summary: str) -> Document:
    row = {"$ref": f"#/components/schemas/{endpoint.name}.row"}
    example = describe.example(endpoint.live)
    rows = {
        "type": "object",
        "required": ["rows"],
        "properties": {"rows": {"type": "array", "minItems": 1, "items": row}},
    }
    header = ",".join(example)
    body = {
        JSON: {
            "schema": {"anyOf": [rows, {"type": "array", "minItems": 1, "items": row}]},
            "example": {"rows": [example]},
        },
        CSV: {"schema": {"type": "string"}, "example": f"{header}\n{','.join(map(str, example.values()))}\n"},
        LINES: {"schema": {"type": "string"}},
        PARQUET: {"schema": {"type": "string", "format": "binary"}},
    }
    answer = {
        JSON: {"schema": {"$ref": f"#/components/schemas/{endpoint.name}.answer"}},
        CSV: {"schema": {"type": "string"}},
        LINES: {"schema": {"type": "string"}},
        PARQUET: {"schema": {"type": "string", "format": "binary"}},
    }
    done = {"200": {"description": "Predictions", "content": answer}}
    return {
        **_operation(summary, done, "400", "401", "403", "404", "406", "413", "415", "422", "503"),
        "parameters": [
            _parameter("explain", ["false", "true"], "Also tell what each feature contributed."),
            _parameter("on_error", ["fail", "skip"], "What to do with rows that do not fit the schema."),
            _parameter("capture", ["true", "false"], "Whether the predictions are kept for monitoring."),
        ],
        "requestBody": {"required": True, "content": body},
    }


def _feedback(endpoint: Endpoint) -> Document:
    labels = endpoint.live.meaning.labels
    outcome: Document = {"enum": labels} if labels else {"type": "number"}
    row = {"type": "object", "properties": {"id": {"type": "string"}, "label": outcome}, "required": ["label"]}
    body = {"type": "object", "required": ["labels"], "properties": {"labels": {"type": "array", "items": row}}}
    example = {"labels": [{"id": "19e8f0c3a2b-0123456789abcdef-1f-0", "label": labels[-1] if labels else 3.5}]}
    done = {"200": _json({"type": "object"})}
    names = {"by": "Join by these columns of the rows, with commas between, instead of by id."}
    names |= {"label": "Column of the outcomes.", "since": "With by: predictions from this time on."}
    names |= {"until": "With by: predictions before this time."}
    query = [
        {"name": name, "in": "query", "description": text, "schema": {"type": "string"}} for name, text in names.items()
    ]
    return {
        **_operation(
            f"Tell {endpoint.name} what became of predictions", done, "401", "403", "404", "413", "415", "422", "503"
        ),
        "parameters": query,
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": body, "example": example},
                **{key: {"schema": {"type": "string"}} for key in (CSV, LINES)},
            },
        },
    }


def _answer_schema(endpoint: Endpoint) -> Document:
    live = endpoint.live
    labels = live.meaning.labels
    share = {"type": "number", "minimum": 0, "maximum": 1}
    probability = {"type": "object", "properties": dict.fromkeys(labels, share), "required": labels}
    told: Document = {"probability": probability, "decision": {"type": "string", "enum": labels}}
    if not labels:
        told = {"value": {"type": "number"}}
    prediction = {
        "type": "object",
        "properties": {"id": {"type": "string"}, **told},
        "required": ["id", *told],
    }
    properties = {
        "predictions": {"type": "array", "items": prediction},
        "model": {"type": "object"},
        "missing": {"type": "integer"},
        "unseen": {"type": "integer"},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _operation(summary: str, done: Document, *refusals: str) -> Document:
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {code: {"description": _REASONS[code], "content": problem} for code in refusals}
    return {"summary": summary, "responses": {**done, **refused}}


def _parameter(name: str, values: list[str], explained: str) -> Document:
    schema = {"type": "string", "enum": values, "default": values[0]}
    return {"name": name, "in": "query", "description": explained, "schema": schema}


def _json(schema: Document) -> Document:
    return _content({JSON: {"schema": schema}})


def _content(content: Document) -> Document:
    return {"description": "Done", "content": content}


def _problem() -> Document:
    text, number = {"type": "string"}, {"type": "integer"}
    fault = {
        "type": "object",
        "properties": {"row": number, "column": {"type": ["string", "null"]}, "found": {}, "allowed": {}},
    }
    properties = {
        "type": text,
        "title": text,
        "status": number,
        "detail": text,
        "faults": {"type": "array", "items": fault},
        "fault_count": number,
    }
    return {"type": "object", "properties": properties, "required": ["type", "title", "status", "detail"]}
