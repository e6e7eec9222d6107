"""The threshold, the capacity and the value of decisions: worked examples, and exhaustive search as oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlcl.models.decision import NOBODY, Capacity, Rule, between, capacity, choose, values, worth
from mlcl.models.metrics import Ranking
from mlcl.problem.sections import Decision, Value

CALL = Value(unit="EUR", true_positive=120, false_positive=-8)
Y = np.array([1, 0, 1, 0, 0, 1, 0, 0, 0, 0])
P = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.05, 0.04, 0.03, 0.02, 0.01])


def worth_of(y: np.ndarray, acted: np.ndarray, value: Value) -> float:
    """The mean of a table lookup, row by row."""
    table = {
        (1, 1): value.true_positive,
        (0, 1): value.false_positive,
        (1, 0): value.false_negative,
        (0, 0): value.true_negative,
    }
    return float(np.mean([table[int(truth), int(done)] for truth, done in zip(y, acted, strict=True)]))


def test_calling_is_worth_it_down_to_the_last_subscriber() -> None:
    """Each call costs 8 and each subscriber brings 120, so three false calls for one more subscriber pay."""
    rule = choose(Y, P, Decision(), CALL, None)
    assert 0.04 < rule.threshold <= 0.05
    assert worth_of(Y, rule.decide(P), CALL) == pytest.approx((3 * 120 - 3 * 8) / 10)
    assert "value" in rule.why
    assert "33.6 EUR" in rule.why


def test_without_a_value_table_f1_decides() -> None:
    rule = choose(Y, P, Decision(), None, None)
    assert 0.6 < rule.threshold <= 0.7  # F1 = 2 * 2 / (3 + 3)
    assert "F1" in rule.why


def test_when_acting_never_pays_nobody_is_acted_on() -> None:
    rule = choose(Y, P, Decision(), Value(true_positive=1, false_positive=-100, false_negative=2), None)
    assert rule.threshold == NOBODY
    assert rule.decide(np.array([0.99, 1.0])).sum() == 0


def test_when_acting_always_pays_everybody_is_acted_on() -> None:
    rule = choose(Y, P, Decision(), Value(true_positive=5, false_positive=1), None)
    assert rule.threshold == 0.0
    assert rule.decide(np.array([0.0, 1.0])).sum() == 2


def test_a_given_threshold_is_used_as_is() -> None:
    rule = choose(Y, P, Decision(threshold=0.33), CALL, None)
    assert rule.threshold == 0.33
    assert rule.why == "as given"


def test_capacity_lets_no_more_be_acted_on_than_the_same_share() -> None:
    rule = choose(Y, P, Decision(), CALL, Capacity(30, 100))
    assert 0.6 < rule.threshold <= 0.7  # three of ten, where six would be worth more
    acted = rule.decide(np.linspace(0.99, 0.8, 50))
    assert acted.sum() == 15
    assert acted[:15].all()  # the highest
    assert "at most 30 of 100" in rule.why


def test_a_given_threshold_gives_way_to_capacity() -> None:
    rule = choose(Y, P, Decision(threshold=0.3), None, Capacity(1, 10))
    assert 0.8 < rule.threshold <= 0.9
    assert "0.3 was given; raised" in rule.why
    assert choose(Y, P, Decision(threshold=0.95), None, Capacity(1, 10)).threshold == 0.95


def test_of_equal_scores_the_earlier_rows_come_first() -> None:
    acted = Rule(0.5, "", Capacity(3, 6)).decide(np.array([0.7, 0.6, 0.6, 0.6, 0.9, 0.1]))
    assert acted.tolist() == [1, 1, 0, 0, 1, 0]


def test_scores_that_tie_over_the_limit_leave_the_threshold_above_them() -> None:
    """Acting on one of ten equal scores cannot be a threshold."""
    y, scores = np.array([1] + [0] * 9), np.full(10, 0.4)
    assert choose(y, scores, Decision(), CALL, Capacity(1, 10)).threshold == NOBODY


def test_one_round_is_as_long_as_the_split_unless_it_is_said() -> None:
    assert capacity(Decision(capacity=500), rows=4119) == Capacity(500, 4119)
    assert capacity(Decision(capacity=500, out_of=5000), rows=4119) == Capacity(500, 5000)
    assert capacity(Decision(), rows=4119) is None


@pytest.mark.parametrize(
    ("cases", "out_of", "rows", "most"), [(500, 4119, 4119, 500), (1, 3, 3, 1), (5, 10_000, 400, 1)]
)
def test_the_share_is_rounded_down_but_never_to_nothing(cases: int, out_of: int, rows: int, most: int) -> None:
    assert Capacity(cases, out_of).most(rows) == most
    assert Capacity(9, 3).most(rows) == rows
    assert Capacity(9, 3).share == 1.0


def test_no_positive_row_leaves_the_threshold_in_the_middle() -> None:
    assert choose(np.zeros(4, int), P[:4], Decision(), None, None).threshold == 0.5


MONEY = st.integers(-50, 50)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.integers(1, 25), st.integers(1, 30))
def test_the_threshold_is_the_best_there_is(data: st.DataObject, rows: int, cases: int) -> None:
    """Against every threshold at every score, by a table lookup; within capacity."""
    y = data.draw(hnp.arrays(np.int64, rows, elements=st.integers(0, 1)))
    scores = data.draw(hnp.arrays(np.float64, rows, elements=st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0])))
    value = Value(**dict(zip(Value.model_fields.keys() - {"unit"}, data.draw(st.tuples(*[MONEY] * 4)), strict=True)))
    limit = data.draw(st.sampled_from([None, Capacity(cases, 30)]))
    rule = choose(y, scores, Decision(), value, limit)
    most = limit.most(rows) if limit else rows
    choices = [scores >= threshold for threshold in [*scores, NOBODY]]
    best = max(worth_of(y, acted, value) for acted in choices if acted.sum() <= most)
    acted = rule.decide(scores)
    assert acted.sum() <= most
    assert acted.tolist() == (scores >= rule.threshold).astype(int).tolist()  # capacity did not have to cut
    assert worth_of(y, acted, value) == pytest.approx(best, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_between_lies_between(one: float, other: float) -> None:
    low, high = sorted((one, other))
    if low < high:
        assert low < between(low, high) <= high
    assert between(0.213471, 0.213559) == 0.2135


def test_values_at_every_threshold_are_table_lookups() -> None:
    ranking = Ranking.of(P, Y == 1)
    wanted = [worth_of(Y, threshold <= P, CALL) for threshold in P]
    assert values(ranking, CALL) == pytest.approx(wanted)
    assert worth(CALL).tolist() == [[0, -8], [0, 120]]


def test_of_equally_good_thresholds_the_one_near_the_break_even_point_is_chosen() -> None:
    y = np.array([0, 0, 0, 1, 1, 1])
    scores = np.array([0.01, 0.02, 0.03, 0.8, 0.9, 0.95])
    value = Value(false_positive=-400, false_negative=-6000)  # breaks even at 400 / 6400
    rule = choose(y, scores, Decision(), value, None)
    assert rule.threshold == pytest.approx(0.0625, abs=0.04)
    assert rule.decide(scores).tolist() == y.tolist()
