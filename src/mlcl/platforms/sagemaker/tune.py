"""A SageMaker tuning job: the learner's own space of parameters in SageMaker's words, each trial a training job."""

from __future__ import annotations

from typing import Any

from mlcl.models.learners import learner
from mlcl.models.learners.base import Range
from mlcl.platforms.sagemaker.orders import ALGORITHM
from mlcl.platforms.sagemaker.training import OBJECTIVE
from mlcl.problem import Problem
from mlcl.problem.aws import Tune

# AWS's image reports its own metrics, by these names.
_BUILT_IN = {"binary": "validation:logloss", "multiclass": "validation:mlogloss", "regression": "validation:rmse"}
_NAMES = {"n_estimators": "num_round", "learning_rate": "eta", "reg_lambda": "lambda", "reg_alpha": "alpha"}
_UNKNOWN_TO_IMAGE = {"max_cat_to_onehot"}


def tuning(problem: Problem, training: dict[str, Any], tune: Tune, tags: list[dict[str, str]]) -> dict[str, Any]:
    """Arguments of CreateHyperParameterTuningJob, but for the name. training: those of the one training job."""
    own = problem.train.learner == ALGORITHM
    job = {key: value for key, value in training.items() if key not in ("Tags", "HyperParameters")}
    fixed = {**training.get("HyperParameters", {}), **({} if own else {"mlcl_tuning": "1"})}
    ranges = _ranges(problem, own)
    metric = _BUILT_IN[problem.problem.task or "binary"] if own else OBJECTIVE
    specification = dict(job["AlgorithmSpecification"])
    if not own:
        specification["MetricDefinitions"] = [{"Name": OBJECTIVE, "Regex": f"{OBJECTIVE}=([0-9.eE+-]+);"}]
    varied = {one["Name"] for group in ranges.values() for one in group}
    config: dict[str, Any] = {
        "Strategy": tune.strategy,
        "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": metric},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": tune.jobs, "MaxParallelTrainingJobs": tune.parallel},
        "ParameterRanges": ranges,
        "TrainingJobEarlyStoppingType": "Auto" if tune.early_stopping else "Off",
        "RandomSeed": problem.split.seed % 2**31,
    }
    if tune.strategy == "Hyperband":
        del config["TrainingJobEarlyStoppingType"]
    return {
        "HyperParameterTuningJobConfig": config,
        "TrainingJobDefinition": {
            **job,
            "AlgorithmSpecification": specification,
            "StaticHyperParameters": {name: text for name, text in fixed.items() if name not in varied},
        },
        "Tags": tags,
    }


def _ranges(problem: Problem, own: bool) -> dict[str, list[dict[str, Any]]]:
    """What tuning varies: the learner's space without what the problem file fixes."""
    kind = learner("xgboost" if own else problem.train.learner)
    fixed = kind.check(problem.train.parameters)
    found: dict[str, list[dict[str, Any]]] = {
        "IntegerParameterRanges": [],
        "ContinuousParameterRanges": [],
        "CategoricalParameterRanges": [],
    }
    for name, one in kind.space(problem.problem.task or "binary").items():
        if name in fixed or (own and name in _UNKNOWN_TO_IMAGE):
            continue
        group, values = _range(one)
        found[group].append({"Name": _NAMES.get(name, name) if own else name, **values})
    return {group: values for group, values in found.items() if values}


def _range(one: Range) -> tuple[str, dict[str, Any]]:
    if one.choices:
        return "CategoricalParameterRanges", {"Values": [str(choice) for choice in one.choices]}
    whole = isinstance(one.low, int) and isinstance(one.high, int)
    scale = "Logarithmic" if one.log else "Auto"
    values = {"MinValue": str(one.low), "MaxValue": str(one.high), "ScalingType": scale}
    return "IntegerParameterRanges" if whole else "ContinuousParameterRanges", values
