"""What several sections are made of: tables, figures, notes, tiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import Line


def table(caption: str, head: Sequence[Content], rows: Iterable[Sequence[Content]], kind: str = "") -> Markup:
    """A table whose first column names the row. It scrolls by itself where the page is narrower."""
    header = el("tr", [el("th", cell, scope="col") for cell in head])
    body = [el("tr", el("th", row[0], scope="row"), [el("td", cell) for cell in row[1:]]) for row in rows]
    grid = el("table", el("caption", caption), el("thead", header), el("tbody", body), class_=kind or None)
    return el("div", grid, class_="scroll", role="region", tabindex=0, aria_label=caption)


def figure(caption: str, image: Content, *notes: Content) -> Markup:
    text = [el("p", note) for note in notes if note]
    return el("figure", el("figcaption", el("h3", caption), text), image)


def figures(*content: Content) -> Markup:
    return el("div", *content, class_="figures")


def beside(*content: Content) -> Markup:
    """Things of different height next to one another where there is room."""
    return el("div", *content, class_="beside")


def legend(lines: Iterable[Line]) -> Content:
    """Names of the lines with their colours."""
    return [el("span", el("span", class_=f"swatch {line.kind}"), f" {line.name}", class_="key") for line in lines]


def note(*content: Content) -> Markup:
    return el("p", *content, class_="note")


def tile(name: str, value: Content, detail: Content = None) -> Markup:
    below = el("span", detail, class_="detail") if detail else None
    return el("div", el("dt", name), el("dd", el("strong", value), below))


def tiles(content: Iterable[Markup]) -> Markup:
    return el("dl", content, class_="tiles")


def pairs(content: Iterable[tuple[str, Content]]) -> Markup:
    """Names and values, those that there are."""
    return el("dl", [el("div", el("dt", name), el("dd", value)) for name, value in content if value], class_="pairs")


def more(summary: str, *content: Content) -> Markup:
    """Content behind a click."""
    return el("details", el("summary", summary), *content)


def link(url: str) -> Content:
    """A link for a web address; anything else stays text (a 'javascript:' address must not become clickable)."""
    return el("a", url, href=url, rel="noreferrer") if url.startswith(("https://", "http://")) else url
