"""How good the predictions turned out to be, against what the model promised: by outcomes of mature cohorts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from mlcl.metrics import BINARY, METRICS, REGRESSION
from mlcl.models import bootstrap, fairness
from mlcl.models.bootstrap import Interval
from mlcl.models.metrics import Cases, Floats, Ints, measure
from mlcl.monitoring import feedback, ledger
from mlcl.monitoring.deployed import Deployed, Model
from mlcl.monitoring.promise import Promise, promise
from mlcl.monitoring.shares import difference, wilson
from mlcl.monitoring.window import Part, read_window
from mlcl.stores import Store

LEAST = 10  # outcomes below which resampling them says nothing
MARGIN = 0.05  # of what was promised: a smaller change does not matter
RESAMPLES, FEWER = 1000, 200  # of a window; of each cohort and group
_SEGMENT = "segment:"
_MICRO = timedelta(microseconds=1)


class Change(NamedTuple):
    """A realised figure against the promised one. outcome: better, as promised, worse or undecided."""

    promised: float
    realised: float
    difference: float
    low: float
    high: float
    outcome: str


def performance(
    store: Store, endpoint: str, since: datetime, until: datetime, now: datetime, *, found: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Realised figures of the predictions with since <= time < until, as known now (aware times); see Realised.result.

    found: the endpoint's ledger, where it was made already.
    """
    found = found or ledger.ledger(store, endpoint, now)
    realised = Realised(store, endpoint, since, until, now, found)
    models = realised.models
    for part in read_window(store, endpoint, since, until, models, version_of=models.version):
        realised.add(part)
    return realised.result()


class Realised:
    """Gathers the predictions of a window that can be judged, in parts."""

    def __init__(
        self, store: Store, endpoint: str, since: datetime, until: datetime, now: datetime, found: dict[str, Any]
    ) -> None:
        """found: the endpoint's ledger as of now."""
        self.store, self.models = store, Deployed(store, endpoint)
        self.since, self.until, self.ledger = since, until, found
        self._labels = feedback.labels(store, endpoint, since, until, as_of=now).select("id", "label")
        self._rows: dict[tuple[str, int | None], list[pl.DataFrame]] = {}
        self._seen = self._waiting = 0

    def add(self, part: Part) -> None:
        model = self.models(part.version)
        names = segments_of(model)
        inputs = part.inputs.select(pl.col(name).alias(_SEGMENT + name) for name in names)
        rows = part.outputs.hstack(inputs)
        ripe = rows.filter(ledger.in_mature(pl.col("time"), self.ledger))
        self._seen += len(rows)
        self._waiting += len(rows) - len(ripe)
        known = ripe.join(self._labels, on="id", maintain_order="left")
        if len(known):
            self._rows.setdefault((part.variant, part.version), []).append(known)

    def result(self) -> dict[str, Any]:
        """{since, until, judged, why, predictions, immature, labelled, refused: [{cohort, since, until, mature_at,
        why}], models: [MODEL]}. judged: whether anything could be; immature: predictions of the refused cohorts.

        MODEL: {variant, version, bundle_digest, rows, metrics, intervals: {metric: {low, high, level}}, promised:
        {metrics, intervals, source}, changes: {metric: Change}, value: {unit, cases, realised_per_case,
        promised_per_case, realised, low, high} | None, cohorts: [{since, rows, metrics, intervals}],
        segments: [{column, groups: [{value, rows, metrics, intervals, enough, promised}]}]}
        """
        models = [self._model(*place, pl.concat(rows).unique("id", maintain_order=True)) for place, rows in self._all()]
        refused = ledger.refused(self.ledger, self.since, self.until)
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "judged": bool(models),
            "why": "" if models else _why_not(refused, self._seen),
            "predictions": self._seen,
            "immature": self._waiting,
            "labelled": sum(model["rows"] for model in models),
            "refused": refused,
            "models": models,
        }

    def _all(self) -> list[tuple[tuple[str, int | None], list[pl.DataFrame]]]:
        return sorted(self._rows.items(), key=lambda item: (item[0][0], item[0][1] or 0))

    def _model(self, variant: str, version: int | None, rows: pl.DataFrame) -> dict[str, Any]:
        model = self.models(version)
        promised = promise(self.store, model)
        rows, cases = cases_of(rows.sort("time", "id"), model)
        metrics = measure(cases)
        ends = intervals(cases, RESAMPLES)
        return {
            "variant": variant,
            "version": version,
            "bundle_digest": model.digest,
            "rows": len(rows),
            "metrics": metrics,
            "intervals": _plain(ends),
            "promised": {
                "metrics": dict(promised.metrics),
                "intervals": _plain(promised.intervals),
                "source": promised.source,
            },
            "changes": {name: one._asdict() for name, one in changes(metrics, ends, promised).items()},
            "value": _value(model, metrics, ends, promised, len(rows)),
            "cohorts": list(_cohorts(rows, cases, self.ledger)),
            "segments": list(_segments(rows, cases, promised)),
        }


def segments_of(model: Model) -> list[str]:
    """The columns that groups are made by: categories and truth values of few values."""
    inputs = model.recipe.inputs
    few = [one for one in inputs if one.kind == "boolean" or 0 < len(one.categories or ()) <= fairness.FEW]
    return [one.name for one in few]


