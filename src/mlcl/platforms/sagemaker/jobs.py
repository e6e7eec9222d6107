"""What a pipeline asks of its jobs: the arguments of CreateTrainingJob and CreateProcessingJob, as plain dicts.

Values that are known only when the pipeline runs are references: a property of another step, or of the file that its
job has left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mlcl.platforms.sagemaker import algorithm
from mlcl.platforms.sagemaker.orders import ALGORITHM, Orders
from mlcl.platforms.sagemaker.settings import Settings, tag_list
from mlcl.problem import Problem
from mlcl.problem.base import duration

DATA, PREPARE, TRAIN, TUNE, JUDGE, PASSED, REGISTER, DEPLOY, FAIL = (
    "Data",
    "Prepare",
    "Train",
    "Tune",
    "Judge",
    "Passed",
    "Register",
    "Deploy",
    "Fail",
)
INPUT, OUTPUT = "/opt/ml/processing/input", "/opt/ml/processing/output"

Json = dict[str, Any]


class Request(NamedTuple):
    """What a definition is made from. orders: by job; file: folder of the uploaded data file, or ''."""

    settings: Settings
    problem: Problem
    orders: Mapping[str, Orders]
    file: str = ""

    @property
    def tags(self) -> list[dict[str, str]]:
        named = {"mlcl:environment": self.settings.environment, "mlcl:problem": self.problem.name}
        return tag_list({**self.settings.tags, **self.problem.aws.tags, **named})

    @property
    def prepares(self) -> str:
        """The pipeline step whose job does the step `prepare`."""
        return PREPARE if "prepare" in self.orders else DATA

    def uri(self, key: str) -> str:
        return f"{self.settings.store}/{key}"


def steps_file(step: str, path: str) -> Json:
    """A value of a job's property file."""
    return json_get(step, "Facts", path)


def json_get(step: str, file: str, path: str) -> Json:
    return {"Std:JsonGet": {"PropertyFile": {"Get": f"Steps.{step}.PropertyFiles.{file}"}, "Path": path}}


def join(*parts: Any, on: str = "") -> Json:
    return {"Std:Join": {"On": on, "Values": list(parts)}}


def training(request: Request) -> Json:
    """Arguments of CreateTrainingJob, but for the name, which the pipeline gives."""
    settings, asked = request.settings, request.problem.aws.train
    own = request.problem.train.learner == ALGORITHM
    image = algorithm.image(settings.region) if own else settings.container
    resources: Json = {"InstanceType": asked.instance, "InstanceCount": asked.instances, "VolumeSizeInGB": asked.volume}
    if settings.kms_key:
        resources["VolumeKmsKeyId"] = settings.kms_key
    if asked.warm:
        resources["KeepAlivePeriodInSeconds"] = seconds(asked.warm)
    stopping = {"MaxRuntimeInSeconds": seconds(asked.max_run)}
    if asked.spot:
        stopping["MaxWaitTimeInSeconds"] = seconds(asked.max_wait)
    arguments: Json = {
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "InputDataConfig": _tables(request) if own else _channels(request),
        "OutputDataConfig": _encrypted({"S3OutputPath": request.uri("fits")}, settings),
        "ResourceConfig": resources,
        "RoleArn": settings.roles["job"],
        "StoppingCondition": stopping,
        "EnableManagedSpotTraining": asked.spot,
        "Tags": request.tags,
    }
    if own:
        arguments["HyperParameters"] = _hyperparameters(request)
    else:
        arguments["Environment"] = _environment(request)
    if settings.subnets:
        arguments["VpcConfig"] = _vpc(settings)
    if asked.instances > 1:
        # The hosts of one job speak with each other beyond loopback, in the clear unless AWS encrypts between them.
        arguments["EnableInterContainerTrafficEncryption"] = True
    if asked.spot:
        arguments["CheckpointConfig"] = {
            "S3Uri": request.uri(f"checkpoints/{request.orders['train'].digest}"),
            "LocalPath": "/opt/ml/checkpoints",
        }
    return arguments


def _hyperparameters(request: Request) -> Json:
    found: Json = algorithm.hyperparameters(request.problem)
    if request.problem.problem.task == "multiclass":
        found["num_class"] = steps_file(request.prepares, "table.classes")
    return found


def _channels(request: Request) -> list[Json]:
    plan = request.uri(request.orders["train"].key)
    return [_channel("plan", plan), _channel("prepare", steps_file(request.prepares, "prepare.uri"))]


def _tables(request: Request) -> list[Json]:
    """AWS's algorithm reads CSV; each of several hosts all of it: XGBoost's own ranks share the work."""
    return [
        {**_channel(name, steps_file(request.prepares, f"table.{name}")), "ContentType": "text/csv"}
        for name in ("train", "validation")
    ]


def _channel(name: str, uri: Any) -> Json:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, "InputMode": "File"}


def processing(request: Request, name: str, command: str, inputs: list[Json], *, facts: bool, run: Json) -> Json:
    """Arguments of CreateProcessingJob. facts: whether the job leaves files that later steps are told of; run:
    variables that tell it of its run."""
    settings, asked = request.settings, request.problem.aws.process
    machines = asked.instances if name == PREPARE else 1
    cluster: Json = {"InstanceType": asked.instance, "InstanceCount": machines, "VolumeSizeInGB": asked.volume}
    if settings.kms_key:
        cluster["VolumeKmsKeyId"] = settings.kms_key
    arguments: Json = {
        "ProcessingJobName": prefix(request, name),
        "AppSpecification": {"ImageUri": settings.container, "ContainerArguments": [command]},
        "ProcessingInputs": inputs,
        "ProcessingResources": {"ClusterConfig": cluster},
        "RoleArn": settings.roles["job"],
        "StoppingCondition": {"MaxRuntimeInSeconds": seconds(asked.max_run)},
        "Environment": {**_environment(request), **run},
        "Tags": request.tags,
    }
    if facts:
        uri = join(request.uri("executions"), {"Get": "Execution.PipelineExecutionId"}, "facts", name.lower(), on="/")
        output = {"S3Uri": uri, "LocalPath": f"{OUTPUT}/facts", "S3UploadMode": "EndOfJob"}
        arguments["ProcessingOutputConfig"] = _encrypted(
            {"Outputs": [{"OutputName": "facts", "S3Output": output, "AppManaged": False}]}, settings
        )
    network: Json = {"VpcConfig": _vpc(settings)} if settings.subnets else {}
    if machines > 1:
        network["EnableInterContainerTrafficEncryption"] = True
    if network:
        arguments["NetworkConfig"] = network
    return arguments


def given(name: str, uri: Any) -> Json:
    return {
        "InputName": name,
        "AppManaged": False,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": f"{INPUT}/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
        },
    }


def prefix(request: Request, step: str, longest: int = 50) -> str:
    """What SageMaker begins a job's name with; it adds the rest, and writes "pipelines-" where none is given. The
    environment's roles may make and log only what bears its name."""
    return request.settings.name(f"{step.lower()}-{request.problem.name}")[:longest].rstrip("-")


def _environment(request: Request) -> Json:
    return {"AWS_REGION": request.settings.region}


def _vpc(settings: Settings) -> Json:
    return {"Subnets": list(settings.subnets), "SecurityGroupIds": list(settings.security_groups)}


def _encrypted(config: Json, settings: Settings) -> Json:
    return {**config, "KmsKeyId": settings.kms_key} if settings.kms_key else config


def seconds(text: str) -> int:
    return int(duration(text).total_seconds())
