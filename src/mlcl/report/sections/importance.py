"""What the model goes by: permutation importance and contributions, feature by feature."""

from __future__ import annotations

from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import bar
from mlcl.report.sections.parts import beside, more, note, table

MOST = 15


def importance(facts: Facts) -> Markup:
    found = facts.evaluation.get("importance") or {}
    permutation, contribution = found.get("permutation"), found.get("contribution")
    if not permutation and not contribution:
        return note(facts.why_absent("Importance of the features"))
    metric = words.label(str(found.get("metric") or ""))
    return beside(
        _bars(
            permutation,
            "mean",
            f"By permutation: loss of {metric}",
            f"How much {metric} gets worse when a column is shuffled. Whiskers: one standard deviation.",
        ),
        _bars(
            contribution,
            "mean_abs",
            "By contribution",
            "How far a column moves a prediction on average, up or down, in the model's own unit.",
        ),
    )


def _bars(entries: list[dict[str, Any]] | None, key: str, caption: str, meaning: str) -> Content:
    if not entries:
        return note(f"{caption}: not computed for this model.")
    ranked = sorted(entries, key=lambda entry: -entry[key])
    most = max(entry[key] + entry.get("std", 0) for entry in ranked)
    texts = words.column([entry[key] for entry in ranked])
    rows = [
        (entry["feature"], bar(entry[key], most, error=entry.get("std", 0)), text)
        for entry, text in zip(ranked, texts, strict=True)
    ]
    head = ("Feature", "", "Importance")
    rest = rows[MOST:]
    hidden = (
        more(words.plural(len(rest), "more feature"), table(f"{caption}, the rest", head, rest, "bars"))
        if rest
        else None
    )
    return el("div", table(caption, head, rows[:MOST], "bars"), note(meaning), hidden)
