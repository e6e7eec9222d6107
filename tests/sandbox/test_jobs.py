"""Processing, transform and tuning jobs, and AWS's XGBoost image."""

from __future__ import annotations

import gzip
import json
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from botocore.exceptions import ClientError

from tests.sandbox.started import IMAGE, ROLE, World, channel
from tests.sandbox.test_endpoints import ask, config, endpoint, model, variant

pytestmark = pytest.mark.xdist_group("sandbox")
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def process(world: World, name: str, **environment: str) -> dict[str, Any]:
    given = {"S3Uri": f"s3://{world.bucket}/{name}-in", "LocalPath": "/opt/ml/processing/input"}
    made = {"S3Uri": f"s3://{world.bucket}/{name}-out", "LocalPath": "/opt/ml/processing/output"}
    world.put(f"{name}-in/a.txt", "one")
    world.sagemaker.create_processing_job(
        ProcessingJobName=name,
        RoleArn=ROLE,
        AppSpecification={"ImageUri": IMAGE, "ContainerArguments": ["process", "more"]},
        ProcessingResources={"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}},
        Environment=environment,
        ProcessingInputs=[{"InputName": "in", "S3Input": {**given, "S3DataType": "S3Prefix", "S3InputMode": "File"}}],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": {**made, "S3UploadMode": "EndOfJob"}}]},
    )
    return world.wait("processing_job", name)


def test_processing_from_input_to_output(world: World) -> None:
    job = process(world, "capitals", SAY="all is well")
    assert (job["ProcessingJobStatus"], job["ExitMessage"]) == ("Completed", "all is well"), job
    assert world.keys("capitals-out") == ["capitals-out/a.txt", "capitals-out/report.json"]  # and no link
    assert world.get(f"s3://{world.bucket}/capitals-out/a.txt") == b"ONE"
    assert "['more']" in world.logs("/aws/sagemaker/ProcessingJobs", "capitals/algo-1-")


def test_processing_that_fails_uploads_nothing(world: World) -> None:
    job = process(world, "fails", CODE="4", SAY="bad rows")
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: bad rows, exit code: 4"
    assert world.keys("fails-out") == []


def transform(world: World, name: str, given: dict[str, Any], output: dict[str, Any], **more: Any) -> dict[str, Any]:
    world.sagemaker.create_transform_job(
        TransformJobName=name,
        ModelName=more.pop("ModelName"),
        TransformInput={
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{world.bucket}/{name}/"}},
            "ContentType": "text/csv",
            **given,
        },
        TransformOutput={"S3OutputPath": f"s3://{world.bucket}/{name}-out", **output},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        **more,
    )
    return world.wait("transform_job", name)


def test_transform_splits_filters_and_joins(world: World) -> None:
    served = model(world, "t")
    world.put("joined/part.csv", "a,1,2\nb,3\n")
    world.put("joined/more/gone.csv", "c,4,5,6\n")
    join = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"}
    line = {"SplitType": "Line"}, {"AssembleWith": "Line", "Accept": "text/csv"}
    job = transform(world, "joined", *line, ModelName=served, DataProcessing=join, BatchStrategy="SingleRecord")
    assert job["TransformJobStatus"] == "Completed", job
    assert world.get(f"s3://{world.bucket}/joined-out/part.csv.out") == b"a,t2\nb,t1\n"
    assert world.get(f"s3://{world.bucket}/joined-out/more/gone.csv.out") == b"c,t3\n"

    world.put("whole/x.csv.gz", gzip.compress(b"1,2\n3,4,5\n"))
    job = transform(world, "whole", {"CompressionType": "Gzip"}, {}, ModelName=served)
    assert job["TransformJobStatus"] == "Completed", job
    assert world.get(f"s3://{world.bucket}/whole-out/x.csv.gz.out") == b"t2\nt3\n"


def test_transform_tells_what_the_model_said(world: World) -> None:
    world.put("refused/x.csv", "break\n")
    options = {"InvocationsMaxRetries": 0, "InvocationsTimeoutInSeconds": 10}
    job = transform(world, "refused", {}, {}, ModelName=model(world, "r"), ModelClientConfig=options)
    assert job["TransformJobStatus"] == "Failed"
    assert "HTTP 500: broken" in job["FailureReason"]


def tune(world: World, strategy: str, ranges: dict[str, Any], **limits: int) -> dict[str, Any]:
    name = f"tune-{uuid4().hex[:8]}"
    world.put("tuned/n.csv", "1\n")
    world.sagemaker.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": strategy,
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2, **limits},
            "ParameterRanges": ranges,
            "RandomSeed": 1,
        },
        TrainingJobDefinition={
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "score", "Regex": "score=([0-9.]+);"}],
            },
            "RoleArn": ROLE,
            "StaticHyperParameters": {"fixed": "1"},
            "InputDataConfig": [channel(f"s3://{world.bucket}/tuned")],
            "OutputDataConfig": {"S3OutputPath": f"s3://{world.bucket}/out"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        },
    )
    return world.wait("hyper_parameter_tuning_job", name)


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_tuning_runs_training_jobs_within_the_ranges(world: World, strategy: str) -> None:
    factor = {"Name": "factor", "MinValue": "0.5", "MaxValue": "2.5", "ScalingType": "Logarithmic"}
    job = tune(world, strategy, {"ContinuousParameterRanges": [factor]})
    assert job["HyperParameterTuningJobStatus"] == "Completed", job
    assert job["TrainingJobStatusCounters"]["Completed"] == 4
    listed = world.sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=job["HyperParameterTuningJobName"],
        SortBy="FinalObjectiveMetricValue",
        SortOrder="Descending",
    )["TrainingJobSummaries"]
    values = [each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for each in listed]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 4
    assert all(0.5 <= value <= 2.5 for value in values)
    assert job["BestTrainingJob"]["TrainingJobName"] == listed[0]["TrainingJobName"]
    best = world.sagemaker.describe_training_job(TrainingJobName=listed[0]["TrainingJobName"])
    assert best["HyperParameters"]["fixed"] == "1"
    assert best["TuningJobArn"] == job["HyperParameterTuningJobArn"]


