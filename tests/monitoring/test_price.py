"""Money at risk: worked examples, done by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlcl.models.bootstrap import Interval
from mlcl.monitoring import price
from mlcl.monitoring.deployed import Model
from mlcl.monitoring.price import Price, Stakes
from mlcl.monitoring.promise import Promise
from tests.monitoring.truth import VALUE

# A bank's campaign: the model earns 6 EUR per case, calling everybody 2 EUR; 10,000 cases per window.
STAKES = Stakes("EUR", 6.0, Interval(5.0, 7.0), 2.0, 10_000, {"age": 0.25, "job": 0.5})


def test_a_drop_in_value_is_what_was_lost() -> None:
    """6 EUR were promised and 4.50 came: 1.50 on each of 10,000 cases."""
    found = price.of_performance(STAKES, 4.5, Interval(4.0, 5.0))
    assert found.amount == pytest.approx(15_000)
    # The interval of the difference: 1.5 - sqrt(1 + 0.25) to 1.5 + sqrt(1 + 0.25).
    assert (found.low, found.high) == pytest.approx((3819.66, 26180.34), abs=0.01)
    assert found.unit == "EUR"
    assert found.formula == "(6 promised - 4.5 realised) per case x 10,000 cases"
    assert found.assumptions == [price.LIKE_OTHERS]


def test_a_gain_puts_nothing_at_risk() -> None:
    found = price.of_performance(STAKES, 7.0, Interval(6.5, 7.5))
    assert (found.amount, found.low) == (0.0, 0.0)


def test_an_estimate_says_what_it_takes_for_granted() -> None:
    found = price.of_estimate(STAKES, 5.0)
    assert found.amount == pytest.approx(10_000)
    assert (found.low, found.high) == (None, None)
    assert "changed relation" in found.assumptions[0]


def test_a_drifted_column_risks_its_share_of_the_models_worth() -> None:
    """A fifth of the rows, half of the importance, 6 - 2 = 4 EUR at stake: 0.2 x 0.5 x 4 x 10,000 = 4,000 EUR."""
    cells = [{"reference": 0.5, "current": 0.3}, {"reference": 0.5, "current": 0.7}]
    assert price.moved(cells) == pytest.approx(0.2)
    found = price.of_column(STAKES, "job", price.moved(cells))
    assert found.amount == pytest.approx(4_000)
    assert found.formula == "20.0% of rows affected x 50.0% of importance x 4 at stake per case x 10,000 cases"
    assert len(found.assumptions) == 3


def test_missing_traffic_risks_what_the_model_would_have_earned() -> None:
    assert price.of_volume(STAKES, 12_500).amount == pytest.approx(10_000)
    assert price.of_volume(STAKES, 8_000).amount == 0


def test_a_model_no_better_than_none_puts_nothing_at_stake() -> None:
    assert price.of_column(STAKES._replace(naive=9.0), "job", 1.0).amount == 0


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (price.of_column(STAKES._replace(naive=None), "job", 0.1), price.NO_STAKE),
        (price.of_column(STAKES, "colour", 0.1), price.NO_IMPORTANCE),
        (price.of_performance(STAKES, None), price.NO_FIGURE),
        (price.of_performance(STAKES._replace(why=price.NO_VALUE), 1.0), price.NO_VALUE),
        (price.of_volume(STAKES._replace(why=price.NO_VALUE), 1.0), price.NO_VALUE),
    ],
)
def test_what_cannot_be_priced_says_why(found: Price, why: str) -> None:
    assert (found.amount, found.formula, found.why) == (None, "", why)


def test_stakes_come_from_the_bundle_and_its_evaluation() -> None:
    model = Model(1, "d", {"value": VALUE}, None)  # type: ignore[arg-type]
    promised = Promise({"value_per_case": 6.0}, {"value_per_case": Interval(5, 7)}, 2.0, {"job": 1.0}, {}, "")
    found = Stakes.of(model, promised, 500)
    assert found == Stakes("EUR", 6.0, Interval(5, 7), 2.0, 500, {"job": 1.0})
    assert found.at_stake == 4.0
    worthless = model._replace(manifest={})
    assert Stakes.of(worthless, promised, 500).why == price.NO_VALUE
    assert Stakes.of(model, promised._replace(metrics={}), 500).why == price.NO_PROMISE


def finding(kind: str, column: str | None, price: Price, value: float = 0.2) -> dict[str, Any]:
    return {"kind": kind, "column": column, "value": value, "limit": 0.1, "price": price}


UNKNOWN = price.of_column(STAKES, "colour", 0.1)
FINDINGS = [
    finding("drift", "job", price.of_column(STAKES, "job", 0.2)),
    finding("unseen", "shape", UNKNOWN),
    finding("missing", "age", price.of_column(STAKES, "age", 0.2)),
    finding("performance", None, price.of_performance(STAKES, 4.5, Interval(4.0, 5.0))),
    finding("drift", "colour", UNKNOWN, 0.9),
    finding("predictions", None, price.of_estimate(STAKES, 5.5)),
    finding("volume", None, price.of_volume(STAKES, 12_000)),
]


@given(st.permutations(FINDINGS))
def test_findings_are_ranked_by_what_they_may_cost(findings: list[dict[str, Any]]) -> None:
    found = price.ranked(findings)
    assert [(one["kind"], one["column"], one["money_at_risk"]) for one in found] == [
        ("performance", None, pytest.approx(15_000)),  # 1.5 x 10,000
        ("volume", None, pytest.approx(8_000)),  # 2,000 cases x 4
        ("predictions", None, pytest.approx(5_000)),  # 0.5 x 10,000
        ("drift", "job", pytest.approx(4_000)),  # 0.2 x 0.5 x 4 x 10,000
        ("missing", "age", pytest.approx(2_000)),  # 0.2 x 0.25 x 4 x 10,000
        ("drift", "colour", None),  # nine times its limit
        ("unseen", "shape", None),  # twice
    ]
    assert found[0]["price"]["low"] == pytest.approx(3819.66, abs=0.01)
    assert found[-1]["price"]["why"] == price.NO_IMPORTANCE
