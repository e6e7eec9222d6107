"""The threshold slider: precision, recall, share acted on and money at every threshold, as slider.js shows them.

Without scripts the figures of the chosen threshold stand, and the plots show the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlcl.report import words
from mlcl.report.facts import Facts
from mlcl.report.markup import Content, Markup, data_island, el
from mlcl.report.plots import Dot, Line, lines
from mlcl.report.sections.parts import figure, figures, note
from mlcl.report.svg import Axis, Frame, extent

Point = dict[str, Any]
SHARE_AXIS = Axis("Share of cases acted on", 0, 1, share=True)


def threshold(facts: Facts) -> Content:
    points = _points(facts.curves.get("thresholds") or {})
    if not points:
        return note(facts.why_absent("Figures at other thresholds"))
    chosen = _chosen(points, facts.evaluation["confusion"]["matrix"])
    points = _named(points, chosen, facts.evaluation["threshold"])
    columns = {name: [point[name] for point in points] for name in points[0]}
    return el(
        "div",
        el("h3", "What if you acted on more, or on fewer?"),
        note(_said(facts)),
        _slider(len(points), chosen),
        _readings(facts, points[chosen]),
        figures(_found(facts, points, chosen), _worth(facts, points, chosen)),
        data_island({"columns": columns, "unit": facts.unit, "chosen": chosen}, "threshold-data"),
        class_="what-if",
    )


def _points(curve: Mapping[str, list[Any]]) -> list[Point]:
    """One record per threshold, the strictest first."""
    records = [dict(zip(curve, row, strict=True)) for row in zip(*curve.values(), strict=True)]
    return sorted(records, key=lambda point: (-point["threshold"], point["share"]))


def _chosen(points: list[Point], matrix: list[list[int]]) -> int:
    """Number of the point that acts on as many rows as the model did (capacity may keep it from acting on more)."""
    acted = sum(row[1] for row in matrix)
    return min(range(len(points)), key=lambda index: abs(points[index]["tp"] + points[index]["fp"] - acted))


def _named(points: list[Point], chosen: int, at: float) -> list[Point]:
    """The points, the chosen one with the threshold in use instead of the score just above it."""
    next_below = points[chosen + 1]["threshold"] if chosen + 1 < len(points) else 0.0
    if next_below < at <= points[chosen]["threshold"]:
        points[chosen]["threshold"] = at
    return points


def _said(facts: Facts) -> str:
    at, why = facts.evaluation.get("threshold"), facts.evaluation.get("threshold_why")
    text = f"The model acts at a probability of {words.share(at)} and above"
    text += f" ({str(why).rstrip('.')})" if why else ""
    capacity = facts.evaluation.get("capacity")
    if capacity:
        text += f"; at most {capacity['cases']:,} of {capacity['out_of']:,} cases can be acted on"
    return f"{text}. Move the slider to see what another threshold would have brought on the test rows."


def _slider(count: int, chosen: int) -> Markup:
    # The script enables it: a slider that moves nothing would mislead.
    slider = el(
        "input", type="range", id="threshold", min=0, max=count - 1, value=chosen, disabled=True, autocomplete="off"
    )
    ends = el("div", el("span", "stricter: act on fewer"), el("span", "looser: act on more"), class_="ends")
    reset = el("button", "Back to the chosen threshold", type="button", id="threshold-reset", hidden=True)
    return el("div", el("label", "Threshold", for_="threshold"), slider, ends, reset, class_="slider")


def _readings(facts: Facts, point: Point) -> Markup:
    """The figures that follow the slider; the keys are those of slider.js."""
    worth = point.get("value_per_case")
    last = (
        ("Worth per 1,000 cases", "value", words.money(round(1000 * worth), facts.unit))
        if worth is not None
        else ("F1", "f1", words.figure("f1", point["f1"]))
    )
    shown = (
        ("Probability at least", "threshold", words.share(point["threshold"])),
        ("Cases acted on", "share", words.share(point["share"])),
        ("Precision", "precision", words.share(point["precision"])),
        ("Recall", "recall", words.share(point["recall"])),
        last,
    )
    tally = f"{point['tp']:,} rightly, {point['fp']:,} in vain, {point['fn']:,} missed"
    tiles = [el("div", el("dt", name), el("dd", _output(key, text))) for name, key, text in shown]
    whole = el("div", el("dt", "On the test rows"), el("dd", _output("tally", tally)), class_="all")
    return el("dl", tiles, whole, class_="tiles readings")


def _output(key: str, text: str) -> Markup:
    # The slider itself tells a screen reader all figures at once, so these keep quiet.
    return el("output", text, data_reading=key, for_="threshold", aria_live="off")


def _found(facts: Facts, points: list[Point], chosen: int) -> Markup:
    xs, here = [point["share"] for point in points], points[chosen]["share"]
    usual = points[-1]["precision"]
    series = [
        Line("precision", xs, [point["precision"] for point in points]),
        Line("recall", xs, [point["recall"] for point in points], "second"),
        Line("at random", [0, 1], [usual, usual], "naive"),
    ]
    text = f"At the chosen threshold {words.share(here)} of the cases are acted on."
    frame = Frame(SHARE_AXIS, Axis("Share", 0, 1, share=True))
    title = "Precision and recall against the share acted on"
    return figure("Precision and recall", lines(title, text, frame, series, cursor=here))


def _worth(facts: Facts, points: list[Point], chosen: int) -> Markup:
    """Value per 1,000 cases, or F1 where outcomes have no value."""
    key, scale = ("value_per_case", 1000) if "value_per_case" in points[0] else ("f1", 1)
    naive = facts.baseline.get(key)
    worth = [scale * point[key] for point in points]
    floor = _floor(worth, worth[chosen], scale * (naive or 0.0))
    ys = [value if value >= floor else None for value in worth]
    title = "Value per 1,000 cases" if scale == 1000 else "F1"
    frame = Frame(SHARE_AXIS, Axis(facts.unit or title, *extent(ys)), left=56)
    series = [Line("", [point["share"] for point in points], ys)]
    if naive is not None:
        series.append(Line("naive baseline", [0, 1], [scale * naive] * 2, "naive"))
    here = points[chosen]["share"]
    text = f"From {words.number(min(worth))} to {words.number(max(worth))}; {words.number(worth[chosen])} where chosen."
    image = lines(
        f"{title} against the share acted on", text, frame, series, dot=Dot("chosen", here, worth[chosen]), cursor=here
    )
    below = f"What is below {words.money(floor, facts.unit, size=100)} is not drawn." if None in ys else None
    return figure(title, image, below)


def _floor(worth: list[float], chosen: float, naive: float) -> float:
    """The least value drawn: a threshold that costs a fortune must not flatten the choices that are worth a thought."""
    best = max(worth)
    reach = 8 * max(best - chosen, best - naive)
    return max(min(worth), best - reach) if reach else min(worth)
