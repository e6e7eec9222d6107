# AWS services that call others on our behalf.

data "aws_iam_policy_document" "api" {
  statement {
    sid       = "Predict"
    actions   = ["sagemaker:InvokeEndpoint"]
    resources = ["${local.arn.sagemaker}:endpoint/${local.name}-*"]
  }
}

# API Gateway has one role for its logs in an account and region, whatever the API, so it is as wide as that.
data "aws_iam_policy_document" "api_logs" {
  statement {
    sid = "WriteLogs"
    actions = [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DescribeLogStreams",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:PutLogEvents",
    ]
    resources = ["${local.arn.logs}:log-group:*"]
  }

  # Listing log groups has no narrower resource.
  statement {
    sid       = "FindLogs"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["${local.arn.logs}:*"]
  }
}

data "aws_iam_policy_document" "schedule" {
  statement {
    sid       = "StartPipelines"
    actions   = ["sagemaker:StartPipelineExecution"]
    resources = ["${local.arn.sagemaker}:pipeline/${local.name}-*"]
  }

  statement {
    sid       = "StartLooks"
    actions   = ["sagemaker:AddTags", "sagemaker:CreateProcessingJob"]
    resources = ["${local.arn.sagemaker}:processing-job/${local.name}-*"]
  }

  # An endpoint that expires.
  statement {
    sid       = "EndEndpoints"
    actions   = ["sagemaker:DeleteEndpoint"]
    resources = ["${local.arn.sagemaker}:endpoint/${local.name}-*"]
  }

  statement {
    sid       = "GiveJobRoles"
    actions   = ["iam:PassRole"]
    resources = ["${local.role_arn}-job", "${local.role_arn}-guard"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["sagemaker.amazonaws.com"]
    }
  }

  statement {
    sid       = "KeepUndelivered"
    actions   = ["sqs:SendMessage"]
    resources = ["${local.arn.sqs}:${local.name}-*"]
  }

  # Schedules and the queue of what could not be delivered are encrypted.
  statement {
    sid       = "UseOperationsKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.operations_key_arn]
  }

  statement {
    sid       = "EncryptVolumes"
    actions   = ["kms:CreateGrant"]
    resources = [var.data_key_arn]

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }
}

data "aws_iam_policy_document" "server_execution" {
  source_policy_documents = [data.aws_iam_policy_document.image.json]

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn.logs}:log-group:/${var.project}/${var.environment}/*"]
  }
}
