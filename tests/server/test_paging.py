"""Pages of a list: every item once, in order, also while others come and go."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.errors import UsageError
from mlcl.server.paging import page

KEYS = {"size": lambda item: item.size, "name": lambda item: item.name}


class Item(NamedTuple):
    name: str
    size: float | None


def walk(items: list[Item], sort: str, limit: int) -> list[Item]:
    found: list[Item] = []
    cursor = None
    while True:
        part = page(items, KEYS, lambda item: item.name, sort=sort, limit=limit, cursor=cursor)
        assert part.total == len(items)
        found += part.items
        cursor = part.next
        if cursor is None:
            return found


items = st.lists(
    st.builds(Item, st.text(min_size=1, max_size=4), st.none() | st.integers(0, 5)), unique_by=lambda item: item.name
)


@given(items, st.sampled_from(["size", "-size", "name", "-name"]), st.integers(1, 4))
def test_walking_meets_every_item_once_and_in_order(given: list[Item], sort: str, limit: int) -> None:
    found = walk(given, sort, limit)
    assert sorted(found, key=repr) == sorted(given, key=repr)
    key = KEYS[sort.removeprefix("-")]
    values = [key(item) for item in found if key(item) is not None]
    assert values == sorted(values, reverse=sort.startswith("-"))
    blanks = [key(item) is None for item in found]
    assert blanks == sorted(blanks)  # what has no value comes last, whichever way


def test_what_is_added_before_the_cursor_moves_nothing() -> None:
    before = [Item(f"{number:02}", number) for number in range(10)]
    first = page(before, KEYS, lambda item: item.name, sort="-size", limit=4, cursor=None)
    grown = [*before, Item("new", 99.0)]
    second = page(grown, KEYS, lambda item: item.name, sort="-size", limit=4, cursor=first.next)
    assert [item.size for item in second.items] == [5, 4, 3, 2]


@pytest.mark.parametrize("cursor", ["", "x", "eyJ9", "WyJzaXplIl0", "WyItc2l6ZSIsdHJ1ZSxbXSwiYSJd", "é" * 30])
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(UsageError):
        page([Item("a", 1)], KEYS, lambda item: item.name, sort="size", limit=1, cursor=cursor)


def test_a_cursor_of_another_order_is_refused() -> None:
    some: list[Any] = [Item("a", 1), Item("b", 2)]
    first = page(some, KEYS, lambda item: item.name, sort="size", limit=1, cursor=None)
    with pytest.raises(UsageError):
        page(some, KEYS, lambda item: item.name, sort="name", limit=1, cursor=first.next)
