"""xgboost through its C interface: the bits of the library's own Python call, for any number of rows and threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from mlcl.models import boosters
from mlcl.models.learners.dense import Dense

WIDTH = 7


@pytest.fixture(scope="module", params=[1, 4])
def fitted(request: pytest.FixtureRequest) -> tuple[Any, Dense, Any]:
    """A booster with so many scores per row, the same as Dense, and rows with gaps and categories."""
    xgb, columns = boosters.xgboost(), request.param
    random = np.random.default_rng(0)
    x = random.normal(size=(600, WIDTH)).astype(np.float32)
    x[:, 0] = random.integers(0, 5, 600)
    x[random.random(x.shape) < 0.1] = np.nan
    y = random.integers(0, max(2, columns), 600)
    several = {"objective": "multi:softprob", "num_class": columns}
    options = several if columns > 1 else {"objective": "binary:logistic"}
    data = xgb.DMatrix(x, y, feature_types=["c"] + ["q"] * (WIDTH - 1), enable_categorical=True)
    booster = xgb.train({**options, "nthread": 1, "verbosity": 0}, data, 12)
    return booster, Dense(booster, columns), x


@pytest.mark.parametrize("rows", [1, 2, 63, 64, 65, 600])
@pytest.mark.parametrize("rounds", [0, 5])
def test_margins_have_the_bits_of_inplace_predict(fitted: tuple[Any, Dense, Any], rows: int, rounds: int) -> None:
    booster, dense, x = fitted
    expected = booster.inplace_predict(x[:rows], iteration_range=(0, rounds), predict_type="margin")
    got = dense.margin(x[:rows], rounds)
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(dense.margin(np.asfortranarray(x[:rows]), rounds), expected)


def test_no_rows_give_no_margins(fitted: tuple[Any, Dense, Any]) -> None:
    _, dense, x = fitted
    assert len(dense.margin(x[:0])) == 0


def test_threads_do_not_disturb_each_other(fitted: tuple[Any, Dense, Any]) -> None:
    _, dense, x = fitted
    whole = dense.margin(x)

    def work(seed: int) -> bool:
        random = np.random.default_rng(seed)
        picks = [random.integers(0, len(x), random.integers(1, 30)) for _ in range(100)]
        return all(np.array_equal(dense.margin(x[pick]), whole[pick]) for pick in picks)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(8)))


def test_a_matrix_of_another_width_is_an_error(fitted: tuple[Any, Dense, Any]) -> None:
    _, dense, x = fitted
    with pytest.raises(RuntimeError, match="columns"):
        dense.margin(x[:3, :4])
