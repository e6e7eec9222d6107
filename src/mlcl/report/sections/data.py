"""The data: where they come from, what is odd about them, column by column, and how they were split."""

from __future__ import annotations

from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import bar, heat, sparks
from mlcl.report.sections.parts import link, more, note, pairs, table

MOST_COLUMNS = 60


def data(facts: Facts) -> Markup:
    if not facts.dataset and not facts.profile:
        return note(facts.why_absent("The data"))
    return el("div", _source(facts), _warnings(facts), _target(facts), _columns(facts), _correlations(facts))


def _source(facts: Facts) -> Content:
    dataset = facts.dataset
    about = [
        ("Name", dataset.get("name")),
        ("Source", dataset.get("source")),
        ("Address", link(str(dataset["url"])) if dataset.get("url") else None),
        ("Rows", words.count(dataset.get("rows", facts.profile.get("rows")))),
        ("Columns", words.count(len(dataset.get("columns") or facts.profile.get("columns") or ()))),
        ("Duplicate rows", words.count(facts.profile["duplicates"]) if facts.profile else None),
        ("Licence", dataset.get("licence") or "not stated by the source"),
        ("Citation", dataset.get("citation")),
        ("Fetched", str(dataset.get("fetched_at") or "")[:16].replace("T", " ")),
    ]
    remarks = [el("li", text) for text in dataset.get("notes") or ()]
    return [pairs(about), _remarks(remarks)]


def _remarks(remarks: list[Markup]) -> Content:
    """What happened while reading; much of it behind a click."""
    listed = el("ul", remarks, class_="notes") if remarks else None
    return more(f"{len(remarks)} remarks on reading the data", listed) if len(remarks) > 3 else listed


def _warnings(facts: Facts) -> Content:
    found = facts.profile.get("warnings") or []
    items = [
        el(
            "li",
            el("span", warning["code"].replace("_", " "), class_="badge"),
            " ",
            el("strong", warning["column"], ": ") if warning.get("column") else None,
            warning["message"],
        )
        for warning in found
    ]
    if not facts.profile:
        return None
    broken = [
        el(
            "li",
            el("span", "expectation", class_="badge bad"),
            " ",
            el("strong", entry["column"], ": "),
            f"{entry['check']} {entry['wanted']} is broken in {words.plural(entry['broken'], 'row')}",
        )
        for entry in facts.profile.get("expectations") or ()
        if entry.get("broken")
    ]
    if not items and not broken:
        return note("Nothing odd was found in the data.")
    return [el("h3", "What is odd about the data"), el("ul", broken, items, class_="warnings")]


def _target(facts: Facts) -> Content:
    target = facts.profile.get("target")
    if not target:
        return None
    task = f" makes this a {target['task']} problem: {target['task_why']}."
    positive = target.get("positive")
    text = [
        el("p", "The target ", el("strong", target["name"]), task),
        el("p", "Positive means ", el("strong", positive), f": {target['positive_why']}.") if positive else None,
    ]
    counts = target.get("counts")
    if not counts:
        return [el("h3", "The target"), text]
    total, most = sum(counts.values()) or 1, max(counts.values(), default=0)
    rows = [
        (
            label,
            [bar(amount, most, "model" if label == target.get("positive") else "naive")],
            words.count(amount),
            words.share(amount / total),
        )
        for label, amount in counts.items()
    ]
    missing = (
        note(f"{words.plural(target['missing'], 'row')} without a target were left out.")
        if target.get("missing")
        else None
    )
    return [
        el("h3", "The target"),
        text,
        table("Classes of the target", ("Class", "", "Rows", "Share"), rows, "bars"),
        missing,
    ]


