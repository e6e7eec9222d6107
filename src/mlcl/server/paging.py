"""Lists: sorted by one key, cut into pages by a cursor that stays right while items come and go."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import orjson

from mlcl.errors import UsageError, listing
from mlcl.server.schemas.base import Page

Item = TypeVar("Item")
Key = Callable[[Item], Any]


def page(
    items: Iterable[Item],
    keys: Mapping[str, Key[Item]],
    identity: Key[Item],
    *,
    sort: str,
    limit: int,
    cursor: str | None,
) -> Page[Item]:
    """The items after the cursor. keys: what can be sorted by; sort: one of them, '-' before it for greatest first;
    identity: text that no two items share, which orders equal ones. Items without a value come last.

    Equal sort keys follow each other by identity, in the same direction. UsageError for an unknown key or cursor.
    """
    order = Order(keys, identity, sort)
    return order.page(sorted(items, key=order.place, reverse=order.down), limit=limit, cursor=cursor)


class Order(Generic[Item]):
    """One order of a list (see page)."""

    def __init__(self, keys: Mapping[str, Key[Item]], identity: Key[Item], sort: str) -> None:
        name = sort.removeprefix("-")
        if name not in keys:
            raise UsageError(
                "The list cannot be sorted by this.", where="sort", found=name, fix=f"Known: {listing(sorted(keys))}"
            )
        self.sort, self.down = sort, sort.startswith("-")
        self._key, self._identity = keys[name], identity

    def place(self, item: Item) -> tuple[bool, Any, str]:
        value = self._key(item)
        missing = value is None or value == ""
        return (missing is not self.down, 0 if missing else value, str(self._identity(item)))

    def page(self, ordered: list[Item], *, limit: int, cursor: str | None) -> Page[Item]:
        """The items after the cursor of a list in this order."""
        start = _start(ordered, self.place, cursor, self.sort, down=self.down)
        part = ordered[start : start + limit]
        more = start + limit < len(ordered)
        return Page(items=part, next=_cursor(self.sort, self.place(part[-1])) if more else None, total=len(ordered))


class Sorted(Generic[Item]):
    """A long list, sorted once for each order and each version of it."""

    def __init__(self, keys: Mapping[str, Key[Item]], identity: Key[Item]) -> None:
        self._keys, self._identity = keys, identity
        self._known: dict[str, tuple[Any, list[Item]]] = {}

    def page(
        self,
        version: Any,
        items: Callable[[], Iterable[Item]],
        keep: Callable[[Item], bool] | None,
        *,
        sort: str,
        limit: int,
        cursor: str | None,
    ) -> Page[Item]:
        """version: differs whenever `items` does; keep: which items match."""
        order = Order(self._keys, self._identity, sort)
        known = self._known.get(sort)
        if known is None or known[0] != version:
            known = self._known[sort] = (version, sorted(items(), key=order.place, reverse=order.down))
        ordered = known[1] if keep is None else [item for item in known[1] if keep(item)]
        return order.page(ordered, limit=limit, cursor=cursor)


def offset_page(items: list[Item], *, limit: int, cursor: str | None) -> Page[Item]:
    """The same for a list whose order is given and that only grows at its end."""
    start = _offset(cursor)
    more = start + limit < len(items)
    return Page(items=items[start : start + limit], next=str(start + limit) if more else None, total=len(items))


def matches(text: str, *fields: object) -> bool:
    """Whether one of the fields holds the text, whatever its case."""
    wanted = text.casefold()
    return not wanted or any(wanted in str(field).casefold() for field in fields if field)


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdigit():
        raise _unknown(cursor)
    return int(cursor[:12])


def _start(ordered: list[Any], place: Callable[[Any], Any], cursor: str | None, sort: str, *, down: bool) -> int:
    """Where the items after the cursor begin, by bisection."""
    if cursor is None:
        return 0
    last = _parse(cursor, sort)
    low, high = 0, len(ordered)
    try:
        while low < high:
            middle = (low + high) // 2
            at = place(ordered[middle])
            if at >= last if down else at <= last:
                low = middle + 1
            else:
                high = middle
    except TypeError as error:
        raise _unknown(cursor) from error
    return low


def _cursor(sort: str, place: tuple[bool, Any, str]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([sort, *place])).decode().rstrip("=")


def _parse(cursor: str, sort: str) -> tuple[bool, Any, str]:
    try:
        document = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        wanted, missing, value, identity = document
    except (binascii.Error, ValueError, TypeError) as error:
        raise _unknown(cursor) from error
    if (
        wanted != sort
        or not isinstance(missing, bool)
        or not isinstance(identity, str)
        or isinstance(value, dict | list)
    ):
        raise _unknown(cursor)
    return missing, value, identity


def _unknown(cursor: str) -> UsageError:
    return UsageError(
        "This is no cursor of this list.", where="cursor", found=cursor[:80], fix="Begin without a cursor."
    )
