"""What every section of the problem file is made of."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mlcl.errors import ProblemError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"([0-9]{1,6})\s*([smhdw])")
_FORM = "a length of time is a whole number above 0 and one of s, m, h, d, w, such as 15m, 1d or 2w"


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def is_problem_name(text: str) -> bool:
    """Whether a problem may be called so: it names endpoints, files and resources in AWS, too."""
    return re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", text) is not None


def is_pattern(name: str) -> bool:
    """Whether polars would take a column's name for a pattern: all columns, or those of a regular expression."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def check_name(name: str) -> None:
    if is_pattern(name):
        raise ValueError(f"a column cannot be called '{name}', which reads like a pattern")


def duration(text: str, where: str = "") -> timedelta:
    """'15m', '1d', '2w' as a length of time. ProblemError when it is none; where: what to name as its place."""
    try:
        return _parse(text)
    except ValueError as error:
        raise ProblemError("That is no length of time.", where=where, found=repr(text), fix=f"{error}.") from error


def _parse(text: str) -> timedelta:
    match = _DURATION.fullmatch(text.strip())
    if not match or not int(match[1]):
        raise ValueError(_FORM)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _is_duration(text: str) -> str:
    _parse(text)
    return text.strip()


Duration = Annotated[str, AfterValidator(_is_duration)]
Share = Annotated[float, Field(gt=0, lt=1)]
