"""Axes, ticks, places of labels, and the elements underneath."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.report import labels, plots
from mlcl.report.markup import data_island, el
from mlcl.report.svg import Axis, Frame, extent, labelled, ticks
from tests.report.pages import Page

finite = st.floats(-1e12, 1e12, allow_nan=False)


@settings(deadline=None)
@given(low=finite, span=st.floats(1e-6, 1e12))
def test_ticks_are_round_even_and_inside(low: float, span: float) -> None:
    axis = Axis("", low, low + span)
    if axis.high - axis.low < 1e-9 * max(1.0, abs(low)):
        return  # nothing to tell apart
    found = ticks(axis, 5)
    assert 2 <= len(found) <= 11
    step = found[1] - found[0]
    assert all(math.isclose(b - a, step, rel_tol=1e-3) for a, b in pairwise(found))
    assert axis.low - step * 0.01 <= found[0]
    assert found[-1] <= axis.high + step * 0.01


@settings(deadline=None)
@given(values=st.lists(st.one_of(st.none(), finite), max_size=20))
def test_a_frame_holds_what_it_was_made_for(values: list[float | None]) -> None:
    low, high = extent(values)
    assert low < high
    frame = Frame(Axis("x", low, high), Axis("y", low, high))
    for value in (one for one in values if one is not None):
        assert frame.left - 0.01 <= frame.x(value) <= frame.right + 0.01
        assert frame.y(value) <= frame.bottom + 0.01


def test_tick_texts() -> None:
    def texts(low: float, high: float, share: bool = False) -> list[str]:
        axis = Axis("", low, high, share=share)
        return [text for _, text in labelled(axis, ticks(axis, 4))]

    assert texts(0, 1, share=True) == ["0%", "25%", "50%", "75%", "100%"]
    assert texts(0, 800_000) == ["0", "200k", "400k", "600k", "800k"]
    assert texts(-1, 1) == ["−1.0", "−0.5", "0.0", "0.5", "1.0"]
    assert texts(0, 3e6) == ["0", "1M", "2M", "3M"]


names = st.lists(st.text("abcdefgh ", min_size=1, max_size=14), min_size=1, max_size=4, unique=True)
points = st.lists(st.tuples(st.floats(48, 386), st.floats(26, 210)), min_size=1, max_size=30)


@settings(deadline=None)
@given(data=st.data(), texts=names)
def test_labels_stay_inside(data: st.DataObject, texts: list[str]) -> None:
    lines = [data.draw(points) for _ in texts]
    for box in labels.place(texts, lines, (48, 26, 386, 210)):
        assert box.x + box.width / 2 <= 386 + 0.01
        assert 26 <= box.y <= 210


def test_labels_of_two_near_lines_do_not_overlap() -> None:
    lines = [[(48.0 + i, 100.0 + shift) for i in range(300)] for shift in (0, 6)]
    first, second = labels.place(["above", "below"], lines, (48, 26, 386, 210))
    assert set(first.cells()).isdisjoint(second.cells())


def test_label_keeps_off_the_line_itself() -> None:
    line = [(48.0 + i, 210.0 - i / 2) for i in range(300)]
    (box,) = labels.place(["model"], [line], (48, 26, 386, 210))
    inside = [p for p in line if abs(p[0] - box.x) < box.width / 2 and box.y - 8 < p[1] < box.y]
    assert inside == []


def test_histogram_draws_every_bar_that_holds_rows() -> None:
    picture = plots.histogram("h", "d", Axis("x", 0, 4), [0, 1, 2, 3, 4], [3, 0, 5, 1])
    heights = [float(value) for tag, name, value in Page(picture).attributes if tag == "rect" and name == "height"]
    assert len(heights) == 3
    assert heights[1] == max(heights)
    assert heights[0] / heights[1] == pytest.approx(3 / 5, abs=0.01)


def test_points_without_a_value_are_left_out() -> None:
    frame = Frame(Axis("x", 0, 2), Axis("y", 0, 2))
    picture = plots.lines("t", "d", frame, [plots.Line("a", [0, 1, 2], [0, None, 2]), plots.Line("b", [], [])])
    assert picture.count('class="line') == 1


@settings(deadline=None)
@given(text=st.text(max_size=80))
def test_elements_escape(text: str) -> None:
    found = Page(el("p", text, title=text, data_x=[text]))
    assert found.tags == ["p"]
    assert [name for _, name, _ in found.attributes] == ["title", "data-x"]


@settings(deadline=None)
@given(text=st.text(max_size=80))
def test_an_island_cannot_be_left(text: str) -> None:
    import json

    island = data_island({"value": text + "</script><!--"}, "x")
    assert island.count("<") == 2  # its own two tags
    assert json.loads(Page(island).within("script")[0])["value"] == text + "</script><!--"


def test_element_attributes() -> None:
    assert el("input", type="range", disabled=True, hidden=False, id=None) == '<input type="range" disabled>'
    assert el("p", ["a", None, 1, el("b", "<")], class_="x") == '<p class="x">a1<b>&lt;</b></p>'
