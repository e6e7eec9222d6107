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
