"""The statistics against scipy, and against worked examples."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from mlcl.monitoring.hypotheses import (
    adjusted,
    cramers_v,
    homogeneity,
    jensen_shannon,
    kolmogorov_smirnov,
    mean_difference,
    psi,
    psi_noise,
)

COUNTS = st.integers(1, 8).flatmap(
    lambda size: st.tuples(*[st.lists(st.integers(0, 500), min_size=size, max_size=size).map(np.array)] * 2)
)


def test_psi_of_a_worked_example() -> None:
    # "Population Stability Index (PSI)", geeksforgeeks.org, 2025: three income bands, 0.4, 0.3, 0.3 expected and 0.35,
    # 0.25, 0.4 observed, which contribute 0.0067, 0.0091 and 0.0288.
    found = psi(np.array([40, 30, 30]), np.array([35, 25, 40]))
    assert found == pytest.approx(0.0067 + 0.0091 + 0.0288, abs=1e-4)
    assert psi(np.array([50, 50]), np.array([25, 75])) == pytest.approx(0.25 * np.log(3), rel=1e-12)


def test_psi_of_a_lone_row_in_a_new_cell_is_small_and_of_many_large() -> None:
    assert psi(np.array([10_000, 0]), np.array([999, 1])) < 0.01
    assert psi(np.array([10_000, 0]), np.array([500, 500])) > 1


def test_psi_noise_is_its_mean_without_drift() -> None:
    rng = np.random.default_rng(1)
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    drawn = [(rng.multinomial(2000, shares), rng.multinomial(500, shares)) for _ in range(2000)]
    found = np.mean([psi(*pair) for pair in drawn])
    assert found == pytest.approx(psi_noise(*drawn[0]), rel=0.1)


def test_jensen_shannon_of_known_values() -> None:
    assert jensen_shannon(np.array([1, 0]), np.array([0, 9])) == 1.0
    assert jensen_shannon(np.array([1, 1]), np.array([5, 5])) == 0.0
    # Divergence of (1, 0) and (1/2, 1/2): H(3/4, 1/4) - 1/2 bits.
    assert jensen_shannon(np.array([1, 0]), np.array([1, 1])) ** 2 == pytest.approx(0.8112781244591328 - 0.5)


@given(COUNTS)
def test_jensen_shannon_is_scipys(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    if a.sum() and b.sum():
        wanted = scipy.spatial.distance.jensenshannon(a, b, base=2)
        # scipy takes the root of what may be a rounding error below zero
        assert jensen_shannon(a, b) == pytest.approx(0 if np.isnan(wanted) else wanted, abs=2e-8)
    else:
        assert jensen_shannon(a, b) == 0


@given(COUNTS)
def test_distances_are_symmetric_and_bounded(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    for distance in (psi, jensen_shannon, cramers_v):
        assert distance(a, b) == pytest.approx(distance(b, a), abs=1e-9)
        assert distance(a, a) == 0
        assert distance(a, b) >= 0
    assert jensen_shannon(a, b) <= 1
    assert cramers_v(a, b) <= 1 + 1e-12


@pytest.mark.parametrize(("n", "m"), [(40, 60), (300, 200), (5000, 400), (100, 100_000)])
@pytest.mark.parametrize("shift", [0.0, 0.1, 0.4])
def test_kolmogorov_smirnov_is_scipys(n: int, m: int, shift: float) -> None:
    rng = np.random.default_rng(n + m)
    a, b = rng.normal(size=n), rng.normal(shift, size=m)
    values = np.unique(np.concatenate([a, b]))
    counts = [np.bincount(np.searchsorted(values, x), minlength=len(values)) for x in (a, b)]
    found, wanted = kolmogorov_smirnov(*counts), scipy.stats.ks_2samp(a, b)
    assert found.statistic == pytest.approx(wanted.statistic, abs=1e-12)
    assert found.p_value == pytest.approx(wanted.pvalue, abs=0.01)
    if wanted.pvalue < 0.05:
        assert np.log(found.p_value) == pytest.approx(np.log(wanted.pvalue), rel=0.05, abs=0.15)


@given(COUNTS)
def test_chi_squared_is_scipys_where_all_cells_are_full(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair[0] + 30, pair[1] + 30
    found = homogeneity(a, b)
    expected = scipy.stats.contingency.expected_freq([a, b])
    if len(a) > 1 and expected.min() >= 5:
        wanted = scipy.stats.chi2_contingency([a, b], correction=False)
        assert found.statistic == pytest.approx(wanted.statistic, rel=1e-9, abs=1e-9)
        assert found.p_value == pytest.approx(wanted.pvalue, rel=1e-7, abs=1e-300)
        assert found.degrees == wanted.dof


def test_one_row_of_a_new_category_is_no_proof_and_many_are() -> None:
    # Pearson's formula alone gives p = 1e-45 for the lone row; the exact test its true chance.
    one = homogeneity(np.array([100_000, 0]), np.array([499, 1]))
    assert one.p_value == pytest.approx(4 * 500 / 100_500, rel=0.01)
    assert homogeneity(np.array([100_000, 0]), np.array([450, 50])).p_value < 1e-50


def test_the_exact_test_is_the_binomial_one() -> None:
    reference, current = np.array([9990, 10]), np.array([990, 4])
    wanted = scipy.stats.binom.sf(3, 14, 994 / (994 + 10_000))
    assert homogeneity(reference, current).p_value == pytest.approx(2 * 2 * wanted, rel=1e-9)


def test_p_values_without_drift_are_fair() -> None:
    """At most about alpha of them lie below alpha, with rare categories and samples of all sizes."""
    rng = np.random.default_rng(3)
    shares = np.append(np.full(30, 0.002), [0.3, 0.3, 0.34])
    for rows in (100, 1000, 10_000):
        found = [
            homogeneity(rng.multinomial(20_000, shares), rng.multinomial(rows, shares)).p_value for _ in range(1000)
        ]
        for alpha in (0.01, 0.05, 0.2):
            assert np.mean(np.array(found) < alpha) < alpha + 3 * np.sqrt(alpha * (1 - alpha) / 1000) + 0.005


def test_cramers_v_is_scipys_for_samples_of_one_size() -> None:
    table = np.array([[120, 40, 40], [60, 70, 70]])
    wanted = scipy.stats.contingency.association(table, method="cramer")
    assert cramers_v(*table) == pytest.approx(wanted, rel=1e-12)
    assert cramers_v(table[0] * 1000, table[1]) == pytest.approx(wanted, rel=1e-12)


def test_mean_difference() -> None:
    assert mean_difference((0, 1), (0.5, 1)) == 0.5
    assert mean_difference((2, 0), (2, 0)) == 0
    assert mean_difference((2, 0), (3, 0)) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_is_scipys(p_values: list[float]) -> None:
    assert adjusted(p_values) == pytest.approx(scipy.stats.false_discovery_control(p_values), rel=1e-9)


def test_nothing_has_a_result() -> None:
    some, none = np.array([3, 4]), np.array([0, 0])
    for a, b in ((some, none), (none, some), (none, none)):
        assert psi(a, b) == psi_noise(a, b) == jensen_shannon(a, b) == cramers_v(a, b) == 0
        assert kolmogorov_smirnov(a, b).p_value == homogeneity(a, b).p_value == 1
    one = np.array([7])
    assert homogeneity(one, one).p_value == 1
    assert len(adjusted([])) == 0
