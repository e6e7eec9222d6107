"""Documents of made-up runs in the shapes that the steps write, for each task. Standard library only, same on every call."""

from __future__ import annotations

import math
import random
from typing import Any

Document = dict[str, Any]
DIGEST = "9f2c41d07ab3e85612c07d9e4f6a1b3c5d7e9f0a2b4c6d8e0f1a3b5c7d9e1f20"
STEPS = ("collect", "validate", "prepare", "train", "evaluate", "judge", "register")
VALUE = {"true_positive": 120.0, "false_positive": -8.0, "false_negative": 0.0, "true_negative": 0.0}
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


def binary() -> Document:
    evaluation = _binary_evaluation()
    verdict = _verdict_binary(evaluation["metrics"]["test"], evaluation["everything"]["value_per_case"])
    return _run("bank-marketing", "binary", evaluation, _problem_binary(), verdict, ["no", "yes"])


def multiclass() -> Document:
    labels = ["3", "4", "5", "6", "7", "8"]
    goals = [{"metric": "accuracy", "better_than": "baseline", "confidence": 0.9}]
    question = {
        "name": "wine-quality",
        "question": "Which mark will the tasters give this wine?",
        "target": "quality",
        "decision": "Price the wine by its expected mark",
        "task": "multiclass",
    }
    problem = _problem(question, goals)
    verdict = _verdict([_goal("accuracy", "better than the naive baseline", 0.66, 0.64, 0.69, 0.42, "met")])
    return _run("wine-quality", "multiclass", _multiclass_evaluation(labels), problem, verdict, labels)


def regression() -> Document:
    goals = [{"metric": "r2", "at_least": 0.85, "confidence": 0.9}, {"metric": "mae", "better_than": "baseline"}]
    question = {
        "name": "california-housing",
        "question": "What is a house in this district worth?",
        "target": "median_house_value",
        "decision": "Offer that price",
        "task": "regression",
    }
    verdict = _verdict(
        [
            _goal("r2", "at least 0.85", 0.842, 0.831, 0.853, 0.85, "undecided", 5400),
            _goal("mae", "better than the naive baseline", 30120.0, 29400.0, 30900.0, 90600.0, "met"),
        ],
        "undecided",
    )
    return _run("california-housing", "regression", _regression_evaluation(), _problem(question, goals), verdict, None)


def failed() -> Document:
    """A run that stopped while validating."""
    whole = binary()
    steps = [dict(step) for step in whole["run"]["steps"]]
    for step in steps[1:]:
        step.update(state="waiting", seconds=0.0)
    steps[1].update(state="failed", seconds=0.21, note="The data break what is expected of them.")
    error = {
        "error": "ExpectationError",
        "what": "The data break what is expected of them.",
        "where": "column age",
        "found": "3 rows above 100: rows 17, 1204, 3999",
        "fix": "Correct the rows, or the expectation.",
    }
    run = {**whole["run"], "state": "failed", "steps": steps, "error": error, "model_version": None}
    return {"run": run, "problem": whole["problem"], "dataset": whole["dataset"]}


def _run(name: str, task: str, evaluation: Document, problem: Document, verdict: Document, labels: Any) -> Document:
    times = (0.31, 0.12, 0.09, 41.7, 0.61, 0.01, 0.02)
    steps = [
        {"name": step, "state": "done", "seconds": time, "key": DIGEST[:32], "note": ""}
        for step, time in zip(STEPS, times, strict=True)
    ]
    run = {
        "schema_version": 1,
        "id": "20261123-142501-9f3a",
        "problem": name,
        "problem_digest": DIGEST[::-1],
        "state": "passed" if verdict["passed"] else "not passed",
        "trigger": "person",
        "process": "host:1",
        "platform": "local",
        "code_version": "0.1.0+f1414e5",
        "dataset_digest": DIGEST,
        "bundle_digest": DIGEST[5:] + DIGEST[:5],
        "started_at": "2026-11-23T14:25:01.120Z",
        "finished_at": "2026-11-23T14:25:44.031Z",
        "steps": steps,
        "error": None,
        "model_version": 3 if verdict["passed"] else None,
        "problem_json": {},
    }
    target = _target(problem["problem"]["target"], task, labels)
    model = {
        "problem": name,
        "version": run["model_version"],
        "stage": "approved" if verdict["passed"] else "rejected",
        "bundle_digest": run["bundle_digest"],
        "learner": "blend",
        "metrics": evaluation["metrics"],
        "run": run["id"],
        "created_at": run["finished_at"],
        "why": verdict["why"],
        "parameters": {},
    }
    return {
        "run": run,
        "problem": problem,
        "dataset": _dataset(name),
        "profile": _profile(target),
        "prepare": _prepare(),
        "training": _training(evaluation),
        "evaluation": evaluation,
        "verdict": verdict,
        "model": model,
    }


