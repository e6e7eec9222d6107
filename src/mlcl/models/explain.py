"""Which columns a model relies on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mlcl.metrics import BINARY, MULTICLASS
from mlcl.models.metrics import Array, Cases, Floats, Ranking, losses

REPEATS = 3
MOST_ROWS = 2000
LEAST_ROWS = 100
WORK = 2_500_000  # rows times trees that one kind of importance may cost
CONTRIBUTION_COST = 300  # what explaining a row costs, measured in predictions
BLOCK = 20_000  # rows of one call to the model
Sources = Mapping[str, list[int]]


def sources(names: list[str], source: Mapping[str, str]) -> dict[str, list[int]]:
    """Feature columns by the column that they are made from."""
    found: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        found.setdefault(source.get(name, name), []).append(index)
    return found


def sample(rows: int, cost: float, seed: int) -> Array:
    """Row numbers for a computation that costs `cost` tree evaluations per row: a random sample within the budget."""
    most = int(min(MOST_ROWS, max(LEAST_ROWS, WORK / max(1.0, cost))))
    return np.arange(rows) if rows <= most else np.sort(np.random.default_rng(seed).permutation(rows)[:most])


def permutation(
    predict: Callable[[Array], Floats], x: Array, cases: Cases, groups: Sources, seed: int
) -> list[dict[str, Any]]:
    """How much worse the main metric gets when one column is shuffled among the rows (Breiman 2001).

    [{feature, mean, std}] over REPEATS shuffles, most important first. Features of one column are shuffled together.

    x: features [n, d]; cases: the same rows. Shuffled copies are stacked, so that the model is called a few times only.
    """
    rng = np.random.default_rng(seed)
    whole = _main(cases)
    jobs = [(name, rng.permutation(len(x))) for name in groups for _ in range(REPEATS)]
    per_call = max(1, BLOCK // len(x))
    worse: dict[str, list[float]] = {name: [] for name in groups}
    for start in range(0, len(jobs), per_call):
        block = jobs[start : start + per_call]
        stacked = np.tile(x, (len(block), 1)).reshape(len(block), *x.shape)
        for copy, (name, order) in zip(stacked, block, strict=True):
            copy[:, groups[name]] = x[order][:, groups[name]]
        scores = predict(stacked.reshape(-1, x.shape[1]))
        for (name, _), part in zip(block, np.split(scores, len(block)), strict=True):
            worse[name].append(whole - _main(Cases(cases.task, cases.y, part, classes=cases.classes)))
    return _sorted(
        {"feature": name, "mean": float(np.mean(drop)), "std": float(np.std(drop))} for name, drop in worse.items()
    )


def contribution(contributions: Floats, groups: Sources) -> list[dict[str, Any]]:
    """Mean size of each column's contribution to a prediction (SHAP values, Lundberg and Lee 2017), in log-odds or the
    target's unit: [{feature, mean_abs}], most important first. contributions: [n, d + 1] or [n, classes, d + 1]."""
    return _sorted(
        {"feature": name, "mean_abs": float(np.mean(np.abs(contributions[..., columns].sum(axis=-1))))}
        for name, columns in groups.items()
    )


def main_metric(task: str) -> str:
    return {BINARY: "roc_auc", MULTICLASS: "log_loss"}.get(task, "rmse")


def _main(cases: Cases) -> float:
    """The main metric, signed so that more is better."""
    if cases.task == BINARY:
        return float(np.nan_to_num(Ranking.of(cases.scores, cases.y == 1).figures()[0], nan=0.5))
    if cases.task == MULTICLASS:
        return -float(np.mean(losses(cases.y, cases.scores)["log_loss"]))
    return -float(np.sqrt(np.mean((cases.scores - cases.y) ** 2)))


def _sorted(rows: Any) -> list[dict[str, Any]]:
    """By the second field, greatest first; the order of columns decides ties."""
    return sorted(rows, key=lambda row: -list(row.values())[1])
