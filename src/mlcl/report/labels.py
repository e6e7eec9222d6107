"""Finds a place for the name of each line beside the line itself, where nothing else is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

CELL = 8  # the drawing is looked at in squares of this size
WIDEST = 6.4  # width of a character
Point = tuple[float, float]
Area = tuple[float, float, float, float]


class Box(NamedTuple):
    """A label's box; (x, y) is the middle of its base line."""

    x: float
    y: float
    width: float

    def cells(self) -> Iterator[tuple[int, int]]:
        top, bottom = int((self.y - 12) // CELL), int((self.y + 4) // CELL)
        for column in range(int((self.x - self.width / 2) // CELL), int((self.x + self.width / 2) // CELL) + 1):
            for row in range(top, bottom + 1):
                yield column, row


def place(names: Sequence[str], lines: Sequence[Sequence[Point]], area: Area) -> list[Box]:
    """One box per line, in drawing units. lines: their points; area: left, top, right, bottom that boxes keep to."""
    ways = [_along(line, CELL) for line in lines]
    taken = {cell: 1 for way in ways for cell in map(_cell, way)}
    boxes: list[Box] = []
    for name, way in zip(names, ways, strict=True):
        box = _best(WIDEST * len(name) + 4, way, taken, area)
        # Two names on one another are worse than a name on a line.
        taken.update(dict.fromkeys(box.cells(), 9))
        boxes.append(box)
    return boxes


def _best(width: float, way: Sequence[Point], taken: dict[tuple[int, int], int], area: Area) -> Box:
    """The box with the least in it; of equal ones that nearest to the middle of the line."""
    middle = len(way) // 2
    spots = sorted(range(0, len(way), 1 + len(way) // 12), key=lambda index: abs(index - middle))
    boxes = [box for index in spots for box in _around(way[index], width) if _within(box, area)]
    best, least = Box(area[2] - width / 2, area[1] + 12, width), math.inf
    for box in boxes:
        crowding = sum(taken.get(cell, 0) for cell in box.cells())
        if crowding < least:
            best, least = box, crowding
        if not crowding:
            break
    return best


def _around(point: Point, width: float) -> tuple[Box, ...]:
    x, y = point
    beside = width / 2 + 8
    above, below = y - 10, y + 18
    return (
        Box(x, above, width),
        Box(x, below, width),
        Box(x + beside, below, width),
        Box(x - beside, above, width),
        Box(x + beside, above, width),
        Box(x - beside, below, width),
        Box(x + beside, y + 4, width),
        Box(x - beside, y + 4, width),
        Box(x - beside / 2, above - 16, width),
    )


def _within(box: Box, area: Area) -> bool:
    left, top, right, bottom = area
    half = box.width / 2
    return left <= box.x - half and box.x + half <= right and top + 10 <= box.y <= bottom - 4


def _cell(point: Point) -> tuple[int, int]:
    return int(point[0] // CELL), int(point[1] // CELL)


def _along(line: Sequence[Point], step: float) -> list[Point]:
    """Points every `step` along the line, so that a long straight piece of two points is an obstacle too."""
    points = list(line[:1])
    travelled = 0.0
    for a, b in pairwise(line):
        length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5
        while length and travelled + length >= len(points) * step:
            part = (len(points) * step - travelled) / length
            points.append((a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])))
        travelled += length
    return points
