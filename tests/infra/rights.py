"""What each role may and may not do. KEY, SUBNET and the like stand for what AWS called the things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ACCOUNT, REGION = "123456789012", "us-east-1"
STORE = f"arn:aws:s3:::mlcl-dev-artefacts-{ACCOUNT}-{REGION}"
DATA = f"arn:aws:s3:::mlcl-dev-data-{ACCOUNT}-{REGION}"
STATE = f"arn:aws:s3:::mlcl-state-{ACCOUNT}-{REGION}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/mlcl-dev"
OTHERS = "arn:aws:s3:::somebody-elses-bucket"

Case = tuple[str, str] | tuple[str, str, Mapping[str, Any]]


def sm(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name}"


def logs(group: str, stream: str = "") -> str:
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}" + (f":log-stream:{stream}" if stream else "")


def metrics(namespace: str) -> tuple[str, str, dict[str, Any]]:
    return ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": namespace})


def give(role: str, service: str) -> tuple[str, str, dict[str, Any]]:
    return ("iam:PassRole", role, {"iam:PassedToService": service})


def in_vpc(subnets: str = "SUBNET", groups: str = "GROUP") -> dict[str, Any]:
    return {"sagemaker:VpcSubnets": [subnets], "sagemaker:VpcSecurityGroupIds": [groups]}


def tagged(kind: str, environment: str = "dev") -> dict[str, str]:
    return {f"aws:{kind}Tag/Project": "mlcl", f"aws:{kind}Tag/Environment": environment}


KEY, OPERATIONS, VPC, SUBNET, GROUP, IMAGE = "KEY", "OPERATIONS", "VPC", "SUBNET", "GROUP", "IMAGE"
EC2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}"

# What everything that runs in a container needs.
CONTAINER: list[Case] = [
    ("s3:GetObject", f"{STORE}/mlcl/models/churn/1"),
    ("s3:ListBucket", STORE, {"s3:prefix": "mlcl/datasets/"}),
    ("kms:Decrypt", KEY),
    ("kms:CreateGrant", KEY, {"kms:GrantIsForAWSResource": "true"}),
    ("logs:PutLogEvents", logs("/mlcl/dev/training", "1")),
    metrics("mlcl"),
    metrics("/aws/sagemaker/TrainingJobs"),
    ("ecr:GetAuthorizationToken", "*"),
    ("ecr:BatchGetImage", IMAGE),
    ("ecr:BatchGetImage", f"arn:aws:ecr:{REGION}:683313688378:repository/sagemaker-xgboost"),
    ("ec2:CreateNetworkInterface", SUBNET),
    ("ec2:CreateNetworkInterface", GROUP),
    ("ec2:CreateNetworkInterface", f"{EC2}:network-interface/eni-1"),
    ("ec2:CreateNetworkInterfacePermission", f"{EC2}:network-interface/eni-1", {"ec2:Vpc": VPC}),
    ("ec2:DescribeSubnets", "*"),
]
# What nobody here may do.
NEVER: list[Case] = [
    ("s3:GetObject", f"{OTHERS}/x"),
    ("s3:PutObject", f"{STORE}/elsewhere/x"),
    ("s3:DeleteBucket", STORE),
    ("s3:DeleteObjectVersion", f"{STORE}/mlcl/models/churn/1"),
    ("s3:PutBucketPolicy", STORE),
    ("s3:ListBucket", STORE, {"s3:prefix": ""}),
    ("s3:GetObject", f"{STATE}/dev/terraform.tfstate"),
    ("kms:ScheduleKeyDeletion", KEY),
    ("kms:CreateGrant", KEY),
    ("kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/another"),
    ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/eve"),
    ("iam:PutRolePolicy", f"{ROLE}-job"),
    ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/Admin"),
    give(f"arn:aws:iam::{ACCOUNT}:role/Admin", "sagemaker.amazonaws.com"),
    give(f"arn:aws:iam::{ACCOUNT}:role/mlcl-production-job", "sagemaker.amazonaws.com"),
    give(f"{ROLE}-job", "lambda.amazonaws.com"),
    metrics("AWS/Billing"),
    ("logs:PutLogEvents", logs("/mlcl/production/training", "1")),
    ("logs:DeleteLogGroup", logs("/mlcl/dev/training")),
    ("ecr:PutImage", IMAGE),
    ("ec2:RunInstances", f"{EC2}:instance/*"),
    ("ec2:CreateNetworkInterface", f"{EC2}:subnet/subnet-other"),
    ("ec2:DeleteNetworkInterface", f"{EC2}:network-interface/eni-1", {"ec2:Vpc": f"{EC2}:vpc/vpc-other"}),
    ("sagemaker:DeleteEndpoint", sm("endpoint", "mlcl-production-churn")),
    ("sagemaker:InvokeEndpoint", sm("endpoint", "mlcl-production-churn")),
    ("sagemaker:CreateTrainingJob", sm("training-job", "mlcl-production-1"), in_vpc()),
    ("sagemaker:StopTrainingJob", sm("training-job", "other-1")),
    ("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/mlcl/production/settings"),
]
# Making jobs and model versions.
WORK: list[Case] = [
    ("sagemaker:CreateTrainingJob", sm("training-job", "mlcl-dev-train-1"), in_vpc()),
    ("sagemaker:CreateProcessingJob", sm("processing-job", "mlcl-dev-data-1"), in_vpc()),
    ("sagemaker:CreateHyperParameterTuningJob", sm("hyper-parameter-tuning-job", "mlcl-dev-tune-1"), in_vpc()),
    ("sagemaker:AddTags", sm("training-job", "mlcl-dev-train-1")),
    ("sagemaker:DescribeTrainingJob", sm("training-job", "mlcl-dev-train-1")),
    ("sagemaker:StopTrainingJob", sm("training-job", "mlcl-dev-train-1")),
    ("sagemaker:StopProcessingJob", sm("processing-job", "mlcl-dev-data-1")),
    ("sagemaker:StopHyperParameterTuningJob", sm("hyper-parameter-tuning-job", "mlcl-dev-tune-1")),
    ("sagemaker:CreateModelPackage", sm("model-package", "mlcl-dev-models/1")),
    ("sagemaker:CreateModelPackage", sm("model-package-group", "mlcl-dev-models")),
    give(f"{ROLE}-job", "sagemaker.amazonaws.com"),
    ("s3:GetObject", f"{STORE}/mlcl/steps/judge/1/verdict.json"),
    ("kms:CreateGrant", KEY, {"kms:GrantIsForAWSResource": "true"}),
]
SCALING = {"application-autoscaling:service-namespace": "sagemaker"}
# Making models and endpoints: the last job of a pipeline, and whoever works with mlcl.
DEPLOY: list[Case] = [
    ("sagemaker:CreateModel", sm("model", "mlcl-dev-churn-3")),
    ("sagemaker:CreateEndpointConfig", sm("endpoint-config", "mlcl-dev-churn-3")),
    ("sagemaker:CreateEndpoint", sm("endpoint", "mlcl-dev-churn")),
    ("sagemaker:UpdateEndpoint", sm("endpoint", "mlcl-dev-churn")),
    ("sagemaker:DeleteEndpoint", sm("endpoint", "mlcl-dev-churn")),
    ("sagemaker:AddTags", sm("endpoint", "mlcl-dev-churn")),
    ("sagemaker:DeleteModel", sm("model", "mlcl-dev-churn-3")),
    ("sagemaker:DescribeEndpoint", sm("endpoint", "mlcl-dev-churn")),
    give(f"{ROLE}-endpoint", "sagemaker.amazonaws.com"),
    give(f"{ROLE}-schedule", "scheduler.amazonaws.com"),
    ("scheduler:CreateSchedule", f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/mlcl-dev/mlcl-dev-churn-expires"),
    (
        "application-autoscaling:RegisterScalableTarget",
        f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}:scalable-target/1",
        SCALING,
    ),
    ("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:mlcl-dev-churn-errors"),
    ("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/mlcl/dev/settings"),
]
OUTSIDE_VPC: list[Case] = [
    ("sagemaker:CreateTrainingJob", sm("training-job", "mlcl-dev-1")),
    ("sagemaker:CreateTrainingJob", sm("training-job", "mlcl-dev-1"), in_vpc(subnets="subnet-other")),
    ("sagemaker:CreateProcessingJob", sm("processing-job", "mlcl-dev-1"), in_vpc(groups="sg-other")),
]
WRITE_STORE: list[Case] = [
    ("s3:PutObject", f"{STORE}/mlcl/runs/1/state/1"),
    ("s3:DeleteObject", f"{STORE}/mlcl/runs/1/state/1"),
    ("kms:GenerateDataKey", KEY),
]
OPERATE: list[Case] = [
    *WORK,
    *DEPLOY,
    *WRITE_STORE,
    ("sagemaker:CreateTransformJob", sm("transform-job", "mlcl-dev-score-1")),
    ("sagemaker:StopTransformJob", sm("transform-job", "mlcl-dev-score-1")),
    ("sagemaker:UpdateModelPackage", sm("model-package", "mlcl-dev-models/1")),
    metrics("mlcl"),
    ("s3:PutObject", f"{DATA}/churn/new.csv"),
    ("sagemaker:CreatePipeline", sm("pipeline", "mlcl-dev-churn")),
    ("sagemaker:StartPipelineExecution", sm("pipeline", "mlcl-dev-churn")),
    ("sagemaker:ListPipelineExecutionSteps", sm("pipeline", "mlcl-dev-churn/execution/abc")),
    ("sagemaker:StopPipelineExecution", sm("pipeline", "mlcl-dev-churn/execution/abc")),
    ("sagemaker:InvokeEndpoint", sm("endpoint", "mlcl-dev-churn")),
    ("sagemaker:ListEndpoints", "*"),
    ("logs:FilterLogEvents", logs("/aws/sagemaker/TrainingJobs")),
    ("cloudwatch:GetMetricData", "*"),
    ("scheduler:CreateSchedule", f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/mlcl-dev/churn"),
    ("sns:Publish", f"arn:aws:sns:{REGION}:{ACCOUNT}:mlcl-dev-alerts"),
    give(f"{ROLE}-pipeline", "sagemaker.amazonaws.com"),
    give(f"{ROLE}-schedule", "scheduler.amazonaws.com"),
]

ALLOWED: dict[str, list[Case]] = {
    "job": [
        *CONTAINER,
        *DEPLOY,
        *WRITE_STORE,
        ("s3:GetObject", f"{DATA}/churn/new.csv"),
        ("s3:ListBucket", DATA),
        ("logs:PutLogEvents", logs("/aws/sagemaker/TrainingJobs", "mlcl-dev-train-1/algo-1")),
        ("logs:CreateLogStream", logs("/aws/sagemaker/ProcessingJobs", "mlcl-dev-data-1/algo-1")),
        ("logs:CreateLogGroup", logs("/aws/sagemaker/TransformJobs")),
        ("sns:Publish", f"arn:aws:sns:{REGION}:{ACCOUNT}:mlcl-dev-alerts"),
        ("kms:GenerateDataKey", OPERATIONS, {"kms:ViaService": f"sns.{REGION}.amazonaws.com"}),
    ],
    "endpoint": [
        *CONTAINER,
        ("s3:PutObject", f"{STORE}/mlcl/captures/churn/2026/01/01/00/a.jsonl"),
        ("s3:PutObject", f"{STORE}/mlcl/transforms/mlcl-dev-churn-1/output/rows.jsonl.out"),
        ("s3:GetObject", f"{STORE}/mlcl/packages/1/model.tar.gz"),
        ("kms:GenerateDataKey", KEY),
        ("logs:PutLogEvents", logs("/aws/sagemaker/Endpoints/mlcl-dev-churn", "all/i-1")),
    ],
    "pipeline": WORK,
    "guard": [
        ("sagemaker:ListEndpoints", "*"),
        ("sagemaker:DescribeEndpoint", sm("endpoint", "mlcl-dev-churn")),
        ("sagemaker:DescribeEndpointConfig", sm("endpoint-config", "mlcl-dev-churn-3")),
        ("sagemaker:ListNotebookInstances", "*"),
        ("cloudwatch:GetMetricStatistics", "*"),
        ("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/mlcl/dev/settings"),
        ("sns:Publish", f"arn:aws:sns:{REGION}:{ACCOUNT}:mlcl-dev-alerts"),
        ("kms:GenerateDataKey", OPERATIONS, {"kms:ViaService": f"sns.{REGION}.amazonaws.com"}),
        ("kms:CreateGrant", KEY, {"kms:GrantIsForAWSResource": "true"}),
        ("logs:PutLogEvents", logs("/aws/sagemaker/ProcessingJobs", "mlcl-dev-idle-1/algo-1")),
        ("ecr:BatchGetImage", IMAGE),
        ("ec2:CreateNetworkInterface", SUBNET),
    ],
    "notebook": [
        *OPERATE,
        ("sagemaker:StopNotebookInstance", sm("notebook-instance", "mlcl-dev-notebook")),
        ("logs:PutLogEvents", logs("/aws/sagemaker/NotebookInstances", "mlcl-dev-notebook/jupyter.log")),
    ],
    "server": [*OPERATE, ("logs:PutLogEvents", logs("/mlcl/dev/server", "1"))],
    "operator": OPERATE,
    "server-execution": [
        ("ecr:GetAuthorizationToken", "*"),
        ("ecr:BatchGetImage", IMAGE),
        ("logs:PutLogEvents", logs("/mlcl/dev/server", "1")),
    ],
    "api": [("sagemaker:InvokeEndpoint", sm("endpoint", "mlcl-dev-churn"))],
    "api-logs": [("logs:PutLogEvents", logs("API-Gateway-Execution-Logs_abc/live", "1"))],
    "schedule": [
        ("sagemaker:StartPipelineExecution", sm("pipeline", "mlcl-dev-churn")),
        ("sagemaker:CreateProcessingJob", sm("processing-job", "mlcl-dev-monitor-churn-1")),
        ("sagemaker:DeleteEndpoint", sm("endpoint", "mlcl-dev-churn")),
        ("sagemaker:CreateProcessingJob", sm("processing-job", "mlcl-dev-idle-1")),
        give(f"{ROLE}-job", "sagemaker.amazonaws.com"),
        give(f"{ROLE}-guard", "sagemaker.amazonaws.com"),
        ("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:mlcl-dev-undelivered"),
        ("kms:Decrypt", OPERATIONS),
    ],
}
FORBIDDEN: dict[str, list[Case]] = {
    "job": [
        ("s3:PutObject", f"{DATA}/churn/new.csv"),
        ("sagemaker:CreateTrainingJob", sm("training-job", "mlcl-dev-1"), in_vpc()),
        ("sagemaker:CreateEndpoint", sm("endpoint", "mlcl-production-churn")),
        ("sagemaker:UpdateModelPackage", sm("model-package", "mlcl-dev-models/1")),
        ("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:mlcl-production-churn-errors"),
        ("scheduler:CreateSchedule", f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/x"),
        ("logs:PutLogEvents", logs("/aws/sagemaker/TrainingJobs", "mlcl-production-train-1/algo-1")),
        ("ecr:BatchGetImage", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/mlcl-production-mlcl"),
        give(f"{ROLE}-job", "sagemaker.amazonaws.com"),
    ],
    "endpoint": [
        ("s3:PutObject", f"{STORE}/mlcl/models/churn/1"),
        ("s3:DeleteObject", f"{STORE}/mlcl/captures/churn/2026/01/01/00/a.jsonl"),
        ("s3:GetObject", f"{DATA}/churn/new.csv"),
        ("sagemaker:InvokeEndpoint", sm("endpoint", "mlcl-dev-churn")),
    ],
    "pipeline": [
        *OUTSIDE_VPC,
        ("s3:PutObject", f"{STORE}/mlcl/models/churn/1"),
        ("sagemaker:InvokeEndpoint", sm("endpoint", "mlcl-dev-churn")),
        ("sagemaker:CreateEndpoint", sm("endpoint", "mlcl-dev-churn")),
        ("sagemaker:UpdatePipeline", sm("pipeline", "mlcl-dev-churn")),
        ("sagemaker:UpdateModelPackage", sm("model-package", "mlcl-dev-models/1")),
        give(f"{ROLE}-endpoint", "sagemaker.amazonaws.com"),
        give(f"{ROLE}-notebook", "sagemaker.amazonaws.com"),
    ],
    "guard": [
        ("sagemaker:DeleteEndpoint", sm("endpoint", "mlcl-dev-churn")),
        ("sagemaker:StopNotebookInstance", sm("notebook-instance", "mlcl-dev-notebook")),
        ("sagemaker:DescribeEndpoint", sm("endpoint", "mlcl-production-churn")),
        ("sagemaker:InvokeEndpoint", sm("endpoint", "mlcl-dev-churn")),
        ("s3:GetObject", f"{STORE}/mlcl/models/churn/1"),
        ("s3:GetObject", f"{DATA}/churn/new.csv"),
        ("kms:Decrypt", KEY),
        give(f"{ROLE}-job", "sagemaker.amazonaws.com"),
    ],
    "notebook": [*OUTSIDE_VPC, ("sagemaker:StopNotebookInstance", sm("notebook-instance", "mlcl-production-notebook"))],
    "server": OUTSIDE_VPC,
    "operator": [*OUTSIDE_VPC, ("ssm:PutParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/mlcl/dev/settings")],
    "server-execution": [("s3:GetObject", f"{STORE}/mlcl/models/churn/1"), ("kms:Decrypt", KEY)],
    "api": [("s3:GetObject", f"{STORE}/mlcl/models/churn/1"), ("kms:Decrypt", KEY), ("sagemaker:ListEndpoints", "*")],
    "api-logs": [("sagemaker:InvokeEndpoint", sm("endpoint", "mlcl-dev-churn"))],
    "schedule": [
        ("sagemaker:CreateTrainingJob", sm("training-job", "mlcl-dev-1"), in_vpc()),
        ("s3:GetObject", f"{STORE}/mlcl/models/churn/1"),
        give(f"{ROLE}-pipeline", "sagemaker.amazonaws.com"),
    ],
}
# API Gateway has one role for its logs in an account, which is as wide as that.
EXCEPT = {"api-logs": {"logs:PutLogEvents"}}
