"""Parameter mappings and mapping templates: the part of VTL that puts values in, without its statements."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mlcl.sandbox.runtime import jsonpath

_CALL = re.compile(
    r"\$!?\{?(?P<what>util\.(?P<util>\w+)\((?P<inner>(?:[^()]|\([^()]*\))*)\)|input\.(?P<input>body|path|json|params)"
    r"(?:\((?P<argument>[^()]*)\))?|context\.(?P<context>[\w.]+)|stageVariables\.(?P<stage>\w+))\}?"
)


class Beyond(Exception):
    """A template that uses what this sandbox does not do."""


def rendered(template: str, context: Mapping[str, Any], body: bytes, parameters: Mapping[str, str]) -> str:
    """A template's text. context: $context's tree, with 'stageVariables' beside. Raises Beyond."""
    statement = re.search(r"^\s*#(set|if|foreach|macro|end|else)", template, re.MULTILINE)
    if statement:
        raise Beyond(f"The sandbox does not do #{statement[1]} in mapping templates.")
    return _CALL.sub(lambda found: _value(found, context, body, parameters), template)


def lookup(context: Mapping[str, Any], path: str) -> Any:
    """$context.a.b, or None."""
    value: Any = context
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _value(found: re.Match[str], context: Mapping[str, Any], body: bytes, parameters: Mapping[str, str]) -> str:
    if found["util"]:
        inner = found["inner"]
        text = rendered(inner, context, body, parameters) if "$" in inner else inner.strip("'\"")
        return _util(found["util"], text)
    if found["input"]:
        return _input(found["input"], (found["argument"] or "").strip().strip("'\""), body, parameters)
    if found["stage"]:
        return str(lookup(context, f"stageVariables.{found['stage']}") or "")
    value = lookup(context, found["context"])
    return "" if value is None else str(value)


def _input(what: str, argument: str, body: bytes, parameters: Mapping[str, str]) -> str:
    if what == "body":
        return body.decode("utf-8", "replace")
    if what == "params":
        return parameters.get(argument, "")
    try:
        value = jsonpath.find(json.loads(body or b"{}"), argument or "$")
    except (KeyError, ValueError):
        value = ""
    if what == "json":
        return json.dumps(value)
    return value if isinstance(value, str) else json.dumps(value)


def _util(name: str, text: str) -> str:
    if name == "escapeJavaScript":
        return json.dumps(text)[1:-1].replace("'", "\\'")
    if name == "base64Encode":
        return base64.b64encode(text.encode()).decode()
    if name == "base64Decode":
        return base64.b64decode(text).decode("utf-8", "replace")
    if name == "urlEncode":
        return quote(text, safe="")
    raise Beyond(f"The sandbox does not do $util.{name} in mapping templates.")
