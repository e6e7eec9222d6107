"""Reading problem.toml. Every mistake is one ProblemError that names file, key, what was found and what is right."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mlcl.errors import ProblemError, did_you_mean, listing
from mlcl.problem.sections import Problem


def load(path: str | Path, overrides: Sequence[str] = ()) -> Problem:
    """The problem in the file at `path`. overrides: 'key.path=value' texts (TOML values or plain) that come first."""
    path = Path(path)
    if path.is_dir():
        path = path / "problem.toml"
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ProblemError(
            "There is no such problem file.", where=str(path), fix="Write one with: mlcl init DATA"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProblemError(
            "The problem file cannot be read.",
            where=str(path),
            found=str(error),
            fix="It must be a UTF-8 text file.",
        ) from error
    return parse(text, base=path.resolve().parent, where=str(path), overrides=overrides)


def parse(text: str, *, base: Path, where: str = "problem.toml", overrides: Sequence[str] = ()) -> Problem:
    """The problem in TOML `text`; relative paths in it start from `base`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProblemError("The problem file is not valid TOML.", where=where, found=str(error)) from error
    for override in overrides:
        _override(raw, override)
    return from_dict(raw, base=base, where=where)


def from_dict(raw: dict[str, Any], *, base: Path, where: str = "problem") -> Problem:
    try:
        problem = Problem.model_validate(raw)
    except ValidationError as error:
        raise _explain(error, where) from error
    problem._base = base
    return problem


def schema() -> dict[str, Any]:
    """JSON Schema of the problem file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mlcl problem file",
        **Problem.model_json_schema(),
    }


def _override(raw: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    parts = key.strip().split(".")
    if not equals or not all(parts):
        raise ProblemError(
            "An override is written key=value.",
            where="--set",
            found=override,
            fix="For instance: --set train.trials=0",
        )
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    for part in parts[:-1]:
        raw = raw.setdefault(part, {})
        if not isinstance(raw, dict):
            raise ProblemError("An override goes through a key that is no table.", where=f"--set {key}", found=part)
    raw[parts[-1]] = value


def _explain(error: ValidationError, where: str) -> ProblemError:
    faults = [told(fault) for fault in error.errors(include_url=False)]
    what = "The problem file has a mistake." if len(faults) == 1 else f"The problem file has {len(faults)} mistakes."
    return ProblemError("\n".join([what, *(f"  - {fault}" for fault in faults)]), where=where)


def told(fault: Any) -> str:
    """One mistake that pydantic found: 'path: what is wrong (found x)'."""
    path = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        known = _keys_at(fault["loc"][:-1])
        hint = did_you_mean(str(fault["loc"][-1]), known) or f"Known: {listing(known, 30)}"
        return f"{path}: unknown key. {hint}"
    if fault["type"] == "missing":
        return f"{path}: missing; it must be given"
    message: str = fault["msg"].removeprefix("Value error, ")
    if not path:
        return message
    found = "" if isinstance(fault["input"], dict) else f" (found {fault['input']!r})"
    return f"{path}: {message[:1].lower()}{message[1:]}{found}"


def _keys_at(location: Sequence[str | int]) -> list[str]:
    """Keys that the JSON Schema allows at a location of the problem file."""
    top = Problem.model_json_schema()
    node: dict[str, Any] = top
    for part in location:
        node = (
            node.get("items", {})
            if isinstance(part, int)
            else node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
        )
        for option in (node, *node.get("anyOf", ())):
            if "$ref" in option:
                node = top["$defs"][option["$ref"].rsplit("/", 1)[1]]
                break
    return list(node.get("properties", ()))
