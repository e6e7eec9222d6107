"""Requests checked against botocore's shapes, with the words that AWS uses."""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import cache
from typing import Any

from mlcl.sandbox.wire import AwsError, invalid

# Java's classes of characters, near enough in Python's words.
_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{M}": r"\w",
    r"\p{N}": r"\w",
    r"\p{Z}": r"\s",
    r"\p{P}": r"!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u27ff",
    r"\p{S}": r"$+<-=>^`|~\u00a2-\u00b9\u2044-\u27ff",
    r"\p{Alnum}": "a-zA-Z0-9",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010ffff",
}
_PYTHON = {"string": str, "character": str, "boolean": bool, "structure": dict, "map": dict, "list": list}
_TYPES = {"string": "STRING_VALUE", "boolean": "TRUE_VALUE", "structure": "START_OBJECT", "list": "START_ARRAY"}


def checked(shape: Any, value: Any) -> Any:
    """`value` as `shape` wants it: unknown members and nulls left out, times as datetimes.

    Raises SerializationException for a wrong type and ValidationException for broken constraints.
    """
    value = _cleaned(shape, value, "")
    faults = list(_faults(shape, value, ""))
    if faults:
        many = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected: "
        raise invalid(many + "; ".join(faults))
    return value


def unknown(shape: Any, value: Any, path: str = "") -> list[str]:
    """Paths in `value` that `shape` has not."""
    if shape.type_name == "structure" and isinstance(value, dict):
        here = [f"{path}.{key}".lstrip(".") for key in value if key not in shape.members]
        parts = [(shape.members[key], item, f"{path}.{key}") for key, item in value.items() if key in shape.members]
    elif shape.type_name == "list" and isinstance(value, list):
        here, parts = [], [(shape.member, item, f"{path}[{place}]") for place, item in enumerate(value)]
    elif shape.type_name == "map" and isinstance(value, dict):
        here, parts = [], [(shape.value, item, f"{path}.{key}") for key, item in value.items()]
    else:
        return []
    return here + [found for part in parts for found in unknown(*part)]


def _cleaned(shape: Any, value: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "timestamp":
        return _time(value, path)
    if kind in ("integer", "long", "float", "double"):
        return _number(kind, value, path)
    expected = _PYTHON.get(kind)
    if expected and not isinstance(value, expected):
        raise _wrong(kind, value, path)
    if kind == "structure":
        return {
            key: _cleaned(member, value[key], f"{path}.{key}")
            for key, member in shape.members.items()
            if value.get(key) is not None
        }
    if kind == "list":
        return [_cleaned(shape.member, item, f"{path}[{place}]") for place, item in enumerate(value)]
    if kind == "map":
        return {key: _cleaned(shape.value, item, f"{path}.{key}") for key, item in value.items()}
    return value


def _number(kind: str, value: Any, path: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(kind, value, path)
    if kind in ("integer", "long"):
        if math.isfinite(value) and value == int(value):
            return int(value)
        raise _wrong(kind, value, path)
    return float(value)


def _time(value: Any, path: str) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return dt.datetime.fromtimestamp(value, dt.UTC)
    try:
        return dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _wrong("timestamp", value, path) from None


def _wrong(kind: str, value: Any, path: str) -> AwsError:
    return AwsError(
        "SerializationException",
        f"{_TYPES.get(kind, kind)} expected at '{_camel(path)}', found {type(value).__name__} ({str(value)[:100]!r}).",
    )


def _faults(shape: Any, value: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        for key in shape.required_members:
            if key not in value:
                yield f"Value null at '{_camel(f'{path}.{key}')}' failed to satisfy constraint: Member must not be null"
        for key, item in value.items():
            yield from _faults(shape.members[key], item, f"{path}.{key}")
        return
    yield from (_fault(value, path, rule) for rule in _broken(shape, value))
    if kind == "list":
        for place, item in enumerate(value, 1):
            yield from _faults(shape.member, item, f"{path}.{place}.member")
    elif kind == "map":
        for key, item in value.items():
            yield from _faults(shape.key, key, f"{path}.{key}.key" if key else path)
            yield from _faults(shape.value, item, f"{path}.{key}.member")


def _broken(shape: Any, value: Any) -> Any:
    rules, kind = shape.metadata, shape.type_name
    enum = rules.get("enum")
    if enum and value not in enum:
        yield f"Member must satisfy enum value set: [{', '.join(enum)}]"
    if kind in ("string", "list", "map", "blob"):
        if len(value) < rules.get("min", 0):
            yield f"Member must have length greater than or equal to {rules['min']}"
        if len(value) > rules.get("max", math.inf):
            yield f"Member must have length less than or equal to {rules['max']}"
    elif kind in ("integer", "long", "float", "double"):
        if value < rules.get("min", -math.inf):
            yield f"Member must have value greater than or equal to {rules['min']}"
        if value > rules.get("max", math.inf):
            yield f"Member must have value less than or equal to {rules['max']}"
    pattern = rules.get("pattern") if kind == "string" else None
    if pattern and not enum and not _pattern(pattern).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {pattern}"


def _fault(value: Any, path: str, rule: str) -> str:
    shown = str(value) if len(str(value)) <= 200 else str(value)[:200] + "..."
    return f"Value '{shown}' at '{_camel(path)}' failed to satisfy constraint: {rule}"


def _camel(path: str) -> str:
    return ".".join(part[:1].lower() + part[1:] for part in path.strip(".").split("."))


@cache
def _pattern(java: str) -> re.Pattern[str]:
    """AWS's pattern in Python's words; what cannot be told in them lets everything pass."""
    text = re.sub(r"\$\{\d+,\d+\}$", "", java)
    for old, new in _CLASSES.items():
        text = text.replace(old, new)
    try:
        return re.compile(text, re.DOTALL)
    except re.error:
        return re.compile(r".*", re.DOTALL)