def cases_of(rows: pl.DataFrame, model: Model) -> tuple[pl.DataFrame, Cases]:
    """Rows and cases of predictions with a label; those whose label or decision this model does not know are left
    out."""
    if model.task == REGRESSION:
        return rows, Cases(REGRESSION, _floats(rows["label"].cast(pl.Float64)), _floats(rows["prediction"]), None, 0)
    labels = list(model.labels or ())
    rows = rows.filter(pl.col("label").is_in(labels) & pl.col("decision").is_in(labels))
    codes = {label: code for code, label in enumerate(labels)}
    y, decided = (_ints(rows[name].replace_strict(codes, return_dtype=pl.Int64)) for name in ("label", "decision"))
    if model.task == BINARY:
        return rows, Cases(BINARY, y, _floats(rows["probability"]), decided, 2, model.worth)
    scores = rows.select(f"probability_{label}" for label in labels).to_numpy()
    return rows, Cases(model.task, y, scores, decided, len(labels))


def intervals(cases: Cases, resamples: int, level: float = 0.95) -> dict[str, Interval]:
    """95 % interval of each metric that has one: of shares Wilson's, of all others the bootstrap's. None of them with
    fewer than LEAST rows."""
    if len(cases.y) < LEAST:
        return {}
    drawn = bootstrap.draws({"model": cases}, resamples, seed=0)["model"]
    found = {name: bootstrap.interval(values, level) for name, values in drawn.items()}
    return {name: ends for name, ends in found.items() if ends} | _of_shares(cases, level)


def changes(
    realised: Mapping[str, float | None], ends: Mapping[str, Interval], promised: Promise, margin: float = MARGIN
) -> dict[str, Change]:
    """Every metric that was promised and is known now, judged. margin: share of the promised figure that matters.

    worse: surely below what was promised (the interval of the difference is), and by more than the margin; better:
    likewise above; as promised: surely not worse by more than the margin; undecided: too few outcomes to tell.
    """
    found = {}
    for name, new in realised.items():
        old = promised.metrics.get(name)
        if new is None or old is None or name not in ends:
            continue
        between = difference(new, ends[name], old, promised.intervals.get(name, Interval(old, old)))
        outcome = judge(new - old, between, margin * abs(old), METRICS[name].greater_is_better)
        found[name] = Change(old, new, new - old, *between, outcome)
    return found


def judge(change: float, between: Interval, margin: float, greater_is_better: bool) -> str:
    """See `changes`. change: realised - promised; between: its interval."""
    low, high = between if greater_is_better else (-between.high, -between.low)
    change = change if greater_is_better else -change
    if high < 0 and change < -margin:
        return "worse"
    if low > 0 and change > margin:
        return "better"
    return "as promised" if low >= -margin else "undecided"


def _of_shares(cases: Cases, level: float) -> dict[str, Interval]:
    if cases.decided is None:
        return {}
    right, there, decided = cases.tally
    found = {"accuracy": wilson(right.sum(), there.sum(), level)}
    if cases.task == BINARY:
        found |= {"precision": wilson(right[1], decided[1], level), "recall": wilson(right[1], there[1], level)}
    return found


def _value(
    model: Model, metrics: Mapping[str, float | None], ends: Mapping[str, Interval], promised: Promise, rows: int
) -> dict[str, Any] | None:
    """Value of the decisions: per case, and of all cases with an outcome."""
    per_case, name = metrics.get("value_per_case"), "value_per_case"
    if model.value is None or per_case is None:
        return None
    low, high = ends.get(name, (None, None))
    return {
        "unit": model.value.unit,
        "cases": rows,
        "realised_per_case": per_case,
        "promised_per_case": promised.metrics.get(name),
        "realised": per_case * rows,
        "low": None if low is None else low * rows,
        "high": None if high is None else high * rows,
    }


def _cohorts(rows: pl.DataFrame, cases: Cases, found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    number = rows.select(ledger.number(pl.col("time"), timedelta(seconds=found["every"]))).to_series().to_numpy()
    since = {one["cohort"]: one["since"] for one in found["cohorts"]}
    for cohort in np.unique(number).tolist():
        yield {"since": since[cohort], **_figures(cases.take(np.flatnonzero(number == cohort)))}


def _segments(rows: pl.DataFrame, cases: Cases, promised: Promise) -> Iterator[dict[str, Any]]:
    for name in [name for name in rows.columns if name.startswith(_SEGMENT)]:
        column = name.removeprefix(_SEGMENT)
        grouping = fairness.grouping(rows[name])
        before = promised.segments.get(column, {})
        groups = []
        for code, value in enumerate(grouping.values):
            places = np.flatnonzero(grouping.group == code)
            if len(places):
                enough = len(places) >= fairness.ENOUGH
                figures = _figures(cases.take(places), enough)
                groups.append({"value": value, **figures, "enough": enough, "promised": before.get(value)})
        yield {"column": column, "groups": groups}


def _figures(cases: Cases, sure: bool = True) -> dict[str, Any]:
    ends = intervals(cases, FEWER) if sure else {}
    return {"rows": len(cases.y), "metrics": measure(cases), "intervals": _plain(ends)}


def _why_not(refused: Sequence[Mapping[str, Any]], seen: int) -> str:
    if not seen:
        return "There are no predictions in this span."
    if not refused:
        return "No outcome of these predictions is known."
    dates = [one["mature_at"] for one in refused if one["mature_at"]]
    when = f" The last will be mature at {max(dates)}." if len(dates) == len(refused) else ""
    return f"Too few outcomes are known yet to judge: {refused[0]['why']}.{when}"


def _plain(ends: Mapping[str, Interval]) -> dict[str, dict[str, float]]:
    return {name: {**one._asdict(), "level": 0.95} for name, one in ends.items()}


def _floats(column: pl.Series) -> Floats:
    return column.to_numpy().astype(np.float64)


def _ints(column: pl.Series) -> Ints:
    return column.to_numpy().astype(np.int64)
