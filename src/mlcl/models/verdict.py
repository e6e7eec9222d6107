"""The verdict: are the goals met, goal by goal, as far as the test rows can tell?

A goal at confidence c is met when the one-sided bootstrap bound at c keeps to it, not met when the opposite bound
misses it, and undecided between. All goals are brought to one form: a margin that must not be negative (at_least:
metric - bound; at_most: bound - metric) or must be positive (better_than: model - other, both on the same resamples).

Rows that would decide: the distance h of the deciding bound from the estimate shrinks with the square root of the
number of test rows n, so the margin g would be clear of it from n (h / g)^2 test rows on, if g stays what it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mlcl.metrics import METRICS
from mlcl.models.bootstrap import interval
from mlcl.models.metrics import Floats
from mlcl.problem.sections import Goal
from mlcl.records import GoalVerdict, Outcome, Verdict

Draws = Mapping[str, Floats]
Evaluation = Mapping[str, Any]

LEAST_ROWS = 10  # test rows below which resampling them says nothing
MOST_ROWS = 1_000_000_000  # beyond this, saying how many rows would decide helps nobody
OTHERS = {"baseline": "the naive baseline", "champion": "the champion"}


class Margin(NamedTuple):
    """By how much a goal is kept: on the test rows, and in each resample. strict: 0 is not enough."""

    point: float
    draws: Floats
    strict: bool

    def bounds(self, confidence: float) -> tuple[float, float]:
        """One-sided lower and upper bound, each at `confidence`."""
        low, high = np.quantile(self.draws, [1 - confidence, confidence])
        return float(low), float(high)

    def outcome(self, confidence: float) -> Outcome:
        low, high = self.bounds(confidence) if confidence else (self.point, self.point)
        if low > 0 or (low == 0 and not self.strict):
            return "met"
        return "not met" if high < 0 or (high == 0 and self.strict) else "undecided"

    def more_rows(self, confidence: float, rows: int) -> int | None:
        """How many more test rows than these `rows` would decide; None when nothing tells."""
        low, high = self.bounds(confidence)
        width = self.point - low if self.point > 0 else high - self.point
        if self.point == 0 or width <= 0:
            return None
        more = max(1, math.ceil(rows * ((width / self.point) ** 2 - 1)))
        return more if more <= MOST_ROWS else None


def judge(goals: Sequence[Goal], evaluation: Evaluation, draws: Draws) -> Verdict:
    """The verdict on an evaluation. draws: each metric on the resamples, by 'model/METRIC', 'baseline/METRIC', …"""
    verdicts = tuple(_judge(goal, evaluation, draws) for goal in goals)
    outcomes = {verdict.outcome for verdict in verdicts}
    outcome: Outcome = "not met" if "not met" in outcomes else "undecided" if "undecided" in outcomes else "met"
    return Verdict(
        passed=outcome == "met",
        outcome=outcome,
        goals=verdicts,
        against=_against(evaluation, draws),
        why=_summary(verdicts, outcome),
    )


def _judge(goal: Goal, evaluation: Evaluation, draws: Draws) -> GoalVerdict:
    got = evaluation["metrics"]["test"].get(goal.metric)
    if got is None:
        return _open(goal, None, _why_none(goal.metric, evaluation))
    if goal.confidence and evaluation["rows"]["test"] < LEAST_ROWS:
        return _open(
            goal, got, f"There are too few test rows to be sure of anything: at least {LEAST_ROWS} are needed."
        )
    if goal.better_than:
        return _against_rival(goal, got, evaluation, draws)
    bound = goal.at_least if goal.at_least is not None else goal.at_most
    return _compare(goal, (got, float(bound or 0.0)), evaluation, draws)


def _against_rival(goal: Goal, got: float, evaluation: Evaluation, draws: Draws) -> GoalVerdict:
    rival = evaluation.get(goal.better_than or "")
    if not rival:
        why = "There is no champion yet, so there is nothing to be better than."
        return GoalVerdict(metric=goal.metric, wanted=wanted(goal), got=got, outcome="met", why=why)
    if "unavailable" in rival:
        return _open(goal, got, f"The champion cannot be compared: {rival['unavailable']}")
    other = rival["metrics"].get(goal.metric)
    if other is None:
        return _open(goal, got, f"{_label(goal)} cannot be computed for {OTHERS[goal.better_than or '']}.")
    return _compare(goal, (got, other), evaluation, draws)


def _open(goal: Goal, got: float | None, why: str) -> GoalVerdict:
    return GoalVerdict(metric=goal.metric, wanted=wanted(goal), got=got, outcome="undecided", why=why)


def _why_none(metric: str, evaluation: Evaluation) -> str:
    label = METRICS[metric].label
    if metric not in evaluation["metrics"]["test"]:
        return f"{label} is no metric of this {evaluation['task']} problem."
    return f"{label} cannot be computed. {evaluation['undefined'].get(metric, '')}".strip()


def _compare(goal: Goal, pair: tuple[float, float], evaluation: Evaluation, draws: Draws) -> GoalVerdict:
    """The verdict from the pair (metric, what it is compared with)."""
    own = draws[f"model/{goal.metric}"]
    other = draws[f"{goal.better_than}/{goal.metric}"] if goal.better_than else np.full(len(own), pair[1])
    there = ~np.isnan(own) & ~np.isnan(other)
    if goal.confidence and not there.any():
        return _open(goal, pair[0], f"{_label(goal)} is undefined in every resample of the test rows.")
    sign = 1 if _more_is_wanted(goal) else -1
    margin = Margin(sign * (pair[0] - pair[1]), sign * (own - other)[there], bool(goal.better_than))
    low, high = _ends(own[there], goal.confidence)
    outcome = margin.outcome(goal.confidence)
    test, rows = evaluation["rows"]["test"], sum(evaluation["rows"].values())
    more = margin.more_rows(goal.confidence, test) if outcome == "undecided" else None
    labelled = _round_up(more * rows / test) if more else None
    return GoalVerdict(
        metric=goal.metric,
        wanted=wanted(goal),
        got=pair[0],
        low=low,
        high=high,
        against=pair[1],
        outcome=outcome,
        rows_to_decide=labelled,
        why=_why(goal, pair, margin, evaluation.get("unit") or "") + _rows_text(labelled, more),
    )


def _ends(drawn: Floats, confidence: float) -> tuple[float | None, float | None]:
    """One-sided bounds of the metric itself, the lower first; none for a confidence of 0."""
    if not confidence:
        return None, None
    low, high = np.sort(np.quantile(drawn, [1 - confidence, confidence]))
    return float(low), float(high)


def _more_is_wanted(goal: Goal) -> bool:
    return METRICS[goal.metric].greater_is_better if goal.better_than else goal.at_least is not None


def _label(goal: Goal) -> str:
    return METRICS[goal.metric].label


def wanted(goal: Goal) -> str:
    """The goal's bound in words: 'at least 0.77'."""
    if goal.better_than:
        return f"better than {OTHERS[goal.better_than]}"
    return f"at least {goal.at_least:,.10g}" if goal.at_least is not None else f"at most {goal.at_most:,.10g}"


