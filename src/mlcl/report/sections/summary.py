"""The question, and the verdict on it goal by goal."""

from __future__ import annotations

from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, el
from mlcl.report.plots import Mark, interval
from mlcl.report.sections.parts import tile, tiles

HEADLINES = {
    "met": "The goals are met.",
    "not met": "The goals are not met.",
    "undecided": "The test data cannot decide yet.",
    "none": "No goals were set.",
    "failed": "The run stopped before a verdict.",
    "unfinished": "This run has not reached its verdict.",
}


def header(facts: Facts) -> Markup:
    """What was asked, and what the answer is used for."""
    question = facts.question.get("question") or f"What is {facts.target} going to be?"
    decision = facts.question.get("decision")
    started = str(facts.run.get("started_at") or "")[:16].replace("T", " ")
    about = " · ".join(part for part in (facts.name, f"run {facts.run.get('id', '')}", f"{started} UTC") if part)
    return el(
        "header",
        el("p", about, class_="eyebrow"),
        el("h1", question),
        el("p", "The decision: ", decision, class_="decision") if decision else None,
    )


def headline(facts: Facts) -> tuple[str, str]:
    """Kind and words of the overall outcome."""
    if facts.verdict:
        kind = "none" if not facts.verdict.get("goals") else str(facts.verdict["outcome"])
    else:
        kind = "failed" if facts.run.get("error") or facts.stopped_at else "unfinished"
    return kind, HEADLINES[kind]


def explanation(facts: Facts) -> str:
    """What there is to say beyond the headline: nothing, when every goal is met or none was set."""
    return str(facts.verdict["why"]) if headline(facts)[0] in ("not met", "undecided") else ""


def verdict(facts: Facts) -> Markup:
    kind, text = headline(facts)
    goals = facts.verdict.get("goals") or ()
    why = explanation(facts)
    return el(
        "div",
        el("h2", text, id="verdict-title"),
        el("p", why, class_="why") if why else None,
        _error(facts),
        _tiles(facts),
        el("ol", [_goal(facts, goal) for goal in goals], class_="goals") if goals else None,
        class_=f"verdict {kind.replace(' ', '-')}",
    )


def _error(facts: Facts) -> Content:
    error = facts.run.get("error")
    if not error:
        return None
    details = [(name.capitalize(), error.get(name)) for name in ("where", "found", "fix") if error.get(name)]
    return [
        el("p", error.get("what") or error.get("error"), class_="why"),
        el("dl", [el("div", el("dt", name), el("dd", text)) for name, text in details], class_="pairs"),
    ]


def _tiles(facts: Facts) -> Content:
    """The few figures that a reader takes away."""
    shown = []
    if facts.has_value:
        per_case = facts.test["value_per_case"]
        shown.append(tile("Worth per 1,000 cases", words.money(1000 * per_case, facts.unit), _gain(facts)))
    main = _main_metrics(facts)[: 3 - len(shown)]
    shown += [tile(words.label(name), words.figure(name, facts.test[name]), _beside(facts, name)) for name in main]
    rows = facts.evaluation.get("rows") or {}
    if rows:
        shown.append(tile("Judged on", words.plural(rows.get("test") or 0, "row"), "that the model never saw"))
    return tiles(shown) if shown else None


def _main_metrics(facts: Facts) -> list[str]:
    """Metrics of the goals first, then the usual ones of the task."""
    usual = ["roc_auc", "average_precision", "accuracy", "r2", "mae", "rmse"]
    wanted = [goal["metric"] for goal in facts.verdict.get("goals") or ()]
    names = [name for name in [*wanted, *usual] if name != "value_per_case" and facts.test.get(name) is not None]
    return list(dict.fromkeys(names))


def _beside(facts: Facts, metric: str) -> str:
    naive = facts.baseline.get(metric)
    return f"naive baseline {words.figure(metric, naive)}" if naive is not None else ""


def _gain(facts: Facts) -> str:
    naive = facts.baseline.get("value_per_case")
    return f"naive baseline {words.money(1000 * naive, facts.unit)}" if naive is not None else ""


def _goal(facts: Facts, goal: dict[str, Any]) -> Markup:
    outcome = str(goal["outcome"])
    mark = el("span", words.OUTCOME_MARKS[outcome], class_="mark", aria_hidden="true")
    return el(
        "li",
        el("p", mark, el("strong", outcome.capitalize()), class_="outcome"),
        el("div", el("h3", goal_words(goal)), el("p", goal.get("why"), _naive(facts, goal["metric"]))),
        _picture(facts, goal),
        class_=outcome.replace(" ", "-"),
    )


def goal_words(goal: dict[str, Any]) -> str:
    """'ROC AUC at least 0.77'."""
    return f"{words.label(goal['metric'])} {goal['wanted']}"


def _naive(facts: Facts, metric: str) -> Content:
    naive = facts.baseline.get(metric)
    return (
        el("span", f"Naive baseline: {words.figure(metric, naive, facts.unit)}.", class_="detail")
        if naive is not None
        else None
    )


def _picture(facts: Facts, goal: dict[str, Any]) -> Content:
    if goal.get("got") is None or goal.get("against") is None:
        return None
    metric, unit = goal["metric"], facts.unit
    naive = None if "baseline" in str(goal["wanted"]) else facts.baseline.get(metric)
    wanted = Mark(f"wanted {words.figure(metric, goal['against'], unit)}", goal["against"], "wanted")
    usual = Mark(f"naive {words.figure(metric, naive, unit)}", naive, "naive")
    spread = words.interval(metric, goal, unit) or "unknown"
    text = f"Got {words.figure(metric, goal['got'], unit)}, interval {spread}; {wanted.name}; {usual.name}."
    return interval(
        f"{words.label(metric)}: got and wanted", text, (goal.get("low"), goal["got"], goal.get("high")), wanted, usual
    )