def _columns(facts: Facts) -> Content:
    found = facts.profile.get("columns") or []
    if not found:
        return note(facts.why_absent("Columns"))
    ranked = sorted(found, key=lambda column: -((column.get("association") or {}).get("value") or -1))
    shown = ranked[:MOST_COLUMNS]
    head = ("Column", "Distribution", "Typical values", "Distinct", "Missing", "Alone with the target")
    grid = table("Columns, the most telling first", head, [_column(column) for column in shown], "columns")
    left = len(found) - len(shown)
    tail = (
        note(f"The {MOST_COLUMNS} columns that tell most about the target; {left:,} more are in the profile.")
        if left
        else None
    )
    sampled = facts.profile.get("sampled")
    sample = note(f"Distributions are those of {sampled:,} sampled rows.") if sampled else None
    return [grid, sample, tail]


def _column(column: dict[str, Any]) -> tuple[Content, ...]:
    name: Content = [
        el("span", words.clip(column["name"], 60), class_="column-name"),
        el("span", _role(column), class_="detail"),
        [el("span", code.replace("_", " "), class_="badge") for code in column.get("warnings") or ()],
    ]
    tells = (column.get("association") or {}).get("value")
    return (
        name,
        _shape(column),
        _typical(column),
        words.count(column.get("distinct")),
        words.share(column.get("missing_share") or 0.0),
        [bar(tells, 1.0), el("span", words.number(tells, 2), class_="detail")] if tells is not None else words.NONE,
    )


def _role(column: dict[str, Any]) -> str:
    role = column.get("role", "feature")
    return column["kind"] if role == "feature" else f"{column['kind']}, {role}"


def _shape(column: dict[str, Any]) -> Content:
    shape = column.get("histogram")
    if shape and shape.get("counts"):
        return sparks(f"Histogram of {column['name']}", shape["counts"])
    top = column.get("top")
    return (
        sparks(f"Most frequent values of {column['name']}", [entry["count"] for entry in top[:12]])
        if top
        else words.NONE
    )


def _typical(column: dict[str, Any]) -> Content:
    """Range and median of numbers, the most frequent values of others."""
    if column.get("min") is not None:
        middle = (column.get("quantiles") or {}).get("0.5")
        low, high = (_value(column[side]) for side in ("min", "max"))
        return [
            f"{low} to {high}",
            el("span", f"median {_value(middle)}", class_="detail") if middle is not None else None,
        ]
    top = column.get("top") or []
    return ", ".join(words.clip(_value(entry["value"]), 24) for entry in top[:3]) + (" …" if len(top) > 3 else "")


def _value(value: object) -> str:
    return words.number(value) if isinstance(value, int | float) else str(value)


def _correlations(facts: Facts) -> Content:
    found = facts.profile.get("correlations") or {}
    names = found.get("columns") or []
    if len(names) < 2:
        return None
    text = "Blue: they rise together; red: one rises as the other falls. The stronger the colour, the closer the tie."
    image = heat("Correlations between number columns", text, names, found["matrix"])
    return more("Correlations between number columns", note(text), image)


def split(facts: Facts) -> Markup:
    """How rows went to training, validation and test."""
    if not facts.prepare:
        return note(facts.why_absent("The split"))
    rows, how = facts.prepare["rows"], str(facts.prepare.get("split_how") or "")
    total = sum(rows.values()) or 1
    purpose = {
        "train": "the model learns from them",
        "validation": "for early stopping, tuning and the threshold",
        "test": "untouched until the verdict",
    }
    shown = [
        (
            name.capitalize(),
            bar(amount, total, "model" if name == "test" else "naive"),
            words.count(amount),
            words.share(amount / total),
            purpose.get(name, ""),
        )
        for name, amount in rows.items()
    ]
    grid = table("Rows of each split", ("Split", "", "Rows", "Share", "Purpose"), shown, "bars prose")
    dropped = [
        el("li", el("strong", entry["column"]), f": {entry['why']}") for entry in facts.prepare.get("dropped") or ()
    ]
    notes = [el("li", text) for text in facts.prepare.get("notes") or ()]
    return el(
        "div",
        el("p", how[:1].upper() + how[1:]),
        grid,
        [el("h3", "Columns that the model does not see"), el("ul", dropped, class_="notes")] if dropped else None,
        el("ul", notes, class_="notes") if notes else None,
    )
