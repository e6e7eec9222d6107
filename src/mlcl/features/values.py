"""What a cell means: the one definition of how a value becomes a number, a truth value, a text or a date.

Rows (serving) use these functions directly. Tables use vectorised casts for the cells on which both are known to
agree, and these functions for every other cell; so a value means the same wherever it comes from.

A number is a float64 that float32 can hold; NaN, infinities and greater ones are missing.
"""

from __future__ import annotations

import datetime as dt
import re
import struct
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from mlcl.records import Kind

LIMIT = float(2**128 - 2**103)  # this and beyond rounds to infinity as float32
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - times are UTC without saying so
EPOCH_DAY = EPOCH.toordinal()
MICROSECOND = dt.timedelta(microseconds=1)
MICROSECONDS_PER_DAY = 86_400_000_000.0

# White space as Unicode has it; str.strip() alone takes four control characters more.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity)", re.ASCII | re.IGNORECASE)
_DATETIME = re.compile(
    r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})"
    r"([T ]([0-9]{1,2}):([0-9]{2})(:([0-9]{2})(\.([0-9]{1,9}))?)?(Z|([+-])([0-9]{2}):?([0-9]{2}))?)?",
    re.ASCII,
)
_PLAIN_NUMBERS = frozenset((int, float))
_BOOLEANS = {"true": True, "false": False}

Convert = Callable[[Any], Any]


class FaultError(ValueError):
    """A value that its column cannot hold. found: what it is; allowed: what would do."""

    def __init__(self, found: str, allowed: str) -> None:
        super().__init__(found, allowed)
        self.found, self.allowed = found, allowed


def is_number(value: float) -> bool:
    return -LIMIT < value < LIMIT


def floats(numbers: Sequence[float | None]) -> npt.NDArray[np.float64]:
    """The numbers as np.array has them, NaN for None; in a third of the time where there is no None. OverflowError: an
    integer of more than 308 digits."""
    try:
        return np.frombuffer(struct.pack(f"{len(numbers)}d", *numbers))
    except struct.error:
        return np.array(numbers, np.float64)


def bounded_number(text: str) -> float | None:
    """The number that `text` holds, or None when it holds none that float32 can hold."""
    try:
        return parse_number(text.strip(SPACES))
    except ValueError:
        return None


def parse_number(text: str) -> float | None:
    """The number that `text` holds, or None when it holds one that counts as missing. ValueError: it holds none."""
    if _NUMBER.fullmatch(text):
        value = float(text)
        return value if is_number(value) else None
    if _NO_NUMBER.fullmatch(text):
        return None
    raise ValueError(text)


def number_text(value: float) -> str:
    """The text of a number: '3' of 3.0, '0.5' of 0.5."""
    return str(int(value)) if value.is_integer() and abs(value) < 2.0**63 else repr(value)


def parse_datetime(text: str) -> dt.datetime:
    """The time (UTC, without zone) in ISO 8601 `text`; the date may have slashes. ValueError: it holds none."""
    found = _DATETIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(found[group] or 0) for group in (1, 3, 4, 6, 7, 9))
    micro = int((found[11] or "0").ljust(6, "0")[:6])
    moment = dt.datetime(year, month, day, hour, minute, second, micro)  # noqa: DTZ001
    offset = dt.timedelta(hours=int(found[14] or 0), minutes=int(found[15] or 0))
    try:
        return moment + offset if found[13] == "-" else moment - offset
    except OverflowError as error:
        raise ValueError(text) from error


def naive(moment: dt.datetime) -> dt.datetime:
    """`moment` in UTC, without its zone."""
    try:
        return moment if moment.tzinfo is None else moment.astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(str(moment)) from error


def days(moment: dt.date) -> float:
    """Days since 1970-01-01; a time of day is a fraction."""
    if isinstance(moment, dt.datetime):
        return float((moment - EPOCH) // MICROSECOND) / MICROSECONDS_PER_DAY
    return float(moment.toordinal() - EPOCH_DAY)


def converter(kind: Kind, missing: Collection[str]) -> Convert:
    """The function that brings any value to `kind`, or raises FaultError. missing: texts that mean no value, as the
    empty one does; spaces around a text do not count."""
    none = frozenset(("", *missing))
    convert, allowed = _CONVERT[kind]

    def converted(value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip(SPACES)
        if value is None or (isinstance(value, str) and value in none):
            return None
        try:
            if isinstance(value, np.generic):
                value = value.item()
            return None if value != value else convert(value)  # noqa: PLR0124 - NaN and NaT are not even themselves
        except (ValueError, TypeError, ArithmeticError):
            raise FaultError(describe(value), allowed) from None

    # Most values need no more than this.
    def number(value: Any) -> float | None:
        if type(value) in _PLAIN_NUMBERS and -LIMIT < value < LIMIT:
            return float(value)
        found: float | None = converted(value)
        return found

    def text(value: Any) -> str | None:
        if type(value) is str:
            value = value.strip(SPACES)
            return None if value in none else value
        found: str | None = converted(value)
        return found

    quick: dict[Convert, Convert] = {_number: number, _text: text}
    return quick.get(convert, converted)


def describe(value: Any) -> str:
    """What a value is, in words short enough for a message."""
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:37] + "...")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value) if is_number(value) else "a number out of range"
    if isinstance(value, int):
        return str(value) if abs(value) < 2**64 else "a number out of range"
    if isinstance(value, dt.date):
        return value.isoformat()
    names = {"NoneType": "nothing", "dict": "an object", "list": "a list", "tuple": "a list"}
    return names.get(type(value).__name__, f"a {type(value).__name__}")


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return parse_number(value)
    if not isinstance(value, int | float | Decimal):
        raise ValueError
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if is_number(number) else None


def _boolean(value: Any) -> bool | None:
    if isinstance(value, str) and value.lower() in _BOOLEANS:
        return _BOOLEANS[value.lower()]
    number = _number(value)
    if number not in (0.0, 1.0, None):
        raise ValueError
    return None if number is None else number == 1.0


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        number = float(value)
        return number_text(number) if is_number(number) else None
    raise ValueError


def _datetime(value: Any) -> dt.datetime:
    if isinstance(value, str):
        return parse_datetime(value)
    if isinstance(value, dt.datetime):
        return naive(value)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
    raise ValueError


def _date(value: Any) -> dt.date:
    return _datetime(value).date()


_CONVERT: dict[str, tuple[Convert, str]] = {
    "integer": (_number, "a number"),
    "number": (_number, "a number"),
    "boolean": (_boolean, "true or false"),
    "category": (_text, "a text"),
    "text": (_text, "a text"),
    "date": (_date, "a date as YYYY-MM-DD"),
    "datetime": (_datetime, "a time as YYYY-MM-DDTHH:MM:SS"),
}
