"""Documents of a made-up table and of training on it, in the shapes that the steps write."""

from __future__ import annotations

import math
import random
from typing import Any

Document = dict[str, Any]

DIGEST = "9f2c41d07ab3e85612c07d9e4f6a1b3c5d7e9f0a2b4c6d8e0f1a3b5c7d9e1f20"

NUMBERS = (
    "age",
    "campaign",
    "pdays",
    "previous",
    "emp.var.rate",
    "cons.price.idx",
    "cons.conf.idx",
    "euribor3m",
    "nr.employed",
    "balance",
    "day",
    "income",
    "tenure",
)

CATEGORIES = {
    "job": ("admin.", "blue-collar", "technician", "services", "management", "retired", "student"),
    "marital": ("married", "single", "divorced"),
    "education": ("university.degree", "high.school", "basic.9y", "professional.course"),
    "contact": ("cellular", "telephone"),
    "poutcome": ("nonexistent", "failure", "success"),
    "default": ("no", "unknown"),
    "housing": ("yes", "no"),
    "loan": ("no", "yes"),
    "month": ("may", "jul", "aug", "jun", "nov", "apr"),
    "day_of_week": ("thu", "mon", "wed", "tue", "fri"),
    "region": ("north", "south", "east", "west"),
}


def dataset(name: str) -> Document:
    columns = [{"name": n, "kind": "number", "missing": 0} for n in NUMBERS] + [
        {"name": n, "kind": "category"} for n in CATEGORIES
    ]
    return {
        "schema_version": 1,
        "digest": DIGEST,
        "rows": 41188,
        "columns": columns,
        "source": f"openml:1461 ({name})",
        "name": name,
        "licence": "CC BY 4.0",
        "citation": "Moro, Rita, Cortez (2014), doi:10.24432/C5K306",
        "url": "https://www.openml.org/d/1461",
        "fetched_at": "2026-11-23T14:25:01Z",
        "notes": ["Column 3 had no name; it is called column_3."],
    }


def target(name: str, task: str, labels: list[str] | None) -> Document:
    counts = {label: 36548 // (4 * i + 1) for i, label in enumerate(labels)} if labels else None
    return {
        "name": name,
        "task": task,
        "task_why": "the problem file says so",
        "labels": labels,
        "counts": counts,
        "missing": 12,
        "positive": "yes" if task == "binary" else None,
        "positive_why": "the problem file says so",
        "imbalance": 0.11,
    }


def profile(target: Document) -> Document:
    rng = random.Random(1)
    columns = [_number_column(name, rng) for name in NUMBERS] + [
        _category_column(n, v, rng) for n, v in CATEGORIES.items()
    ]
    columns.append(
        {
            "name": target["name"],
            "kind": "category",
            "role": "target",
            "missing": 12,
            "missing_share": 0.0003,
            "distinct": 2,
            "top": [],
            "association": None,
            "warnings": ["missing"],
        }
    )
    names = list(NUMBERS)
    matrix = [[1.0 if i == j else math.sin(3 * i + j) for j in range(len(names))] for i in range(len(names))]
    warnings = [
        {
            "code": "leakage",
            "column": "duration",
            "message": "Alone it tells the target almost perfectly (0.98); is it known in time?",
        },
        {"code": "duplicates", "column": None, "message": "12 rows occur more than once."},
        {"code": "imbalance", "column": target["name"], "message": "The rarest class has 11% of the rows."},
    ]
    return {
        "schema_version": 1,
        "rows": 41188,
        "sampled": None,
        "duplicates": 12,
        "target": target,
        "columns": columns,
        "correlations": {"columns": names, "matrix": matrix},
        "warnings": warnings,
        "expectations": [],
    }


def _number_column(name: str, rng: random.Random) -> Document:
    values = sorted(rng.gauss(40, 12) if rng.random() < 0.7 else rng.expovariate(0.03) for _ in range(400))
    return {
        "name": name,
        "kind": "number",
        "role": "feature",
        "missing": 0,
        "missing_share": 0.0,
        "distinct": 390,
        "infinite": 0,
        "min": values[0],
        "max": values[-1],
        "mean": 40.0,
        "std": 12.0,
        "histogram": histogram(values, values[0], values[-1], 20),
        "quantiles": {q: values[int(float(q) * 399)] for q in ("0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99")},
        "top": [],
        "association": {"measure": "auc", "value": rng.random()},
        "warnings": [],
    }


def _category_column(name: str, values: tuple[str, ...], rng: random.Random) -> Document:
    return {
        "name": name,
        "kind": "category",
        "role": "feature",
        "missing": 330,
        "missing_share": 0.008,
        "distinct": len(values),
        "infinite": 0,
        "min": None,
        "max": None,
        "mean": None,
        "std": None,
        "quantiles": None,
        "histogram": None,
        "top": [{"value": v, "count": 9000 // (i + 1)} for i, v in enumerate(values)],
        "association": {"measure": "cramers_v", "value": rng.random() / 2},
        "warnings": ["missing"],
    }


def prepare() -> Document:
    return {
        "rows": {"train": 28831, "validation": 8238, "test": 4119},
        "left_out": 12,
        "notes": [],
        "split_how": "Rows were shuffled with seed 1729, each class in the same shares.",
        "dropped": [{"column": "duration", "why": "data.drop: known only afterwards"}],
    }


def training(evaluation: Document) -> Document:
    rng = random.Random(4)
    metric = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}[evaluation["task"]]
    score = evaluation["metrics"]["test"][metric]
    learners = ("lightgbm", "xgboost", "linear")
    trials = [
        {
            "number": i,
            "learner": learners[i % 3],
            "parameters": {"learning_rate": rng.random() / 3, "max_depth": rng.randint(2, 8)},
            "score": None if i == 7 else score * (1 + rng.gauss(0, 0.01)),
            "rounds": rng.randint(40, 300),
            "state": "pruned" if i == 7 else "complete",
        }
        for i in range(20)
    ]
    curve = [
        {"round": i, "train": 0.2 + 0.2 * math.exp(-i / 40), "validation": 0.26 + 0.14 * math.exp(-i / 25) + i / 9000}
        for i in range(1, 151, 3)
    ]
    members = [
        {"learner": "lightgbm", "weight": 0.58, "parameters": {"num_leaves": 15, "learning_rate": 0.05}, "rounds": 148},
        {"learner": "xgboost", "weight": 0.42, "parameters": {"max_depth": 4}, "rounds": 201},
    ]
    return {
        "learner": "blend",
        "parameters": {},
        "rounds": None,
        "metric": metric,
        "score": score,
        "trials": trials,
        "curve": curve,
        "members": members,
        "cut_off": False,
        "notes": ["The blend beat its best member on validation."],
    }


def histogram(values: list[float], low: float, high: float, bins: int = 40) -> Document:
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(bins * (value - low) / (high - low)))] += 1
    return {"edges": [low + (high - low) * i / bins for i in range(bins + 1)], "counts": counts}
