"""Plots as inline SVG: lines, dots, histograms, bars, intervals, heat maps. Colours come from classes in style.css."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from mlcl.report.labels import place
from mlcl.report.markup import Content, Markup, el
from mlcl.report.svg import TOP, Axis, Frame, drawing, extent
from mlcl.report.words import clip, number

Values = Sequence[float | None]


class Line(NamedTuple):
    """kind: class that colours it (model, naive, champion, other). Points where x or y is None are left out."""

    name: str
    xs: Values
    ys: Values
    kind: str = "model"
    dots: bool = False


class Dot(NamedTuple):
    """One point that deserves a name, such as the chosen threshold."""

    name: str
    x: float
    y: float


def lines(
    title: str,
    description: str,
    frame: Frame,
    series: Sequence[Line],
    *,
    dot: Dot | None = None,
    cursor: float | None = None,
) -> Markup:
    """Lines, each named beside itself (more than four: by a legend elsewhere). cursor: x of an upright line that the
    page's script can move."""
    shown = [line for line in series if _known(line)]
    points = [[(frame.x(x), frame.y(y)) for x, y in _known(line)] for line in shown]
    marks: list[Content] = [_cursor(frame, cursor)] if cursor is not None else []
    marks += [_line(line, at) for line, at in zip(shown, points, strict=True)]
    few = len(shown) <= 4
    named = [(line.name if few else "", line.kind, at) for line, at in zip(shown, points, strict=True)]
    if dot:
        at = (frame.x(dot.x), frame.y(dot.y))
        marks.append(el("circle", cx=f"{at[0]:.1f}", cy=f"{at[1]:.1f}", r=4.5, class_="chosen"))
        named.insert(0, (dot.name, "ink", [at]))
    return frame.draw(title, description, *marks, *_names(frame, named))


def dots(title: str, description: str, frame: Frame, series: Sequence[Line], *, guide: Line | None = None) -> Markup:
    """A scatter plot; `guide` is a thin line to compare the points with."""
    marks: list[Content] = [_line(guide, [(frame.x(x), frame.y(y)) for x, y in _known(guide)])] if guide else []
    for line in series:
        path = "".join(f"M{frame.x(x):.1f} {frame.y(y):.1f}h0" for x, y in _known(line))
        marks.append(el("path", d=path, class_=f"cloud {line.kind}"))
    return frame.draw(title, description, *marks)


def histogram(
    title: str, description: str, axis: Axis, edges: Sequence[float], counts: Sequence[int], part: Sequence[int] = ()
) -> Markup:
    """Bars over the edges (one more than counts); hovering shows their figures. part: rows of each bar to stand out."""
    frame = Frame(axis, Axis("Rows", 0, max(counts, default=0) or 1, whole=True))
    layers = [el("g", _boxes(frame, edges, counts), class_="boxes")]
    if part:
        layers.append(el("g", _boxes(frame, edges, part), class_="boxes part"))
    return frame.draw(title, description, *layers)


def _boxes(frame: Frame, edges: Sequence[float], counts: Sequence[int]) -> Iterator[Markup]:
    for low, high, amount in zip(edges, edges[1:], counts, strict=False):
        x, top = frame.x(low), frame.y(amount)
        size = {"width": f"{max(0.5, frame.x(high) - x - 1):.1f}", "height": f"{frame.bottom - top:.1f}"}
        if amount:
            yield el(
                "rect",
                el("title", f"{number(low)} to {number(high)}: {amount:,}"),
                x=f"{x:.1f}",
                y=f"{top:.1f}",
                **size,
            )


def sparks(title: str, counts: Sequence[float]) -> Markup:
    """A histogram the size of a table cell, without axes."""
    most, width = max(counts, default=0) or 1, 120 / max(1, len(counts))
    path = "".join(
        f"M{index * width:.1f} 32V{32 - max(1.0 if amount else 0.0, 30 * amount / most):.1f}"
        f"h{max(0.5, width - 0.8):.1f}V32z"
        for index, amount in enumerate(counts)
    )
    return drawing(title, f"Tallest bar: {most:,} rows.", el("path", d=path), width=120, height=32, kind="sparks")


