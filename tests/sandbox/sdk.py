"""A program of the sagemaker SDK v2, as other people write it; run with the SDK's own Python. Prints JSON."""

from __future__ import annotations

import json
import sys

import sagemaker
from sagemaker.deserializers import CSVDeserializer
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.parameter import ContinuousParameter
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.serializers import CSVSerializer
from sagemaker.tuner import HyperparameterTuner
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import JsonGet
from sagemaker.workflow.parameters import ParameterFloat
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.steps import ProcessingStep, TrainingStep

IMAGE, ROLE, BUCKET, SCRIPT = sys.argv[1:5]
METRICS = [{"Name": "score", "Regex": "score=([0-9.]+);"}]


def estimator(session: sagemaker.Session) -> Estimator:
    return Estimator(
        image_uri=IMAGE,
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=f"s3://{BUCKET}/sdk",
        hyperparameters={"factor": 2},
        metric_definitions=METRICS,
        sagemaker_session=session,
    )


def processor(session: sagemaker.Session) -> ScriptProcessor:
    return ScriptProcessor(
        image_uri=IMAGE,
        role=ROLE,
        command=["python3"],
        instance_count=1,
        instance_type="ml.m5.large",
        sagemaker_session=session,
    )


def places() -> dict[str, list[object]]:
    return {
        "inputs": [ProcessingInput(source=f"s3://{BUCKET}/sdk-in", destination="/opt/ml/processing/input")],
        "outputs": [ProcessingOutput(output_name="made", source="/opt/ml/processing/output")],
    }


def main() -> None:
    session = sagemaker.Session(default_bucket=BUCKET)
    trained = estimator(session)
    trained.fit({"train": TrainingInput(f"s3://{BUCKET}/sdk-in", content_type="text/csv")}, logs="All")
    predictor = trained.deploy(1, "ml.m5.large", serializer=CSVSerializer(), deserializer=CSVDeserializer())
    predicted = predictor.predict([[1, 2, 3], [4, 5, 6]])
    predictor.delete_endpoint()

    tuner = HyperparameterTuner(
        estimator(session), "score", {"factor": ContinuousParameter(1, 2)}, METRICS, max_jobs=2, strategy="Random"
    )
    tuner.fit({"train": f"s3://{BUCKET}/sdk-in"})

    processed = processor(session)
    processed.run(code=SCRIPT, arguments=["process"], **places())
    job = processed.latest_job.describe()

    print(
        json.dumps(
            {
                "model": trained.model_data,
                "predicted": predicted,
                "best": tuner.best_training_job(),
                "processing": job["ProcessingJobStatus"],
                "pipeline": pipeline(),
            }
        )
    )


def pipeline() -> str:
    session = PipelineSession(default_bucket=BUCKET)
    report = PropertyFile(name="report", output_name="made", path="report.json")
    least = ParameterFloat(name="Least", default_value=0.5)
    prepare = ProcessingStep(
        name="prepare",
        step_args=processor(session).run(code=SCRIPT, arguments=["process"], **places()),
        property_files=[report],
    )
    source = prepare.properties.ProcessingOutputConfig.Outputs["made"].S3Output.S3Uri
    train = TrainingStep(
        name="train",
        step_args=estimator(session).fit(
            {"train": TrainingInput(f"s3://{BUCKET}/sdk-in"), "made": TrainingInput(source)}
        ),
    )
    good = ConditionStep(
        name="good",
        conditions=[
            ConditionGreaterThanOrEqualTo(
                left=JsonGet(step_name="prepare", property_file=report, json_path="metrics.score"), right=least
            )
        ],
        if_steps=[train],
        else_steps=[FailStep(name="bad", error_message="too low")],
    )
    made = Pipeline(name="sdk-pipeline", parameters=[least], steps=[prepare, good], sagemaker_session=session)
    made.upsert(role_arn=ROLE)
    execution = made.start()
    execution.wait(delay=1, max_attempts=60)
    assert {step["StepName"] for step in execution.list_steps()} == {"prepare", "good", "train"}
    return str(execution.describe()["PipelineExecutionStatus"])


if __name__ == "__main__":
    main()
