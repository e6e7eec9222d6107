"""What a finding may cost: money at risk per window, in the unit of the problem's table [value].

Outcomes known (performance): loss = (promised - realised value per case) x cases.
Outcomes estimated (confidence-based estimation): loss = (promised - estimated value per case) x cases.
A column (drift, or faults of its values): risk = share of rows affected x share of the model's importance that the
column has x value at stake per case x cases. At stake is what the model is worth beside doing without it: the promised
value per case less that of the better of acting on nobody and on everybody.
Missing traffic: risk = cases that did not come x value at stake per case.

A loss is what was lost, with an interval; a risk is an order of magnitude to rank by, and says what it assumes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mlcl.models.bootstrap import Interval
from mlcl.monitoring.deployed import Model
from mlcl.monitoring.promise import Promise
from mlcl.monitoring.shares import difference

NO_VALUE = "The problem has no table [value], so nothing says what a decision is worth."
NO_PROMISE = "The model's test metrics hold no value per case."
NO_STAKE = "No evaluation of the model is in this store, so what the model is worth beside doing without it is unknown."
NO_IMPORTANCE = "How much the model relies on this column is unknown."
NO_FIGURE = "No value per case is known of this window."
AFFECTED = "Affected are as many rows as would have to change for the column to be distributed as in training."
SPOILT = "In an affected row the column's whole contribution to the model's worth is lost, and no more."
LINEAR = "Columns contribute to the model's worth in proportion to their importance on the test rows."
LIKE_OTHERS = "Cases without an outcome are worth as much as those with one."
ESTIMATED = (
    "Probabilities are as right now as they were on the test rows; a changed relation to the outcome is not seen."
)
WORTH = "The cases that did not come would have been worth as much as those of the test rows."
_VALUE = "value_per_case"


class Stakes(NamedTuple):
    """What findings are priced by. promised, naive: value per case of the model, and without it; ends: interval of the
    promised; cases: predictions of the window; importance: column -> share; why: why nothing can be priced, or ''."""

    unit: str
    promised: float
    ends: Interval
    naive: float | None
    cases: int
    importance: Mapping[str, float]
    why: str = ""

    @classmethod
    def of(cls, model: Model, promised: Promise, cases: int) -> Stakes:
        per_case = promised.metrics.get(_VALUE)
        unit = model.value.unit if model.value else ""
        why = NO_VALUE if model.value is None else NO_PROMISE if per_case is None else ""
        known = per_case or 0.0
        ends = promised.intervals.get(_VALUE, Interval(known, known))
        return cls(unit, known, ends, promised.naive, cases, promised.importance, why)

    @property
    def at_stake(self) -> float | None:
        """What the model is worth per case beside doing without it; a model worth nothing puts nothing at risk."""
        return None if self.naive is None else max(0.0, self.promised - self.naive)


class Price(NamedTuple):
    """amount: money at risk in the window, in `unit`, never below 0; None where nothing prices it, and `why` says so.
    low, high: 95 % interval, of losses alone."""

    amount: float | None
    unit: str
    formula: str
    assumptions: Sequence[str]
    low: float | None = None
    high: float | None = None
    why: str = ""


def of_performance(stakes: Stakes, realised: float | None, ends: Interval | None = None) -> Price:
    """A drop found from outcomes. realised: value per case, with its interval."""
    return _loss(stakes, realised, ends, "realised", [LIKE_OTHERS])


def of_estimate(stakes: Stakes, estimated: float | None, ends: Interval | None = None) -> Price:
    """A drop, or drift of the predictions or of all columns together, by what the probabilities themselves say."""
    return _loss(stakes, estimated, ends, "estimated", [ESTIMATED])


def of_column(stakes: Stakes, column: str, affected: float) -> Price:
    """Drift of a column, or faults of its values. affected: share of rows (see `moved`)."""
    if refusal := _refusal(stakes, needs_stake=True):
        return refusal
    share = stakes.importance.get(column)
    if share is None:
        return _unpriced(stakes, NO_IMPORTANCE)
    worth = stakes.at_stake or 0.0
    formula = (
        f"{affected:.1%} of rows affected x {share:.1%} of importance x {worth:.4g} at stake per case "
        f"x {stakes.cases:,} cases"
    )
    return Price(affected * share * worth * stakes.cases, stakes.unit, formula, [AFFECTED, SPOILT, LINEAR])


def of_volume(stakes: Stakes, expected: float) -> Price:
    """Fewer predictions than expected; with more, nothing is lost."""
    if refusal := _refusal(stakes, needs_stake=True):
        return refusal
    gone, worth = max(0.0, expected - stakes.cases), stakes.at_stake or 0.0
    formula = f"{gone:,.0f} cases that did not come x {worth:.4g} at stake per case"
    return Price(gone * worth, stakes.unit, formula, [WORTH])


def moved(cells: Iterable[Mapping[str, Any]]) -> float:
    """Share of rows that would have to lie in another cell for a column to be distributed as in training: the total
    variation distance of the shares {reference, current} in a column of mlcl.monitoring.drift."""
    return float(sum(abs(cell["current"] - cell["reference"]) for cell in cells)) / 2


def ranked(findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Findings with a `price` (as a dict or Price), which get `money_at_risk`; dearest first, then those without a
    price, the ones furthest beyond their limit (value / limit) first."""

    def order(finding: Mapping[str, Any]) -> tuple[Any, ...]:
        amount, limit = finding["money_at_risk"], finding.get("limit")
        beyond = abs(finding.get("value") or 0.0) / abs(limit) if limit else 0.0
        return (amount is None, -(amount or 0.0), -beyond, str(finding.get("kind")), str(finding.get("column") or ""))

    priced = []
    for finding in findings:
        price = finding["price"]._asdict() if isinstance(finding["price"], Price) else dict(finding["price"])
        priced.append({**finding, "price": price, "money_at_risk": price["amount"]})
    return sorted(priced, key=order)


def _loss(stakes: Stakes, figure: float | None, ends: Interval | None, what: str, assumptions: Sequence[str]) -> Price:
    if refusal := _refusal(stakes):
        return refusal
    if figure is None:
        return _unpriced(stakes, NO_FIGURE)
    formula = f"({stakes.promised:.4g} promised - {figure:.4g} {what}) per case x {stakes.cases:,} cases"
    amount = max(0.0, (stakes.promised - figure) * stakes.cases)
    if ends is None:
        return Price(amount, stakes.unit, formula, assumptions)
    low, high = difference(stakes.promised, stakes.ends, figure, ends)
    return Price(amount, stakes.unit, formula, assumptions, max(0.0, low * stakes.cases), max(0.0, high * stakes.cases))


def _refusal(stakes: Stakes, needs_stake: bool = False) -> Price | None:
    if stakes.why:
        return _unpriced(stakes, stakes.why)
    return _unpriced(stakes, NO_STAKE) if needs_stake and stakes.naive is None else None


def _unpriced(stakes: Stakes, why: str) -> Price:
    return Price(None, stakes.unit, "", [], why=why)
