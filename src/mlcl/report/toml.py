"""A problem document as TOML text: only what a problem file holds (tables, lists of tables, scalars, lists)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dumps(document: Mapping[str, Any]) -> str:
    """TOML of a JSON-ready mapping; what is None or empty is left out, as it is in a problem file."""
    return "\n".join(_table(document, ())).strip() + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    kept = {name: value for name, value in table.items() if value is not None and value not in ([], (), {})}
    plain = {name: value for name, value in kept.items() if not _nested(value)}
    if path and plain:
        yield f"\n[{_dotted(path)}]"
    for name, value in plain.items():
        yield f"{_key(name)} = {_value(value)}"
    for name, value in kept.items():
        if isinstance(value, Mapping):
            yield from _table(value, (*path, name))
        elif _nested(value):
            for entry in value:
                yield f"\n[[{_dotted((*path, name))}]]"
                yield from (f"{_key(key)} = {_value(item)}" for key, item in entry.items() if item is not None)


def _nested(value: object) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list | tuple) and bool(value) and isinstance(value[0], Mapping)
    )


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(map(_key, path))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items() if item is not None)
        return f"{{ {inner} }}"
    return repr(value)


def _text(text: str) -> str:
    # A JSON string is a TOML basic string, except that TOML wants DEL escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
