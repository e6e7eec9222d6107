"""What is wrong with a problem file, mistake by mistake, each with its place in the text."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from mlcl.data import sources
from mlcl.errors import MlclError, NotFound
from mlcl.problem import Problem
from mlcl.problem.file import told
from mlcl.server.schemas.base import Mistake
from mlcl.stores import Store, keys

Key = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]\]?\s*(?:#.*)?")
_LINE = re.compile(rf"(\s*)({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_PLACE = re.compile(r"at line (\d+), column (\d+)")
_LEADS = re.compile(r"([a-z_]+(?:\.[a-z_0-9]+)*): ")
_FOUND = re.compile(r"(?s)(.*) \(found (.*)\)")


class Looked(NamedTuple):
    """problem: parsed, when there are no mistakes."""

    problem: Problem | None
    mistakes: list[Mistake]


def look(
    text: str, *, base: str = "", files: bool = True, name: str | None = None, store: Store | None = None
) -> Looked:
    """Checks the text. base: folder that relative paths start from; files: whether files of this machine may be named
    as a source; name: what the problem must be called; store: where uploaded files lie."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Looked(None, [_syntax(str(error), text)])
    except RecursionError:
        return Looked(None, [Mistake(message="The file is nested too deeply.")])
    places = _places(text)
    try:
        problem = Problem.model_validate(raw)
    except ValidationError as error:
        return Looked(None, [_mistake(fault["loc"], told(fault), places) for fault in error.errors(include_url=False)])
    problem._base = Path(base)
    if name is not None and problem.name != name:
        why = f'the problem is called "{name}" here; to make another problem of it, save it under its own name'
        return Looked(None, [_mistake(("problem", "name"), f"problem.name: {why} (found {problem.name!r})", places)])
    wrong = _source(problem, store, files=files)
    if wrong:
        return Looked(None, [_mistake(("data", "source"), wrong, places)])
    return Looked(problem, [])


def _source(problem: Problem, store: Store | None, *, files: bool) -> str:
    """What is wrong with data.source, as far as can be told without fetching it, or ''."""
    try:
        if sources.is_file(problem.data) and not files:
            return "data.source: files of the server's machine are not read for callers from elsewhere; upload the file"
        if not (problem.base != Path() or not sources.is_file(problem.data) or Path(problem.data.source).is_absolute()):
            return "data.source: a relative path has no folder to start from here; upload the file, or name it in full"
        sources.fingerprint(problem.data, problem.base)
        if store and problem.data.source.startswith("upload:"):
            digest, _, file = problem.data.source.removeprefix("upload:").partition("/")
            if not store.exists(keys.upload(digest, file)):
                return f"data.source: this file was not uploaded to this store (found {problem.data.source!r})"
    except MlclError as error:
        found = f" (found {error.found})" if error.found and not isinstance(error, NotFound) else ""
        return f"data.source: {error.what} {error.fix}".strip() + found
    return ""


def _syntax(error: str, text: str) -> Mistake:
    place = _PLACE.search(error)
    line, column = (int(place[1]), int(place[2])) if place else _end(text)
    message = re.sub(r"\s*\(at (?:line \d+, column \d+|end of document)\)", "", error)
    return Mistake(line=line, column=column, message=f"This is not valid TOML: {message}.")


def _end(text: str) -> tuple[int, int]:
    """Line and column of the last character that is no space: what is missing is missing there."""
    lines = text.rstrip().splitlines() or [""]
    return len(lines), max(1, len(lines[-1]))


def _mistake(location: Key, text: str, places: dict[Key, tuple[int, int]]) -> Mistake:
    """text: 'path: message (found x)'."""
    path = ".".join(map(str, location))
    if not location and (lead := _LEADS.match(text)):
        path = lead[1]
        location = tuple(path.split("."))
    message = text.removeprefix(f"{path}: ") if path else text
    found = _FOUND.fullmatch(message)
    if found:
        message = found[1]
    line, column = _nearest(location, places)
    return Mistake(
        key=path,
        line=line,
        column=column,
        message=f"{message[:1].upper()}{message[1:]}",
        found=found[2] if found else "",
    )


def _nearest(location: Key, places: dict[Key, tuple[int, int]]) -> tuple[int | None, int | None]:
    """Where the key stands, or the table that should hold it."""
    for end in range(len(location), 0, -1):
        if location[:end] in places:
            return places[location[:end]]
        if (*location[:end], 0) in places:
            return places[*location[:end], 0]
    return None, None


def _places(text: str) -> dict[Key, tuple[int, int]]:
    """Line and column of every table and key; keys inside values of several lines are not looked for."""
    places: dict[Key, tuple[int, int]] = {}
    counts: Counter[Key] = Counter()
    table: Key = ()
    closing, depth = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if depth > 0:
            depth += _depth(line)
            continue
        if header := _HEADER.fullmatch(line):
            table = _parts(header[2])
            if header[1] == "[[":
                counts[table] += 1
                table = (*table, counts[table] - 1)
            places.setdefault(table, (number, line.index("[") + 1))
        elif key := _LINE.match(line):
            at = (number, len(key[1]) + 1)
            parts = _parts(key[2])
            for end in range(1, len(parts) + 1):
                places.setdefault((*table, *parts[:end]), at)
            value = line[key.end() :]
            closing = next((mark for mark in ('"""', "'''") if value.count(mark) == 1), "")
            depth = 0 if closing else _depth(value)
    return places


def _depth(text: str) -> int:
    bare = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*", "", text)
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")


def _parts(text: str) -> Key:
    node, found = tomllib.loads(f"{text} = 0"), []
    while isinstance(node, dict):
        name = next(iter(node))
        found.append(name)
        node = node[name]
    return tuple(found)
