"""The steps evaluate and judge: folders in, folders out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlcl.errors import BundleError, NotFound
from mlcl.metrics import METRICS
from mlcl.records import Verdict
from mlcl.steps.evaluate import evaluate
from mlcl.steps.judge import judge
from tests.trial import LABELS, Trial

sklearn = pytest.importorskip("sklearn.metrics")

VALUE = {"unit": "EUR", "true_positive": 120, "false_positive": -8}
TASKS = tuple(LABELS)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def make(task: str = "binary", rows: tuple[int, int, int] = (700, 300, 400)) -> Trial:
        return Trial(tmp_path / task, task, rows).install(monkeypatch)

    return make


def run(trial: Trial, output: Path, champion: Path | None = None, **sections: Any) -> dict[str, Any]:
    output.mkdir()
    inputs = trial.inputs | ({"champion": champion} if champion else {})
    evaluate(trial.problem(**sections), inputs, output)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads((output / "evaluation.json").read_bytes(), parse_constant=refuse)


@pytest.mark.parametrize("task", TASKS)
def test_every_metric_of_the_task_stands_with_interval_and_baseline(make, tmp_path: Path, task: str) -> None:
    facts = run(make(task), tmp_path / "out")
    names = {name for name, metric in METRICS.items() if task in metric.tasks} - {"value_per_case"}
    for split in ("train", "validation", "test"):
        assert set(facts["metrics"][split]) == names
    assert set(facts["baseline"]["metrics"]) == set(facts["intervals"]) == names
    for name, ends in facts["intervals"].items():
        assert ends["low"] <= facts["metrics"]["test"][name] <= ends["high"]
        assert ends["level"] == 0.95
    assert facts["rows"] == {"train": 700, "validation": 300, "test": 400}
    assert facts["champion"] is None
    assert facts["nothing"] is None
    assert (tmp_path / "out" / "evaluation.json").stat().st_size < 300_000


def test_figures_are_those_of_the_rows(make, tmp_path: Path) -> None:
    trial = make()
    facts = run(trial, tmp_path / "out", value=VALUE)
    y, scores = trial.test
    acted = scores >= facts["threshold"]
    assert facts["metrics"]["test"]["roc_auc"] == pytest.approx(sklearn.roc_auc_score(y, scores))
    assert facts["metrics"]["test"]["recall"] == pytest.approx(sklearn.recall_score(y, acted))
    assert facts["metrics"]["test"]["value_per_case"] == pytest.approx(np.mean(np.where(acted, y * 128 - 8, 0)))
    assert facts["confusion"]["matrix"] == sklearn.confusion_matrix(y, acted).tolist()
    assert facts["confusion"]["labels"] == ["no", "yes"]
    negative, positive = facts["per_class"]
    assert positive["support"] == y.sum()
    assert positive["precision"] == facts["metrics"]["test"]["precision"]
    assert negative["average_precision"] == pytest.approx(sklearn.average_precision_score(1 - y, 1 - scores))
    assert negative["roc_auc"] == pytest.approx(positive["roc_auc"])


def test_the_threshold_comes_from_the_validation_predictions(make, tmp_path: Path) -> None:
    trial = make()
    validation = trial.splits["validation"]
    np.save(trial.inputs["train"] / "validation.npy", np.where(trial.y[validation] == 1, 0.9, 0.2))
    facts = run(trial, tmp_path / "out")
    assert 0.2 < facts["threshold"] <= 0.9
    assert facts["metrics"]["validation"]["f1"] == 1.0
    assert "300 validation rows" in facts["threshold_why"]


def test_the_naive_baseline_knows_the_training_rows_only(make, tmp_path: Path) -> None:
    trial = make()
    facts = run(trial, tmp_path / "out", value=VALUE)
    y, rate = trial.test[0], trial.y[trial.splits["train"]].mean()
    baseline = facts["baseline"]["metrics"]
    assert facts["baseline"]["kind"] == "prevalence"
    assert baseline["log_loss"] == pytest.approx(sklearn.log_loss(y, np.full(len(y), rate)))
    assert baseline["accuracy"] == pytest.approx(1 - y.mean())
    assert baseline["roc_auc"] == 0.5
    assert facts["nothing"] == {"value_per_case": 0.0}
    assert facts["everything"]["value_per_case"] == pytest.approx(120 * y.mean() - 8 * (1 - y.mean()))
    assert baseline["value_per_case"] == facts["everything"]["value_per_case"]


def test_capacity_rules_every_decision(make, tmp_path: Path) -> None:
    trial = make()
    facts = run(trial, tmp_path / "out", value=VALUE, decision={"capacity": 5, "out_of": 100})
    y, scores = trial.test
    assert facts["capacity"] == {"cases": 5, "out_of": 100, "share": 0.05, "most": 20}
    (_, false), (_, true) = facts["confusion"]["matrix"]
    assert false + true <= 20
    validation = trial.model.predict(trial.x[trial.splits["validation"]])
    assert np.sum(validation >= facts["threshold"]) <= 15
    everybody = 120 * y.mean() - 8 * (1 - y.mean())
    assert facts["everything"]["value_per_case"] == pytest.approx(0.05 * everybody)
    best = np.argsort(-scores, kind="stable")[: false + true]
    assert facts["metrics"]["test"]["value_per_case"] == pytest.approx(np.sum(y[best] * 128 - 8) / len(y))


def test_regression_has_residuals_instead_of_decisions(make, tmp_path: Path) -> None:
    trial = make("regression")
    facts = run(trial, tmp_path / "out")
    y, scores = trial.test
    assert facts["metrics"]["test"]["rmse"] == pytest.approx(np.sqrt(np.mean((scores - y) ** 2)))
    train = trial.y[trial.splits["train"]].mean()
    assert facts["baseline"]["metrics"]["mae"] == pytest.approx(np.mean(np.abs(y - train)))
    assert len(facts["residuals"]["predicted"]) == 400
    assert facts["threshold"] is facts["confusion"] is facts["curves"] is None


def test_several_classes_have_curves_each(make, tmp_path: Path) -> None:
    facts = run(make("multiclass"), tmp_path / "out")
    assert list(facts["curves"]["classes"]) == ["a", "b", "c"]
    assert set(facts["curves"]["classes"]["a"]) == {"roc", "pr"}
    assert [one["label"] for one in facts["per_class"]] == ["a", "b", "c"]
    assert np.sum(facts["confusion"]["matrix"]) == 400


def test_segments_are_the_columns_of_few_categories(make, tmp_path: Path) -> None:
    facts = run(make(), tmp_path / "out")
    assert [one["column"] for one in facts["segments"]] == ["region", "member"]
    for segment in facts["segments"]:
        assert sum(group["rows"] for group in segment["groups"]) == 400
        assert "recall" in segment["gaps"]


def test_segments_asked_for_may_be_numbers(make, tmp_path: Path) -> None:
    facts = run(make(), tmp_path / "out", evaluate={"segments": ["number"]})
    assert [len(one["groups"]) for one in facts["segments"]] == [5]
    with pytest.raises(NotFound, match="nmber"):
        run(make("regression"), tmp_path / "other", evaluate={"segments": ["nmber"]})


def test_importance_finds_what_the_formula_uses(make, tmp_path: Path) -> None:
    for task in TASKS:
        importance = run(make(task), tmp_path / task / "out")["importance"]
        for kind in ("permutation", "contribution"):
            assert [one["feature"] for one in importance[kind]] == ["number", "region", "noise"]
        assert importance["contribution"][2]["mean_abs"] == 0.0


def test_scores_and_draws_are_kept(make, tmp_path: Path) -> None:
    trial = make()
    run(trial, tmp_path / "out", value=VALUE, evaluate={"bootstrap": 200})
    scores = pl.read_parquet(tmp_path / "out" / "scores.parquet")
    y, predicted = trial.test
    assert scores.columns == ["row", "y", "score"]
    assert scores["row"].to_list() == trial.splits["test"].tolist()
    assert np.array_equal(scores["score"], predicted)
    with np.load(tmp_path / "out" / "bootstrap.npz") as draws:
        assert {name.split("/")[0] for name in draws.files} == {"model", "baseline"}
        assert all(draws[name].shape == (200,) for name in draws.files)
        everybody = draws["baseline/value_per_case"]
    assert np.mean(everybody) == pytest.approx(128 * y.mean() - 8, rel=0.1)


@pytest.mark.parametrize("task", TASKS)
def test_the_same_inputs_give_the_same_bytes(make, tmp_path: Path, task: str) -> None:
    trial = make(task)
    for name in ("one", "two"):
        run(trial, tmp_path / name)
    for file in ("evaluation.json", "scores.parquet", "bootstrap.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("task", TASKS)
def test_one_test_row_is_no_error(make, tmp_path: Path, task: str) -> None:
    facts = run(make(task, (7, 2, 1)), tmp_path / "out")
    assert facts["metrics"]["test"]
    assert facts["undefined"]


def install_bundle(monkeypatch: pytest.MonkeyPatch, trial: Trial, **differing: Any) -> None:
    """A champion that is the same formula with its own threshold."""

    def encode(frame: pl.DataFrame) -> np.ndarray:
        assert frame.columns == ["number", "noise", "region"]
        codes = frame["region"].replace_strict(["east", "north", "south"], [0, 1, 2]).to_numpy()
        return np.stack([frame["number"].to_numpy(), frame["noise"].to_numpy(), codes], axis=1).astype(np.float32)

    inputs = [{"name": name} for name in ("number", "noise", "region")]
    labels = LABELS[trial.task]
    bundle = {"task": trial.task, "labels": labels, "threshold": 0.25, "digest": "d", "encode": encode}
    bundle |= {"score": trial.model.predict}
    bundle |= {"manifest": {"recipe": {"inputs": inputs}, "lineage": {"dataset_digest": "0" * 64}}, **differing}

    def load(folder: Path) -> SimpleNamespace:
        if folder.name == "damaged":
            raise BundleError("The bundle is damaged.")
        return SimpleNamespace(**bundle)

    module = ModuleType("mlcl.models.bundle")
    module.Bundle = SimpleNamespace(load=load)
    monkeypatch.setitem(sys.modules, "mlcl.models.bundle", module)


@pytest.mark.parametrize("task", TASKS)
def test_the_champion_is_measured_on_the_same_rows(make, tmp_path: Path, monkeypatch, task: str) -> None:
    trial = make(task)
    install_bundle(monkeypatch, trial)
    facts = run(trial, tmp_path / "out", champion=tmp_path / "bundle")
    same = facts["champion"]["metrics"]
    metric = "rmse" if task == "regression" else "log_loss"
    assert same[metric] == facts["metrics"]["test"][metric]
    with np.load(tmp_path / "out" / "bootstrap.npz") as draws:
        assert np.array_equal(draws[f"model/{metric}"], draws[f"champion/{metric}"])
    if task == "binary":
        y, scores = trial.test
        assert facts["champion"]["threshold"] == 0.25
        assert same["recall"] == pytest.approx(sklearn.recall_score(y, scores >= 0.25))
    assert "note" not in facts["champion"]
    assert any("champion_score" in name for name in pl.read_parquet(tmp_path / "out" / "scores.parquet").columns)


def test_a_champion_from_other_data_may_have_learned_the_test_rows(make, tmp_path: Path, monkeypatch) -> None:
    trial = make()
    manifest = {"recipe": {"inputs": [{"name": name} for name in ("number", "noise", "region")]}, "lineage": {}}
    install_bundle(monkeypatch, trial, score=lambda x: np.full(len(x), 0.3), manifest=manifest)
    facts = run(trial, tmp_path / "out", champion=tmp_path / "bundle")
    assert "another snapshot" in facts["champion"]["note"]
    assert facts["champion"]["metrics"]["roc_auc"] == 0.5


def test_a_champion_that_cannot_be_compared_says_why(make, tmp_path: Path, monkeypatch) -> None:
    trial = make()
    install_bundle(monkeypatch, trial, labels=["never", "always"])
    facts = run(trial, tmp_path / "out", champion=tmp_path / "bundle")
    assert "classes" in facts["champion"]["unavailable"]
    facts = run(trial, tmp_path / "other", champion=tmp_path / "damaged")
    assert facts["champion"] == {"unavailable": "The bundle is damaged."}


def test_judge_writes_the_verdict(make, tmp_path: Path) -> None:
    trial = make()
    goals = [
        {"metric": "roc_auc", "at_least": 0.6},
        {"metric": "value_per_case", "better_than": "baseline"},
        {"metric": "brier", "at_most": 0.0001},
        {"metric": "log_loss", "better_than": "champion"},
    ]
    run(trial, tmp_path / "evaluate", value=VALUE)
    (tmp_path / "judge").mkdir()
    problem = trial.problem(value=VALUE, goal=goals)
    judge(problem, {"evaluate": tmp_path / "evaluate"}, tmp_path / "judge")
    verdict = Verdict.read(tmp_path / "judge" / "verdict.json")
    assert [one.outcome for one in verdict.goals][0::2] == ["met", "not met"]
    assert verdict.goals[3].outcome == "met"
    assert not verdict.passed
    assert set(verdict.against) == {"baseline", "nothing", "everything", "champion"}
    assert "Brier score at most 0.0001" in verdict.why
