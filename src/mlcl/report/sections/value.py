"""What the decisions are worth, and what another threshold would bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, data_island, el
from mlcl.report.plots import Dot, Line, lines, signed_bar
from mlcl.report.sections.parts import figure, figures, note, table
from mlcl.report.svg import Axis, Frame, extent

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


def threshold(facts: Facts) -> Content:
    """The slider with its figures and plots. Without scripts the figures of the chosen threshold stand."""
    points = _points(facts.curves.get("thresholds") or {})
    if not points:
        return note(facts.why_absent("Figures at other thresholds"))
    chosen = _chosen(points, facts.evaluation.get("threshold"))
    return el(
        "div",
        el("h3", "What if you acted on more, or on fewer?"),
        el("p", _chosen_words(facts), class_="note"),
        _slider(points, chosen),
        _readings(facts, points[chosen]),
        figures(_precision_plot(points, chosen), _money_plot(facts, points, chosen)),
        data_island({"columns": _columns(points), "unit": facts.unit, "chosen": chosen}, "threshold-data"),
        class_="what-if",
    )


def _points(curve: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """One record per threshold, the strictest first."""
    names = list(curve)
    records = [dict(zip(names, row, strict=True)) for row in zip(*curve.values(), strict=False)]
    known = [point for point in records if point.get("threshold") is not None and point.get("share") is not None]
    return sorted(known, key=lambda point: (-point["threshold"], point["share"]))


def _columns(points: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [point[name] for point in points] for name in points[0]}


def _chosen(points: list[dict[str, Any]], at: float | None) -> int:
    return min(range(len(points)), key=lambda index: abs(points[index]["threshold"] - (0.5 if at is None else at)))


def _chosen_words(facts: Facts) -> str:
    at, why = facts.evaluation.get("threshold"), facts.evaluation.get("threshold_why")
    text = f"The model acts at a probability of {words.number(at)} and above"
    text += f" ({why})" if why else ""
    capacity = facts.evaluation.get("capacity") or {}
    if capacity.get("cases"):
        text += f"; at most {capacity['cases']:,} of {capacity.get('out_of') or 0:,} cases can be acted on"
    return f"{text}. Move the slider to see what another threshold would have brought on the test rows."


def _slider(points: list[dict[str, Any]], chosen: int) -> Markup:
    return el(
        "div",
        el("label", "Threshold", for_="threshold"),
        el(
            "input",
            type="range",
            id="threshold",
            min=0,
            max=len(points) - 1,
            step=1,
            value=chosen,
            disabled=True,
            autocomplete="off",
        ),
        el("div", el("span", "stricter: act on fewer"), el("span", "looser: act on more"), class_="ends"),
        el("button", "Back to the chosen threshold", type="button", id="threshold-reset", hidden=True),
        class_="slider",
    )


def _readings(facts: Facts, point: dict[str, Any]) -> Markup:
    """The figures that follow the slider; names of the outputs are those of the points."""
    shown = [
        ("Probability at least", "threshold", words.number(point["threshold"])),
        ("Cases acted on", "share", words.share(point["share"])),
        ("Precision", "precision", words.share(point.get("precision"))),
        ("Recall", "recall", words.share(point.get("recall"))),
    ]
    worth = point.get("value_per_case")
    if worth is not None:
        shown.append(("Worth per 1,000 cases", "value", words.money(round(1000 * worth), facts.unit)))
    else:
        shown.append(("F1", "f1", words.number(point.get("f1"))))
    tally = f"{point.get('tp', 0):,} rightly, {point.get('fp', 0):,} in vain, {point.get('fn', 0):,} missed"
    return el(
        "dl",
        [
            el("div", el("dt", name), el("dd", el("output", text, data_reading=key, for_="threshold", aria_live="off")))
            for name, key, text in shown
        ],
        el(
            "div",
            el("dt", "On the test rows"),
            el("dd", el("output", tally, data_reading="tally", for_="threshold", aria_live="off")),
            class_="all",
        ),
        class_="tiles readings",
    )


def _precision_plot(points: list[dict[str, Any]], chosen: int) -> Markup:
    xs = [point["share"] for point in points]
    series = [
        Line(name.capitalize(), xs, [point.get(name) for point in points], kind)
        for name, kind in (("precision", "model"), ("recall", "second"))
    ]
    frame = Frame(Axis("Share of cases acted on", 0, 1, share=True), Axis("Precision and recall", 0, 1, share=True))
    here = points[chosen]["share"]
    text = f"At the chosen threshold {words.share(here)} of the cases are acted on."
    title = "Precision and recall against the share acted on"
    return figure("Precision and recall", lines(title, text, frame, series, cursor=here))


def _money_plot(facts: Facts, points: list[dict[str, Any]], chosen: int) -> Content:
    key, scale = ("value_per_case", 1000) if points[chosen].get("value_per_case") is not None else ("f1", 1)
    ys = [None if point.get(key) is None else scale * point[key] for point in points]
    low, high = extent(ys, 0.0)
    unit = f" ({facts.unit})" if facts.unit else ""
    label = f"Value per 1,000 cases{unit}" if scale == 1000 else "F1"
    frame = Frame(Axis("Share of cases acted on", 0, 1, share=True), Axis(label, low, high), left=56)
    here = points[chosen]
    dot = Dot("chosen", here["share"], scale * here[key]) if here.get(key) is not None else None
    series = [Line("", [point["share"] for point in points], ys)]
    if scale == 1000:
        series.append(Line("nobody", [0, 1], [0, 0], "naive"))
    title = f"{label} against the share acted on"
    return figure(
        label.split(" (", maxsplit=1)[0],
        lines(title, f"Between {low:,.0f} and {high:,.0f}.", frame, series, dot=dot, cursor=here["share"]),
    )
