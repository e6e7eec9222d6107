"""The part of JSONPath that SageMaker's filters, JsonGet and API Gateway's templates use: names, indexes, slices."""

from __future__ import annotations

import re
from typing import Any

_PART = re.compile(
    r"""\.(?P<name>[A-Za-z_][\w-]*) | \[\s*'(?P<quoted>[^']*)'\s*\] | \[\s*"(?P<double>[^"]*)"\s*\]
      | \[\s*(?P<slice>-?\d*\s*:\s*-?\d*)\s*\] | \[\s*(?P<places>-?\d+(?:\s*,\s*-?\d+)*)\s*\]""",
    re.VERBOSE,
)


def find(document: Any, path: str) -> Any:
    """What `path` ('$.a[0].b', '$[1:]', 'a.b') leads to. Raises KeyError when there is nothing, ValueError for a path
    that is beyond this."""
    rest = path if path.startswith(("$", ".", "[")) else f".{path}"
    rest = rest.removeprefix("$")
    while rest:
        part = _PART.match(rest)
        if not part:
            raise ValueError(f"The path '{path}' is beyond this sandbox at '{rest}'.")
        document = _step(document, part, path)
        rest = rest[part.end() :]
    return document


def _step(document: Any, part: re.Match[str], path: str) -> Any:
    name = part["name"] or part["quoted"] or part["double"]
    try:
        if name is not None:
            return document[name]
        if part["slice"] is not None:
            start, end = (int(text) if text.strip() else None for text in part["slice"].split(":"))
            return document[start:end]
        places = [int(text) for text in part["places"].split(",")]
        return document[places[0]] if len(places) == 1 else [document[place] for place in places]
    except (KeyError, IndexError, TypeError):
        raise KeyError(f"'{path}' leads nowhere") from None
