"""A model card as a page: the little of Markdown that mlcl.report.card writes, as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]#|~!])")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_SPLIT = re.compile(r"(?<!\\)\|")
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#16191f;
background:#fff}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #d5dbdb;padding:.35rem .6rem;
text-align:left}th{font-weight:600}h1{line-height:1.2}@media(prefers-color-scheme:dark){body{background:#0f1b2a;
color:#d1d5db}th,td{border-color:#414d5c}}"""


def page(markdown: str) -> str:
    """One self-contained page."""
    blocks = "\n".join(_block(block) for block in markdown.strip().split("\n\n"))
    title = re.sub(r"<[^>]*>", "", _inline(markdown.split("\n", 1)[0].lstrip("# ")))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body><main>\n{blocks}\n</main></body></html>\n"
    )


def _block(block: str) -> str:
    lines = block.split("\n")
    if head := re.match(r"(#{1,3}) (.*)", lines[0]):
        level = len(head[1])
        return f"<h{level}>{_inline(head[2])}</h{level}>"
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in lines) + "</ul>"
    if len(lines) > 1 and lines[0].startswith("| "):
        return "".join(_table(lines))
    return f"<p>{_inline(' '.join(lines))}</p>"


def _table(lines: list[str]) -> Iterator[str]:
    head, _, *rows = [[cell.strip() for cell in _SPLIT.split(line)[1:-1]] for line in lines]
    yield "<table><thead><tr>"
    yield from (f'<th scope="col">{_inline(cell)}</th>' for cell in head)
    yield "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table>"


def _inline(text: str) -> str:
    """The card has its own & < > escaped already; whatever else came through is escaped once more."""
    safe = html.escape(html.unescape(text))
    return _ESCAPED.sub(r"\1", _BOLD.sub(r"<strong>\1</strong>", safe))
