"""How messages name rows and values of a table."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 10
COUNTED = "rows count from 1, the first below the header"


def row_text(numbers: Sequence[int], total: int) -> str:
    """'rows 3, 17 and 5 more'. numbers: the first rows, counted from 1; total: how many there are in all."""
    shown = [f"{number:,}" for number in numbers[:SHOWN]]
    more = f" and {total - len(shown):,} more" if total > len(shown) else ""
    return f"{'row' if total == 1 else 'rows'} {', '.join(shown)}{more}"


def value_text(value: object, most: int = 60) -> str:
    """A value as one reads it in a message, cut to `most` characters."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= most else text[: most - 1] + "…"
