"""Evaluations of made-up models for each task, in the shape that the evaluate step writes."""

from __future__ import annotations

import math
import random

from tests.report.sample_data import CATEGORIES, DIGEST, NUMBERS, Document, histogram

VALUE = {"true_positive": 120.0, "false_positive": -8.0, "false_negative": 0.0, "true_negative": 0.0}


def _cases(count: int = 1500) -> tuple[list[float], list[int]]:
    rng = random.Random(5)
    truth = [int(rng.random() < 0.113) for _ in range(count)]
    scores = [1 / (1 + math.exp(-rng.gauss(-1.1 if y else -2.6, 0.8 + 0.5 * y))) for y in truth]
    return scores, truth


def binary_evaluation() -> Document:
    scores, truth = _cases()
    ranked = sorted(zip(scores, truth, strict=True), reverse=True)
    positives, total = sum(truth), len(truth)
    rows, hits = [], 0
    for index, (score, y) in enumerate(ranked, 1):
        hits += y
        rows.append((score, index, hits))
    rows = [*rows[: -1 : total // 190], rows[-1]]
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


def multiclass_evaluation(labels: list[str]) -> Document:
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


def regression_evaluation() -> Document:
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