def _problem(question: Document, goals: list[Document]) -> Document:
    return {
        "problem": question,
        "value": None,
        "decision": {"threshold": None, "capacity": None},
        "goal": goals,
        "data": {
            "source": "data.csv",
            "drop": ["duration"],
            "missing": ["", "NA", "?"],
            "expect": {"age": {"min": 17.0, "max": 100.0}},
        },
        "features": {"not_working": "job IN ('student', 'retired', 'unemployed')"},
        "split": {"train": 0.7, "validation": 0.2, "test": 0.1, "seed": 1729},
        "train": {"learner": "auto", "trials": 20},
    }


def _problem_binary() -> Document:
    question = {
        "name": "bank-marketing",
        "question": "Which customers will subscribe to a term deposit if we call them?",
        "decision": "Call the customers most likely to subscribe",
        "target": "y",
        "positive": "yes",
    }
    goals = [
        {"metric": "roc_auc", "at_least": 0.77, "confidence": 0.9},
        {"metric": "value_per_case", "better_than": "baseline", "confidence": 0.9},
        {"metric": "recall", "at_least": 0.6, "confidence": 0.9},
    ]
    return {**_problem(question, goals), "value": {"unit": "EUR", **VALUE}}


def _goal(
    metric: str, wanted: str, got: float, low: float, high: float, against: float, outcome: str, rows: int | None = None
) -> Document:
    return {
        "metric": metric,
        "wanted": wanted,
        "got": got,
        "low": low,
        "high": high,
        "against": against,
        "outcome": outcome,
        "rows_to_decide": rows,
        "why": f"It is {got:,.4g} on the test rows, and on other rows would be between {low:,.4g} and "
        f"{high:,.4g} (90% confidence on each side); {wanted} was wanted."
        + (f" About {rows:,} more labelled rows would decide." if rows else ""),
    }


def _verdict(goals: list[Document], outcome: str = "met") -> Document:
    why = {"met": "All goals are met.", "undecided": "Of 2 goals, undecided: R² at least 0.85."}[outcome]
    return {
        "schema_version": 1,
        "passed": outcome == "met",
        "outcome": outcome,
        "goals": goals,
        "against": {},
        "why": why,
    }


def _verdict_binary(test: Document, naive: float) -> Document:
    worth, recall = test["value_per_case"], test["recall"]
    return _verdict(
        [
            _goal("roc_auc", "at least 0.77", 0.801, 0.779, 0.823, 0.77, "met"),
            _goal("value_per_case", "better than the naive baseline", worth, 0.9 * worth, 1.1 * worth, naive, "met"),
            _goal("recall", "at least 0.6", recall, 0.94 * recall, 1.05 * recall, 0.6, "met"),
        ]
    )


def _cases(count: int = 1500) -> tuple[list[float], list[int]]:
    rng = random.Random(5)
    truth = [int(rng.random() < 0.113) for _ in range(count)]
    scores = [1 / (1 + math.exp(-rng.gauss(-1.1 if y else -2.6, 0.8 + 0.5 * y))) for y in truth]
    return scores, truth


