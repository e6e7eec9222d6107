"""HTML and SVG elements that escape by default: text becomes markup only through `el`, so hostile data stay inert."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

VOID = frozenset({"meta", "input", "br", "col"})

Content = Any  # Markup (verbatim), text or number (escaped), None (nothing), or an iterable of these


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def el(tag: str, *children: Content, **attributes: Any) -> Markup:
    """One element. Attribute names: `class_` is class, `aria_label` is aria-label. The value True makes one stand
    alone; None and False leave it out.

    Tag and attribute names are trusted and must be constants; children and attribute values are escaped.
    """
    opening = f"<{tag}{''.join(_attribute(name, value) for name, value in attributes.items())}>"
    return Markup(opening if tag in VOID else f"{opening}{join(children)}</{tag}>")


def join(children: Iterable[Content]) -> Markup:
    return Markup("".join(map(_content, children)))


def data_island(value: Any, element_id: str) -> Markup:
    """JSON for a script to read. '<', '>' and '&' are written as escapes, so nothing can end the element."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return el("script", Markup(text), type="application/json", id=element_id)


def _content(child: Content) -> str:
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return escape(child)
    if child is None:
        return ""
    if isinstance(child, Iterable):
        return "".join(map(_content, child))
    return escape(str(child))


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    plain = name.rstrip("_").replace("_", "-")
    return f" {plain}" if value is True else f' {plain}="{escape(str(value))}"'
