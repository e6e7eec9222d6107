"""Writes docs/problem-file.md and docs/problem.schema.json from the code's descriptions: neither can miss a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mlcl import problem

TARGET = Path(__file__).resolve().parent.parent / "docs" / "problem-file.md"
SCHEMA = TARGET.with_name("problem.schema.json")
INTRODUCTION = """# The problem file

`problem.toml` says what you ask for; every key is listed here with its meaning and default. `mlcl init DATA` writes a
commented one for your data, `mlcl check problem.toml` checks it, and `mlcl schema` prints its JSON Schema, with which
editors complete it. Any key can be overridden for one run: `mlcl run problem.toml --set train.trials=0`.

This page is generated from the code by `tools/problem_reference.py`.
"""


def main() -> None:
    TARGET.write_text(reference(), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")


def schema_text() -> str:
    return json.dumps(problem.schema(), indent=1, ensure_ascii=False) + "\n"


def reference() -> str:
    schema = problem.schema()
    parts = [INTRODUCTION]
    for name, spec in schema["properties"].items():
        parts.append(_section(name, spec, schema["$defs"]))
    return "\n".join(parts)


def _section(name: str, spec: dict[str, Any], definitions: dict[str, Any]) -> str:
    heading = f"[[{name}]]" if spec.get("type") == "array" else f"[{name}]"
    section = _definition(spec, definitions)
    if section is None:
        return f"## `{heading}`\n\n{spec.get('description', '')}\n"
    lines = [f"## `{heading}`\n"]
    if section.get("description"):
        lines.append(f"{' '.join(section['description'].split())}\n")
    lines += ["| key | type | default | meaning |", "|---|---|---|---|"]
    nested = []
    for key, value in section["properties"].items():
        required = key in section.get("required", ())
        lines.append(f"| `{key}` | {_type(value)} | {_default(value, required)} | {value.get('description', '')} |")
        inner = _definition(value, definitions)
        if inner is not None:
            by_column = "additionalProperties" in value
            nested.append(_section(f"{name}.{key}{'.COLUMN' if by_column else ''}", value, definitions))
    return "\n".join([*lines, "", *nested])


def _definition(spec: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any] | None:
    inner = spec.get("items") if spec.get("type") == "array" else spec.get("additionalProperties") or spec
    for option in (inner, *(inner or {}).get("anyOf", ())):
        if isinstance(option, dict) and "$ref" in option:
            found: dict[str, Any] = definitions[option["$ref"].rsplit("/", 1)[1]]
            return found
    return None


def _type(spec: dict[str, Any]) -> str:
    if "enum" in spec:
        return " \\| ".join(f"`{value}`" for value in spec["enum"])
    if "anyOf" in spec:
        kinds = [_type(option) for option in spec["anyOf"] if option.get("type") != "null"]
        return " \\| ".join(dict.fromkeys(kinds))
    if spec.get("type") == "array":
        return f"list of {_type(spec.get('items', {}))}"
    names = {"string": "text", "boolean": "true/false", "integer": "whole number", "object": "table"}
    kind = spec.get("type", "table")
    return names.get(kind, kind)


def _default(spec: dict[str, Any], required: bool) -> str:
    if required:
        return "*required*"
    value = spec.get("default")
    return "" if value in (None, [], {}) else f"`{json.dumps(value, ensure_ascii=False)}`"


if __name__ == "__main__":
    main()
