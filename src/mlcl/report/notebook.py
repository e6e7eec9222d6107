"""HTML for notebooks: what a run came to, what a model is, and sections of the report. What stands in the notebook
itself has inline styles only, readable on light and dark; sections come in a frame of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlcl.report import html, words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.sections.summary import goal_words, headline

# White on these passes WCAG AA, whatever the notebook's own background.
_TONES = {"met": "#0d6b42", "not met": "#b0231b", "undecided": "#7d4e00", "none": "#56606d"}
_TITLES = re.compile(r"<h2[^>]*>([^<]*)</h2>")
_BOX = "font-family: system-ui, sans-serif; max-width: 52em; line-height: 1.45"
_CELL = "text-align: left; padding: 0.3em 1em 0.3em 0; border-top: 1px solid rgba(128, 128, 128, 0.35)"


class Sections:
    """Sections of a run's report (see mlcl.report.html.SECTIONS), with their plots; shows itself in a notebook."""

    def __init__(self, documents: Mapping[str, Any], only: Sequence[str], height: int) -> None:
        self.documents, self.html, self._height = documents, html.render(documents, only), height

    def _repr_html_(self) -> str:
        return el(
            "iframe",
            srcdoc=self.html,
            sandbox="allow-scripts",
            title=", ".join(part.strip() for part in _TITLES.findall(self.html)) or "Report",
            style=f"width: 100%; height: {self._height}px; border: 1px solid rgba(128, 128, 128, 0.35)",
        )


def run(documents: Mapping[str, Any]) -> str:
    """A run's verdict goal by goal, and its metrics beside the naive baseline's."""
    facts = Facts(documents)
    kind, text = headline(facts)
    goals = [
        (goal_words(goal), words.figure(goal["metric"], goal.get("got"), facts.unit),
         words.interval(goal["metric"], goal, facts.unit), _badge(goal["outcome"], goal["outcome"]))
        for goal in facts.verdict.get("goals") or ()
    ]  # fmt: skip
    figures = [
        (words.label(name), words.figure(name, facts.test[name], facts.unit),
         words.interval(name, facts.intervals.get(name), facts.unit),
         words.figure(name, facts.baseline.get(name), facts.unit))
        for name in facts.metric_names
    ]  # fmt: skip
    return _box(
        f"{facts.name}: {facts.question.get('question') or facts.target}",
        [_badge(text, kind), f" run {facts.run.get('id', '')}"],
        _table(("Goal", "Got", "Interval", "Outcome"), goals),
        _table(("Metric", "Test", "95% interval", "Naive baseline"), figures),
    )


def model(manifest: Mapping[str, Any]) -> str:
    """What a model bundle is for, how good it is and what it needs. manifest: its model.json."""
    problem, recipe = manifest.get("problem") or {}, manifest.get("recipe") or {}
    unit = str((manifest.get("value") or {}).get("unit") or "")
    test = (manifest.get("metrics") or {}).get("test") or {}
    figures = [(words.label(name), words.figure(name, value, unit)) for name, value in test.items()]
    inputs = [(entry["name"], entry["kind"], _allowed(entry)) for entry in recipe.get("inputs") or ()]
    lineage = manifest.get("lineage") or {}
    about = [str((manifest.get("learner") or {}).get("kind", "")), str(manifest.get("task", ""))]
    if manifest.get("threshold") is not None:
        about.append(f"acts at {words.share(manifest['threshold'])} and above for {manifest.get('positive')}")
    about.append(f"data {words.short(lineage.get('dataset_digest'))}")
    return _box(
        f"{problem.get('name', 'model')}: {problem.get('question') or problem.get('target', '')}",
        ", ".join(part for part in about if part),
        _table(("Metric", "Test"), figures),
        el("details", el("summary", words.plural(len(inputs), "input")), _table(("Column", "Kind", "Seen"), inputs)),
    )


def _allowed(entry: Mapping[str, Any]) -> str:
    if entry.get("categories"):
        return words.clip(", ".join(map(str, entry["categories"])), 80)
    low, high = entry.get("min"), entry.get("max")
    return f"{low} to {high}" if low is not None else ""


def _box(title: str, about: Content, *content: Content) -> str:
    return el(
        "div", el("div", title, style="font-size: 1.15em; font-weight: 650"), el("div", about), *content, style=_BOX
    )


def _badge(text: str, kind: str) -> Markup:
    tone = _TONES.get(kind, _TONES["not met"])
    return el("span", text, style=f"background: {tone}; color: #ffffff; border-radius: 1em; padding: 0.05em 0.7em")


def _table(head: Sequence[str], rows: Iterable[Sequence[Content]]) -> Content:
    lines = [el("tr", [el("td", cell, style=_CELL) for cell in row]) for row in rows]
    titles = el("tr", [el("th", name, style=_CELL) for name in head])
    return el("table", el("thead", titles), el("tbody", lines), style="margin: 0.6em 0") if lines else None
