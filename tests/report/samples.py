"""Documents of made-up runs for each task, as mlcl.runs.documents gives them; the same on every call."""

from __future__ import annotations

from typing import Any

from tests.report.sample_data import DIGEST, Document, dataset, prepare, profile, target, training
from tests.report.sample_evaluations import VALUE, binary_evaluation, multiclass_evaluation, regression_evaluation

STEPS = ("collect", "validate", "prepare", "train", "evaluate", "judge", "register")


def binary() -> Document:
    evaluation = binary_evaluation()
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
    return _run("wine-quality", "multiclass", multiclass_evaluation(labels), problem, verdict, labels)


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
    return _run("california-housing", "regression", regression_evaluation(), _problem(question, goals), verdict, None)


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
    asked = target(problem["problem"]["target"], task, labels)
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
        "dataset": dataset(name),
        "profile": profile(asked),
        "prepare": prepare(),
        "training": training(evaluation),
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