def figure_text(metric: str, figure: float, unit: str = "") -> str:
    """A figure as a person reads it: '0.781', '3.51 EUR', '48,213'."""
    if metric == "value_per_case":
        money = f"{figure:,.2g}" if 0 < abs(figure) < 0.1 else f"{figure:,.2f}"
        return f"{money} {unit}".strip()
    if metric in ("rmse", "mae"):
        return f"{figure:,.0f}" if abs(figure) >= 1000 else f"{figure:.4g}"
    return f"{figure:.3f}"


def _why(goal: Goal, pair: tuple[float, float], margin: Margin, unit: str) -> str:
    """What was found, how sure that is, and what was wanted, in one or two sentences."""
    got, against = pair

    def text(figure: float) -> str:
        return figure_text(goal.metric, figure, unit)

    lead = f"{_label(goal)} is {text(got)} on the test rows"
    if goal.better_than:
        rival = OTHERS[goal.better_than]
        side = f"{text(abs(margin.point))} {'better' if margin.point > 0 else 'worse'}" if margin.point else "no better"
        lead += f", {side} than {rival} ({text(against)})"
    if not goal.confidence:
        return f"{lead}; {wanted(goal)} was wanted, judged by this figure alone."
    low, high = sorted(margin.bounds(goal.confidence))
    if goal.better_than:
        ends = f"ahead by {text(low)} to {text(high)}"
    else:
        low, high = sorted(against + (1 if _more_is_wanted(goal) else -1) * end for end in (low, high))
        ends = f"between {text(low)} and {text(high)}"
    sure = f"({100 * goal.confidence:g}% confidence on each side)"
    if margin.outcome(goal.confidence) == "undecided":
        return f"{lead}, and on other rows may be {ends} {sure}: too wide to tell whether it is {wanted(goal)}."
    return f"{lead}, and on other rows would be {ends} {sure}; {wanted(goal)} was wanted."


def _rows_text(labelled: int | None, test: int | None) -> str:
    if not labelled or not test:
        return ""
    tested = f"{_round_up(test):,} of them for testing, as rows are split now"
    return f" About {labelled:,} more labelled rows would decide ({tested})."


def _round_up(number: float) -> int:
    """To two significant digits, upwards."""
    step = int(10 ** max(0, math.floor(math.log10(max(number, 1))) - 1))
    return math.ceil(number / step) * step


def _summary(verdicts: Sequence[GoalVerdict], outcome: Outcome) -> str:
    if not verdicts:
        return "No goals are given, so there is nothing to miss."
    if outcome == "met":
        return "The goal is met." if len(verdicts) == 1 else f"All {len(verdicts)} goals are met."
    parts = []
    for state in ("not met", "undecided"):
        names = [f"{METRICS[one.metric].label} {one.wanted}" for one in verdicts if one.outcome == state]
        if names:
            parts.append(f"{state}: {', '.join(names)}")
    return f"Of {len(verdicts)} goal{'s' if len(verdicts) > 1 else ''}, {'; '.join(parts)}."


def _against(evaluation: Evaluation, draws: Draws) -> dict[str, Any]:
    """Figures of the baseline, of doing nothing and of the champion, with paired differences (model - other, 95 %)."""
    found = {name: evaluation.get(name) for name in ("baseline", "nothing", "everything", "champion")}
    for name in OTHERS:
        rival = found[name]
        if rival and "metrics" in rival:
            found[name] = {**rival, "differences": _differences(name, evaluation, draws)}
    return found


def _differences(name: str, evaluation: Evaluation, draws: Draws) -> dict[str, dict[str, float]]:
    own, other = evaluation["metrics"]["test"], evaluation[name]["metrics"]
    found = {}
    for metric in own:
        pair = f"model/{metric}", f"{name}/{metric}"
        if own[metric] is None or other.get(metric) is None or any(key not in draws for key in pair):
            continue
        ends = interval(draws[pair[0]] - draws[pair[1]])
        if ends:
            found[metric] = {"difference": own[metric] - other[metric], "low": ends.low, "high": ends.high}
    return found
