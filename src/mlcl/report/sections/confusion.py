"""The confusion matrix as a table whose cells are shaded by their share of the row."""

from __future__ import annotations

from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.sections.parts import note

MOST_CLASSES = 20


def confusion(facts: Facts) -> Content:
    found = facts.evaluation.get("confusion")
    if not found or not found.get("matrix"):
        return note(facts.why_absent("Confusion matrix"))
    labels, matrix = [str(label) for label in found["labels"]], found["matrix"]
    shown = _largest(matrix)
    head = el(
        "tr", el("td", class_="corner"), [el("th", labels[i], scope="col") for i in shown], el("th", "All", scope="col")
    )
    body = [_row(labels[i], [matrix[i][j] for j in shown], sum(matrix[i])) for i in shown]
    over = el("tr", el("td", class_="corner"), el("th", "Decided", scope="colgroup", colspan=len(shown)), el("td"))
    caption = "Confusion matrix of the test rows: what was true (rows), what was decided (columns)"
    grid = el("table", el("caption", caption), el("thead", over, head), el("tbody", body), class_="confusion")
    left_out = len(labels) - len(shown)
    return [
        el("div", grid, class_="scroll", role="region", tabindex=0, aria_label=caption),
        note(f"The {MOST_CLASSES} most frequent classes; {left_out} more are left out here.") if left_out else None,
    ]


def _row(label: str, counts: list[int], total: int) -> Markup:
    cells = [_cell(amount, total) for amount in counts]
    return el("tr", el("th", label, scope="row"), cells, el("td", words.count(total), class_="sum"))


def _cell(amount: int, total: int) -> Markup:
    part = amount / total if total else 0.0
    share = el("span", words.share(part), class_="detail") if total else None
    return el("td", words.count(amount), " ", share, class_=f"h{round(10 * part)}")


def _largest(matrix: list[list[Any]]) -> list[int]:
    by_size = sorted(range(len(matrix)), key=lambda row: -sum(matrix[row]))
    return sorted(by_size[:MOST_CLASSES])