def test_grid_tries_every_combination_and_hyperband_is_refused(world: World) -> None:
    grid = {"CategoricalParameterRanges": [{"Name": "factor", "Values": ["1", "3"]}]}
    job = tune(world, "Grid", grid)
    assert job["TrainingJobStatusCounters"]["Completed"] == 2
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"factor": "3"}
    with pytest.raises(ClientError, match="does not do the strategy Hyperband"):
        tune(world, "Hyperband", grid)


def test_the_xgboost_image_trains_and_serves(world: World) -> None:
    draw = np.random.default_rng(1)
    features = draw.normal(size=(200, 3))
    label = (features[:, 0] > 0).astype(int)
    rows = "\n".join(",".join(map(str, [y, *x])) for x, y in zip(features, label, strict=True))
    train, validation = world.put("xgb/train/t.csv", rows), world.put("xgb/validation/v.csv", rows)
    world.train(
        "xgb",
        AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        HyperParameters={"num_round": "10", "objective": "binary:logistic", "eval_metric": "auc", "nthread": "1"},
        InputDataConfig=[channel(train), channel(validation, "validation")],
    )
    job = world.wait("training_job", "xgb")
    assert job["TrainingJobStatus"] == "Completed", job
    metrics = {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}
    assert metrics["validation:auc"] > 0.99
    container = {"Image": XGBOOST, "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"]}
    world.sagemaker.create_model(ModelName="xgb", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    name = endpoint(world, config(world, variant("xgb")))
    answers = [float(line) for line in ask(world, name, "2,0,0\n-2,0,0\n")[0].split()]
    assert answers[0] > 0.8
    assert answers[1] < 0.2
    told = json.loads(ask(world, name, "2,0,0\n", Accept="application/json")[0])
    assert told == {"predictions": [{"score": answers[0]}]}
    with pytest.raises(ClientError, match="Feature size of csv inference data 1"):
        ask(world, name, "2\n")