def _binary_evaluation() -> Document:
    scores, truth = _cases()
    ranked = sorted(zip(scores, truth, strict=True), reverse=True)
    positives, total = sum(truth), len(truth)
    rows, hits = [], 0
    for index, (score, y) in enumerate(ranked, 1):
        hits += y
        rows.append((score, index, hits))
    rows = rows[:: total // 190]
    tp = [hit for *_, hit in rows]
    fp = [index - hit for _, index, hit in rows]
    share, precision = [i / total for _, i, _ in rows], [h / i for _, i, h in rows]
    recall, cut = [h / positives for h in tp], [s for s, *_ in rows]
    worth = [(120 * a - 8 * b) / total for a, b in zip(tp, fp, strict=True)]
    chosen = max(range(len(rows)), key=worth.__getitem__)
    negatives = total - positives
    test = {
        "roc_auc": 0.801,
        "average_precision": 0.468,
        "log_loss": 0.272,
        "brier": 0.079,
        "accuracy": 0.87,
        "precision": precision[chosen],
        "recall": recall[chosen],
        "f1": 0.44,
        "value_per_case": worth[chosen],
    }
    naive = {
        "roc_auc": 0.5,
        "average_precision": 0.113,
        "log_loss": 0.353,
        "brier": 0.1,
        "accuracy": 0.113,
        "precision": 0.113,
        "recall": 1.0,
        "f1": 0.203,
        "value_per_case": worth[-1],
    }
    return {
        **_common(test, naive, "prevalence"),
        "task": "binary",
        "labels": ["no", "yes"],
        "positive": "yes",
        "unit": "EUR",
        "value": VALUE,
        "threshold": cut[chosen],
        "threshold_why": "most value on the validation rows",
        "capacity": None,
        "nothing": {"value_per_case": 0.0},
        "everything": {"value_per_case": worth[-1]},
        "confusion": {
            "labels": ["no", "yes"],
            "matrix": [[negatives - fp[chosen], fp[chosen]], [positives - tp[chosen], tp[chosen]]],
        },
        "curves": {
            "roc": {"fpr": [0.0, *(b / negatives for b in fp)], "tpr": [0.0, *recall], "threshold": [1.0, *cut]},
            "pr": {"recall": recall, "precision": precision, "threshold": cut},
            "lift": {"share": share, "lift": [r / s for r, s in zip(recall, share, strict=True)], "gain": recall},
            "calibration": _calibration(ranked),
            "thresholds": {
                "threshold": cut,
                "share": share,
                "precision": precision,
                "recall": recall,
                "f1": [2 * a / (2 * a + b + positives - a) for a, b in zip(tp, fp, strict=True)],
                "tp": tp,
                "fp": fp,
                "fn": [positives - a for a in tp],
                "tn": [negatives - b for b in fp],
                "value_per_case": worth,
            },
        },
        "segments": [
            _segment(name, CATEGORIES[name], ("positive_rate", "selection_rate", "recall", "precision", "roc_auc"))
            for name in ("job", "marital", "education", "contact", "default")
        ],
        "predictions": {
            **histogram(scores, 0, 1),
            "positives": histogram([s for s, y in zip(scores, truth, strict=True) if y], 0, 1)["counts"],
        },
    }


def _common(test: Document, naive: Document, kind: str) -> Document:
    """What evaluations of every task hold."""
    rng = random.Random(3)
    features = [*NUMBERS, *CATEGORIES, "not_working"]
    weights = sorted((rng.expovariate(9) for _ in features), reverse=True)
    return {
        "schema_version": 1,
        "rows": {"train": 28831, "validation": 8238, "test": 4119},
        "unit": "",
        "value": None,
        "undefined": {"mape": "The target is zero in some test rows."},
        "capacity": None,
        "metrics": {
            "train": {k: v * 1.04 for k, v in test.items()},
            "validation": {k: v * 1.01 for k, v in test.items()},
            "test": test,
        },
        "intervals": {name: {"low": v * 0.97, "high": v * 1.03, "level": 0.95} for name, v in test.items()},
        "baseline": {"kind": kind, "metrics": naive},
        "nothing": None,
        "everything": None,
        "threshold": None,
        "threshold_why": None,
        "champion": {"bundle_digest": DIGEST, "version": 2, "metrics": {k: v * 0.98 for k, v in test.items()}},
        "importance": {
            "permutation": [{"feature": f, "mean": w, "std": w / 6} for f, w in zip(features, weights, strict=True)],
            "contribution": [{"feature": f, "mean_abs": 3 * w} for f, w in zip(features, weights, strict=True)],
            "metric": "roc_auc",
        },
        "curves": {},
        "per_class": [],
        "residuals": None,
        "confusion": None,
        "segments": [],
    }


def _calibration(ranked: list[tuple[float, int]]) -> Document:
    size = len(ranked) // 10
    bins = [ranked[i : i + size] for i in range(0, len(ranked), size)][::-1]
    return {
        "predicted": [sum(s for s, _ in b) / len(b) for b in bins],
        "observed": [sum(y for _, y in b) / len(b) for b in bins],
        "count": [len(b) for b in bins],
    }


def _segment(column: str, values: tuple[str, ...], metrics: tuple[str, ...]) -> Document:
    rng = random.Random(column)
    groups = [
        {"value": value, "rows": rows, "enough": rows >= 30, "metrics": {m: rng.uniform(0.3, 0.9) for m in metrics}}
        for value, rows in ((value, rng.randint(12, 900)) for value in (*values, None))
    ]
    gaps = {}
    for metric in metrics:
        ranked = sorted((g for g in groups if g["enough"]), key=lambda g: g["metrics"][metric])
        gaps[metric] = {
            "gap": ranked[-1]["metrics"][metric] - ranked[0]["metrics"][metric],
            "best": ranked[-1]["value"],
            "worst": ranked[0]["value"],
        }
    return {"column": column, "groups": groups, "gaps": gaps}


def _multiclass_evaluation(labels: list[str]) -> Document:
    rng = random.Random(8)
    supports = [10, 53, 681, 638, 199, 18]
    matrix = [[0] * 6 for _ in labels]
    for row, support in enumerate(supports):
        for _ in range(support):
            matrix[row][max(0, min(5, round(rng.gauss(row * 0.7 + 0.9, 0.6))))] += 1
    test = {
        "roc_auc": 0.84,
        "average_precision": 0.51,
        "log_loss": 0.86,
        "brier": 0.46,
        "accuracy": 0.66,
        "precision": 0.41,
        "recall": 0.37,
        "f1": 0.38,
    }
    naive = {
        "roc_auc": 0.5,
        "average_precision": 0.17,
        "log_loss": 1.21,
        "brier": 0.65,
        "accuracy": 0.42,
        "precision": 0.07,
        "recall": 0.17,
        "f1": 0.1,
    }
    per_class = [
        {
            "label": label,
            "support": n,
            "precision": rng.random(),
            "recall": rng.random(),
            "f1": rng.random() if n > 12 else None,
            "roc_auc": 0.7 + rng.random() * 0.25,
            "average_precision": rng.random(),
        }
        for label, n in zip(labels, supports, strict=True)
    ]
    curves = {}
    for entry in per_class:
        power = 1 / entry["roc_auc"] - 1
        xs = [i / 60 for i in range(61)]
        curves[entry["label"]] = {
            "roc": {"fpr": xs, "tpr": [x**power for x in xs], "threshold": xs},
            "pr": {
                "recall": xs,
                "precision": [1 - (1 - entry["average_precision"]) * x**0.5 for x in xs],
                "threshold": xs,
            },
        }
    return {
        **_common(test, naive, "prevalence"),
        "task": "multiclass",
        "labels": labels,
        "positive": None,
        "confusion": {"labels": labels, "matrix": matrix},
        "per_class": per_class,
        "curves": {"classes": curves},
        "segments": [_segment("colour", ("red", "white"), ("accuracy", "f1", "roc_auc"))],
    }


def _regression_evaluation() -> Document:
    rng = random.Random(2)
    actual = [min(500_001.0, max(15_000.0, rng.lognormvariate(12.1, 0.55))) for _ in range(500)]
    predicted = [max(20_000.0, a * rng.gauss(0.98, 0.17) + rng.gauss(0, 12_000)) for a in actual]
    errors = sorted(p - a for p, a in zip(predicted, actual, strict=True))
    test = {"rmse": 45800.0, "mae": 30120.0, "r2": 0.842, "mape": None}
    naive = {"rmse": 115200.0, "mae": 90600.0, "r2": -0.0002, "mape": None}
    spread = _common({k: v for k, v in test.items() if v}, naive, "mean")
    spread["metrics"]["test"] = test
    return {
        **spread,
        "task": "regression",
        "labels": None,
        "positive": None,
        "segments": [_segment("ocean_proximity", ("INLAND", "<1H OCEAN", "NEAR BAY", "ISLAND"), ("mae", "rmse", "r2"))],
        "residuals": {
            "predicted": predicted,
            "actual": actual,
            "histogram": histogram(errors, errors[0], errors[-1]),
            "quantiles": {
                q: errors[int(float(q) * 499)] for q in ("0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99")
            },
        },
        "predictions": histogram(predicted, min(predicted), max(predicted)),
    }


def histogram(values: list[float], low: float, high: float, bins: int = 40) -> Document:
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(bins * (value - low) / (high - low)))] += 1
    return {"edges": [low + (high - low) * i / bins for i in range(bins + 1)], "counts": counts}


def _dataset(name: str) -> Document:
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


def _target(name: str, task: str, labels: list[str] | None) -> Document:
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


def _profile(target: Document) -> Document:
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


def _prepare() -> Document:
    return {
        "rows": {"train": 28831, "validation": 8238, "test": 4119},
        "left_out": 12,
        "notes": [],
        "split_how": "Rows were shuffled with seed 1729, each class in the same shares.",
        "dropped": [{"column": "duration", "why": "data.drop: known only afterwards"}],
    }


def _training(evaluation: Document) -> Document:
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
