"""Binary problems: what the decisions are worth, beside other ways to decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import signed_bar
from mlcl.report.sections.parts import note, table
from mlcl.report.sections.threshold import threshold
from mlcl.report.svg import extent

OUTCOMES = {
    "true_positive": "acted on, turns out positive",
    "false_positive": "acted on, turns out negative",
    "false_negative": "left alone, turns out positive",
    "true_negative": "left alone, turns out negative",
}


def value(facts: Facts) -> Markup | None:
    if facts.task != "binary":
        return None
    return el("div", _worth(facts), threshold(facts))


def alternatives(facts: Facts) -> list[tuple[str, float, str]]:
    """Name, value per case and kind of every way to decide that was measured; the model first."""
    evaluation = facts.evaluation
    ways: list[tuple[str, Mapping[str, Any] | None, str]] = [
        ("This model", facts.test, "model"),
        ("The model now in use", facts.champion, "champion"),
        ("Naive baseline", facts.baseline, "naive"),
        ("Act on everybody", evaluation.get("everything"), "other"),
        ("Act on nobody", evaluation.get("nothing"), "other"),
    ]
    return [
        (name, figures_["value_per_case"], kind)
        for name, figures_, kind in ways
        if figures_ and figures_.get("value_per_case") is not None
    ]


def _worth(facts: Facts) -> Content:
    ways = alternatives(facts)
    if not facts.has_value:
        return note(
            "What the decisions are worth: not computed, because the problem file has no table [value] that says what "
            "each outcome is worth."
            if not facts.problem.get("value")
            else facts.why_absent("What the decisions are worth")
        )
    low, high = extent([worth for _, worth, _ in ways], 0.0)
    mine = ways[0][1]
    rows = [
        (
            name,
            words.money(worth, facts.unit),
            words.money(1000 * worth, facts.unit),
            "" if kind == "model" else _signed(1000 * (mine - worth), facts.unit),
            signed_bar(worth, low, high, kind),
        )
        for name, worth, kind in ways
    ]
    head = ("Way to decide", "Per case", "Per 1,000 cases", "This model brings", "")
    return [
        el("p", _sentence(facts, ways), class_="lead"),
        table("Value of each way to decide", head, rows, "wide"),
        _prices(facts),
    ]


def _sentence(facts: Facts, ways: list[tuple[str, float, str]]) -> str:
    mine = ways[0][1]
    spread = words.interval("value_per_case", facts.intervals.get("value_per_case"), facts.unit)
    others = {name: worth for name, worth, kind in ways if kind != "model"}
    text = f"Deciding by this model is worth {words.money(mine, facts.unit)} per case"
    text += f" (likely {spread})" if spread else ""
    if others:
        best = max(others, key=lambda name: others[name])
        more = 1000 * (mine - others[best])
        than = best[:1].lower() + best[1:]
        relation = f"{words.money(abs(more), facts.unit)} per 1,000 cases {'more' if more >= 0 else 'less'} than"
        text += f": {relation} the best alternative ({than})"
    return f"{text}."


def _signed(amount: float, unit: str) -> str:
    return ("+" if amount >= 0 else "") + words.money(amount, unit)


def _prices(facts: Facts) -> Content:
    prices = facts.evaluation.get("value") or facts.problem.get("value") or {}
    parts = [f"{words.money(prices[key], facts.unit)} when {text}" for key, text in OUTCOMES.items() if key in prices]
    return note("Each case counts ", "; ".join(parts), ".") if parts else None
