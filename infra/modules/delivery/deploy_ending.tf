# What mlcl has made beside Terraform (endpoints, jobs, versions …) is ended by whoever destroys the environment:
# mlcl infra destroy, src/mlcl/infra/leftovers.py.
data "aws_iam_policy_document" "ending" {
  #checkov:skip=CKV_AWS_356:Only the statement Find has "*": lists know no narrower resource in IAM, and show names alone
  statement {
    sid = "End"
    actions = [
      "sagemaker:DeleteEndpoint",
      "sagemaker:DeleteEndpointConfig",
      "sagemaker:DeleteModel",
      "sagemaker:DeleteModelPackage",
      "sagemaker:DeletePipeline",
      "sagemaker:ListModelPackages",
      "sagemaker:ListPipelineExecutions",
      "sagemaker:StopHyperParameterTuningJob",
      "sagemaker:StopPipelineExecution",
      "sagemaker:StopProcessingJob",
      "sagemaker:StopTrainingJob",
      "sagemaker:StopTransformJob",
    ]
    resources = ["${local.arn.sagemaker}:*/${local.name}-*"]
  }

  # Lists have no narrower resource; they show names, no data.
  statement {
    sid = "Find"
    actions = [
      "cloudwatch:DescribeAlarms",
      "sagemaker:ListEndpointConfigs",
      "sagemaker:ListEndpoints",
      "sagemaker:ListHyperParameterTuningJobs",
      "sagemaker:ListModels",
      "sagemaker:ListPipelines",
      "sagemaker:ListProcessingJobs",
      "sagemaker:ListTrainingJobs",
      "sagemaker:ListTransformJobs",
      "scheduler:ListSchedules",
    ]
    resources = ["*"]
  }
}
