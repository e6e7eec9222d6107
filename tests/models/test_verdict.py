"""The verdict: three outcomes from bounds, what decides, and words that a person understands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcl.models.verdict import figure_text, judge, wanted
from mlcl.problem.sections import Goal
from mlcl.records import GoalVerdict

NORMAL = np.random.default_rng(0).normal(size=4001)
NORMAL = (NORMAL - NORMAL.mean()) / NORMAL.std()


def evaluation(**metrics: float | None) -> dict[str, Any]:
    return {
        "task": "binary",
        "unit": "EUR",
        "rows": {"train": 700, "validation": 200, "test": 100},
        "metrics": {"test": metrics},
        "undefined": {name: "All rows are of one class." for name, figure in metrics.items() if figure is None},
        "baseline": {"metrics": dict.fromkeys(metrics, 0.5)},
        "champion": None,
    }


def one(goal: Goal, got: float | None, spread: float = 0.02, **rest: Any) -> GoalVerdict:
    """The verdict on one goal; the bootstrap is normal around the metric, the rivals are constant at their figures."""
    facts = {**evaluation(**{goal.metric: got}), **rest}
    draws = {f"model/{goal.metric}": (got or 0.0) + spread * NORMAL}
    for name in ("baseline", "champion"):
        figures = (facts[name] or {}).get("metrics") or {}
        draws |= {f"{name}/{metric}": np.full(len(NORMAL), figure) for metric, figure in figures.items()}
    return judge([goal], facts, draws).goals[0]


@pytest.mark.parametrize(
    ("got", "outcome"), [(0.80, "met"), (0.78, "undecided"), (0.76, "undecided"), (0.74, "not met")]
)
def test_at_least_is_decided_by_the_bound_on_the_other_side(got: float, outcome: str) -> None:
    """90 %: 1.28 standard errors of 0.02 on each side of 0.77."""
    verdict = one(Goal(metric="roc_auc", at_least=0.77), got)
    assert verdict.outcome == outcome
    assert verdict.low == pytest.approx(got - 1.28 * 0.02, abs=0.002)
    assert verdict.high == pytest.approx(got + 1.28 * 0.02, abs=0.002)
    assert verdict.against == 0.77


@pytest.mark.parametrize(
    ("got", "outcome"), [(0.10, "met"), (0.19, "undecided"), (0.21, "undecided"), (0.25, "not met")]
)
def test_at_most_is_the_mirror_image(got: float, outcome: str) -> None:
    assert one(Goal(metric="brier", at_most=0.2), got).outcome == outcome


@settings(max_examples=100, deadline=None)
@given(st.floats(0.5, 0.9), st.floats(0.5, 0.9), st.floats(0.001, 0.1), st.sampled_from([0, 0.5, 0.8, 0.9, 0.99]))
def test_outcomes_follow_the_definition(got: float, bound: float, spread: float, confidence: float) -> None:
    verdict = one(Goal(metric="roc_auc", at_least=bound, confidence=confidence), got, spread)
    drawn = got + spread * NORMAL
    if confidence == 0:
        assert verdict.outcome == ("met" if got >= bound else "not met")
        assert verdict.low is verdict.high is None
    elif np.quantile(drawn, 1 - confidence) >= bound + 1e-12:
        assert verdict.outcome == "met"
    elif np.quantile(drawn, confidence) < bound - 1e-12:
        assert verdict.outcome == "not met"
    elif confidence > 0.5:
        assert verdict.outcome == "undecided"


def test_a_point_estimate_on_the_bound_meets_it_but_is_not_better() -> None:
    assert one(Goal(metric="roc_auc", at_least=0.77, confidence=0), 0.77).outcome == "met"
    assert one(Goal(metric="roc_auc", better_than="baseline", confidence=0), 0.5).outcome == "not met"
    assert one(Goal(metric="roc_auc", better_than="baseline"), 0.5, spread=0.0).outcome == "not met"


@pytest.mark.parametrize(("metric", "got", "outcome"), [("roc_auc", 0.6, "met"), ("roc_auc", 0.4, "not met")])
def test_better_than_the_baseline(metric: str, got: float, outcome: str) -> None:
    assert one(Goal(metric=metric, better_than="baseline"), got).outcome == outcome
    lower = one(Goal(metric="log_loss", better_than="baseline"), got)  # less is better
    assert lower.outcome == {"met": "not met", "not met": "met"}[outcome]


def test_paired_differences_decide_where_intervals_overlap() -> None:
    """Both vary by 0.05, together: the difference of 0.01 is certain."""
    facts = evaluation(roc_auc=0.80) | {"champion": {"metrics": {"roc_auc": 0.79}}}
    draws = {"model/roc_auc": 0.80 + 0.05 * NORMAL, "champion/roc_auc": 0.79 + 0.05 * NORMAL + 0.001 * NORMAL[::-1]}
    draws["baseline/roc_auc"] = np.full(len(NORMAL), 0.5)
    verdict = judge([Goal(metric="roc_auc", better_than="champion")], facts, draws)
    assert verdict.outcome == "met"
    assert verdict.against["champion"]["differences"]["roc_auc"]["difference"] == pytest.approx(0.01)
    assert "0.010 better than the champion (0.790)" in verdict.goals[0].why


def test_the_first_model_has_no_champion_to_beat() -> None:
    verdict = one(Goal(metric="roc_auc", better_than="champion"), 0.8)
    assert verdict.outcome == "met"
    assert "no champion yet" in verdict.why
    other = one(Goal(metric="roc_auc", better_than="champion"), 0.8, champion={"unavailable": "other classes"})
    assert other.outcome == "undecided"
    assert "other classes" in other.why


def test_rows_that_would_decide_shrink_the_bound_to_the_margin() -> None:
    """Margin 0.01, distance of the bound 1.2816 * 0.02: 100 * 2.563 ** 2 = 657 test rows, 557 more, a tenth of all."""
    verdict = one(Goal(metric="roc_auc", at_least=0.77), 0.78)
    assert verdict.rows_to_decide == pytest.approx(5570, rel=0.06)
    assert "more labelled rows would decide" in verdict.why
    assert one(Goal(metric="roc_auc", at_least=0.77), 0.77).rows_to_decide is None
    assert one(Goal(metric="roc_auc", at_least=0.77), 0.90).rows_to_decide is None
    assert one(Goal(metric="roc_auc", at_least=0.77), 0.77 + 1e-9).rows_to_decide is None


def test_so_many_rows_do_decide() -> None:
    goal = Goal(metric="roc_auc", at_least=0.77)
    first = one(goal, 0.78)
    assert first.rows_to_decide
    grown = (1000 + first.rows_to_decide) / 1000
    assert one(goal, 0.78, spread=0.02 / np.sqrt(grown)).outcome == "met"
    assert one(goal, 0.78, spread=0.02 / np.sqrt(0.8 * grown)).outcome == "undecided"


def test_an_undefined_metric_decides_nothing() -> None:
    verdict = one(Goal(metric="roc_auc", at_least=0.7), None)
    assert verdict.outcome == "undecided"
    assert verdict.why == "ROC AUC cannot be computed. All rows are of one class."
    facts = evaluation(rmse=1.0) | {"task": "regression"}
    other = judge([Goal(metric="f1", at_least=0.7)], facts, {}).goals[0]
    assert other.why == "F1 is no metric of this regression problem."


def test_a_handful_of_rows_decides_nothing() -> None:
    rows = {"train": 7, "validation": 2, "test": 1}
    assert one(Goal(metric="accuracy", at_least=0.1), 1.0, spread=0.0, rows=rows).outcome == "undecided"
    assert one(Goal(metric="accuracy", at_least=0.1, confidence=0), 1.0, rows=rows).outcome == "met"


def test_the_whole_is_as_good_as_its_worst_goal() -> None:
    facts = evaluation(roc_auc=0.8, brier=0.1)
    draws = {"model/roc_auc": 0.8 + 0.02 * NORMAL, "model/brier": 0.1 + 0.001 * NORMAL}
    goals = {
        "met": [Goal(metric="roc_auc", at_least=0.7), Goal(metric="brier", at_most=0.2)],
        "undecided": [Goal(metric="roc_auc", at_least=0.79), Goal(metric="brier", at_most=0.2)],
        "not met": [Goal(metric="roc_auc", at_least=0.79), Goal(metric="brier", at_most=0.01)],
    }
    for outcome, given_goals in goals.items():
        verdict = judge(given_goals, facts, draws)
        assert verdict.outcome == outcome
        assert verdict.passed == (outcome == "met")
    assert judge(goals["met"], facts, draws).why == "All 2 goals are met."
    assert verdict.why == "Of 2 goals, not met: Brier score at most 0.01; undecided: ROC AUC at least 0.79."


def test_without_goals_nothing_can_be_missed() -> None:
    verdict = judge([], evaluation(roc_auc=0.8), {})
    assert verdict.passed
    assert verdict.outcome == "met"
    assert verdict.why == "No goals are given, so there is nothing to miss."


def test_words() -> None:
    verdict = one(Goal(metric="value_per_case", at_least=3, confidence=0.975), 3.456, spread=0.1)
    assert verdict.why == (
        "Value per case is 3.46 EUR on the test rows, and on other rows would be between 3.26 EUR and 3.65 EUR "
        "(97.5% confidence on each side); at least 3 was wanted."
    )
    assert figure_text("rmse", 48213.4) == "48,213"
    assert figure_text("rmse", 0.61234) == "0.6123"
    assert figure_text("value_per_case", -0.00314, "EUR") == "-0.0031 EUR"
    assert wanted(Goal(metric="rmse", at_most=50_000)) == "at most 50,000"
