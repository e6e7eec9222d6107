"""Actions that roles may do and that the life cycle of the tests did not use: why each is there.

(roles, pattern of an action) -> reason; '*' stands for every role.
"""

from __future__ import annotations

_INSIDE = "S3 and SageMaker use the key in the role's name, inside AWS: no request that the sandbox sees"
_LARGE = "only files of many megabytes are written in parts"
_SCALE = "only endpoints with aws.endpoint.instances_most above instances scale"
_RELEASE = "only a canary and blue-green are watched by alarms"
_CHANGE = "only when there is an endpoint already: a new release, or one that no longer expires"
_TUNE = "only with [aws.tune]"
_STOP = "mlcl stop: SageMaker ends the jobs of the execution in the pipeline's name"
_BY_HAND = "single jobs, as mlcl monitor and mlcl retrain start them, and ended by hand"

UNUSED: dict[tuple[str, str], str] = {
    ("*", "kms:*"): _INSIDE,
    ("*", "s3:AbortMultipartUpload"): _LARGE,
    ("*", "s3:ListMultipartUploadParts"): _LARGE,
    ("*", "s3:GetBucketLocation"): "SageMaker asks for the bucket's region before it reads",
    ("job operator", "s3:DeleteObject"): "the logs of the store are thinned out when they are long",
    ("pipeline", "s3:ListBucket"): "a property file that is missing must be told as missing, not as forbidden",
    ("job endpoint", "ec2:DescribeVpcEndpoints"): "in the list of what SageMaker needs for a VPC",
    ("endpoint", "ec2:*"): "a serverless endpoint has no network of ours; real-time and asynchronous ones have",
    ("endpoint", "cloudwatch:PutMetricData"): "the machines of real-time endpoints tell their use",
    ("endpoint", "logs:DescribeLogStreams"): "in the list of what SageMaker needs of logs",
    ("job operator", "application-autoscaling:PutScalingPolicy"): _SCALE,
    ("job operator", "application-autoscaling:RegisterScalableTarget"): _SCALE,
    ("job operator", "iam:CreateServiceLinkedRole"): "the first endpoint of an account that scales makes this role",
    ("job operator", "cloudwatch:*Alarm*"): _RELEASE,
    ("job operator", "scheduler:*Schedule"): _CHANGE,
    ("job operator", "sagemaker:UpdateEndpoint"): _CHANGE,
    ("job", "sagemaker:Delete*"): "what a release replaces is deleted after it",
    ("job operator", "sns:Publish"): "alerts of monitoring, and of what idles",
    ("*", "sagemaker:AddTags"): "a Create with tags needs it beside; not all the sandbox's requests tell",
    ("*", "sagemaker:ListTags"): "clients show and compare tags",
    ("pipeline operator", "sagemaker:*HyperParameterTuningJob"): _TUNE,
    ("operator", "sagemaker:ListHyperParameterTuningJobs"): _TUNE,
    ("pipeline", "sagemaker:Stop*Job"): _STOP,
    ("operator", "sagemaker:Stop*"): "mlcl stop, and whatever somebody has to end by hand",
    ("operator", "sagemaker:Create*Job"): _BY_HAND,
    ("operator", "sagemaker:Describe*Job"): _BY_HAND,
    ("operator", "sagemaker:CreateModelPackage"): "a model that was trained elsewhere is registered by hand",
    ("operator", "sagemaker:*ModelPackage*"): "approving, withdrawing and listing versions in the Model Registry",
    ("operator", "sagemaker:DeletePipeline"): "a problem that is given up",
    ("operator", "sagemaker:*Pipeline*"): "looking at executions in SageMaker Studio, and retrying one",
    ("operator", "sagemaker:ListTransformJobs"): "the list of what runs",
    ("operator", "sagemaker:Search"): "finding things by their tags",
    ("operator", "scheduler:ListSchedules"): "the list of what starts by the clock",
    ("operator", "logs:FilterLogEvents"): "searching logs by hand (aws logs filter-log-events)",
    ("operator", "logs:DescribeLogGroups"): "mlcl logs of what has logged nothing yet",
    ("operator", "ecr:Describe*"): "which images there are",
    ("operator", "ce:GetCostAndUsage"): "what was really billed",
    ("operator", "cloudwatch:*"): "whether an endpoint idles; the dashboard's figures",
    ("operator", "application-autoscaling:Describe*"): "how an endpoint scales",
}
