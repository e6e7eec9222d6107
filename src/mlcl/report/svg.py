"""The frame of a plot: axes with round ticks, grid, and the way from data to points of the drawing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from mlcl.report.markup import Content, Markup, el
from mlcl.report.words import signed

WIDTH, HEIGHT = 400, 250
LEFT, RIGHT, TOP, BOTTOM = 48, 18, 26, 40
CHARACTER = 7.5  # width of a character of the tick labels, where they are largest (phones)


class Axis(NamedTuple):
    """label: what it shows; low, high: range of the data; share: ticks as per cent; whole: ticks at whole numbers."""

    label: str
    low: float
    high: float
    share: bool = False
    whole: bool = False


class Frame:
    """Places data on the drawing. With `round_out` the ranges grow to the next ticks."""

    def __init__(self, x: Axis, y: Axis, height: int = HEIGHT, left: int = LEFT) -> None:
        self.height, self.left = height, left
        self.x_ticks, self.y_ticks = ticks(x, 5), ticks(y, 4)
        self.x_axis, self.y_axis = x, _grown(y, self.y_ticks)
        self.bottom, self.right = height - BOTTOM, WIDTH - RIGHT

    def x(self, value: float) -> float:
        low, high = self.x_axis.low, self.x_axis.high
        return self.left + (self.right - self.left) * _part(value, low, high)

    def y(self, value: float) -> float:
        low, high = self.y_axis.low, self.y_axis.high
        return self.bottom - (self.bottom - TOP) * _part(value, low, high)

    def draw(self, title: str, description: str, *marks: Content) -> Markup:
        return drawing(title, description, self._grid(), *marks, width=WIDTH, height=self.height)

    def _grid(self) -> list[Markup]:
        return [*self._y_grid(), *self._x_grid(), *self._labels()]

    def _y_grid(self) -> Iterable[Markup]:
        for value, text in labelled(self.y_axis, self.y_ticks):
            at = self.y(value)
            yield el("path", class_="grid", d=f"M{self.left} {at:.1f}H{self.right}")
            yield el("text", text, x=self.left - 6, y=f"{at + 4:.1f}", class_="tick end")

    def _x_grid(self) -> Iterable[Markup]:
        yield el("path", class_="axis", d=f"M{self.left} {self.bottom}H{self.right}")
        for value, text in labelled(self.x_axis, self.x_ticks):
            at = self.x(value)
            # A label at the right edge would be cut off when centred.
            overhang = at + len(text) * CHARACTER / 2 - WIDTH
            side = "tick end" if overhang > 0 else "tick middle"
            yield el("text", text, x=f"{WIDTH if overhang > 0 else at:.1f}", y=self.bottom + 16, class_=side)

    def _labels(self) -> Iterable[Markup]:
        middle = (self.left + self.right) / 2
        yield el("text", self.x_axis.label, x=middle, y=self.height - 6, class_="label middle")
        yield el("text", self.y_axis.label, x=2, y=13, class_="label")


def drawing(title: str, description: str, *marks: Content, width: float, height: float, kind: str = "plot") -> Markup:
    """An SVG image that a screen reader names by its title and description."""
    return el(
        "svg",
        el("title", title),
        el("desc", description),
        *marks,
        class_=kind,
        viewBox=f"0 0 {width} {height}",
        role="img",
    )


def ticks(axis: Axis, about: int) -> list[float]:
    """Round values (1, 2, 2.5 or 5 times a power of ten apart) within the axis, about as many as wanted."""
    span = axis.high - axis.low
    if not math.isfinite(span) or span <= 0:
        return [axis.low]
    rough = span / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    if axis.whole:
        step = max(1, math.ceil(step))
    first = math.ceil(axis.low / step - 1e-9)
    places = 2 - math.floor(math.log10(step))
    return [round(index * step, places) for index in range(first, math.floor(axis.high / step + 1e-9) + 1)]


def labelled(axis: Axis, values: list[float]) -> list[tuple[float, str]]:
    """Ticks with their texts: all with the same number of decimals and the same unit (k, M, %)."""
    if axis.share:
        values_shown, suffix = [100 * value for value in values], "%"
    else:
        largest = max((abs(value) for value in values), default=0)
        scale, suffix = next(
            ((size, sign) for size, sign in ((1e9, "G"), (1e6, "M"), (1e4, "k")) if largest >= size), (1, "")
        )
        values_shown = [value / (1000 if suffix == "k" else scale) for value in values]
    places = next((n for n in range(7) if all(abs(v - round(v, n)) < 1e-9 * (1 + abs(v)) for v in values_shown)), 6)
    texts = [signed(f"{shown:,.{places}f}") for shown in values_shown]
    # Nought needs no unit, except that a scale of shares starts at 0%.
    units = [suffix if value or axis.share else "" for value in values]
    return [(value, text + unit) for value, text, unit in zip(values, texts, units, strict=True)]


def extent(values: Iterable[float | None], *also: float) -> tuple[float, float]:
    """Range of the values that are there; never empty, and wide enough to be told apart."""
    known = [value for value in (*values, *also) if value is not None and math.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    size = max(abs(low), abs(high))
    if high - low <= max(1e-9 * size, 1e-300):
        widening = size * 0.05 if size > 1e-300 else 1.0
        return low - widening, high + widening
    return low, high


def padded(values: Iterable[float | None], *also: float) -> tuple[float, float]:
    """The extent with a little air on both sides, for dots that must not sit on the edge."""
    low, high = extent(values, *also)
    air = 0.03 * (high - low)
    return low - air, high + air


def _part(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5


def _grown(axis: Axis, values: list[float]) -> Axis:
    """The axis, grown to the next ticks on both sides, so that no mark touches the edge."""
    if len(values) < 2:
        return axis
    step = values[1] - values[0]
    low = values[0] if abs(values[0] - axis.low) < step * 1e-6 else values[0] - step
    high = values[-1] if abs(values[-1] - axis.high) < step * 1e-6 else values[-1] + step
    values[:] = [low + index * step for index in range(round((high - low) / step) + 1)]
    return axis._replace(low=low, high=high)
