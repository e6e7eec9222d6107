"""However the rows are shared out among hosts, fitting gives the bits that one host gives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.errors import DataError, InputError
from mlcl.features.describe import describe
from mlcl.features.parts import Input
from mlcl.features.recipe import Recipe
from mlcl.features.shares import Share, Shares
from mlcl.features.source import Open, Source
from tests.features import cases

Mask = npt.NDArray[np.bool_]


def shared(frame: pl.DataFrame, edges: Sequence[int], rows: Mask | None = None) -> Open:
    """The rows as hosts hold them that begin and end at these edges."""
    parts = list(zip([0, *edges], [*edges, frame.height], strict=True))

    def opened(*about: Any) -> Shares:
        shares = [
            Share(Source(frame[start:end], *about, rows=None if rows is None else rows[start:end]))
            for start, end in parts
        ]
        return Shares(partial(ask, shares), len(shares))

    return opened


def ask(shares: Sequence[Share], method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [getattr(share, method)(*given) for share, given in zip(shares, arguments, strict=True)]


def column(values: pl.Series, edges: Sequence[int]) -> Any:
    """Its statistics as hosts that share it give them."""
    [summary] = shared(values.to_frame("x"), edges)((Input(name="x", kind="number"),), (), ("",)).describe("x")
    return summary


edges = st.lists(st.floats(0, 1), max_size=4).map(sorted)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(cases.floats | st.none(), min_size=1, max_size=60) | st.lists(st.sampled_from([0.0, -0.0, 1.0, -1.5])),
    st.integers(1, 9),
    edges,
)
def test_statistics_of_numbers(values: list[float | None], times: int, cuts: list[float]) -> None:
    series = pl.Series("x", values * times, dtype=pl.Float64)
    series = pl.select(pl.when(series.abs() < 3e38).then(series)).to_series().alias("x")
    one = describe(series)
    several = column(series, [int(cut * len(series)) for cut in cuts])
    assert (several.rows, several.known, several.varies) == (one.rows, one.known, one.varies)
    assert orjson.dumps(several.as_dict()) == orjson.dumps(one.as_dict())
    assert not one.known or repr(several.median) == repr(one.median)


@pytest.mark.parametrize("rows", [127, 128, 129, 1000, 4097, 100_003, 1_000_001])
def test_sums_are_those_of_numpy(rows: int) -> None:
    random = np.random.default_rng(rows)
    values = random.normal(size=rows) * 10.0 ** random.integers(-8, 8, rows)
    one = describe(pl.Series("x", values))
    for hosts in (1, 2, 3, 7):
        cuts = np.sort(random.integers(0, rows + 1, hosts - 1)).tolist()
        several = column(pl.Series("x", values), cuts)
        assert (several.mean, several.std) == (one.mean, one.std), cuts
        assert several.as_dict() == one.as_dict()


@settings(max_examples=60, deadline=None)
@given(cases.cases(), edges, st.data())
def test_recipes(case: cases.Case, cuts: list[float], data: st.DataObject) -> None:
    frame, kinds = case.train, case.kinds
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=frame.height, max_size=frame.height)), dtype=bool)
    about = {"missing": cases.MISSING}
    try:
        one = Recipe.fit_with_baseline(frame, kinds, case.derived, rows=mask, **about)
    except (DataError, InputError):
        return
    opened = shared(frame, [int(cut * frame.height) for cut in cuts], mask)
    several = Recipe.fit_seen(opened, kinds, case.derived, **about)
    assert several[0].to_json() == one[0].to_json()
    assert orjson.dumps(several[1]) == orjson.dumps(one[1])