def bar(value: float, most: float, kind: str = "model", error: float = 0.0) -> Markup:
    """One bar of a row of bars, drawn from zero; `most` is the value that fills it. The row's text tells the figure."""
    length = 100 * min(1.0, max(0.0, value) / most) if most > 0 else 0.0
    whisker = None
    if error and most > 0:
        low, high = (100 * min(1.0, max(0.0, value + side * error) / most) for side in (-1, 1))
        whisker = el("path", d=f"M{low:.1f} 5H{high:.1f}", class_="whisker")
    box = el("rect", width=f"{max(length, 0.6 if value else 0):.1f}", height=10, class_=kind)
    return el("svg", box, whisker, class_="bar", viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true")


def signed_bar(value: float, low: float, high: float, kind: str) -> Markup:
    """As `bar`, for values of both signs between low <= 0 and high >= 0."""
    span = high - low or 1.0
    zero, end = 100 * -low / span, 100 * (value - low) / span
    box = el("rect", x=f"{min(zero, end):.1f}", width=f"{max(abs(end - zero), 0.6):.1f}", height=10, class_=kind)
    axis = el("path", d=f"M{zero:.1f} 0V10", class_="zero")
    return el("svg", box, axis, class_="bar", viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true")


class Mark(NamedTuple):
    name: str
    value: float | None
    kind: str


def interval(
    title: str, description: str, span: tuple[float | None, float, float | None], goal: Mark, naive: Mark
) -> Markup:
    """A figure with its interval (low, got, high) on a line, beside the goal and the baseline, or an arrow to it."""
    low, got, high = span
    least, most = extent([low, got, high, goal.value])
    air = 0.3 * (most - least)
    least, most = least - air, most + air

    def x(value: float) -> float:
        return 6 + 308 * min(1.0, max(0.0, (value - least) / (most - least)))

    drawn: list[Content] = [el("path", d="M6 26H314", class_="axis"), _mark(goal, x, 11, "")]
    if naive.value is not None:
        off = "← " if naive.value < least else " →" if naive.value > most else ""
        drawn.append(_mark(naive, x, 48, off))
    if low is not None and high is not None:
        drawn.append(el("path", d=f"M{x(low):.1f} 26H{x(high):.1f}", class_="span"))
    drawn.append(el("circle", cx=f"{x(got):.1f}", cy=26, r=5.5, class_="got"))
    return drawing(title, description, *drawn, width=320, height=52, kind="interval")


def _mark(mark: Mark, x: Callable[[float], float], y: int, arrow: str) -> list[Markup]:
    if mark.value is None:
        return []
    at = x(mark.value)
    side, text_at = (
        ("end", min(314.0, at + 12)) if at > 240 else ("start", max(6.0, at - 12)) if at < 80 else ("middle", at)
    )
    text = arrow + mark.name if arrow.startswith("←") else mark.name + arrow
    tick = el("path", d=f"M{at:.1f} 17V35", class_=f"mark {mark.kind}")
    name = el("text", text, x=f"{text_at:.1f}", y=y, class_=f"name {side} {mark.kind}")
    return [name] if arrow else [tick, name]


def heat(title: str, description: str, names: Sequence[str], matrix: Sequence[Values]) -> Markup:
    """Values from -1 to 1 for each pair of names: colour by sign, strength by size; hovering shows the figure."""
    cell = 16 if len(names) > 12 else 22
    margin = 8 + 6.2 * max((len(clip(name, 18)) for name in names), default=0)
    side = margin + cell * len(names)
    marks: list[Content] = []
    for row, (name, values) in enumerate(zip(names, matrix, strict=False)):
        at = margin + row * cell
        marks.append(el("text", clip(name, 18), x=f"{margin - 6:.0f}", y=f"{at + cell / 2 + 4:.0f}", class_="tick end"))
        turn = f"translate({at + cell / 2 + 4:.0f} {margin - 6:.0f}) rotate(-90)"
        marks.append(el("text", clip(name, 18), transform=turn, class_="tick"))
        for column, value in enumerate(values[: row + 1]):
            marks.append(_cell(margin + column * cell, at, cell, value, f"{name}, {names[column]}: {number(value)}"))
    return drawing(title, description, *marks, width=round(side), height=round(side), kind="plot heat")


def _cell(x: float, y: float, size: float, value: float | None, tip: str) -> Markup:
    kind = "none" if value is None else "plus" if value >= 0 else "minus"
    strength = f"{abs(value or 0):.2f}"
    return el(
        "rect",
        el("title", tip),
        x=f"{x:.0f}",
        y=f"{y:.0f}",
        width=size - 1,
        height=size - 1,
        class_=kind,
        fill_opacity=strength,
    )


def _known(line: Line) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(line.xs, line.ys, strict=False) if x is not None and y is not None]


def _names(frame: Frame, named: Sequence[tuple[str, str, Sequence[tuple[float, float]]]]) -> list[Markup]:
    """The name of each line, in its colour, where there is room beside it."""
    boxes = place(
        [name for name, _, _ in named], [at for *_, at in named], (frame.left, TOP, frame.right, frame.bottom)
    )
    return [
        el("text", name, x=f"{box.x:.1f}", y=f"{box.y:.1f}", class_=f"name middle {kind}")
        for (name, kind, _), box in zip(named, boxes, strict=True)
        if name
    ]


def _cursor(frame: Frame, value: float) -> Markup:
    at = f"{frame.x(value):.1f}"
    return el(
        "line",
        x1=at,
        x2=at,
        y1=TOP,
        y2=frame.bottom,
        class_="cursor",
        data_from=f"{frame.x(0):.1f}",
        data_to=f"{frame.x(1):.1f}",
    )


def _line(line: Line, points: Sequence[tuple[float, float]]) -> Markup:
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    rings = [el("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=3) for x, y in points] if line.dots else None
    return el("g", el("path", d=path), rings, class_=f"line {line.kind}")
