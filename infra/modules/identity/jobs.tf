# What runs in containers: jobs and endpoints.

data "aws_iam_policy_document" "job" {
  source_policy_documents = [
    data.aws_iam_policy_document.store_read.json,
    data.aws_iam_policy_document.data_read.json,
    data.aws_iam_policy_document.store_write.json,
    data.aws_iam_policy_document.volumes.json,
    data.aws_iam_policy_document.telemetry.json,
    data.aws_iam_policy_document.image.json,
    data.aws_iam_policy_document.algorithm_image.json,
    data.aws_iam_policy_document.vpc.json,
    data.aws_iam_policy_document.alert.json,
  ]
}

# An endpoint reads its model and writes what it has answered; it changes no model and deletes nothing.
data "aws_iam_policy_document" "endpoint" {
  source_policy_documents = [
    data.aws_iam_policy_document.store_read.json,
    data.aws_iam_policy_document.volumes.json,
    data.aws_iam_policy_document.telemetry.json,
    data.aws_iam_policy_document.image.json,
    data.aws_iam_policy_document.algorithm_image.json,
    data.aws_iam_policy_document.vpc.json,
  ]

  # A batch transform job writes with the rights of its model.
  statement {
    sid       = "WriteAnswers"
    actions   = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    resources = ["${local.store}/captures/*", "${local.store}/transforms/*"]
  }

  statement {
    sid       = "EncryptAnswers"
    actions   = ["kms:GenerateDataKey"]
    resources = [var.data_key_arn]
  }
}

# The look for what idles sees what runs, and tells; it can neither stop nor delete, and reads no data.
data "aws_iam_policy_document" "guard" {
  #checkov:skip=CKV_AWS_356:Listing and metrics know no narrower resource in IAM; what is listed is then read by name
  source_policy_documents = [
    data.aws_iam_policy_document.volumes.json,
    data.aws_iam_policy_document.telemetry.json,
    data.aws_iam_policy_document.image.json,
    data.aws_iam_policy_document.vpc.json,
    data.aws_iam_policy_document.alert.json,
  ]

  statement {
    sid       = "SeeWhatRuns"
    actions   = ["cloudwatch:GetMetricStatistics", "sagemaker:ListEndpoints", "sagemaker:ListNotebookInstances"]
    resources = ["*"]
  }

  statement {
    sid       = "SeeWhatItIs"
    actions   = ["sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig"]
    resources = [for kind in ["endpoint", "endpoint-config"] : "${local.arn.sagemaker}:${kind}/${local.name}-*"]
  }

  statement {
    sid       = "ReadSettings"
    actions   = ["ssm:GetParameter"]
    resources = ["${local.arn.ssm}:parameter/${var.project}/${var.environment}/settings"]
  }
}
