"""The parts of an evaluation, as JSON-ready documents: figures, tables and pictures of one model on its test rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from mlcl.metrics import BINARY, REGRESSION
from mlcl.models import bootstrap, curves, explain, rivals
from mlcl.models.decision import Capacity
from mlcl.models.learners import Model
from mlcl.models.metrics import (
    Array,
    Cases,
    Figures,
    Floats,
    Known,
    by_class,
    confusion,
    known,
    measure,
    ranked,
    undefined,
)
from mlcl.problem.sections import Value

LEVEL = 0.95
Document = dict[str, Any]
Draws = dict[str, Figures]


class Compared(NamedTuple):
    """Figures of the model and of what it is compared with, on the test rows and on the same resamples of them."""

    figures: dict[str, Known]
    draws: Draws


def compare(models: Mapping[str, Cases], limit: Capacity | None, resamples: int, seed: int) -> Compared:
    """Measures all models on the rows and on resamples of them."""
    draws = bootstrap.draws(models, resamples, seed)
    figures = {name: measure(cases) for name, cases in models.items()}
    if "nothing" in models:
        _naive_value(figures, draws, limit.share if limit else 1.0)
    return Compared(figures, draws)


def _naive_value(figures: dict[str, Known], draws: Draws, share: float) -> None:
    """The baseline's value becomes that of acting on nobody or on everybody, whichever is worth more on these rows.

    Where capacity allows only a `share`, everybody means so many rows taken at random: the expectation of that.
    """
    name = "value_per_case"
    (nothing, drawn), (all_of, drawn_all) = (
        (figures[who][name] or 0.0, draws.pop(who)[name]) for who in ("nothing", "everything")
    )
    everything = share * all_of + (1 - share) * nothing
    figures["nothing"], figures["everything"] = {name: nothing}, {name: everything}
    figures["baseline"][name] = max(nothing, everything)
    draws["baseline"][name] = share * drawn_all + (1 - share) * drawn if everything > nothing else drawn


def figures(cases: Mapping[str, Cases], compared: Compared, champion: Document | None) -> Document:
    """Metrics of every split, intervals on the test rows, and the rivals'. champion: what else is known of it."""
    splits = {split: measure(of) for split, of in cases.items() if split != "test"} | {
        "test": compared.figures["model"]
    }
    rival = {
        name: {"metrics": compared.figures[name], "intervals": intervals(compared.draws[name])}
        for name in compared.draws
    }
    return {
        "metrics": splits,
        "intervals": intervals(compared.draws["model"]),
        "undefined": undefined(cases["test"], splits["test"]),
        "baseline": {"kind": rivals.NAIVE.get(cases["test"].task, "prevalence"), **rival["baseline"]},
        "nothing": compared.figures.get("nothing"),
        "everything": compared.figures.get("everything"),
        "champion": champion and {**champion, **rival.get("champion", {})},
    }


def intervals(draws: Figures) -> Document:
    """{metric: {low, high, level}}, of the metrics that have draws at all."""
    found = {name: bootstrap.interval(drawn, LEVEL) for name, drawn in draws.items()}
    return {name: {**ends._asdict(), "level": LEVEL} for name, ends in found.items() if ends}


def tables(cases: Cases, labels: list[str]) -> Document:
    """The confusion matrix and the figures of each class (None, None for regression)."""
    if cases.decided is None:
        return {"confusion": None, "per_class": None}
    matrix = confusion(cases.y, cases.decided, cases.classes)
    per_class = by_class(cases.tally)
    rows = []
    for code, (label, (auc, precision)) in enumerate(zip(labels, _ranked_by_class(cases), strict=True)):
        one = {name: figure[code] for name, figure in per_class.items()} | {
            "roc_auc": auc,
            "average_precision": precision,
        }
        rows.append({"label": label, "support": int(matrix[code].sum()), **known(one)})
    return {"confusion": {"labels": labels, "matrix": matrix.tolist()}, "per_class": rows}


def _ranked_by_class(cases: Cases) -> list[tuple[Floats, Floats]]:
    if cases.task != BINARY:
        return [ranking.figures() for ranking in cases.rankings]
    hits, misses = (np.diff(side, prepend=0) for side in cases.rankings[0].above)
    return [ranked(misses[::-1], hits[::-1]), ranked(hits, misses)]


def pictures(cases: Cases, labels: list[str], value: Value | None, seed: int) -> Document:
    """Curves, residuals and the distribution of predictions."""
    if cases.task == REGRESSION:
        return {"curves": None, "residuals": curves.residuals(cases, seed), "predictions": curves.predictions(cases)}
    if cases.task == BINARY:
        drawn: Document = {**curves.binary(cases, value, int(np.sum(cases.decided == 1)))}
    else:
        drawn = {"classes": curves.classes(cases, labels)}
    return {"curves": drawn, "residuals": None, "predictions": curves.predictions(cases)}


def importance(predictor: Model, x: Array, cases: Cases, groups: explain.Sources, trees: int, seed: int) -> Document:
    """What the model relies on, from a sample of the test rows. trees: what one prediction costs."""
    shuffled = explain.sample(len(x), trees * explain.REPEATS * len(groups), seed)
    explained = explain.sample(len(x), trees * explain.CONTRIBUTION_COST, seed)
    return {
        "metric": explain.main_metric(cases.task),
        "permutation": explain.permutation(predictor.predict, x[shuffled], cases.take(shuffled), groups, seed),
        "contribution": explain.contribution(predictor.contributions(x[explained]), groups),
        "rows": {"permutation": len(shuffled), "contribution": len(explained)},
    }


def plain(thing: Any) -> Any:
    """JSON-ready: undefined numbers are null; fractions have 12 digits, because the last bits of a logarithm differ
    from processor to processor and digests must not."""
    if isinstance(thing, dict):
        return {name: plain(part) for name, part in thing.items()}
    if isinstance(thing, list | tuple):
        return [plain(part) for part in thing]
    if isinstance(thing, float):
        return float(f"{thing:.12g}") if math.isfinite(thing) else None
    return thing
