"""References in a definition: Get, Std:Join and Std:JsonGet."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mlcl.sandbox.runtime import jsonpath
from mlcl.sandbox.runtime.files import Failed

_PART = re.compile(r"\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\[['\"]([^'\"]+)['\"]\]")
_KEYS = ("OutputName", "InputName", "ChannelName", "VariantName", "Name", "Key")


class Context(NamedTuple):
    """What references lead to. steps: describes a finished step; files: reads a step's property file."""

    parameters: Mapping[str, Any]
    execution: Mapping[str, Any]
    steps: Callable[[str], Mapping[str, Any]]
    files: Callable[[str, str], bytes]


def resolved(value: Any, context: Context) -> Any:
    """`value` with its references replaced. Raises Failed."""
    if isinstance(value, list):
        return [resolved(item, context) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Get"}:
        return _get(value["Get"], context)
    if set(value) == {"Std:Join"}:
        join = value["Std:Join"]
        return str(join.get("On", "")).join(_text(resolved(item, context)) for item in join["Values"])
    if set(value) == {"Std:JsonGet"}:
        return _json_get(value["Std:JsonGet"], context)
    return {key: resolved(item, context) for key, item in value.items()}


def _get(path: str, context: Context) -> Any:
    kind, _, rest = path.partition(".")
    if kind == "Parameters":
        return context.parameters[rest]
    if kind == "Execution":
        if rest not in context.execution:
            raise Failed(f"ClientError: Execution has no variable {rest}.")
        return context.execution[rest]
    if kind == "Steps":
        name = rest.split(".", 1)[0].split("[", 1)[0]
        return walk(context.steps(name), rest[len(name) :], path)
    raise Failed(f"ClientError: '{path}' is no reference.")


def walk(document: Any, path: str, whole: str) -> Any:
    """Follow names, indexes and keys; a key finds an element of a list by its name (Outputs['train'])."""
    place = 0
    while place < len(path):
        part = _PART.match(path, place)
        if not part:
            raise Failed(f"ClientError: The reference '{whole}' cannot be read at '{path[place:]}'.")
        place = part.end()
        try:
            document = document[int(part[2])] if part[2] is not None else _member(document, part[1] or part[3])
        except (KeyError, IndexError, TypeError, StopIteration):
            raise Failed(f"ClientError: The reference '{whole}' leads nowhere.") from None
    return document.isoformat() if isinstance(document, dt.datetime) else document


def _member(document: Any, name: str) -> Any:
    if isinstance(document, list):
        return next(item for item in document if any(item.get(key) == name for key in _KEYS))
    return document[name]


def _json_get(given: Mapping[str, Any], context: Context) -> Any:
    file = given["PropertyFile"]
    found = re.fullmatch(r"Steps\.([\w-]+)\.PropertyFiles\.([\w-]+)", file["Get"] if isinstance(file, dict) else file)
    if not found:
        raise Failed(f"ClientError: '{file}' names no property file.")
    try:
        document = json.loads(context.files(found[1], found[2]))
    except ValueError as error:
        raise Failed(f"ClientError: Property file {found[2]} of step {found[1]} is not JSON: {error}") from error
    path = resolved(given["Path"], context)
    try:
        return jsonpath.find(document, path)
    except (KeyError, ValueError) as error:
        raise Failed(f"ClientError: Property file {found[2]} of step {found[1]} has nothing at '{path}'.") from error


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)
